"""Recipients of a send as pages show them: state, times and errors in words. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from staffetta.messaging import archive, words
from staffetta.messaging.archive import Row
from staffetta.messaging.models import Batch
from staffetta.messaging.settle import cost_e4
from staffetta.messaging.states import MESSAGE_STATES
from staffetta.messaging.words import Word, Words


@dataclass(frozen=True)
class Shown:
    """A recipient with its state and what the carrier said in words."""

    row: Row
    word: Word
    cause: Words

    @property
    def who(self) -> str:
        """Return the contact's name as it is today."""
        return f"{self.row.name} {self.row.surname}".strip()

    @property
    def cost_e4(self) -> int:
        """Return what it costs: nothing where the credit is given back."""
        return cost_e4(self.row.state, self.row.cost_e4)

    @property
    def delivered_at(self) -> datetime | None:
        """Return when the telephone got it."""
        return self.row.ended_at if self.row.state == "delivered" else None


def rows_of(batch: Batch, rows: Iterable[Row]) -> list[Shown]:
    """Return recipients with their words."""
    return [Shown(row, words.of_message(row.state, batch.receipts), words.cause(row.error)) for row in rows]


def state_choices(batch: Batch, chosen: str) -> list[tuple[str, Words, bool]]:
    """Return the states to filter by: value, words, whether it is the chosen one."""
    clicks: list[tuple[str, Words]] = []
    if batch.link_id:
        clicks = [(archive.CLICKED, _("opened the link")), (archive.NOT_CLICKED, _("did not open the link"))]
    states = [(state, words.of_message(state, batch.receipts).label) for state in MESSAGE_STATES]
    return [(value, label, value == chosen) for value, label in (*clicks, *states)]
