"""A real test bank for the tests: its process on a free port, what it tells, and somebody who types cards into its pages."""

import http.client
import os
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.line.copies import ROOT, free_port

SECRET = "geheim-7"


class _Listener(BaseHTTPRequestHandler):
    server: Any

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.told.append((self.headers.get("Bank-Signature"), body))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


class RunningBank:
    """The bank's address, what it has told, and its pages."""

    def __init__(self, port: int, told: list[tuple[str, bytes]], listener_port: int) -> None:
        self.url, self.told, self.events_url = f"http://127.0.0.1:{port}", told, f"http://127.0.0.1:{listener_port}"
        self._port = port

    def page(self, path: str, form: dict[str, str] | None = None) -> tuple[int, dict[str, str], str]:
        caller = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        try:
            body = None if form is None else urlencode(form)
            caller.request("GET" if form is None else "POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})
            answer = caller.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read().decode()
        finally:
            caller.close()

    def pay(self, reference: str, number: str = "4242424242424242", expiry: str = "12/40") -> tuple[int, dict[str, str], str]:
        return self.page(f"/pay/{reference}", {"number": number, "expiry": expiry, "cvc": "123"})

    def confirm(self, reference: str) -> tuple[int, dict[str, str], str]:
        """Type the 3-D Secure code that the page shows."""
        shown = re.search(r'class="code">(\d+)<', self.page(f"/pay/{reference}")[2])
        assert shown
        return self.page(f"/pay/{reference}/code", {"code": shown[1]})

    def events_of(self, reference: str) -> list[tuple[str, bytes]]:
        return [(signature, body) for signature, body in list(self.told) if reference.encode() in body]


@contextmanager
def running_bank(eventually: Callable[..., None]) -> Iterator[RunningBank]:
    """Start a bank with a home of its own, and a listener for its events."""
    listener = ThreadingHTTPServer(("127.0.0.1", 0), _Listener)
    listener.told = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=lambda: listener.serve_forever(poll_interval=0.05))
    thread.start()
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="staffetta-test-") as home, (Path(home) / "said").open("wb") as said:
        environment = os.environ | {"STAFFETTA_HOME": home, "STAFFETTA_TESTBANK_SECRET": SECRET}
        command = [sys.executable, "-m", "staffetta", "testbank", "--port", str(port)]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=said, stderr=said)
        bank = RunningBank(port, listener.told, listener.server_port)  # type: ignore[attr-defined]
        try:
            eventually(lambda: _answers(bank), "the test bank")
            yield bank
        finally:
            process.terminate()
            process.wait(10)
            listener.shutdown()
            listener.server_close()
            thread.join()
    assert urlsplit(bank.url).port == port


def _answers(bank: RunningBank) -> bool:
    try:
        return bank.page("/favicon.ico")[0] == 204
    except OSError:
        return False
