"""Keys of usernames: what names that differ only in form, case or marks have in common."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from wallet_transaction_api.fields import ExactCharField


class UsernameKey(models.Model):
    """One user's key (`accounts.names.key_of`). Written by `accounts.keys` only."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="username_key",
    )
    key = ExactCharField(max_length=450)
    #: Whether several users have the key: they had their names before keys were kept.
    is_shared = models.BooleanField(default=False)
    #: The key of a user who has it alone, else null: what has to be unique.
    own_key = models.GeneratedField(
        expression=models.Case(models.When(Q(is_shared=False), then=F("key"))),
        output_field=ExactCharField(max_length=450, null=True),
        db_persist=True,
    )

    objects: ClassVar[models.Manager["UsernameKey"]] = models.Manager()

    class Meta:
        db_table = "username_keys"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["key"], name="username_keys_key"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["own_key"], name="username_keys_own_key"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.key}"
