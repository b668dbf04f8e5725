"""The `web` process: granian serving the faces, the hot calls ahead of Django's pages. Knows none of them."""

import argparse
import logging
import signal
from collections.abc import Callable
from importlib import import_module
from typing import Any

from a2wsgi import WSGIMiddleware
from django.conf import settings
from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from granian.log import LogLevels

from staffetta.lib import env
from staffetta.lib.memory import seldom_collect
from staffetta.localpg.server import tied

THREADS = 8  # a slow download holds one; each has its own database connection
STOP_S = 8
_log = logging.getLogger(__name__)


def host() -> str:
    """Return the address to listen on: only this machine, unless STAFFETTA_HOST says otherwise (0.0.0.0: everywhere)."""
    return env.text("STAFFETTA_HOST", "127.0.0.1")


def main(options: argparse.Namespace) -> int:
    """Serve until SIGTERM or Ctrl-C; requests under way are answered first."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns where it is missing
    threads = env.integer("STAFFETTA_WEB_THREADS", THREADS, 1, 100)
    _log.info("web: listening on %s:%d", host(), settings.PORT)
    serve(lambda: import_module("staffetta.wsgi").application, settings.PORT, threads)
    _log.info("web: stopped, nothing held")
    return 0


def serve(pages: Callable[[], Any], port: int, threads: int) -> None:
    """Serve what `pages` returns in so many threads, with the hot calls ahead of it. `pages` is called in the process that serves."""
    server = Granian(
        "staffetta.api.hot.front:Front",
        address=host(),
        port=port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,  # what HTTP/2 may leave out (a body's length) nothing here needs
        workers=1,
        loop=Loops.uvloop,
        workers_kill_timeout=STOP_S,
        websockets=False,
        log_level=LogLevels.error,
        log_dictconfig={"loggers": {"_granian": {"handlers": [], "propagate": True}}},
    )
    tie = tied(signal.SIGKILL)

    def application(target: str) -> Callable[..., Any]:
        tie()  # runs in the worker: it must not outlive a killed parent and keep the port
        served: Callable[..., Any] = import_module("staffetta.api.hot.front").Front(WSGIMiddleware(pages(), workers=threads))
        seldom_collect()
        return served

    server.serve(target_loader=application)
