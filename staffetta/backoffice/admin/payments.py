"""What the card services told: the list of events, and the notices that somebody must look at."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from staffetta.accounts.models import AuditLine, User
from staffetta.backoffice import posted, roles, shown
from staffetta.backoffice.base import ReadOnlyAdmin
from staffetta.backoffice.onepage import Act, Offer
from staffetta.backoffice.orderacts import ReasonForm
from staffetta.backoffice.site import office
from staffetta.billing import cardnotices
from staffetta.billing.models import PaymentEvent
from staffetta.lib import money
from staffetta.lib.errors import Refused


@admin.register(PaymentEvent, site=office)
class PaymentEventAdmin(ReadOnlyAdmin):
    """The events of the card services, as they came."""

    list_display = (shown.when("received_at", gettext_lazy("when")), "provider", "kind", "reference", "outcome")
    list_filter = ("provider", "outcome", "received_at")
    search_fields = ("reference", "event_id")

    def get_urls(self) -> list[Any]:
        """Add the page of a notice."""
        return [path("notice/<int:line_id>/", self.admin_site.admin_view(self.notice_view), name="card-notice"), *super().get_urls()]

    def notice_view(self, request: HttpRequest, line_id: int) -> HttpResponse:
        """Show a notice; take it out of the queue with what was done."""
        notice = get_object_or_404(AuditLine, pk=line_id, action__in=cardnotices.NAMES)
        may_act = roles.may_act(request.user, "payment")
        if not roles.may_see(request.user, "payment") or (request.method == "POST" and not may_act):
            raise PermissionDenied
        form = ReasonForm(*posted.of(request))
        if request.method == "POST" and form.is_valid():
            assert isinstance(request.user, User)
            try:
                cardnotices.looked_at(notice.pk, request.user, form.cleaned_data["reason"])
            except Refused as refusal:
                form.add_error("reason", str(refusal))
            else:
                messages.success(request, _("The notice is out of the queue."))
                return redirect("office:index")
        act = Act("seen", _("Looked at"), lambda staff, row, given: "")
        about = _("Write what you have done about it: the notice leaves the queue and your words stay in the audit log.")
        context = self.admin_site.each_context(request) | {
            "title": cardnotices.NAMES[notice.action],
            "facts": _facts(notice),
            "offers": [Offer(act, form, request.path, about)] if may_act else [],
        }
        return TemplateResponse(request, "backoffice/one.html", context, status=400 if form.errors else 200)


def _facts(notice: AuditLine) -> list[tuple[Any, Any]]:
    payment = cardnotices.payment_of(notice)
    facts = [(_("when"), shown.moment(notice.created_at)), (_("what was told"), notice.reason)]
    if payment:
        facts += [
            (_("order"), shown.order(payment.order)),
            (_("customer"), shown.customer(payment.order.account)),
            (_("euro"), money.euro(payment.amount_cents)),
            (_("reference"), payment.reference),
        ]
    return facts
