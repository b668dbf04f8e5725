"""Copies of the service, stopped and removed after each test."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from staffetta import localpg
from tests.line.copies import Copy, Eventually


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
