"""A web process with the real front and server over a WSGI application of its own: `python -m tests.wire.front_app PORT`."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import django

THREADS, PIECE, PIECES = 3, b"1234567890,delivered\r\n" * 3_000, 300  # 19 MB


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Stream a file, or tell what came."""
    start_response("200 OK", [("Content-Type", "text/csv")])
    if environ["PATH_INFO"] == "/download":
        return _pieces()
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    return [f"{environ['QUERY_STRING']} {len(body)} {environ.get('HTTP_X_FORWARDED_FOR', '')}".encode()]


def _pieces() -> Iterator[bytes]:
    for _n in range(PIECES):
        yield PIECE


if __name__ == "__main__":
    os.environ.setdefault("STAFFETTA_HOME", tempfile.mkdtemp(prefix="staffetta-test-"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "staffetta.settings"
    django.setup()
    from staffetta import web

    web.serve(lambda: application, int(sys.argv[1]), THREADS)
