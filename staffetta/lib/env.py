"""Typed reading of environment variables. Knows nothing of what the values are for."""

import os


class SettingError(Exception):
    """A variable has a value that cannot be used. The message names it, the value and what is accepted."""


def text(name: str, default: str = "") -> str:
    """Return the variable, or `default` where it is unset or blank; `NAME_FILE` names a file that holds it (for secrets).

    Raises SettingError where that file cannot be read.
    """
    value = os.environ.get(name, "").strip()
    path = os.environ.get(f"{name}_FILE", "").strip()
    if value or not path:
        return value or default
    try:
        with open(path, encoding="utf-8") as file:
            return file.read().strip()
    except OSError as error:
        raise SettingError(
            f"{name}_FILE is '{path}', which cannot be read ({error.strerror}): name a readable file, or set {name}."
        ) from error


def integer(name: str, default: int, low: int, high: int) -> int:
    """Return the variable as a whole number from `low` to `high`. Raises SettingError otherwise."""
    value = text(name)
    if not value:
        return default
    if not value.isdecimal() or not low <= int(value) <= high:
        raise SettingError(f"{name} is '{value}': use a whole number from {low} to {high}, or leave it out for {default}.")
    return int(value)


def flag(name: str, default: bool) -> bool:
    """Return the variable as yes or no. Raises SettingError where it is neither."""
    value = text(name).lower()
    if not value:
        return default
    if value not in {"1", "0", "yes", "no", "true", "false"}:
        raise SettingError(f"{name} is '{value}': use 1, yes or true, or 0, no or false.")
    return value in {"1", "yes", "true"}
