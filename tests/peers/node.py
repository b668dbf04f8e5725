"""An SMSC on node-smpp as a process of its own (peers/node/smsc.js), and what it tells. Knows no database."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import IO, Any

import pytest

from tests.line.copies import ROOT

FOLDER = ROOT / "peers" / "node"
REMEDY = "node or the npm package smpp is missing: `make peer-node` installs the package and runs these tests"


class NodeSmsc:
    """The process, its port, and all that it told so far."""

    def __init__(self, manner: str) -> None:
        """`manner` is how receipts come: as text or by parameters."""
        self._process = subprocess.Popen(["node", "smsc.js", manner], cwd=FOLDER, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.port = int(json.loads(self._process.stdout.readline())["port"])
        self.told: list[dict[str, Any]] = []
        self._reader = Thread(target=self._read, args=(self._process.stdout,))
        self._reader.start()

    def _read(self, lines: IO[str]) -> None:
        self.told.extend(map(json.loads, lines))

    def heard(self, key: str) -> list[Any]:
        """Return every value told under a key."""
        return [told[key] for told in list(self.told) if key in told]

    def parts(self) -> list[dict[str, Any]]:
        """Return what it took, as node-smpp understood it."""
        return [told for told in list(self.told) if "took" in told]

    def end(self) -> int:
        """Wait for its own end and return its code: 0 where it was unbound."""
        code = self._process.wait(10)
        self._reader.join(10)
        return code

    def close(self) -> None:
        """Leave no process and no thread behind."""
        self._process.kill()
        self._process.wait(10)
        self._reader.join(10)
        if self._process.stdout is not None:
            self._process.stdout.close()


@contextmanager
def node_smsc(manner: str) -> Iterator[NodeSmsc]:
    """Run the SMSC; skip the test where it cannot run."""
    if shutil.which("node") is None or not (FOLDER / "node_modules" / "smpp").exists():
        pytest.skip(REMEDY)
    smsc = NodeSmsc(manner)
    try:
        yield smsc
    finally:
        smsc.close()
