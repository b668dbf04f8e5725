"""Keys of programs, the API password, and addresses for mails: make, see, take away. A secret is shown in the answer that makes it, and never again."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from staffetta.accounts import apikeys, apipassword, operator
from staffetta.accounts.models import Account, ApiKey, User
from staffetta.accounts.scopes import SCOPES
from staffetta.lib import clock
from staffetta.lib.errors import Refused
from staffetta.portal import developerspage
from staffetta.portal.access import customer_may, own
from staffetta.portal.forms.developers import SANDBOX, ApiPasswordForm, KeyForm
from staffetta.portal.interfaces import examples

_FIELDS = {"key_name_missing": "name", "key_scope_missing": "scopes", "network_wrong": "networks", "key_expiry_passed": "expires"}


@customer_may("api")
def listing(request: HttpRequest, account: Account) -> HttpResponse:
    """List the keys."""
    now = clock.now()
    rows = [
        {
            "key": each,
            "ended": each.expires_at is not None and each.expires_at <= now,
            "may": [SCOPES[scope] for scope in each.scopes if scope in SCOPES],
        }
        for each in apikeys.in_use(account).select_related("user")
    ]
    return render(request, "portal/keys.html", {"rows": rows, "account": account})


@customer_may("api")
def new(request: HttpRequest, account: Account) -> HttpResponse:
    """Make a key; show it once."""
    assert isinstance(request.user, User)
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        chosen = {"sandbox": given["kind"] == SANDBOX, "networks": given["networks"], "expires_at": given["expires"]}
        try:
            key, secret = apikeys.make(account, request.user, given["name"], given["scopes"], **chosen)
            return _made(request, key, secret)
        except Refused as refusal:
            form.add_error(_FIELDS.get(refusal.code), str(refusal))
    return render(request, "portal/key_new.html", {"form": form}, status=400 if form.errors else 200)


def _made(request: HttpRequest, key: ApiKey, secret: str) -> HttpResponse:
    shown = examples.shown("rest_send", developerspage.values(request, key=secret))
    return _once(render(request, "portal/key_made.html", {"key": key, "secret": secret, "examples": shown, "sends": "send" in key.scopes}))


def _once(response: HttpResponse) -> HttpResponse:
    """Let nobody keep a page that shows a secret."""
    response.headers["Cache-Control"] = "private, no-store"
    return response


@customer_may("api")
def revoke(request: HttpRequest, account: Account, key_id: int) -> HttpResponse:
    """Ask, then end a key."""
    key = own(ApiKey.objects.filter(revoked_at=None), account, pk=key_id)
    if request.method != "POST":
        return render(request, "portal/key_revoke.html", {"key": key})
    if not apikeys.revoke(account, key_id):
        raise Http404
    messages.success(request, _("The key “%(name)s” is revoked: no program gets in with it any more.") % {"name": key.name})
    return redirect("keys")


def _password_page(request: HttpRequest, account: Account, form: ApiPasswordForm | None = None, **more: Any) -> HttpResponse:
    login, realm = request.user.get_username(), operator.current().realm
    context = {
        "form": form or ApiPasswordForm(),
        "set_at": account.api_password_at if account.api_password else None,
        "logins": [login, f"{login}@{realm}"],
        "types": developerspage.priced(),
        **more,
    }
    return render(request, "portal/key_password.html", context, status=400 if form and form.errors else 200)


@sensitive_post_parameters()
@customer_may("api")
def password(request: HttpRequest, account: Account) -> HttpResponse:
    """Show whether there is an API password, and since when; set the one that old programs have."""
    assert isinstance(request.user, User)
    form = ApiPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            apipassword.set_password(account, form.cleaned_data["password"], request.user)
            messages.success(request, _("The API password is set: your programs get in with it from now on."))
            return redirect("api-password")
        except Refused as refusal:
            form.add_error("password", str(refusal))
    return _password_page(request, account, form if request.method == "POST" else None)


@customer_may("api")
@require_POST
def password_made(request: HttpRequest, account: Account) -> HttpResponse:
    """Have an API password made; show it once. Where there is one, ask first: it stands in programs."""
    if account.api_password and "sure" not in request.POST:
        return render(request, "portal/key_password_new.html")
    made = apipassword.set_password(account)
    account.refresh_from_db()
    shown = examples.shown("http_send", developerspage.values(request, password=made))
    return _once(_password_page(request, account, made=made, examples=shown))


@customer_may("api")
def password_away(request: HttpRequest, account: Account) -> HttpResponse:
    """Ask, then take the API password away."""
    if request.method != "POST":
        return render(request, "portal/key_password_away.html")
    apipassword.take_away(account)
    messages.success(request, _("The API password is taken away: no program gets in by password any more."))
    return redirect("api-password")
