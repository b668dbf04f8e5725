"""The invoicing data of the account."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from staffetta.accounts import profile
from staffetta.accounts.errors import ProfileWrong
from staffetta.accounts.models import Account
from staffetta.portal.access import customer_may
from staffetta.portal.forms.profile import ProfileForm


@customer_may("money")
def page(request: HttpRequest, account: Account) -> HttpResponse:
    """Show the data, and keep them where all are right."""
    if request.method != "POST":
        kept = profile.of(account)
        form = ProfileForm(initial={name: _shown(name, getattr(kept, name)) for name in profile.FIELDS})
        return render(request, "portal/profile.html", {"account": account, "form": form})
    form = ProfileForm(request.POST)
    if form.is_valid():
        try:
            profile.change(account, **form.cleaned_data)
            messages.success(request, _("Your invoicing data are saved."))
            return redirect(_back(request))
        except ProfileWrong as refused:
            for name, sentence in refused.values["problems"].items():
                form.add_error(name, sentence)
    return render(request, "portal/profile.html", {"account": account, "form": form}, status=400)


def _back(request: HttpRequest) -> str:
    """Return to the page that led here, where it is one of ours."""
    given = request.GET.get("next", "")
    return given if url_has_allowed_host_and_scheme(given, {request.get_host()}) else "account"


def _shown(name: str, value: str) -> str:
    return "" if name == "sdi_code" and value in {profile.NO_SDI, "XXXXXXX"} else value
