"""What the import's page shows beside its numbers: problems and reasons in sentences, the columns and what they can be. Reads only."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from staffetta.contacts import errors
from staffetta.contacts.columns import ROLES
from staffetta.contacts.models import Import
from staffetta.contacts.problems import PROBLEMS
from staffetta.messaging.words import Words

PROBLEMS_SHOWN = 200
_ROLE_WORDS: Mapping[str, Words] = {
    "number": _("mobile number"),
    "name": _("name"),
    "surname": _("surname"),
    "field": _("field for texts"),
    "skip": _("leave out"),
}


@dataclass(frozen=True)
class Choice:
    """A column of the file, with the roles it can have: value, words, whether it has it now."""

    header: str
    field: str
    examples: list[str]
    roles: list[tuple[str, Words, bool]]


def problems(record: Import) -> list[dict[str, Any]]:
    """Return the first bad rows with their sentence."""
    return [problem | {"why": PROBLEMS.get(problem["code"], problem["code"])} for problem in record.problems[:PROBLEMS_SHOWN]]


def sentence(record: Import) -> str:
    """Return why the file was refused; "" where it was not."""
    return str(errors.refusal(record.reason)) if record.reason else ""


def column_choices(record: Import) -> list[Choice]:
    """Return the file's columns and what each of them may be."""
    return [
        Choice(
            column["header"],
            column["field"],
            list(column["examples"]),
            [(role, _ROLE_WORDS[role], role == column["role"]) for role in ROLES],
        )
        for column in record.columns
    ]
