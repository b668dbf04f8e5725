"""Takes note of when and from where a session was last used, for the page of sessions."""

from collections.abc import Callable

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse

from staffetta.accounts import sessions


class LastUseMiddleware:
    """Notes the use after the answer is made, and only where someone is logged in; what a page asks by itself is no use."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take note of what comes next."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and note the use."""
        response = self._get_response(request)
        if response.status_code < 500 and not getattr(request, "htmx", False) and request.user.is_authenticated:
            sessions.used(request.session.session_key or "", get_adapter().get_client_ip(request))
        return response
