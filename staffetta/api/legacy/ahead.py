"""Answers old programs before the pages' middleware: no session, no language, no check of the host can come between and answer in HTML."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

PATHS = ("/http/", "/xmlrpc/", "/soap/")


class AheadOfPagesMiddleware:
    """Stands before every other."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take note of what comes next."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        if request.path_info.startswith(PATHS):
            try:
                match = resolve(request.path_info, "staffetta.api.urls")
            except Resolver404:
                return self._get_response(request)
            answer: HttpResponse = match.func(request, *match.args, **match.kwargs)
            return answer
        return self._get_response(request)
