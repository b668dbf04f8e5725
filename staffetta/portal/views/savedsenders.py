"""The account's senders: see, add, choose the usual one, delete."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from staffetta.accounts.models import Account
from staffetta.lib.errors import Refused
from staffetta.messaging import savedsenders
from staffetta.messaging.models import SavedSender
from staffetta.portal.access import customer_may, own
from staffetta.portal.forms.saved import SenderForm


@customer_may("send")
def page(request: HttpRequest, account: Account) -> HttpResponse:
    """List the senders; add one."""
    form = SenderForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            savedsenders.save(account.pk, form.cleaned_data["value"])
            return redirect("compose-senders")
        except Refused as refusal:
            form.add_error("value", str(refusal))
    context = {"form": form, "senders": savedsenders.choices(account.pk)}
    return render(request, "portal/saved_senders.html", context, status=400 if form.errors else 200)


@customer_may("send")
@require_POST
def make_usual(request: HttpRequest, account: Account, sender_id: int) -> HttpResponse:
    """Let new sends begin with this sender."""
    savedsenders.make_usual(own(SavedSender.objects.all(), account, pk=sender_id))
    return redirect("compose-senders")


@customer_may("send")
@require_POST
def delete(request: HttpRequest, account: Account, sender_id: int) -> HttpResponse:
    """Delete a sender from the list."""
    saved = own(SavedSender.objects.all(), account, pk=sender_id)
    savedsenders.delete(saved)
    messages.success(request, _("The sender “%(name)s” was taken off the list.") % {"name": saved.value})
    return redirect("compose-senders")
