"""Lines of statements: which wait for a decision and why, and one beside the order that is proposed for it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from unfold.widgets import UnfoldAdminTextInputWidget

from staffetta.accounts.models import User
from staffetta.backoffice import shown
from staffetta.backoffice.filters import named
from staffetta.backoffice.onepage import Act, OnePageAdmin, Table
from staffetta.backoffice.orderacts import ReasonForm
from staffetta.backoffice.site import office
from staffetta.billing import ordersearch, orderstates, reasoncode
from staffetta.billing.bank import deciding, matching, payername
from staffetta.billing.bank import states as linestates
from staffetta.billing.models import BankLine
from staffetta.lib import money


class AcceptForm(forms.Form):
    """Why another amount is taken; blank where it is the very amount."""

    reason = forms.CharField(
        label=gettext_lazy("reason"),
        max_length=300,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("Needed where less came than is due, or another amount than the receipt said."),
    )


class AssignForm(AcceptForm):
    """The order that the line pays."""

    order = forms.CharField(
        label=gettext_lazy("order"),
        max_length=100,
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("Its number, its code (RF…), or the customer's name where they have one open order."),
    )
    field_order = ("order", "reason")


def _settled(line: BankLine) -> str:
    told = {"euro": money.euro(line.amount_cents), "number": line.order_id}
    if line.payment and line.payment.surplus:
        return _("%(euro)s are noted at order %(number)s as surplus: it was paid already.") % told
    return _("%(euro)s are taken as the money of order %(number)s.") % told


def _accept(staff: User, row: BankLine, given: dict[str, Any]) -> str:
    return _settled(deciding.accept(row.pk, staff, given["reason"]))


def _assign(staff: User, row: BankLine, given: dict[str, Any]) -> str:
    return _settled(deciding.assign(row.pk, ordersearch.one(given["order"]), staff, given["reason"]))


def _set_aside(staff: User, row: BankLine, given: dict[str, Any]) -> str:
    deciding.set_aside(row.pk, staff, given["reason"])
    return _("The line is set aside. It can still be assigned to an order later.")


def _accept_about(row: BankLine) -> str:
    if row.order is None:
        return ""
    told = {"came": money.euro(row.amount_cents), "due": money.euro(row.order.payable_cents), "number": row.order_id}
    if row.order.state == "paid" and (promised := matching.promised(row.order)):
        told |= {"due": money.euro(promised.amount_cents)}
        return (
            _("Order %(number)s was taken as paid by a receipt of %(due)s: these %(came)s are noted as that money; no credits move.") % told
        )
    if row.order.state in {"paid", "refunded"}:
        return _("Order %(number)s is paid already: these %(came)s become surplus, to be returned.") % told
    if row.amount_cents == row.order.payable_cents:
        return _("%(came)s came, as order %(number)s costs: its credits arrive now.") % told
    if row.amount_cents > row.order.payable_cents:
        told |= {"over": money.euro(row.amount_cents - row.order.payable_cents)}
        return (
            _(
                "%(came)s came and order %(number)s costs %(due)s. If you accept, its credits arrive now, and %(over)s become surplus, to be returned."
            )
            % told
        )
    return _("%(came)s came and order %(number)s costs %(due)s. If you accept, all its credits arrive now.") % told


def _is_proposed(row: BankLine) -> bool:
    return row.state == "proposed" and row.order_id is not None


ACTS = (
    Act("accept", gettext_lazy("Accept for the proposed order"), _accept, AcceptForm, _accept_about, _is_proposed, open=True),
    Act("assign", gettext_lazy("Assign to an order"), _assign, AssignForm, offered=lambda row: row.state != "matched"),
    Act("aside", pgettext_lazy("act", "Set aside"), _set_aside, ReasonForm, offered=lambda row: row.state in {"proposed", "unmatched"},
        about=lambda row: _("For money that is no order's: it leaves the queue, and the reason stays in the audit log.")),
)  # fmt: skip


@admin.register(BankLine, site=office)
class BankLineAdmin(OnePageAdmin):
    """The money that came in by bank and post."""

    acts = ACTS
    list_display = (
        shown.when("booked_on", gettext_lazy("booked")),
        "state_named",
        "came",
        "payer",
        "reason",
        "order_shown",
        "why_said",
        "source_named",
    )
    list_filter = (
        named("state", gettext_lazy("state"), linestates.NAMES),
        named("source", gettext_lazy("comes from"), linestates.SOURCES),
        "booked_on",
    )
    search_fields = ("payer", "reason", "order__account__name")
    list_select_related = ("order__account", "file")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Allow the lines of one file, as its page asks for."""
        return lookup == "file__id__exact" or super().lookup_allowed(lookup, value, request)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_named(self, row: BankLine) -> str:
        """Write the state."""
        return shown.state(row.state, linestates.NAMES)

    @admin.display(description=gettext_lazy("euro"), ordering="amount_cents")
    def came(self, row: BankLine) -> str:
        """Write what came."""
        return money.euro(row.amount_cents)

    @admin.display(description=gettext_lazy("order"))
    def order_shown(self, row: BankLine) -> str:
        """Write the order, with what it costs."""
        return f"{row.order_id} · {row.order.account} · {money.euro(row.order.payable_cents)}" if row.order else "–"

    @admin.display(description=gettext_lazy("why"))
    def why_said(self, row: BankLine) -> str:
        """Say why it is only proposed."""
        return matching.sentence(row)

    @admin.display(description=gettext_lazy("comes from"), ordering="source")
    def source_named(self, row: BankLine) -> str:
        """Write where it comes from."""
        return str(linestates.SOURCES[row.source])

    def heading(self, row: BankLine) -> str:
        """Name the line by amount and payer."""
        return f"{money.euro(row.amount_cents)} · {payername.of(row.payer) or shown.day(row.booked_on)}"

    def facts(self, row: BankLine) -> list[tuple[Any, Any]]:
        """Say what came, and why it is not matched."""
        return [
            (_("state"), shown.state(row.state, linestates.NAMES)),
            (_("came in"), money.euro(row.amount_cents)),
            (_("booked"), shown.day(row.booked_on)),
            (_("payer"), shown.long(row.payer)),
            (_("reason"), shown.long(row.reason)),
            *([(_("why it waits"), matching.sentence(row))] if row.state != "matched" else []),
            (_("file"), shown.link(row.file.name, "billing_bankfile_change", row.file_id)),
            (_("comes from"), linestates.SOURCES[row.source]),
            *([(_("decided"), f"{shown.moment(row.decided_at)} · {row.decided_by or _('by itself')}")] if row.decided_at else []),
        ]

    def links(self, row: BankLine) -> list[Any]:
        """Lead to what was done about it."""
        return [shown.link(_("Audit log"), "accounts_auditline_changelist", query=f"?q=bank+line+{row.pk}")]

    def tables(self, row: BankLine) -> list[Table]:
        """Show the order that is proposed, or was paid."""
        heads = [_("order"), _("customer"), _("package"), _("to pay"), _("came in"), _("state"), _("made")]
        order = row.order
        if order is None:
            return []
        cells = (
            shown.link(f"{order.pk} · {reasoncode.shown(order.pk)}", "billing_order_change", order.pk),
            shown.customer(order.account),
            order.package_name,
            money.euro(order.payable_cents),
            money.euro(row.amount_cents),
            shown.state(order.state, orderstates.NAMES),
            shown.moment(order.created_at),
        )
        return [Table(_("Its order") if row.state == "matched" else _("The proposed order"), heads, [cells])]
