"""Addresses for mails that become SMS: make, see, take away."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from staffetta.accounts import mailtokens
from staffetta.accounts.models import Account, User
from staffetta.billing.models import SmsType
from staffetta.lib.errors import Refused
from staffetta.messaging import compose
from staffetta.portal import developerspage
from staffetta.portal.access import customer_may
from staffetta.portal.forms.developers import MailForm
from staffetta.portal.interfaces import examples

_FIELDS = {"mail_name_missing": "name", "sender_refused": "sender", "mail_sender_wrong": "allowed"}


@customer_may("api")
def page(request: HttpRequest, account: Account) -> HttpResponse:
    """List the addresses; make one, and show it once."""
    form = MailForm(request.POST or None)
    names = dict(SmsType.objects.values_list("api_id", "name"))
    context: dict[str, Any] = {"form": form, "on": bool(settings.MAIL_LISTEN)}
    if request.method == "POST" and form.is_valid():
        try:
            values = developerspage.values(request, mail_token=_make(request, account, form))
            context |= {"made": f"+393300000001.{values.mail_token}@{values.mail_host}", "form": MailForm()}
            context |= {"examples": examples.shown("email_send", values)}
        except Refused as refusal:
            form.add_error(_FIELDS.get(refusal.code), str(refusal))
    context["tokens"] = [{"row": each, "type": names.get(each.api_type, each.api_type)} for each in mailtokens.in_use(account)]
    response = render(request, "portal/key_mail.html", context, status=400 if form.errors else 200)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _make(request: HttpRequest, account: Account, form: MailForm) -> str:
    assert isinstance(request.user, User)
    given = form.cleaned_data
    sender = compose.chosen_sender(SmsType.objects.get(api_id=given["type"], active=True), given["sender"])
    chosen = {"allowed": given["allowed"], "with_subject": given["with_subject"]}
    return mailtokens.make(account, request.user, given["name"], given["type"], sender, **chosen)[1]


@customer_may("api")
@require_POST
def revoke(request: HttpRequest, account: Account, token_id: int) -> HttpResponse:
    """Take an address away."""
    if not mailtokens.revoke(account, token_id):
        raise Http404
    messages.success(request, _("The address is taken away: mails to it are refused."))
    return redirect("mail-tokens")
