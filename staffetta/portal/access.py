"""Who may see and use a customer's page: a logged-in user of an account whose role may. Gives the view its account, and the account's time zone to the page."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from django.contrib.auth.views import redirect_to_login
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_htmx.http import reswap, retarget

from staffetta.accounts import roles, team
from staffetta.accounts.models import Account, User

P = ParamSpec("P")
M = TypeVar("M", bound=Model)
View = Callable[Concatenate[HttpRequest, Account, P], HttpResponseBase]


def customer(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Let any user of an account look; nothing can be changed by a page that states no other permission."""
    return require_safe(customer_may("view")(view))


def customer_may(permission: str, to_see: str = "") -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]]:
    """Let only users of an account in whose role may do this: the view is called with the request and the account.

    `to_see`: what is enough where nothing is changed (GET). Who is not logged in goes to the log-in and comes back afterwards;
    the staff, who have no account, are told where they are; whose role may not, or whose account is closed, is told who can help.
    """
    if {permission, to_see or permission} - set(roles.PERMISSIONS):
        raise ValueError(f"no such permission: {permission} {to_see}")

    def guard(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            user = request.user
            if not isinstance(user, User):
                return _log_in(request)
            if user.account is None:
                return _of_no_account(request, user)
            if user.account.closed_at is not None:
                return render(request, "portal/account_closed.html", {"name": user.account.name}, status=403)
            needed = to_see or permission if request.method in ("GET", "HEAD") else permission
            with timezone.override(ZoneInfo(user.account.time_zone)):
                response = view(request, user.account, *args, **kwargs) if needed in user.may else _not_your_role(request, user, needed)
            response.headers.setdefault("Cache-Control", "private, no-cache")  # not to be seen again after the log-out
            return response

        guarded.permission = permission  # type: ignore[attr-defined]  # what the test of all addresses asks for
        return guarded

    return guard


def _of_no_account(request: HttpRequest, user: User) -> HttpResponse:
    if user.is_staff and request.path == reverse("home"):  # where a log-in leads to
        return redirect("staff")
    return render(request, "portal/staff.html", {"refused": True}, status=403)


def _not_your_role(request: HttpRequest, user: User, needed: str) -> HttpResponse:
    context = {
        "role": roles.NAMES[user.role],
        "allowed": roles.allowed(user.role),
        "needed": roles.PERMISSIONS[needed],
        "owners": team.owners(user.account_id or 0),
    }
    return render(request, "portal/role_refused.html", context, status=403)


def _log_in(request: HttpRequest) -> HttpResponse:
    if getattr(request, "htmx", False):
        # Neither the log-in in the middle of the page, nor away from a page with something typed in it.
        return retarget(reswap(render(request, "portal/signed_out.html"), "innerHTML"), "#signed-out")
    return redirect_to_login(request.get_full_path())


def own(rows: QuerySet[M], account: Account, **key: Any) -> M:
    """Return the account's row with this key; 404 where there is none, or where it is another account's."""
    return get_object_or_404(rows, account=account, **key)
