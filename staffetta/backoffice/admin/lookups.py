"""Lookups of all customers, to look at: how far each is, and which stand still."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from staffetta.backoffice import shown
from staffetta.backoffice.base import ReadOnlyAdmin
from staffetta.backoffice.site import office
from staffetta.lib import money
from staffetta.lookup import words
from staffetta.lookup.models import LookupBatch
from staffetta.lookup.stuck import marked, stuck


class MovementFilter(admin.SimpleListFilter):
    """Under way, standing still, or ended."""

    title = _("progress")
    parameter_name = "progress"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the choices."""
        return [("moving", _("under way")), ("stuck", _("stands still")), ("ended", _("ended"))]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[LookupBatch]") -> "QuerySet[LookupBatch]":
        """Keep those that are wanted."""
        if self.value() == "stuck":
            return queryset.filter(stuck())
        if self.value() == "moving":
            return queryset.exclude(state="settled")
        return queryset.filter(state="settled") if self.value() == "ended" else queryset


@admin.register(LookupBatch, site=office)
class LookupAdmin(ReadOnlyAdmin):
    """The lookups."""

    list_display = ("id", "account", "how_far", "how_many", "cost", shown.when("created_at", _("asked on")))
    list_filter = (MovementFilter,)
    list_select_related = ("account",)
    search_fields = ("account__name", "=id")
    ordering = ("-id",)
    fields = ("id", "account", "how_far", "how_many", "counts", "cost", "created_at", "settled_at")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> "QuerySet[LookupBatch]":
        """Mark those that stand still; long lists of numbers stay where they are."""
        return marked(super().get_queryset(request).defer("numbers"))

    @admin.display(description=_("state"))
    def how_far(self, row: LookupBatch) -> str:
        """Write how far it is."""
        if getattr(row, "still", False):
            return shown.state(
                "failed", {"failed": gettext("stands still at %(percent)s %%: is “work” running?") % {"percent": row.percent}}
            )
        return f"{words.of_batch(row).label}" + ("" if row.state == "settled" else f" · {row.percent} %")

    @admin.display(description=_("numbers"))
    def how_many(self, row: LookupBatch) -> int:
        """Write how many numbers it has."""
        return row.count

    @admin.display(description=_("what became of them"))
    def counts(self, row: LookupBatch) -> str:
        """Write how many numbers are in each state."""
        return " · ".join(self._counts(row)) or "–"

    @staticmethod
    def _counts(row: LookupBatch) -> Iterator[str]:
        if row.answered:
            yield f"{_('answered')}: {row.answered}"
        for state in ("queued", "asked", "refused", "unknown", "cancelled"):
            if count := getattr(row, state):
                yield f"{words.of_result(state, None).label}: {count}"

    @admin.display(description=_("credits"))
    def cost(self, row: LookupBatch) -> str:
        """Write what it cost, or what is held for it."""
        if row.state == "settled":
            return money.shown(row.charged_e4)
        return gettext("%(credits)s set aside") % {"credits": money.shown(row.credits_e4)}
