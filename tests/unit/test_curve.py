"""Deliveries by second become bars, at most 48, none lost."""

import pytest

from staffetta.messaging.curve import BARS_MAX, LENGTHS_S, binned


def test_nothing_is_no_picture():
    assert binned([]) is None


@pytest.mark.parametrize(
    ("seconds", "length_s", "bars"),
    [
        ([(1000, 3)], 1, [3]),
        ([(1000, 3), (1002, 1)], 1, [3, 0, 1]),
        ([(999, 3), (1000, 1), (1100, 2)], 5, [3, 1, *[0] * 19, 2]),
    ],
)
def test_bars_have_the_shortest_length_that_does(seconds, length_s, bars):
    found = binned(seconds)
    assert found is not None
    assert (found.length_s, found.bars) == (length_s, bars)


@pytest.mark.parametrize("spread_s", [0, 47, 48, 3_600, 86_400 * 3, 86_400 * 4_000])
def test_none_is_lost_and_there_are_never_too_many_bars(spread_s):
    seconds = [(1_790_000_000 + spread_s * n // 100, n + 1) for n in range(101)]
    found = binned(seconds)
    assert found is not None
    assert sum(found.bars) == sum(n for _, n in seconds)
    assert len(found.bars) <= BARS_MAX
    assert found.length_s in LENGTHS_S
    assert found.begin.timestamp() <= seconds[0][0] < found.begin.timestamp() + found.length_s
