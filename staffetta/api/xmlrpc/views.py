"""XML-RPC: one address, two methods; whatever comes is answered with a response or a fault. Parses, calls, renders."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from staffetta.api import auth, operations
from staffetta.api.errors import MethodNotAllowed, ParameterMissing, ParameterWrong
from staffetta.api.legacy import several
from staffetta.api.legacy.asked import credentials
from staffetta.api.legacy.body import taken
from staffetta.api.legacy.edge import address, attempted
from staffetta.api.principal import Principal
from staffetta.api.xmlrpc import answers, reading
from staffetta.messaging import origin


@csrf_exempt
def provisioning(request: HttpRequest) -> HttpResponse:
    """Answer a call."""
    answer = attempted(lambda: _called(request))
    return HttpResponse(answers.response(answer), content_type="text/xml; charset=utf-8", headers={"Cache-Control": "no-store"})


def _called(request: HttpRequest) -> Any:
    if request.method != "POST":
        raise MethodNotAllowed(method=request.method, allowed="POST")
    method, parameters = reading.call(taken(request, several.BODY_BYTES_MAX))
    if method not in _METHODS:
        raise ParameterWrong(name="method")
    if len(parameters) != 1:
        raise ParameterWrong(name="request")
    given = reading.struct(parameters[0], "request")
    login, password = credentials(reading.strings(given))
    return _METHODS[method](auth.by_password(login, password, address(request), origin.XMLRPC), given)


def _get_credit(who: Principal, given: dict[str, Any]) -> float:
    return answers.credit(operations.credit_e4(who))


def _send_sms(who: Principal, given: dict[str, Any]) -> list[dict[str, Any]]:
    if "sms" not in given:
        raise ParameterMissing(name="sms")
    if not isinstance(given["sms"], list):
        raise ParameterWrong(name="sms")
    return answers.sent(several.send(who, given["sms"], reading.strings))


_METHODS: dict[str, Callable[[Principal, dict[str, Any]], Any]] = {"get_credit": _get_credit, "send_sms": _send_sms}
