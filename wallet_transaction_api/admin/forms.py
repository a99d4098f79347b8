"""Forms that read amounts exactly, edit only what was changed and say what the ledger refused."""

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms.fields import InvalidJSONInput
from rest_framework import serializers

from wallet_transaction_api import money
from wallet_transaction_api.api import bodies
from wallet_transaction_api.api.jsonapi import shapes
from wallet_transaction_api.api.jsonapi.kinds import LARGEST_INTEGER
from wallet_transaction_api.ledger import currencies, rules
from wallet_transaction_api.ledger.errors import LedgerError

#: A refusal names its input as the API does.
_FIELDS = {
    "overdraftLimit": "overdraft_limit",
    "maxAmount": "max_amount",
    "maxCount": "max_count",
}


class AmountField(forms.Field):
    """An amount as on the wire: plain digits, exact to `exponent` decimals, never a float."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "vTextField"})

    def __init__(self, *, zero: bool = False, **kwargs: Any) -> None:
        """Refuse a zero unless `zero`."""
        super().__init__(**kwargs)
        self.zero = zero
        self.exponent = money.DECIMAL_PLACES

    def to_python(self, value: Any) -> Decimal | None:
        """Return the exact amount; an empty input is none."""
        if value in self.empty_values:
            return None
        try:
            return rules.exact_amount(_stripped(value), self.exponent, zero=self.zero)
        except LedgerError as refusal:
            raise ValidationError(refusal.detail, code=refusal.code) from refusal

    def prepare_value(self, value: Any) -> Any:
        """Show a stored amount with the currency's decimals, or without trailing zeros."""
        if not isinstance(value, Decimal):
            return value
        return money.format_amount(value, self.exponent % money.DECIMAL_PLACES)

    def of(self, currency: str) -> None:
        """Take amounts of this currency."""
        self.exponent = currencies.exponent(currency)


class CountField(forms.IntegerField):
    """How many times: the numbers that the API takes."""

    def __init__(self, **kwargs: Any) -> None:
        """Refuse zero in the API's words."""
        least = {"min_value": shapes.Count.default_error_messages["invalid"]}
        super().__init__(min_value=1, max_value=LARGEST_INTEGER, error_messages=least, **kwargs)


class MetadataField(forms.JSONField):
    """Metadata by the API's own rules; an empty box is an empty object."""

    def to_python(self, value: Any) -> Any:
        """Refuse what the API refuses, in its words."""
        text = _stripped(value)
        if text in self.empty_values:
            return {}
        try:
            return _METADATA.run_validation(bodies.parse(text.encode()))
        except bodies.Malformed as error:
            raise ValidationError(f"{self.error_messages['invalid']} {error}") from error
        except serializers.ValidationError as refusal:
            raise ValidationError([str(detail) for detail in refusal.detail]) from refusal

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Show what was typed as it was typed: read again it may be no JSON, or no text."""
        return InvalidJSONInput(data or "")


class LedgerForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form whose last word is the ledger's.

    It carries what it showed, so that `changed_data` is what this person changed, also when
    somebody else changed the row since: what was left alone stays as stored.
    """

    #: What the ledger refused when this form was submitted.
    refusal: ClassVar[LedgerError | None] = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            # An input sent without what it showed is compared with what is stored.
            alone = name in self.data and self.add_initial_prefix(name) not in self.data
            field.show_hidden_initial = self.instance.pk is not None and not alone

    def clean(self) -> dict[str, Any] | None:
        """Put the refusal beside the input at fault, where the form has it."""
        cleaned = super().clean()
        if self.refusal is not None:
            field = _FIELDS.get(str(self.refusal.attribute), self.refusal.attribute)
            self.add_error(field if field in self.fields else None, self.refusal.detail)
        return cleaned


#: One for all forms: it keeps nothing.
_METADATA = shapes.Metadata()


def _stripped(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value
