"""Every example of the documentation, run as the page prints it, against a whole running copy, with nothing but a fresh account's secrets."""

import html
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from standardwebhooks import Webhook

from staffetta.portal.interfaces import book, examples
from tests.line.copies import ROOT, Copy, free_port

ID = r"\b[1-9][0-9]{18}\b"
PRINTS = {
    "rest_send": ID,
    "client_send": ID,
    "rest_many": rf"{ID}.*{ID}",
    "rest_lookup": r"reachable|absent",
    "rest_credit": r"[0-9]+\.[0-9]{4}",
    "http_send": rf"^\+01 SMS Queued - ID: {ID}$",
    "http_credit": r"^[0-9]+\.[0-9]{4}$",
    "xmlrpc_send": ID,
    "soap_send": ID,
    "email_send": r"\A\s*\Z",
    "command_send": rf"^{ID} queued$",
}
RUN = {
    "curl": ("bash", ["-eu", "-o", "pipefail"], "sh"),
    "shell": ("bash", ["-eu"], "sh"),
    "python": (sys.executable, [], "py"),
    "client": (sys.executable, [], "py"),
    "php": ("php", [], "php"),
    "javascript": ("node", [], "mjs"),
}
PRINTED = [
    (page.slug, section.example, language)
    for page in book.PAGES
    for section in page.sections
    if section.example
    for language in examples.languages(section.example)
]
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@dataclass
class Reader:
    """A customer who reads the documentation, and the secrets they were given."""

    host: str
    session: requests.Session
    secrets: dict[str, str]

    def printed(self, slug: str, name: str, language: str) -> str:
        """Return an example as its page prints it."""
        page = self.session.get(f"{self.host}/developers/docs/{slug}/", timeout=20).text
        return code_in(page, language, [each[1] for each in PRINTED if each[0] == slug and each[2] == language].index(name))

    def messages(self) -> list[str]:
        """Return the ids of the account's messages."""
        asked = {"Authorization": f"Bearer {self.secrets['STAFFETTA_KEY']}"}
        return [each["id"] for each in requests.get(f"{self.host}/api/v1/messages?limit=200", headers=asked, timeout=20).json()["items"]]

    def post(self, path: str, **given: str) -> str:
        """Send a form of the portal; return the page that answers."""
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.session.get(f"{self.host}{path}", timeout=20).text)
        assert found
        answer = self.session.post(f"{self.host}{path}", {"csrfmiddlewaretoken": found[1], **given}, timeout=20)
        assert answer.status_code == 200, answer.text
        return answer.text


def code_in(page: str, language: str, place: int = 0) -> str:
    """Return the code of one example: pages show those of a language in the order of the book."""
    return html.unescape(re.findall(rf'data-lang="{language}">.*?<code[^>]*>(.*?)</code>', page, re.DOTALL)[place])


@pytest.fixture(scope="module")
def reader(demo: str, demo_copy: Copy) -> Reader:
    made = demo_copy.command("account", "create", "Legatoria Esempi", "--credits", "100", "--json")
    assert made.returncode == 0, made.stderr
    account = json.loads(made.stdout)
    found = Reader(demo, requests.Session(), {"STAFFETTA_KEY": account["api_key"], "STAFFETTA_API_PASSWORD": account["api_password"]})
    found.post("/login/", username=account["login"], password=account["password"])
    return found


def started(code: str, language: str, folder: Path, *before: str) -> list[str]:
    """Write a program down; return the command that runs it. Skips where the language is missing."""
    if language == "csharp":
        pytest.skip("no example in C# was run: dotnet is not set up here")
    program, options, ending = RUN[language]
    if not shutil.which(program):
        pytest.skip(f"{program} is missing, so its examples were not run: scripts/clients.sh installs PHP, Debian has nodejs")
    path = folder / f"example.{ending}"
    path.write_text(code + "\n", encoding="utf-8")
    return [program, *options, *before, str(path)]


def environment(secrets: dict[str, str]) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
    bin_folder = str(Path(sys.executable).parent)
    return kept | {"PATH": f"{bin_folder}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"} | secrets


def ran(command: list[str], secrets: dict[str, str], folder: Path) -> str:
    ended = subprocess.run(command, env=environment(secrets), cwd=folder, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stderr + ended.stdout
    return ended.stdout


@pytest.mark.parametrize(("slug", "name", "language"), [each for each in PRINTED if each[1] not in {"webhook", "email_send"}])
def test_it_works_as_printed(reader: Reader, slug: str, name: str, language: str, tmp_path: Path) -> None:
    before = reader.messages()
    said = ran(started(reader.printed(slug, name, language), language, tmp_path), reader.secrets, tmp_path)
    assert re.search(PRINTS[name], said, re.DOTALL | re.MULTILINE), said
    fresh = set(reader.messages()) - set(before)
    assert len(fresh) == (0 if name.endswith(("credit", "lookup")) else 2 if name.endswith("many") else 1)
    assert all(each in said for each in fresh)


def test_the_page_of_a_new_key_has_it_filled_in(reader: Reader, tmp_path: Path) -> None:
    page = reader.post("/developers/keys/new/", name="Prova", kind="sandbox", scopes="send")
    code = code_in(page, "curl")
    assert "stf_test_" in code
    assert re.search(ID, ran(started(code, "curl", tmp_path), {}, tmp_path))


def test_the_page_of_a_new_password_has_it_filled_in(reader: Reader, tmp_path: Path) -> None:
    found = re.search(
        r'name="csrfmiddlewaretoken" value="([^"]+)"', reader.session.get(f"{reader.host}/developers/password/", timeout=20).text
    )
    assert found
    sure = {"csrfmiddlewaretoken": found[1], "sure": "1"}  # there is one already: the page asks first
    page = reader.session.post(f"{reader.host}/developers/password/made/", sure, timeout=20).text
    code = code_in(page, "python")
    assert re.search(PRINTS["http_send"], ran(started(code, "python", tmp_path), {}, tmp_path), re.MULTILINE)
    said = re.search(r'<code class="key"[^>]*>([^<]+)<', page)
    assert said
    reader.secrets["STAFFETTA_API_PASSWORD"] = html.unescape(said[1])  # the old one is no more


@pytest.mark.parametrize("language", examples.languages("email_send"))
def test_a_mail_becomes_an_sms(reader: Reader, language: str, tmp_path: Path) -> None:
    page = reader.post("/developers/mail/", name="Allarme", type="84", sender="BRUNI", allowed="cassa@bruni.example")
    code = code_in(page, language)
    before = reader.messages()
    ran(started(code, language, tmp_path), {}, tmp_path)
    assert len(set(reader.messages()) - set(before)) == 1


@contextmanager
def receiving(command: list[str], port: int, folder: Path, eventually: Callable[..., None]) -> Iterator[str]:
    url = f"http://127.0.0.1:{port}/"
    given = environment({"STAFFETTA_WEBHOOK_SECRET": SECRET, "PORT": str(port)})
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(command, env=given, cwd=folder, stdout=said, stderr=said)
    try:
        eventually(lambda: answered(url, {}, b"{}") != 0, "the example's address", 20)
        yield url
    finally:
        process.terminate()
        process.wait(20)


def answered(url: str, headers: dict[str, str], body: bytes) -> int:
    """Return the status of an answer; 0 where nobody listens yet."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


@pytest.mark.parametrize("language", examples.languages("webhook"))
def test_a_webhook_is_known_by_its_signature(reader: Reader, language: str, tmp_path: Path, eventually: Callable[..., None]) -> None:
    port, now = free_port(), datetime.now(UTC)
    body = json.dumps({"id": "evt_1", "type": "message.delivered", "data": {"to": "è"}}, ensure_ascii=False)
    signed = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(SECRET).sign("msg_1", now, body),
    }
    serve = ["-S", f"127.0.0.1:{port}"] if language == "php" else []
    command = started(reader.printed("webhooks", "webhook", language), language, tmp_path, *serve)
    with receiving(command, port, tmp_path, eventually) as url:
        assert answered(url, signed, body.encode()) == 204
        assert answered(url, signed, body.encode() + b" ") == 401
        assert answered(url, signed | {"webhook-timestamp": "1"}, body.encode()) == 401
        assert answered(url, {}, body.encode()) == 401
    assert "message.delivered" in (tmp_path / "said").read_text()
