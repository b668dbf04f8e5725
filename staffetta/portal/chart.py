"""Deliveries over time as a picture made here: bars and labels in the units of an SVG. Knows no tables."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from staffetta.messaging.curve import Deliveries

WIDTH, HEIGHT = 640, 120
_GAP = 2
_LABELS = 4


@dataclass(frozen=True)
class Bar:
    """A bar with what it says when pointed at."""

    x: int
    y: int
    width: int
    height: int
    words: str


@dataclass(frozen=True)
class Chart:
    """The picture: bars, labels under them as percentages of the width, and the whole in words."""

    bars: list[Bar]
    labels: list[tuple[str, int]]
    highest: str
    words: str
    width: int = WIDTH
    height: int = HEIGHT


def of(deliveries: Deliveries) -> Chart:
    """Return the picture; times are in the zone of the page."""
    top, count = max(deliveries.bars), len(deliveries.bars)
    step = WIDTH / max(count, 12)  # few bars stay slim
    times = [timezone.localtime(deliveries.begin + timedelta(seconds=n * deliveries.length_s)) for n in range(count + 1)]
    style = _style(deliveries.length_s, times[0], times[-1])
    bars = []
    for n, value in enumerate(deliveries.bars):
        height = round(HEIGHT * value / top)
        words = f"{times[n]:{style}}: {number_format(value, force_grouping=True)}"
        bars.append(Bar(round(n * step), HEIGHT - height, max(round(step) - _GAP, 1), height, words))
    peak = deliveries.bars.index(top)
    moment = "%d/%m/%Y %H:%M" if deliveries.length_s >= 60 else "%d/%m/%Y %H:%M:%S"
    values = {
        "n": number_format(sum(deliveries.bars), force_grouping=True),
        "begin": f"{times[0]:{moment}}",
        "end": f"{times[-1]:{moment}}",
        "peak": f"{times[peak]:{style}}",
    }
    said = _("%(n)s deliveries between %(begin)s and %(end)s, most of them at %(peak)s.") % values
    places = sorted({count * n // _LABELS for n in range(_LABELS)})
    labels = [(f"{times[n]:{style}}", round(100 * n * step / WIDTH)) for n in places]
    return Chart(bars, labels, number_format(top, force_grouping=True), said)


def _style(length_s: int, begin: datetime, end: datetime) -> str:
    if length_s < 60:
        return "%H:%M:%S"
    if length_s >= 86_400:
        return "%d/%m"
    return "%H:%M" if begin.date() == end.date() else "%d/%m %H:%M"
