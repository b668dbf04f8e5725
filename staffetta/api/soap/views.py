"""SOAP 1.1: a POST is a call, anything else is answered with the service's description. Parses, calls, renders."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from staffetta.api import auth, operations
from staffetta.api.legacy import several
from staffetta.api.legacy.asked import credentials
from staffetta.api.legacy.body import taken
from staffetta.api.legacy.edge import address, attempted
from staffetta.api.soap import answers, description, reading
from staffetta.lib.errors import Refused
from staffetta.messaging import origin

PATH = "/soap/BCP"


@csrf_exempt
def bcp(request: HttpRequest) -> HttpResponse:
    """Answer a call, or describe the service."""
    if request.method != "POST":
        return _xml(description.wsdl(_address_asked(request)))
    answer = attempted(lambda: _called(request))
    # SOAP 1.1 §6.2: a fault has status 500.
    return _xml(answers.fault(answer), 500) if isinstance(answer, Refused) else _xml(answer)


def _called(request: HttpRequest) -> bytes:
    operation, given, messages = reading.call(taken(request, several.BODY_BYTES_MAX))
    login, password = credentials(given)
    who = auth.by_password(login, password, address(request), origin.SOAP)
    if operation == "get_credit":
        return answers.credit(operations.credit_e4(who))
    return answers.sent(several.send(who, messages, lambda message: message))


def _address_asked(request: HttpRequest) -> str:
    """Return the service's address on the host that was asked; a proxy in front that speaks https is known by the public address."""
    public = urlsplit(settings.PUBLIC_URL)
    scheme = public.scheme if public.netloc == request.get_host() else request.scheme
    return f"{scheme}://{request.get_host()}{PATH}"


def _xml(body: bytes, status: int = 200) -> HttpResponse:
    return HttpResponse(body, status=status, content_type="text/xml; charset=utf-8", headers={"Cache-Control": "no-store"})
