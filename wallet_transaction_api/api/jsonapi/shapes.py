"""The shape of writable attributes, as DRF serializers: types, lengths, exact amounts.

Field names are columns. The context carries `exponent`, the decimals of the currency at hand.
"""

import functools
import json
import math
import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, TypeAlias

from rest_framework import serializers

from wallet_transaction_api.api.jsonapi.kinds import INSTANT, LARGEST_INTEGER
from wallet_transaction_api.ledger import currencies, errors, rules
from wallet_transaction_api.models import Hold, Limit, Transaction, Wallet
from wallet_transaction_api.money import DECIMAL_PLACES

#: Of metadata, as JSON: bytes, and levels (MariaDB stores no more than 32).
LARGEST_METADATA = 16 * 1024
DEEPEST_METADATA = 20
Shape: TypeAlias = serializers.Serializer[Any]


class Text(serializers.CharField):
    """A JSON string, kept as it was sent; numbers are no text."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(trim_whitespace=False, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """Refuse other types, and blanks only where there has to be something."""
        if not isinstance(data, str):
            self.fail("invalid")
        if not self.allow_blank and not data.strip():
            self.fail("blank")
        return data


class Currency(Text):
    """The code of a currency that this installation knows."""

    def to_internal_value(self, data: Any) -> str:
        """Refuse an unknown code."""
        code = super().to_internal_value(data)
        try:
            currencies.refuse_unlisted(code)
        except errors.LedgerError as refusal:
            raise serializers.ValidationError(refusal.detail, refusal.code) from refusal
        return code


class Handle(Text):
    """A wallet's UUID."""

    default_error_messages: ClassVar[dict[str, Any]] = {"uuid": "Expected a UUID."}

    def to_internal_value(self, data: Any) -> Any:
        """Refuse what is no UUID."""
        try:
            return uuid.UUID(super().to_internal_value(data))
        except ValueError:
            self.fail("uuid")


class Amount(serializers.Field[Any, Any, Any, Any]):
    """Money, exactly as written; `least_zero` takes zero too but nothing below.

    A `positive` one is above zero. Its `exponent` is the context's unless it is given one.
    """

    def __init__(
        self,
        *,
        least_zero: bool = False,
        positive: bool = False,
        exponent: int | None = None,
        **kwargs: Any,
    ) -> None:
        self.least_zero, self.positive, self.exponent = least_zero, positive, exponent
        super().__init__(**kwargs)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """Call null what it is unless it is allowed: no amount."""
        return super().run_validation("" if data is None and not self.allow_null else data)

    def to_internal_value(self, data: Any) -> Decimal:
        """Parse by the ledger's own rules."""
        try:
            exponent = self.context["exponent"] if self.exponent is None else self.exponent
            amount = rules.exact_amount(data, exponent, zero=self.least_zero)
            if amount < 0 and (self.least_zero or self.positive):
                raise errors.AmountInvalid("Amount is negative.")
        except errors.LedgerError as refusal:
            raise serializers.ValidationError(refusal.detail, refusal.code) from refusal
        return amount


class Count(serializers.Field[Any, Any, Any, Any]):
    """How many times: a whole number from one up, written as a JSON number."""

    default_error_messages: ClassVar[dict[str, Any]] = {"invalid": "A whole number from 1 up."}

    def to_internal_value(self, data: Any) -> int:
        """Refuse other types; true is no number here."""
        if type(data) is not int or not 1 <= data <= LARGEST_INTEGER:
            self.fail("invalid")
        return int(data)


class Moment(serializers.Field[Any, Any, Any, Any]):
    """A moment in ISO 8601, in UTC unless it has an offset."""

    default_error_messages: ClassVar[dict[str, Any]] = {"invalid": "Write an ISO 8601 moment."}

    def to_internal_value(self, data: Any) -> datetime:
        """Read by the rules of filters."""
        try:
            moment: datetime = INSTANT.read(data) if isinstance(data, str) else self.fail("invalid")
        except ValueError:
            self.fail("invalid")
        return moment


class Metadata(serializers.Field[Any, Any, Any, Any]):
    """A JSON object of the client's own, small enough to travel with every read."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": "Metadata is a JSON object.",
        "nesting": f"Metadata is nested over at most {DEEPEST_METADATA} levels.",
        "number": "Numbers in metadata are finite and whole ones fit 64 bits.",
        "nul": "Texts in metadata hold no NUL.",
        "size": f"Metadata takes at most {LARGEST_METADATA} bytes as JSON.",
    }

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Refuse what some database would refuse later."""
        if not isinstance(data, dict):
            self.fail("invalid")
        self._inspect(data, DEEPEST_METADATA)
        if len(json.dumps(data, ensure_ascii=False).encode()) > LARGEST_METADATA:
            self.fail("size")
        return data

    def _inspect(self, value: Any, levels: int) -> None:
        if not levels:
            self.fail("nesting")
        if isinstance(value, dict | list):
            members = [*value, *value.values()] if isinstance(value, dict) else value
            for member in members:
                self._inspect(member, levels - 1)
        elif isinstance(value, str):
            if "\0" in value:
                self.fail("nul")
        elif isinstance(value, int | float) and not _fits(value):
            self.fail("number")


class WalletShape(serializers.Serializer[Any]):
    """What may be said about a wallet."""

    label = Text(max_length=100)  # type: ignore[assignment]  # a field named as the column
    currency = Currency(required=False, max_length=10)
    balance = Amount(required=False, least_zero=True)
    metadata = Metadata(required=False)
    status = serializers.ChoiceField(Wallet.Status.choices, required=False)
    floor = Amount(required=False, least_zero=True)


class TransactionShape(serializers.Serializer[Any]):
    """What may be said about a transaction."""

    txid = Text(required=False, max_length=255)
    amount = Amount()
    kind = serializers.ChoiceField(
        [Transaction.Kind.DEPOSIT.value, Transaction.Kind.WITHDRAWAL.value], required=False
    )
    description = Text(required=False, allow_blank=True, max_length=1000)
    metadata = Metadata(required=False)


class TransferShape(serializers.Serializer[Any]):
    """What may be said about a transfer.

    The destination's currency may be nobody's business here: how fine its amount is, the ledger
    judges.
    """

    txid = Text(required=False, max_length=255)
    amount = Amount(positive=True)
    destination_amount = Amount(required=False, positive=True, exponent=DECIMAL_PLACES)
    destination__uuid = Handle(required=False)
    description = Text(required=False, allow_blank=True, max_length=1000)
    metadata = Metadata(required=False)


class HoldShape(serializers.Serializer[Any]):
    """What may be said about a new hold."""

    amount = Amount()
    expires_at = Moment(required=False)
    description = Text(required=False, allow_blank=True, max_length=1000)
    metadata = Metadata(required=False)


class HoldEndShape(serializers.Serializer[Any]):
    """How a hold may be ended."""

    current_status = serializers.ChoiceField([Hold.Status.CAPTURED.value, Hold.Status.VOIDED.value])
    capture_amount = Amount(required=False)


class LimitShape(serializers.Serializer[Any]):
    """What may be said about a limit."""

    direction = serializers.ChoiceField(Limit.Direction.choices)
    window = serializers.ChoiceField(Limit.Window.choices)
    max_amount = Amount(required=False, allow_null=True)
    max_count = Count(required=False, allow_null=True)


def in_currency(kind: type[Shape], currency: Any, *, partial: bool = False) -> Shape:
    """Return the shape's one serializer of amounts as fine as the currency's."""
    return _of(kind, exponent_of(currency), partial=partial)


@functools.lru_cache(maxsize=512)
def _of(kind: type[Shape], exponent: int, *, partial: bool) -> Shape:
    # Once: DRF copies a shape's fields, which takes longer than to read a document. All threads
    # share it, so only `run_validation` is called on it, which keeps nothing.
    return kind(partial=partial, context={"exponent": exponent})


def exponent_of(currency: Any) -> int:
    """Return the decimals of a currency; the most there are when it is none: that is said apart."""
    return currencies.exponent(currency) if isinstance(currency, str) else DECIMAL_PLACES


def _fits(number: float) -> bool:
    if isinstance(number, int):
        return abs(number) <= LARGEST_INTEGER
    return math.isfinite(number)
