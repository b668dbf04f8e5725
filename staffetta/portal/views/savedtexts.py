"""The account's kept texts: see, add, change, delete."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from staffetta.accounts.models import Account
from staffetta.lib.errors import Refused
from staffetta.messaging import savedtexts
from staffetta.messaging.models import SavedText
from staffetta.portal.access import customer_may, own
from staffetta.portal.forms.saved import TextForm


@customer_may("send")
def page(request: HttpRequest, account: Account) -> HttpResponse:
    """List the texts; add one."""
    form = TextForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            savedtexts.save(account.pk, form.cleaned_data["name"], form.cleaned_data["text"])
            return redirect("compose-texts")
        except Refused as refusal:
            form.add_error("name", str(refusal))
    context = {"form": form, "texts": savedtexts.texts(account.pk)}
    return render(request, "portal/saved_texts.html", context, status=400 if form.errors else 200)


@customer_may("send")
def change(request: HttpRequest, account: Account, text_id: int) -> HttpResponse:
    """Change a text or its name."""
    saved = own(SavedText.objects.all(), account, pk=text_id)
    form = TextForm(request.POST or None, initial={"name": saved.name, "text": saved.text})
    if request.method == "POST" and form.is_valid():
        try:
            savedtexts.change(saved, form.cleaned_data["name"], form.cleaned_data["text"])
            return redirect("compose-texts")
        except Refused as refusal:
            form.add_error("name", str(refusal))
    return render(request, "portal/saved_text.html", {"form": form, "saved": saved}, status=400 if form.errors else 200)


@customer_may("send")
@require_POST
def delete(request: HttpRequest, account: Account, text_id: int) -> HttpResponse:
    """Delete a text."""
    saved = own(SavedText.objects.all(), account, pk=text_id)
    savedtexts.delete(saved)
    messages.success(request, _("The text “%(name)s” was deleted.") % {"name": saved.name})
    return redirect("compose-texts")
