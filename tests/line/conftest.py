"""Copies of the service, stopped and removed after each test; one with the demo and a browser for all tests of pages."""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from staffetta import localpg
from tests.line.browser import chromium
from tests.line.copies import Copy, Eventually, free_port
from tests.line.pages import PASSWORD


@pytest.fixture
def new_copy(eventually: Eventually) -> Iterator[Callable[[], Copy]]:
    copies: list[Copy] = []

    def make() -> Copy:
        copies.append(Copy(Path(tempfile.mkdtemp(prefix="staffetta-test-")) / "var", eventually))
        return copies[-1]

    yield make
    for copy in copies:
        if copy.process and copy.process.poll() is None:
            copy.stop()
        for left in (localpg.place(copy.home), copy.home.parent):
            shutil.rmtree(left, ignore_errors=True)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def demo_copy(browser: Browser, eventually: Eventually) -> Iterator[Copy]:
    """A whole copy of the service with its demo, as `make run` starts it."""
    copy = Copy(Path(tempfile.mkdtemp(prefix="staffetta-test-")) / "var", eventually)
    copy.simulator_port = free_port()
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("STAFFETTA_DEMO_PASSWORD", PASSWORD)
            patch.setenv("STAFFETTA_SIMULATOR_PORT", str(copy.simulator_port))
            patch.setenv("STAFFETTA_WEBHOOK_ALLOWED", "127.0.0.0/8")
            patch.setenv("STAFFETTA_MAIL_LISTEN", f"127.0.0.1:{free_port()}")
            copy.start("--demo")
        yield copy
    finally:  # also where it did not come up in time
        copy.stop()
        said = copy.said.read_text()
        for left in (localpg.place(copy.home), copy.home.parent):
            shutil.rmtree(left, ignore_errors=True)
    assert "Traceback" not in said, said


@pytest.fixture(scope="session")
def demo(demo_copy: Copy) -> str:
    """The address of the demo's copy."""
    return f"http://127.0.0.1:{demo_copy.port}"


@pytest.fixture
def customer(demo_copy: Copy, request: pytest.FixtureRequest) -> str:
    """The log-in of a new customer of the demo's copy, with 20,000 credits and the demo's password."""
    name = request.node.name[:60]
    made = demo_copy.command("account", "create", name, "--credits", "20000", "--password", PASSWORD, "--json")
    assert made.returncode == 0, made.stderr
    return json.loads(made.stdout)["login"]
