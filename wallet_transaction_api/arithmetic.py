"""Arithmetic on money columns in queries, exact on every database."""

from typing import Any

from django.db import models

from wallet_transaction_api.fields import MoneyField


class Plus(models.Func):
    """`left + right`. SQLite stores money as text: there a function of ours adds it."""

    arity = 2
    output_field = MoneyField()
    template = "(%(expressions)s)"
    arg_joiner = " + "

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Call what `sortable` registers."""
        call = {"template": "money_add(%(expressions)s)", "arg_joiner": ", "}
        return self.as_sql(compiler, connection, **call, **context)
