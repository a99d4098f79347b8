-- A posting statement by statement, as an application writes it, in one database transaction.
\set wallet random(:first, :last)
BEGIN;
SELECT balance, available, version, last_sequence FROM wallets WHERE id = :wallet FOR UPDATE;
UPDATE wallets
SET balance = balance + 1, available = available + 1, version = version + 1,
    last_sequence = last_sequence + 1, updated_at = now()
WHERE id = :wallet
RETURNING balance, last_sequence \gset
INSERT INTO transactions (wallet_id, txid, amount, kind, description, metadata,
                          balance_after, version, created_at, updated_at)
VALUES (:wallet, replace(gen_random_uuid()::text, '-', ''), 1, 'deposit', '', '{}', :balance, 1,
        now(), now())
RETURNING id AS transaction \gset
INSERT INTO entries (wallet_id, transaction_id, sequence, amount, balance_after, reason, created_at)
VALUES (:wallet, :transaction, :last_sequence, 1, :balance, 'posted', now());
COMMIT;
