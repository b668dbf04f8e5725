"""A receiver of webhooks on this machine: a real HTTP server in a thread that keeps what it was sent and answers as told; and the time by hand."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from staffetta.lib import clock
from staffetta.webhooks import deliver, dispatch


@dataclass
class Call:
    """One call as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """What came, and what is answered: (status, body, headers) each in turn, the last one again and again."""

    port: int = 0
    calls: list[Call] = field(default_factory=list)
    answers: list[tuple[int, str, dict[str, str]]] = field(default_factory=lambda: [(200, "ok", {})])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/sms?x=1"

    def next_answer(self) -> tuple[int, str, dict[str, str]]:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def receiving(tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Receive until the end."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.calls.append(Call(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            status, text, headers = receiver.next_answer()
            told = (text or str(self.headers)).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # who breaks off a handshake is what a test wants
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Hands:
    """The time, moved by hand."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.now = clock.now()
        patch.setattr(clock, "now", lambda: self.now)

    def on(self, **passed: float) -> None:
        self.now += timedelta(**passed)


def call_all() -> None:
    """Turn all events into calls, and make those that are due."""
    while dispatch.dispatch():
        pass
    while deliver.step():
        pass
