"""What the command line does to users of the staff and to the operator's settings."""

import argparse
import secrets

from staffetta.accounts import audit, operator
from staffetta.accounts.errors import OperatorSettingUnknown, OperatorSettingWrong
from staffetta.accounts.opening import make_staff


def staff(options: argparse.Namespace) -> int:
    """`staffetta staff create`: prints the password where it made one up."""
    password = options.password or secrets.token_urlsafe(9)
    make_staff(options.name, password, options.role)
    print(f"Staff user {options.name} made. Password: {password}")
    return 0


def operator_show(options: argparse.Namespace) -> int:
    """`staffetta operator show`: one line for each setting."""
    shown = operator.current()
    for name in operator.NAMES:
        print(f"{name}={getattr(shown, name)}")
    return 0


def operator_set(options: argparse.Namespace) -> int:
    """`staffetta operator set NAME=VALUE …`: all or none. Raises OperatorSettingUnknown, OperatorSettingWrong."""
    values: dict[str, str | int] = {}
    for pair in options.pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise OperatorSettingUnknown(name=pair, known=", ".join(f"{name}=…" for name in operator.NAMES))
        values[name] = _whole(name, value) if name == "free_credits_e4" else value
    before = audit.values(operator.current())
    operator.change(**values)
    old, new = audit.changed(before, audit.values(operator.current()))
    if new:
        audit.record(None, "change settings", "settings", before=old, after=new)
    for name in values:
        print(f"{name}={getattr(operator.current(), name)}")
    return 0


def _whole(name: str, value: str) -> int:
    if not value.isdecimal():
        raise OperatorSettingWrong(name=name, value=value, remedy="write 1/10,000 of a credit as a whole number: 100000 are 10 credits")
    return int(value)
