"""Who may see a customer's page: a logged-in user of an account. Gives the view its account, and the account's time zone to the page."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from django.contrib.auth.views import redirect_to_login
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django_htmx.http import reswap, retarget

from staffetta.accounts.models import Account, User

P = ParamSpec("P")
M = TypeVar("M", bound=Model)
View = Callable[Concatenate[HttpRequest, Account, P], HttpResponseBase]


def customer(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Let only users of an account in: the view is called with the request and the account.

    Who is not logged in goes to the log-in and comes back afterwards; the staff, who have no account, are told where they are.
    """

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        user = request.user
        if not isinstance(user, User):
            return _log_in(request)
        if user.account is None:
            return render(request, "portal/staff.html", status=403)
        with timezone.override(ZoneInfo(user.account.time_zone)):
            response = view(request, user.account, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "private, no-cache")  # not to be seen again after the log-out
        return response

    return guarded


def _log_in(request: HttpRequest) -> HttpResponse:
    if getattr(request, "htmx", False):
        # Neither the log-in in the middle of the page, nor away from a page with something typed in it.
        return retarget(reswap(render(request, "portal/signed_out.html"), "innerHTML"), "#signed-out")
    return redirect_to_login(request.get_full_path())


def own(rows: QuerySet[M], account: Account, **key: Any) -> M:
    """Return the account's row with this key; 404 where there is none, or where it is another account's."""
    return get_object_or_404(rows, account=account, **key)
