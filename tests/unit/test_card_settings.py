"""Who takes cards is decided by settings that are whole or refused with one clear line."""

import os
import subprocess
import sys

import pytest

KEYS = {
    "STAFFETTA_STRIPE_SECRET_KEY": "sk_test_1",
    "STAFFETTA_STRIPE_PUBLISHABLE_KEY": "pk_test_1",
    "STAFFETTA_STRIPE_WEBHOOK_SECRET": "whsec_1",
}


def started(**values: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "staffetta", "testbank", "--port", "65536"]
    return subprocess.run(command, env=os.environ | values, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("left_out", KEYS)
def test_half_of_stripes_keys_are_refused(left_out):
    refused = started(**{name: value for name, value in KEYS.items() if name != left_out})
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert refused.stderr.startswith(f"{left_out} missing")


def test_all_of_them_are_taken():
    assert "missing" not in started(**KEYS).stderr
