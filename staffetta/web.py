"""The `web` process: granian serving the faces (WSGI). Knows none of them."""

import argparse
import logging
import signal
from collections.abc import Callable
from importlib import import_module
from typing import Any

from django.conf import settings
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from staffetta.lib import env
from staffetta.localpg.server import tied

THREADS = 8  # a slow download holds one; each has its own database connection
STOP_S = 8
_log = logging.getLogger(__name__)


def host() -> str:
    """Return the address to listen on: only this machine, unless STAFFETTA_HOST says otherwise (0.0.0.0: everywhere)."""
    return env.text("STAFFETTA_HOST", "127.0.0.1")


def main(options: argparse.Namespace) -> int:
    """Serve until SIGTERM or Ctrl-C; requests under way are answered first."""
    server = Granian(
        "staffetta.wsgi:application",
        address=host(),
        port=settings.PORT,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=env.integer("STAFFETTA_WEB_THREADS", THREADS, 1, 100),
        blocking_threads_idle_timeout=600,  # as long as a database connection is kept
        workers_kill_timeout=STOP_S,
        websockets=False,
        log_level=LogLevels.error,  # it warns of more threads than cores; ours mostly wait for the database
        log_dictconfig={"loggers": {"_granian": {"handlers": [], "propagate": True}}},
    )
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns where it is missing
    tie = tied(signal.SIGKILL)

    def application(target: str) -> Callable[..., Any]:
        tie()  # runs in the worker: it must not outlive a killed parent and keep the port
        served: Callable[..., Any] = import_module("staffetta.wsgi").application
        return served

    _log.info("web: listening on %s:%d", host(), settings.PORT)
    server.serve(target_loader=application)
    _log.info("web: stopped, nothing held")
    return 0
