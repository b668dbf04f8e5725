"""The `testbank` process: an HTTP server on loopback for the demo and for tests. Parses, hands on, answers."""

import argparse
import json
import logging
import signal
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings

from staffetta.billing.payments.testbank import api, pages
from staffetta.billing.payments.testbank.answer import Answer, refused
from staffetta.billing.payments.testbank.bank import Bank
from staffetta.billing.payments.testbank.events import Postman
from staffetta.billing.payments.testbank.store import Store

BODY_BYTES_MAX = 64 * 1024
_log = logging.getLogger(__name__)


class Server(ThreadingHTTPServer):
    """One bank behind one address."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], bank: Bank, secret: str) -> None:
        """Serve this bank; the shop must know the secret."""
        super().__init__(address, Handler)
        self.bank, self.secret = bank, secret


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Server
    timeout = 30
    server_version, sys_version = "testbank", ""

    def do_GET(self) -> None:
        """Answer a look."""
        self._answer(posted=False)

    def do_POST(self) -> None:
        """Answer a deed."""
        self._answer(posted=True)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing of each request: the address of a payment is what lets one pay it."""

    def _answer(self, posted: bool) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > BODY_BYTES_MAX:
            self._send(refused(413, "That is too long."))
            return
        body = self.rfile.read(int(length))
        try:
            self._send(self._found(urlsplit(self.path).path.strip("/").split("/"), body, posted))
        except KeyError:
            self._send(refused(404, "There is no such payment."))
        except (json.JSONDecodeError, UnicodeDecodeError):
            self._send(refused(400, "That cannot be read."))

    def _found(self, path: list[str], body: bytes, posted: bool) -> Answer:
        match path:
            case ["api", *rest]:
                return api.answered(self.server.bank, self.server.secret, rest, dict(self.headers), body)
            case ["pay", *rest] if rest:
                return pages.answered(self.server.bank, rest, dict(parse_qsl(body.decode(), keep_blank_values=True)), posted)
            case ["style.css"]:
                return pages.style()
            case ["favicon.ico"]:
                return Answer(204)
        return refused(404, "There is no such page.")

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        safe = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
        for name, value in (safe | answer.headers | {"Content-Length": str(len(answer.body))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the test bank's options."""
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=10_000)


def main(options: argparse.Namespace) -> int:
    """Run until SIGTERM or Ctrl-C."""
    settings.HOME.mkdir(parents=True, exist_ok=True)
    store = Store(settings.HOME / "testbank.sqlite3")
    postman = Postman(store, settings.TESTBANK_SECRET)
    server = Server((options.host, options.port), Bank(store), settings.TESTBANK_SECRET)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    postman.start()
    _log.info("testbank: listening on %s:%s", options.host, server.server_port)
    server.serve_forever(poll_interval=0.2)
    postman.ended.set()
    server.server_close()
    _log.info("testbank: stopped")
    return 0
