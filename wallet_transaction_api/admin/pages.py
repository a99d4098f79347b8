"""Pages that change money only through the ledger, and stay quick on tables of millions."""

import functools
from collections.abc import Callable
from operator import attrgetter
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db import DataError, ProgrammingError
from django.db.models import JSONField, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from wallet_transaction_api.admin.forms import MetadataField
from wallet_transaction_api.ledger import currencies
from wallet_transaction_api.ledger.errors import LedgerError
from wallet_transaction_api.ledger.units import in_transaction
from wallet_transaction_api.rows import LedgerModel

#: So many rows can be paged through; a search or a filter finds the others.
REACHABLE = 10_000


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts `REACHABLE` rows at most: counting millions would take seconds per page."""

    @functools.cached_property
    def count(self) -> int:
        """Return how many rows can be paged through."""
        rows: Any = self.object_list
        return int(rows[:REACHABLE].count())


class QuickList(ChangeList):
    """Takes a filter of what no column holds for a bad filter; some databases fail on it."""

    def get_results(self, request: HttpRequest) -> None:
        """Send whoever asked to the list without the filter, if it was the filter's fault."""
        try:
            super().get_results(request)
        except (ArithmeticError, ValueError, DataError, ProgrammingError) as error:
            if not self.get_filters_params():
                raise
            raise IncorrectLookupParameters from error


def shown(name: str, *, currency: str = "wallet.currency") -> Callable[[Any, Any], str | None]:
    """Make a column that shows an amount with its currency's decimals, and nothing for none."""
    currency_of = attrgetter(currency)

    @admin.display(description=name.replace("_", " "))
    def show(page: Any, obj: Any) -> str | None:
        amount = getattr(obj, name)
        return None if amount is None else currencies.format_amount(amount, currency_of(obj))

    return show


class QuickAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Lists newest first, by the primary key; neither counts nor sorts the whole table."""

    ordering = ("-pk",)
    sortable_by = ()
    list_per_page = 50
    list_max_show_all = 0
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = BoundedPaginator

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Return the kind of list."""
        return QuickList


class LedgerAdmin(QuickAdmin):
    """Adds, changes and deletes rows by the ledger's rules, with the user as the actor.

    Each submission is one unit of work, retried as a whole. What the ledger refuses has
    changed nothing; it is said on the form, or above the list for an action of it.
    """

    formfield_overrides: ClassVar[dict[Any, Any]] = {JSONField: {"form_class": MetadataField}}

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form again with the refusal, if there is one."""
        show = super().changeform_view
        try:
            return in_transaction(lambda: show(request, *args, **kwargs))
        except LedgerError as refusal:
            request.refusal = refusal  # type: ignore[attr-defined]  # for `get_form`
            return show(request, *args, **kwargs)

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Tell the form what the ledger refused."""
        form: Any = super().get_form(request, *args, **kwargs)
        form.refusal = getattr(request, "refusal", None)
        return form

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Delete by the ledger's rules."""
        show = super().delete_view
        return _or_refuse(request, lambda: show(request, *args, **kwargs))

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """List, and run actions all or none."""
        show = super().changelist_view
        if request.method != "POST":
            return show(request, *args, **kwargs)
        return _or_refuse(request, lambda: show(request, *args, **kwargs))

    def delete_model(self, request: HttpRequest, obj: LedgerModel) -> None:
        """Delete in the user's name."""
        obj.actor_id = request.user.pk
        obj.delete()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Delete one by one, wallet by wallet, all or none."""
        for row in queryset.order_by(*self.lock_order):
            self.delete_model(request, row)

    #: The order that deletes rows by ascending wallet, the order in which all lock them.
    lock_order: tuple[str, ...] = ("pk",)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Name the rows themselves: nothing else goes with them, and all history stays."""
        rows = list(objs)
        denied = {
            str(self.opts.verbose_name)
            for row in rows
            if not self.has_delete_permission(request, row)
        }
        return [str(row) for row in rows], {self.opts.verbose_name_plural: len(rows)}, denied, []


def _or_refuse(request: HttpRequest, work: Callable[[], HttpResponse]) -> HttpResponse:
    try:
        return in_transaction(work)
    except LedgerError as refusal:
        messages.error(request, refusal.detail)
        return HttpResponseRedirect(request.get_full_path())


class ReadOnly:
    """A page that only shows: nothing is added, changed or removed there."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False
