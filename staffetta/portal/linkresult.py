"""How the short link of a send was used, as pages show it: people of those who got it, devices in words. Reads only."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from staffetta.messaging import clicks
from staffetta.messaging.words import Words
from staffetta.portal.sends import Send

DEVICES: dict[str, Words] = {"phone": _("telephone"), "tablet": _("tablet"), "computer": _("computer"), "other": _("something else")}


@dataclass(frozen=True)
class LinkResult:
    """People who clicked, of how many who got the message; `share` in thousandths."""

    result: clicks.Result
    reached: int
    of_delivered: bool

    @property
    def share(self) -> int:
        """Return the share of those who got it that clicked, in thousandths."""
        return min(1000, 1000 * self.result.people // self.reached) if self.reached else 0

    @property
    def width(self) -> str:
        """Return the share as a CSS percentage."""
        return f"{self.share / 10:.1f}"

    @property
    def devices(self) -> list[tuple[Words, int]]:
        """Return with what they opened it: words, people."""
        return [(DEVICES.get(device, DEVICES["other"]), people) for device, people in self.result.devices]


def of(send: Send) -> LinkResult | None:
    """Return how the link of a send was used; None where it has none."""
    result = clicks.result(send.batch)
    if result is None:
        return None
    # Who clicked has got it, whatever the receipt says; without receipts what the carrier took counts.
    states = ("delivered",) if send.batch.receipts else ("delivered", "submitted")
    return LinkResult(result, max(sum(send.tally.get(state, 0) for state in states), result.people), send.batch.receipts)
