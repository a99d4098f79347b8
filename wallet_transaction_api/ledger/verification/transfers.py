"""What must be true of a transfer and its legs: one small function per promise, as in `checks`."""

from collections.abc import Callable, Iterable
from decimal import Decimal

from wallet_transaction_api import money
from wallet_transaction_api.ledger import rules
from wallet_transaction_api.ledger.verification.checks import Violation
from wallet_transaction_api.sql import Row


def of_transfer(transfer: Row) -> list[Violation]:
    """Check one transfer against its `legs`, whose own sums are checked with their wallets."""
    return [
        Violation(check.__name__, f"transfer {transfer['id']}", detail)
        for check in TRANSFER_CHECKS
        if (detail := check(transfer))
    ]


def of_leg(transaction: Row) -> list[Violation]:
    """Check that a leg has its transfer: one that is gone cannot be asked for its legs."""
    return [
        Violation(check.__name__, f"transaction {transaction['id']}", detail)
        for check in LEG_CHECKS
        if (detail := check(transaction))
    ]


def transfer_is_its_two_legs(transfer: Row) -> str | None:
    """Expect what leaves the source and what arrives at the destination, and nothing else."""
    expected = {
        (transfer["source_id"], money.negate(transfer["amount"])),
        (transfer["destination_id"], transfer["destination_amount"]),
    }
    found = [(leg["wallet_id"], leg["amount"]) for leg in transfer["legs"]]
    if len(found) == len(expected) and set(found) == expected:
        return None
    return f"legs {_shown(found)}, expected {_shown(expected)}"


def transfer_is_reversed_with_its_legs(transfer: Row) -> str | None:
    """Expect the transfer and its legs to be visible or reversed together."""
    is_reversed = transfer["deleted_at"] is not None
    odd = [leg["id"] for leg in transfer["legs"] if (leg["deleted_at"] is not None) != is_reversed]
    return f"reversed {is_reversed}, not so transactions {odd}" if odd else None


def transfer_txid_is_on_its_source_leg(transfer: Row) -> str | None:
    """Expect the source leg to claim the txid, where no transaction can have it too."""
    claims = [
        leg["client_txid"] for leg in transfer["legs"] if leg["wallet_id"] == transfer["source_id"]
    ]
    return None if claims == [transfer["txid"]] else f"txid {transfer['txid']}, claimed {claims}"


def leg_names_its_transfer(transaction: Row) -> str | None:
    """Expect a transaction of a leg's kind to name a transfer: cut off it is reversed alone."""
    if transaction["kind"] not in rules.LEG_KINDS or transaction["transfer_id"] is not None:
        return None
    return f"kind {transaction['kind']}, names no transfer"


def named_transfer_exists(transaction: Row) -> str | None:
    """Expect the transfer that a transaction names to be there."""
    if transaction["transfer_id"] == transaction["found_transfer_id"]:
        return None
    return f"transfer {transaction['transfer_id']} is missing"


LEG_CHECKS: tuple[Callable[[Row], str | None], ...] = (
    leg_names_its_transfer,
    named_transfer_exists,
)
TRANSFER_CHECKS: tuple[Callable[[Row], str | None], ...] = (
    transfer_is_its_two_legs,
    transfer_is_reversed_with_its_legs,
    transfer_txid_is_on_its_source_leg,
)


def _shown(legs: Iterable[tuple[int, Decimal]]) -> str:
    return ", ".join(
        f"{money.format_amount(amount, 0)} in wallet {wallet}" for wallet, amount in sorted(legs)
    )
