"""XML-RPC: one address, two methods and what they are; whatever comes is answered with a response or a fault. Parses, calls, renders."""

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
    if method in _ABOUT:
        return _ABOUT[method](parameters)
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


def _list_methods(parameters: tuple[Any, ...]) -> list[str]:
    if parameters:
        raise ParameterWrong(name="request")
    return sorted([*_METHODS, *_ABOUT])


def _method_help(parameters: tuple[Any, ...]) -> str:
    if len(parameters) != 1 or parameters[0] not in [*_METHODS, *_ABOUT]:
        raise ParameterWrong(name="method")
    return _HELP.get(parameters[0], "")


# What tools ask of every such service before they call anything: nobody logs in for it.
_ABOUT: dict[str, Callable[[tuple[Any, ...]], Any]] = {"system.listMethods": _list_methods, "system.methodHelp": _method_help}
_HELP = {
    "get_credit": "get_credit({authlogin, authpasswd}): the credit that is left, as a double.",
    "send_sms": (
        "send_sms({authlogin, authpasswd, sms: [{sender, body, destination, id_api, deliver_timestamp, client_id}]}): "
        "a struct for each message, with id_sms, or error_code and error."
    ),
    "system.listMethods": "system.listMethods(): the names of all methods.",
    "system.methodHelp": "system.methodHelp(name): what a method takes and answers.",
}
_METHODS: dict[str, Callable[[Principal, dict[str, Any]], Any]] = {"get_credit": _get_credit, "send_sms": _send_sms}
