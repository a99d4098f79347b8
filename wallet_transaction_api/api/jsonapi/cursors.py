"""Opaque cursors: a place in one ordered list, signed so that nobody makes one up.

The signature also covers which list it is (path, order and filters): a cursor of another list
is refused like one that was tampered with. It hides nothing: a cursor tells the sort values
of a row that its holder has seen.
"""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Any, Final, TypeAlias

from django.utils.crypto import salted_hmac

from wallet_transaction_api.api.jsonapi.encoding import dump
from wallet_transaction_api.api.jsonapi.listing import Listing
from wallet_transaction_api.api.jsonapi.problems import bad_parameter

#: The sort values of a row, or the place before all or behind all rows.
Place: TypeAlias = Sequence[Any] | str
START: Final = "start"
END: Final = "end"
_SALT = "wallet_transaction_api.api.jsonapi.cursors"
_SIGNED = 12


class Signer:
    """Writes and reads the cursors of one list."""

    def __init__(self, listing: Listing) -> None:
        filters = sorted(pair for pair in listing.pairs if pair[0].startswith("filter["))
        purpose = dump([listing.path, [key.text for key in listing.keys], filters])
        self._kinds = [key.kind for key in listing.keys]
        self._key = salted_hmac(_SALT, purpose, algorithm="sha256").digest()

    def write(self, place: Place) -> str:
        """Return the cursor of a place."""
        if isinstance(place, str):
            payload = dump(place).encode()
        else:
            texts = [kind.spell(value) for kind, value in zip(self._kinds, place, strict=True)]
            payload = dump(texts).encode()
        return urlsafe_b64encode(self._sign(payload) + payload).rstrip(b"=").decode()

    def read(self, text: str, *, parameter: str) -> Place:
        """Return the place of a cursor; refuses what this list's signer did not write."""
        try:
            whole = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        except ValueError:
            whole = b""
        signature, payload = whole[:_SIGNED], whole[_SIGNED:]
        if not hmac.compare_digest(signature, self._sign(payload)):
            raise bad_parameter("invalid_cursor", parameter, "This is no cursor of this list.")
        value = json.loads(payload)
        if isinstance(value, str):
            return value
        return [kind.read(item) for kind, item in zip(self._kinds, value, strict=True)]

    def _sign(self, payload: bytes) -> bytes:
        return hmac.digest(self._key, payload, "sha256")[:_SIGNED]
