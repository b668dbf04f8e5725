"""Every benchmark in its short form: it runs, and its last line is JSON that says what it measured. No figure is judged here."""

import json
import os
import subprocess
import sys

import pytest

from tests.line import migrated
from tests.line.copies import ROOT

SHORT = {
    "api": (["--n", "200"], {"legacy_per_s", "rest_per_s", "rest_bulk_msgs_per_s", "p99_ms"}),
    "archive": (["--n", "4000", "--looks", "3"], {"rows", "p95_ms"}),
    "import": (["--n", "500"], {"rows"}),
    "line": (["--n", "500"], {"n"}),
    "lookup": (["--n", "300"], {"n", "per_s"}),
    "statement": (["--n", "60", "--paying", "10"], {"n", "matched"}),
    "smpp": (["--n", "2000"], set()),
}


@pytest.mark.parametrize("name", sorted(SHORT))
def test_it_works(name: str) -> None:
    options, keys = SHORT[name]
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("STAFFETTA_", "DATABASE_URL", "DJANGO_", "PORT"))}
    environment["BENCH_DATA"] = str(migrated.data())
    command = [sys.executable, str(ROOT / "bench" / f"{name}.py"), *options]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["bench"] == name
    assert keys <= set(told)


def test_every_benchmark_has_its_short_form() -> None:
    other = {"__init__", "processes", "line_driver", "fuzz_smpp", "api_driver", "lookup_driver"}
    assert {path.stem for path in (ROOT / "bench").glob("*.py")} - other == set(SHORT)
