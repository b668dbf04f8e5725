"""Make one call to a target that was checked, within a time limit for the whole of it. Follows no redirect, uses no proxy, keeps 2 KiB of the answer."""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import NamedTuple

from staffetta.webhooks.targets import LIMIT_S, Address, Target
from staffetta.webhooks.words import CERTIFICATE, CONNECTION, REDIRECT, STATUS, TIMEOUT

ANSWER_MAX = 2_048


class Answer(NamedTuple):
    """What came back: `status` 0 where nothing did; `error` is a code of words.py, with what the network said behind a colon."""

    status: int
    text: str
    ms: int
    error: str = ""
    retry_after: str = ""

    @property
    def good(self) -> bool:
        """Tell whether the receiver has taken the call."""
        return 200 <= self.status < 300


def post(target: Target, headers: Mapping[str, str], body: bytes, limit_s: float = LIMIT_S) -> Answer:
    """Post a body, and return what came back; never raises what a network does."""
    begun = time.monotonic()

    def ms() -> int:
        return int((time.monotonic() - begun) * 1000)

    expired = threading.Event()
    try:
        with _connected(target, limit_s) as line, _cut_off(line, limit_s - (time.monotonic() - begun), expired):
            status, text, retry_after = _exchange(target, line, headers, body)
    except (OSError, http.client.HTTPException) as error:
        late = expired.is_set() or isinstance(error, TimeoutError)
        return Answer(0, "", ms(), TIMEOUT if late else _told(error))
    if expired.is_set():
        return Answer(0, "", ms(), TIMEOUT)
    error_code = "" if 200 <= status < 300 else REDIRECT if 300 <= status < 400 else STATUS
    return Answer(status, text, ms(), error_code, retry_after)


def _exchange(target: Target, line: socket.socket, headers: Mapping[str, str], body: bytes) -> tuple[int, str, str]:
    if isinstance(line, ssl.SSLSocket):
        line.do_handshake()
    with closing(http.client.HTTPConnection(target.host, target.port)) as caller:
        caller.sock = line  # connected by us, to the address that was checked: it never connects by itself
        own = {"Host": target.host_header, "Connection": "close", "Accept-Encoding": "identity"}
        caller.request("POST", target.path, body, {**own, **headers})
        with caller.getresponse() as response:
            raw = response.read(ANSWER_MAX)
            return response.status, raw.decode("utf-8", "replace").replace("\0", "\ufffd"), response.getheader("Retry-After", "")


@contextmanager
def _connected(target: Target, limit_s: float) -> Iterator[socket.socket]:
    plain = _reached(target.addresses, target.port, limit_s)
    with plain:
        if target.scheme == "http":
            yield plain
        else:
            context = ssl.create_default_context()
            with context.wrap_socket(plain, server_hostname=target.host, do_handshake_on_connect=False) as line:
                yield line


def _reached(addresses: tuple[Address, ...], port: int, limit_s: float) -> socket.socket:
    """Return a connection to the first address that takes one; all of them together have the time limit."""
    until = time.monotonic() + limit_s
    failure: OSError = TimeoutError()
    for address in addresses:
        left_s = until - time.monotonic()
        if left_s <= 0:
            break
        line = socket.socket(socket.AF_INET6 if address.version == 6 else socket.AF_INET, socket.SOCK_STREAM)
        try:
            line.settimeout(left_s)
            line.connect((str(address), port))
            return line
        except OSError as error:
            line.close()
            failure = error
    raise failure


@contextmanager
def _cut_off(line: socket.socket, after_s: float, expired: threading.Event) -> Iterator[None]:
    """End the connection after so many seconds: a receiver that sends a byte now and then would hold us for ever."""

    def end() -> None:
        expired.set()
        try:
            socket.socket.shutdown(line, socket.SHUT_RDWR)  # not TLS's own, which would wait for the receiver
        except OSError:
            return

    timer = threading.Timer(max(after_s, 0.01), end)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _told(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"{CERTIFICATE}: {error.verify_message}"[:300]
    return f"{CONNECTION}: {getattr(error, 'strerror', None) or error or type(error).__name__}"[:300]
