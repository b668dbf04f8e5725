"""Settings say which value is wrong, and what is accepted."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from staffetta.lib import env


def test_it_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_TEXT", " written ")
    monkeypatch.setenv("A_NUMBER", "8000")
    monkeypatch.setenv("A_FLAG", "Yes")
    assert env.text("A_TEXT") == "written"
    assert env.integer("A_NUMBER", 1, 1, 65535) == 8000
    assert env.flag("A_FLAG", False) is True


@pytest.mark.parametrize("blank", [None, "", "  "])
def test_what_is_unset_or_blank_has_its_default(monkeypatch: pytest.MonkeyPatch, blank: str | None) -> None:
    if blank is not None:
        monkeypatch.setenv("NOT_SAID", blank)
    assert env.text("NOT_SAID", "default") == "default"
    assert env.integer("NOT_SAID", 5, 1, 9) == 5
    assert env.flag("NOT_SAID", True) is True


@pytest.mark.parametrize(
    ("value", "read", "said"),
    [
        ("eighty", lambda: env.integer("PORT", 8000, 1, 65535), "PORT is 'eighty': use a whole number from 1 to 65535"),
        ("0", lambda: env.integer("PORT", 8000, 1, 65535), "PORT is '0': use a whole number from 1 to 65535"),
        ("-1", lambda: env.integer("PORT", 8000, 1, 65535), "PORT is '-1': use a whole number from 1 to 65535"),
        ("maybe", lambda: env.flag("PORT", False), "PORT is 'maybe': use 1, yes or true, or 0, no or false."),
    ],
)
def test_a_wrong_value_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, value: str, read: Callable[[], object], said: str) -> None:
    monkeypatch.setenv("PORT", value)
    with pytest.raises(env.SettingError) as refused:
        read()
    assert str(refused.value).startswith(said)


def test_a_secret_may_be_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from the file\n")
    monkeypatch.setenv("SECRET_FILE", str(tmp_path / "secret"))
    assert env.text("SECRET") == "from the file"
    monkeypatch.setenv("SECRET", "said")
    assert env.text("SECRET") == "said"


def test_a_file_that_cannot_be_read_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SECRET_FILE", str(tmp_path / "none"))
    with pytest.raises(env.SettingError, match=r"SECRET_FILE is '.*none', which cannot be read"):
        env.text("SECRET")


def test_mails_without_a_public_address_are_refused() -> None:
    """Their links would lead wherever a request says."""
    environment = {**os.environ, "STAFFETTA_SMTP_URL": "smtp://mail.example"}
    command = [sys.executable, "-c", "import staffetta.settings"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)
    assert "STAFFETTA_PUBLIC_URL is not" in done.stderr
    done = subprocess.run(command, env=environment | {"STAFFETTA_PUBLIC_URL": "https://sms.example.it"}, timeout=30, check=False)
    assert done.returncode == 0
