"""Only the public internet is called: whatever a name resolves to, however an address is written, and whatever it says a moment later."""

import ipaddress
import shutil
import socket
import ssl
import subprocess
import threading

import pytest

from staffetta.webhooks import call, endpoints, targets, words
from staffetta.webhooks.errors import AddressRefused, EndpointUnknown, KindUnknown, TooManyEndpoints, UrlRefused
from staffetta.webhooks.targets import Target
from tests.db.hooks import receiving

PRIVATE = """
127.0.0.1 127.8.8.8 0.0.0.0 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1 100.127.255.255 192.0.0.1 192.0.2.1
198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255 :: ::1 fe80::1 fc00::1 fd00:ec2::254 fec0::1 ff02::1
2001:db8::1 ::ffff:10.0.0.1 ::ffff:127.0.0.1 ::ffff:169.254.169.254 ::127.0.0.1 2002:7f00:1:: 2002:a00:1::1 2002:a9fe:a9fe:: 64:ff9b::a00:1
64:ff9b::7f00:1 64:ff9b:1::a00:1 64:ff9b:1:101:1:100:: 64:ff9b:1::101:101 2001:0:4136:e378:8000:63bf:3fff:fdd2
""".split()  # noqa: SIM905
PUBLIC = "93.184.215.14 1.1.1.1 2606:4700:4700::1111 ::ffff:1.1.1.1 64:ff9b::101:101 2002:101:101::1".split()  # noqa: SIM905


def resolving(monkeypatch, *answers: list[str]) -> list[str]:
    """Have names resolve to these addresses, one answer a question; return the names that were asked for."""
    asked: list[str] = []
    left = list(answers)

    def getaddrinfo(host, port, **_kwargs):
        asked.append(host)
        found = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET6 if ":" in each else socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found]

    monkeypatch.setattr(targets.socket, "getaddrinfo", getaddrinfo)
    return asked


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_not_public(address, monkeypatch):
    assert not targets.public(ipaddress.ip_address(address))
    resolving(monkeypatch, [address])
    with pytest.raises(AddressRefused):
        targets.resolve("https://innocent.example/")


@pytest.mark.parametrize("address", PUBLIC)
def test_public_ones_are(address, monkeypatch):
    resolving(monkeypatch, [address])
    assert targets.resolve("https://shop.example/a?b=1").addresses == (ipaddress.ip_address(address),)


def test_one_private_among_public_ones_is_refused(monkeypatch):
    resolving(monkeypatch, ["1.1.1.1", "10.0.0.1"])
    with pytest.raises(AddressRefused):
        targets.resolve("https://innocent.example/")


@pytest.mark.parametrize(
    "url",
    ["http://127.1/", "http://2130706433/", "http://0x7f.0.0.1/", "http://localhost/", "http://[::1]/", "http://0/", "http://127.0.0.1./"],
)
def test_other_ways_to_write_this_machine_are_refused(url):
    with pytest.raises((AddressRefused, UrlRefused)):
        targets.resolve(url)


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            "example.it",
            "//example.it",
            "ftp://example.it/",
            "file:///etc/passwd",
            "gopher://x/",
            "https://",
            "https:///x",
            "http://a:b@c.it/",
        ),
        *("https://a@c.it/", "https://c.it:99999/", "https://c.it:0/", "https://c.it/#x", "https://c .it/", "https://c.it/\r\nX: y"),
        *("https://[::1/", "https://c\\.it/", "https://perché.it/", "https://c.it/" + "x" * 2_000),
    ],
)
def test_what_is_no_address_is_refused(url):
    with pytest.raises(UrlRefused) as refused:
        targets.check(url)
    assert str(refused.value)


def test_staff_can_allow_names_addresses_and_networks(monkeypatch, settings):
    resolving(monkeypatch, ["10.1.2.3"])
    for allowed, fits in [("crm.intra", True), ("10.1.0.0/16", True), ("10.1.2.3", True), ("10.2.0.0/16", False), ("intra", False)]:
        settings.WEBHOOK_ALLOWED = [allowed]
        if fits:
            targets.resolve("http://CRM.intra:8080/x")
        else:
            with pytest.raises(AddressRefused):
                targets.resolve("http://crm.intra/")


def test_a_name_that_is_not_found_in_time_is_refused(monkeypatch):
    gone = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: gone.wait(30) and [])
    try:
        with pytest.raises(UrlRefused):
            targets.resolve("https://slow.example/", 0.05)
    finally:
        gone.set()


def test_the_name_is_asked_once_and_the_checked_address_is_called(monkeypatch):
    with receiving() as receiver:
        target = Target("http", "shop.example", receiver.port, "/hook", (ipaddress.ip_address("127.0.0.1"),))
        asked = resolving(monkeypatch, ["10.0.0.1"])  # what a second question would get
        answer = call.post(target, {}, b"{}")
    assert (answer.status, asked) == (200, [])
    assert receiver.calls[0].headers["host"] == f"shop.example:{receiver.port}"


def test_rebinding_a_name_leads_nowhere_else(monkeypatch):
    asked = resolving(monkeypatch, ["1.1.1.1"], ["127.0.0.1"])
    assert [str(each) for each in targets.resolve("https://rebind.example/").addresses] == ["1.1.1.1"]
    assert asked == ["rebind.example"]
    with pytest.raises(AddressRefused):
        targets.resolve("https://rebind.example/")


class Silent:
    """Takes connections and sends a byte of a header now and then, or nothing."""

    def __init__(self, dripping: bytes) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._stop, self._dripping = threading.Event(), dripping
        self._thread = threading.Thread(target=self._serve)

    def _serve(self) -> None:
        taken, _address = self._listener.accept()
        with taken:
            taken.sendall(self._dripping and b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not self._stop.wait(0.05):
                try:
                    taken.sendall(self._dripping)
                except OSError:
                    return

    def __enter__(self) -> "Silent":
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        self._thread.join()
        self._listener.close()


@pytest.mark.parametrize("dripping", [b"", b"x"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_who_sends_a_byte_now_and_then_does_not_hold_us(dripping, scheme):
    with Silent(dripping) as slow:
        target = Target(scheme, "slow.example", slow.port, "/", (ipaddress.ip_address("127.0.0.1"),))
        answer = call.post(target, {}, b"{}", limit_s=0.4)
    assert answer.status == 0
    if scheme == "http" or not dripping:
        assert answer.error == words.TIMEOUT


@pytest.mark.skipif(not shutil.which("openssl"), reason="makes a certificate with openssl")
def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path):
    names = [*("-subj", "/CN=shop.example"), *("-keyout", str(tmp_path / "key")), *("-out", str(tmp_path / "cert"))]
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", *names], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert", tmp_path / "key")
    with receiving(context) as receiver:
        target = Target("https", "shop.example", receiver.port, "/", (ipaddress.ip_address("127.0.0.1"),))
        answer = call.post(target, {}, b"{}")
    assert answer.error.startswith(f"{words.CERTIFICATE}: ")
    assert receiver.calls == []


def test_a_closed_port_is_told(settings):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    target = Target("http", "gone.example", port, "/", (ipaddress.ip_address("127.0.0.1"),))
    assert call.post(target, {}, b"{}").error.startswith(words.CONNECTION)


@pytest.mark.django_db
def test_what_endpoints_refuse(people):
    account = people.account.pk
    with pytest.raises(KindUnknown):
        endpoints.create(account, "https://1.1.1.1/", ["message.read"])
    with pytest.raises(AddressRefused):
        endpoints.create(account, "http://169.254.169.254/latest", ["message.delivered"])
    made = [endpoints.create(account, "https://1.1.1.1/", ["message.delivered"]) for _ in range(endpoints.ENDPOINTS_MAX)]
    with pytest.raises(TooManyEndpoints):
        endpoints.create(account, "https://1.1.1.1/", ["message.delivered"])
    with pytest.raises(EndpointUnknown):
        endpoints.one(people.other_account.pk, made[0].pk)
