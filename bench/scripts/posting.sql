-- A posting as one statement and one commit: the least that a client of the database can do.
-- The tables, constraints, indexes and triggers are the service's own.
\set wallet random(:first, :last)
WITH moved AS (
    UPDATE wallets
    SET balance = balance + 1, available = available + 1, version = version + 1,
        last_sequence = last_sequence + 1, updated_at = now()
    WHERE id = :wallet
    RETURNING id, balance, last_sequence, updated_at
), posted AS (
    INSERT INTO transactions (wallet_id, txid, amount, kind, description, metadata,
                              balance_after, version, created_at, updated_at)
    SELECT id, replace(gen_random_uuid()::text, '-', ''), 1, 'deposit', '', '{}', balance, 1,
           updated_at, updated_at
    FROM moved
    RETURNING id, wallet_id, balance_after, created_at
)
INSERT INTO entries (wallet_id, transaction_id, sequence, amount, balance_after, reason, created_at)
SELECT posted.wallet_id, posted.id, moved.last_sequence, 1, posted.balance_after, 'posted',
       posted.created_at
FROM posted JOIN moved ON moved.id = posted.wallet_id;
