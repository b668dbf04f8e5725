"""On the operator's short domain only short links answer: no page of the portal, and none of its cookies."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from staffetta.accounts import operator


class ShortDomainMiddleware:
    """Gives requests to the short domain addresses of their own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take note of what comes next."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        domain = operator.current().short_domain
        if domain and request.get_host().partition(":")[0].lower() == domain:
            request.urlconf = "staffetta.portal.urls.short"
        return self._get_response(request)
