"""The edge of the old interfaces: from where a call comes, and that whatever goes wrong in it is a refusal. Knows no dialect."""

import logging
from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.http import HttpRequest

from staffetta.api.address import caller
from staffetta.api.doubt import failure
from staffetta.lib.errors import Refused

Answer = TypeVar("Answer")
_log = logging.getLogger(__name__)


def attempted(call: Callable[[], Answer]) -> Answer | Refused:
    """Return what a call gives, or its refusal. After any other failure Internal, what it had begun being rolled back, or InDoubt."""
    try:
        return call()
    except Refused as refusal:
        return refusal
    except Exception as error:
        _log.exception("a call of an old interface failed")
        return failure(error)


def address(request: HttpRequest) -> str:
    """Return the caller's address."""
    return caller(request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", ""), settings.ALLAUTH_TRUSTED_PROXY_COUNT)
