"""A server that answers as Stripe does where localstripe cannot: refunds that wait or fail, answers that make no sense."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answers = dict[str, tuple[int, dict[str, Any]]]  # "GET /v1/…" to status and body


class _Strange(BaseHTTPRequestHandler):
    server: Any

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        self.server.asked.append(f"{self.command} {path}")
        missing = {"error": {"type": "invalid_request_error", "code": "resource_missing", "message": f"No such thing: {path}"}}
        status, body = self.server.answers.get(f"{self.command} {path}", (404, missing))
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.do_GET()

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


class StrangeStripe:
    """Its address, what it answers, and what it was asked."""

    def __init__(self, server: Any) -> None:
        self.url, self.answers, self.asked = f"http://127.0.0.1:{server.server_port}", server.answers, server.asked

    def refunds(self, *refunds: tuple[str, int]) -> None:
        """Have these refunds, by state and cents, for whatever payment is asked."""
        rows = [
            {"id": f"re_{at}", "object": "refund", "status": state, "amount": cents} for at, (state, cents) in enumerate(refunds, start=1)
        ]
        self.answers["GET /v1/refunds"] = (200, {"object": "list", "data": rows, "has_more": False, "url": "/v1/refunds"})

    def intent(self, reference: str, **values: Any) -> None:
        """Have a payment."""
        told = {
            "id": reference,
            "object": "payment_intent",
            "status": "succeeded",
            "amount": 9_150,
            "client_secret": "hush",
            "metadata": {},
        }
        self.answers[f"GET /v1/payment_intents/{reference}"] = (200, told | values)


@contextmanager
def strange_stripe() -> Iterator[StrangeStripe]:
    """Run it."""
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), _Strange)
    server.answers, server.asked = {}, []
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield StrangeStripe(server)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
