"""Proofs of payment: the queue, and each beside the order it is for, to be approved or refused."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.clickjacking import xframe_options_sameorigin
from unfold.widgets import UnfoldAdminTextareaWidget

from staffetta.accounts.models import User
from staffetta.backoffice import shown
from staffetta.backoffice.filters import named
from staffetta.backoffice.onepage import Act, OnePageAdmin, Table
from staffetta.backoffice.site import office
from staffetta.billing import orderstates, proofkind, proofs, proofstates, reasoncode
from staffetta.billing.models import Proof
from staffetta.lib import money


class RefusalForm(forms.Form):
    """Why it is refused, for the customer."""

    reason = forms.CharField(
        label=gettext_lazy("reason"),
        max_length=300,
        widget=UnfoldAdminTextareaWidget({"rows": 2}),
        help_text=gettext_lazy("The customer reads it in a mail."),
    )


def _approve(staff: User, row: Proof, given: dict[str, Any]) -> str:
    proofs.approve(row.pk, staff)
    return _("“%(name)s” is approved: order %(number)s is paid.") % {"name": row.name, "number": row.order_id}


def _refuse(staff: User, row: Proof, given: dict[str, Any]) -> str:
    proofs.refuse(row.pk, staff, given["reason"])
    return _("“%(name)s” is refused; the customer is told by mail.") % {"name": row.name}


def _approve_about(row: Proof) -> str:
    if row.order.state in {"paid", "refunded"}:
        return _("The order was paid meanwhile: nothing more is credited.")
    told = {"credits": money.shown(row.order.credits_e4), "customer": row.order.account, "euro": money.euro(row.order.payable_cents)}
    return _("%(credits)s credits arrive at %(customer)s now. Look that the receipt says %(euro)s and the right account.") % told


ACTS = (
    Act("approve", gettext_lazy("Approve"), _approve, about=_approve_about, offered=lambda row: row.state == "waiting", open=True),
    Act("refuse", gettext_lazy("Refuse"), _refuse, RefusalForm, offered=lambda row: row.state == "waiting", grave=True,
        about=lambda row: _("The order goes on waiting for its money.")),
)  # fmt: skip


@admin.register(Proof, site=office)
class ProofAdmin(OnePageAdmin):
    """The proofs of payment."""

    acts = ACTS
    list_display = ("name", "state_named", "order_shown", "customer", "due", shown.when("created_at", gettext_lazy("sent")), "decided_by")
    list_filter = (named("state", gettext_lazy("state"), proofstates.NAMES), "created_at")
    search_fields = ("name", "order__account__name", "order__pk")
    list_select_related = ("order__account", "decided_by")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Proof]:
        """Leave the files where they are."""
        found: QuerySet[Proof] = super().get_queryset(request).defer("content")
        return found

    def get_urls(self) -> list[Any]:
        """Add the file's own address."""
        view = self.admin_site.admin_view(xframe_options_sameorigin(self.file_view))
        return [path("<int:proof_id>/file/", view, name="proof-file"), *super().get_urls()]

    def file_view(self, request: HttpRequest, proof_id: int) -> HttpResponse:
        """Serve the file so that nothing in it runs; a PDF to the browser's own viewer, unless it is asked for as a download."""
        row = self.get_object(request, str(proof_id))
        if row is None or not self.has_view_permission(request, row):
            raise Http404
        content, headers = proofs.served(row) if "download" in request.GET else proofs.viewed(row)
        return HttpResponse(content, headers=headers)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_named(self, row: Proof) -> str:
        """Write the state."""
        return shown.state(row.state, proofstates.NAMES)

    @admin.display(description=gettext_lazy("order"), ordering="order")
    def order_shown(self, row: Proof) -> str:
        """Link to the order."""
        return shown.order(row.order)

    @admin.display(description=gettext_lazy("customer"))
    def customer(self, row: Proof) -> str:
        """Name the customer."""
        return row.order.account.name

    @admin.display(description=gettext_lazy("to pay"))
    def due(self, row: Proof) -> str:
        """Write what is to be paid."""
        return money.euro(row.order.payable_cents)

    def heading(self, row: Proof) -> str:
        """Name the proof."""
        return _("Receipt for order %(number)s") % {"number": row.order_id}

    def facts(self, row: Proof) -> list[tuple[Any, Any]]:
        """Say what the receipt should show."""
        order = row.order
        return [
            (_("to pay"), money.euro(order.payable_cents)),
            (_("code"), reasoncode.shown(order.pk)),
            (_("customer"), shown.customer(order.account)),
            (_("order"), shown.order(order)),
            (_("state of the order"), shown.state(order.state, orderstates.NAMES)),
            (_("way of paying"), orderstates.WAYS.get(order.way, "–")),
            (_("package"), f"{order.package_name} · {money.shown(order.credits_e4)}"),
            (_("made"), shown.moment(order.created_at)),
            (_("receipt"), f"{row.name} · {proofkind.EXTENSIONS.get(row.kind, row.kind).upper()}"),
            (
                _("sent"),
                f"{shown.moment(row.created_at)} · {row.user or '–'}" + (f" ({_('attached by the staff')})" if row.by_staff else ""),
            ),
            (_("note"), row.note),
            (_("state"), shown.state(row.state, proofstates.NAMES)),
            *([(_("decided"), f"{shown.moment(row.decided_at)} · {row.decided_by or '–'}")] if row.decided_at else []),
            *([(_("reason"), row.reason)] if row.reason else []),
        ]

    def beside(self, row: Proof) -> SafeString:
        """Show the file."""
        address = reverse("office:proof-file", args=[row.pk])
        picture = (
            '<iframe class="office-proof" src="{0}" title="{1}"></iframe>'
            if row.kind == proofkind.PDF
            else '<a href="{0}"><img class="office-proof" src="{0}" alt="{1}"></a>'
        )
        download = '<p class="office-links"><a href="{0}?download">{2}</a></p>'
        return format_html(picture + download, address, row.name, _("Download"))

    def tables(self, row: Proof) -> list[Table]:
        """Show the other proofs of the order."""
        others = row.order.proofs.exclude(pk=row.pk).defer("content")
        rows = [
            (
                shown.link(each.name, "billing_proof_change", each.pk),
                shown.state(each.state, proofstates.NAMES),
                shown.moment(each.created_at),
            )
            for each in others
        ]
        return [Table(_("Other receipts for this order"), [_("proof of payment"), _("state"), _("when")], rows)]
