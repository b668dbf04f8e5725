"""Notices: which mails a customer wants."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from staffetta.accounts.models import Account, User
from staffetta.billing import lowcredit
from staffetta.lib.errors import Refused
from staffetta.lib.money import editable
from staffetta.portal.access import customer_may
from staffetta.portal.forms.notices import NoticesForm
from staffetta.reports import summary


@customer_may("view")
def page(request: HttpRequest, account: Account) -> HttpResponse:
    """Show and change the notices."""
    assert isinstance(request.user, User)
    threshold_e4 = lowcredit.threshold_e4(account.pk)
    initial = {"threshold": editable(threshold_e4) if threshold_e4 else "", "every": summary.chosen(request.user)}
    form = NoticesForm(request.POST or None, initial=initial)
    of_account = "settings" in request.user.may
    if not of_account:
        del form.fields["threshold"]
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                if of_account:
                    lowcredit.set_threshold(account.pk, form.cleaned_data["threshold"])
                summary.choose(request.user, form.cleaned_data["every"])
        except Refused as refusal:
            form.add_error("threshold", str(refusal))
        else:
            messages.success(request, _("Your notices are saved."))
            return redirect("notices")
    context = {"form": form, "email": request.user.email}
    return render(request, "portal/notices_page.html", context, status=400 if form.errors else 200)
