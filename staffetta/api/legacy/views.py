"""The old HTTP interface: whatever comes is answered with status 200 and one line of plain text. Parses, calls, renders."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from staffetta.api import auth, operations
from staffetta.api.errors import MethodNotAllowed
from staffetta.api.legacy import answers
from staffetta.api.legacy.asked import asked, credentials
from staffetta.api.legacy.body import taken
from staffetta.api.legacy.edge import address, attempted
from staffetta.api.legacy.parse import parameters
from staffetta.api.operations import Sent
from staffetta.api.principal import Principal
from staffetta.lib.errors import Refused

BODY_BYTES_MAX = 2**20


@csrf_exempt
def send_sms(request: HttpRequest) -> HttpResponse:
    """Send one message."""

    def call() -> Sent | Refused:
        given, who = _let_in(request)
        [answer] = operations.send(who, [asked(given, who.time_zone)])
        return answer

    return _plain(answers.line(attempted(call)))


@csrf_exempt
def get_credit(request: HttpRequest) -> HttpResponse:
    """Tell the credit that is left."""
    credit_e4 = attempted(lambda: operations.credit_e4(_let_in(request)[1]))
    return _plain(answers.line(credit_e4) if isinstance(credit_e4, Refused) else answers.credit(credit_e4).encode())


def _let_in(request: HttpRequest) -> tuple[dict[str, str], Principal]:
    if request.method not in {"GET", "POST"}:
        raise MethodNotAllowed(method=request.method, allowed="GET, POST")
    query = request.META.get("QUERY_STRING", "").encode("latin-1", "replace")
    given = parameters(query, request.META.get("CONTENT_TYPE", ""), taken(request, BODY_BYTES_MAX))
    login, password = credentials(given)
    return given, auth.by_password(login, password, address(request))


def _plain(line: bytes) -> HttpResponse:
    return HttpResponse(line, content_type="text/plain", headers={"Cache-Control": "no-store"})
