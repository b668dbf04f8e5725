"""Bodies off the network: no silence, no size and no number of them holds the process."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from staffetta.api.errors import Busy
from staffetta.api.hot import bodies, passing
from staffetta.api.hot.bodies import Bodies, Gone, Kept, Room, TooSlow


def sending(*pieces: bytes, then: str = "end") -> Callable[[], Awaitable[dict[str, Any]]]:
    """Send these pieces, then end, hang up, or say nothing more."""
    left = list(pieces)

    async def receive() -> dict[str, Any]:
        if left:
            return {"type": "http.request", "body": left.pop(0), "more_body": bool(left) or then != "end"}
        if then == "hang up":
            return {"type": "http.disconnect"}
        await asyncio.Event().wait()
        raise AssertionError

    return receive


@pytest.fixture(autouse=True)
def _impatient(monkeypatch) -> None:
    monkeypatch.setattr(bodies, "SILENT_S", 0.05)


def small(receive: Any, limit: int = 100) -> bytes | None:
    return asyncio.run(Bodies().small(receive, limit))


def test_a_body_comes_as_it_was_sent():
    assert small(sending(b"ab", b"", b"c")) == b"abc"
    assert small(sending(b"x" * 60, b"x" * 60)) is None
    assert small(sending(b"x" * 2**20, *[b"x" * 2**20] * 40, then="silence")) is None  # heard out, but not for ever


@pytest.mark.parametrize(("then", "error"), [("silence", TooSlow), ("hang up", Gone)])
def test_who_stops_sending_is_not_waited_for(then, error):
    with pytest.raises(error):
        small(sending(b"x", then=then))


def test_who_says_nothing_at_all_is_not_waited_for_and_keeps_nobody(monkeypatch):
    monkeypatch.setattr(bodies, "WHOLE_S", 0.05)

    async def run() -> list[object]:
        shared = Bodies()
        silent = [shared.small(sending(then="silence"), 100) for _ in range(3)]
        found: list[object] = await asyncio.gather(*silent, shared.small(sending(b"ab"), 100), return_exceptions=True)
        return [*found, *await asyncio.gather(shared.small(sending(then="silence"), 100), return_exceptions=True)]

    *slow, good, later = asyncio.run(run())
    assert good == b"ab"
    assert [type(each) for each in [*slow, later]] == [TooSlow] * 4


def test_a_task_that_is_cancelled_by_others_is_cancelled():
    async def run() -> None:
        waiting = asyncio.ensure_future(Bodies().small(sending(then="silence"), 100))
        await asyncio.sleep(0)
        waiting.cancel()
        await waiting

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(run())


def test_a_body_that_is_whole_by_what_its_sender_says_is_not_waited_for():
    async def run(length: str) -> bytes | None:
        return await Bodies().small(sending(b"abc", then="silence"), 100, length)

    assert asyncio.run(run("3")) == b"abc"
    with pytest.raises(TooSlow):
        asyncio.run(run("4"))


def test_who_drips_is_not_waited_for_either(monkeypatch):
    monkeypatch.setattr(bodies, "WHOLE_S", 0.05)

    async def drip() -> dict[str, Any]:
        await asyncio.sleep(0)
        return {"type": "http.request", "body": b"", "more_body": True}

    with pytest.raises(TooSlow):
        small(drip)


def test_all_bodies_together_have_a_bound(monkeypatch):
    monkeypatch.setattr(bodies, "HELD_MAX", 150)

    async def together() -> list[object]:
        shared = Bodies()
        found = await asyncio.gather(*[shared.small(sending(b"x" * 100, then="silence"), 200) for _ in range(2)], return_exceptions=True)
        return [*found, await shared.small(sending(b"x" * 140), 200)]

    slow, full, after = asyncio.run(together())
    assert isinstance(slow, TooSlow)
    assert isinstance(full, TooSlow | Busy)
    assert after == b"x" * 140  # what was held was given back


async def _read(kept: Kept) -> bytes:
    found, more = b"", True
    while more:
        message = await kept.receive()
        if message["type"] == "http.disconnect":
            return found + b"!"
        found, more = found + message["body"], message["more_body"]
    return found


@pytest.mark.parametrize("sizes", [[], [0], [5, 7], [300_000, 1, 300_000], [64 * 2**10]])
@pytest.mark.parametrize("limit", [10, 2**20])
def test_a_kept_body_is_read_as_it_came(sizes, limit):
    pieces = [bytes([n + 65]) * size for n, size in enumerate(sizes)] or [b""]

    async def run() -> bytes:
        kept = Kept(Room())
        await kept.take(sending(*pieces), limit)
        found = await _read(kept)
        kept.close()
        return found

    whole = b"".join(pieces)
    taken = whole if limit > 10 else next((first for n in range(len(pieces)) if len(first := b"".join(pieces[: n + 1])) > limit), whole)
    assert asyncio.run(run()) == (whole if taken == whole else taken + b"!")


def test_what_is_passed_on_has_a_bound_for_all_together(monkeypatch):
    monkeypatch.setattr(bodies, "KEPT_MAX", 150)
    room = Room()

    async def run() -> None:
        first, second = Kept(room), Kept(room)
        await first.take(sending(b"x" * 100), 200)
        with pytest.raises(Busy):
            await second.take(sending(b"x" * 100), 200)
        second.close()
        first.close()
        third = Kept(room)
        await third.take(sending(b"x" * 100), 200)
        third.close()

    asyncio.run(run())


def test_a_body_is_held_until_its_call_is_answered(monkeypatch):
    monkeypatch.setattr(bodies, "HELD_MAX", 150)

    async def run() -> None:
        shared = Bodies()
        first = await shared.small(sending(b"x" * 100), 200)
        with pytest.raises(Busy):
            await shared.small(sending(b"x" * 100), 200)
        shared.let_go(first)
        assert await shared.small(sending(b"x" * 100), 200) == b"x" * 100

    asyncio.run(run())


def test_who_sends_too_much_holds_no_thread():
    async def run() -> bytes:
        kept = Kept(Room())
        await kept.take(sending(b"x" * 60, b"x" * 60, b"x" * 60), 100)
        assert not kept.whole
        found = await _read(kept)
        kept.close()
        return found

    assert asyncio.run(run()) == b"x" * 120 + b"!"


def test_cookies_that_come_apart_stay_cookies():
    assert passing.cleaned([(b"cookie", b"a=1"), (b"accept", b"x"), (b"cookie", b"b=2"), (b"accept", b"y")]) == [
        (b"cookie", b"a=1; b=2"),
        (b"accept", b"x,y"),
    ]


def test_a_client_that_takes_nothing_or_has_gone_holds_nobody(monkeypatch):
    monkeypatch.setattr(passing, "TAKEN_S", 0.05)
    sent: list[dict[str, Any]] = []

    async def stuck(message: Any) -> None:
        sent.append(message)
        await asyncio.Event().wait()

    async def gone(message: Any) -> None:
        sent.append(message)
        raise ConnectionError

    async def run() -> None:
        for send in (stuck, gone):
            taken = passing.Taken(send)
            await taken.send({"n": 1})
            await taken.send({"n": 2})

    asyncio.run(run())
    assert sent == [{"n": 1}, {"n": 1}]
