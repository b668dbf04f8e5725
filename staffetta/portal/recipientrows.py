"""Recipients of a send as pages and reports show them: state, times and errors in words. Reads only."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from staffetta.lib.money import plain
from staffetta.messaging import archive, words
from staffetta.messaging.archive import Row
from staffetta.messaging.models import Batch
from staffetta.messaging.settle import CHARGED
from staffetta.messaging.states import MESSAGE_STATES
from staffetta.messaging.words import Word, Words

_SECOND = "%d/%m/%Y %H:%M:%S"


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
        return cost_e4(self.row)

    @property
    def delivered_at(self) -> datetime | None:
        """Return when the telephone got it."""
        return self.row.ended_at if self.row.state == "delivered" else None


def rows_of(batch: Batch, rows: Iterable[Row]) -> list[Shown]:
    """Return recipients with their words."""
    return [Shown(row, words.of_message(row.state, batch.receipts), words.cause(row.error)) for row in rows]


def state_choices(batch: Batch, chosen: str) -> list[tuple[str, Words, bool]]:
    """Return the states to filter by: value, words, whether it is the chosen one."""
    return [(state, words.of_message(state, batch.receipts).label, state == chosen) for state in MESSAGE_STATES]


def report(batch: Batch, zone: ZoneInfo) -> Iterator[list[str]]:
    """Return the lines of a send's report, the header first, in the reader's language; times in the zone.

    The words are looked up before the first line: what runs later, while the file is being sent, has no language any more.
    """
    labels = {state: str(words.of_message(state, batch.receipts).label) for state in MESSAGE_STATES}
    causes = {code: str(words.cause(code)) for code in words.known_causes()}
    unknown = str(words.OTHER_CAUSE)
    header = [_("Number"), _("Name"), _("Surname"), _("State"), _("Sent at"), _("Delivered at"), _("Ended at"), _("Parts"), _("Credits"),
              _("Attempts"), _("Reason"), _("Text")]  # fmt: skip
    separator = number_format("0.1", decimal_pos=1)[1]

    def lines() -> Iterator[list[str]]:
        yield header
        for row in archive.report(batch):
            reason = ""
            if row.error and row.state != "delivered":
                reason = causes.get(row.error, unknown % {"code": row.error})
            yield [
                row.number, row.name, row.surname, labels[row.state], _local(row.submitted_at, zone),
                _local(row.ended_at if row.state == "delivered" else None, zone), _local(row.ended_at, zone), str(row.parts),
                plain(cost_e4(row)).replace(".", separator), str(row.attempts), reason, row.text,
            ]  # fmt: skip

    return lines()


def cost_e4(row: Row) -> int:
    """Return what a recipient costs; what ended without being charged costs nothing."""
    return row.cost_e4 if row.state in CHARGED or row.state == "queued" else 0


def _local(when: datetime | None, zone: ZoneInfo) -> str:
    return when.astimezone(zone).strftime(_SECOND) if when else ""
