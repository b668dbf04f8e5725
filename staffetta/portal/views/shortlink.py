"""A recipient opens the short link of a message: to the address that the sender stored, never to another."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from staffetta.messaging import clicks

_HEADERS = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "no-referrer"}


@require_safe
def follow(request: HttpRequest, code: str) -> HttpResponse:
    """Lead on and count the click; a code that is nobody's is told so in words."""
    # Browsers that load a page ahead of its reader say so.
    ahead = "prefetch" in request.headers.get("Sec-Purpose", request.headers.get("Purpose", ""))
    target = clicks.follow(code, request.headers.get("User-Agent", ""), only_looking=ahead or request.method == "HEAD")
    answer = HttpResponseRedirect(target) if target else render(request, "portal/link_unknown.html", status=404)
    for name, value in _HEADERS.items():
        answer[name] = value
    return answer


@require_safe
def nothing(request: HttpRequest, path: str = "") -> HttpResponse:
    """Tell who comes to the short domain without a code where they are."""
    return render(request, "portal/link_unknown.html", status=404)
