"""The real web server with the front: clients that break off, send slowly or strangely do not keep others from their pages."""

import contextlib
import http.client
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.line.copies import Eventually, free_port
from tests.wire.front_app import PIECE, PIECES, THREADS

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def port(eventually: Eventually) -> Iterator[int]:
    port = free_port()
    with subprocess.Popen([sys.executable, "-m", "tests.wire.front_app", str(port)], cwd=ROOT) as process:
        try:
            eventually(lambda: _answers(port), "the web server")
            yield port
        finally:
            process.terminate()
            process.wait(30)


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def asked(port: int, head: bytes, body: bytes = b"") -> tuple[int, bytes]:
    """Send a request as it is written; return status and body."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(head.replace(b"\n", b"\r\n") + b"\r\n\r\n" + body)
        response = http.client.HTTPResponse(connection)
        response.begin()
        return response.status, response.read()


GET = b"GET %s HTTP/1.1\nHost: a\nConnection: close"


def test_a_whole_download_comes_whole(port):
    assert asked(port, GET % b"/download") == (200, PIECE * PIECES)


def test_downloads_that_break_off_hold_no_thread(port):
    for _n in range(10):
        with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
            connection.sendall((GET % b"/download").replace(b"\n", b"\r\n") + b"\r\n\r\n")
            assert connection.recv(4_096)
    for _n in range(THREADS + 1):
        assert asked(port, GET % b"/")[0] == 200


def test_who_sends_slowly_holds_no_thread(port):
    with contextlib.ExitStack() as open_:
        for _n in range(THREADS * 2):
            slow = open_.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))
            slow.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n")
            assert slow.recv(4_096).startswith(b"HTTP/1.1 100")  # its body is being read now
            slow.sendall(b"x")
        assert asked(port, GET % b"/")[0] == 200


def test_bytes_that_are_no_ascii_in_a_query_are_escaped(port):
    status, said = asked(port, GET % "/?a=\u00e8".encode())
    assert (status, said) == (200, b"a=%C3%A8 0 ")


@pytest.mark.parametrize("size", [0, 5, 100_000, 1_000_000])
def test_a_body_in_pieces_comes_whole(port, size):
    head = b"POST / HTTP/1.1\nHost: a\nConnection: close\nTransfer-Encoding: chunked"
    piece = b"x" * (size // 5)
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for _n in range(5) if piece) + b"0\r\n\r\n"
    assert asked(port, head, chunks) == (200, b" %d " % size)
    told = b"POST / HTTP/1.1\nHost: a\nConnection: close\nContent-Length: %d" % size
    assert asked(port, told, b"x" * size) == (200, b" %d " % size)


def test_a_header_with_an_underscore_is_no_proxy(port):
    said = asked(port, GET % b"/" + b"\nX_Forwarded_For: 9.9.9.9\nX-Forwarded-For: 1.1.1.1\nX-Forwarded-For: 2.2.2.2")[1]
    assert said == b" 0 1.1.1.1,2.2.2.2"
