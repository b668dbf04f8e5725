"""A form that is out of date: what was typed is offered again, and one click starts clean. Nothing was done with it."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache

# Where sending the same again does nothing that cannot be undone: it shows a page, or asks again. Elsewhere another
# site could have had its own form sent by a click on our page.
HARMLESS = {"compose", "profile", "login", "account_signup"}
SECRET = ("password", "oldpassword", "code", "csrfmiddlewaretoken")


def page(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a request that Django's protection against forged forms has refused."""
    kept = _kept(request)
    context = {"kept": kept, "back": _where(request), "target": request.path, "cookies": bool(request.COOKIES)}
    return render(request, "403_csrf.html", context, status=403)


@never_cache
def clean(request: HttpRequest) -> HttpResponse:
    """Forget this browser's session and cookies of ours, and go back to the page where one was."""
    request.session.flush()
    target = request.GET.get("next", "")
    response = redirect(target if url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()) else "login")
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, "messages"):
        response.delete_cookie(name)
    return response


def _kept(request: HttpRequest) -> list[tuple[str, str, bool]]:
    """Return what was typed into a harmless form of our own pages: name, value, whether it has lines."""
    if _name(request.path) not in HARMLESS or not _from_here(request):
        return []
    typed = [(name, values) for name, values in request.POST.lists() if not name.startswith(SECRET)]
    return [(name, value, "\n" in value) for name, values in typed for value in values]


def _from_here(request: HttpRequest) -> bool:
    origin = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return urlsplit(origin).netloc == request.get_host()


def _where(request: HttpRequest) -> str:
    """Return the page that had the form: its own address, else where the browser says that it came from."""
    here = urlsplit(request.headers.get("Referer", ""))
    if here.netloc == request.get_host() and _name(here.path):
        return here.path + (f"?{here.query}" if here.query else "")
    return request.path if _name(request.path) in HARMLESS else "/"


def _name(path: str) -> str:
    try:
        return resolve(path).url_name or ""
    except Resolver404:
        return ""
