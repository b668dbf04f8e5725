"""A link's life with a store in memory and a connector that follows a script: no database, no socket."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from staffetta.gateway.link import Link
from staffetta.gateway.ports import Answer, ConnectFailed, Listener, Received, Run, StoreDown, Turn


@dataclass
class FakeMessage:
    id: int
    number: str = "+393401234567"
    text: str | None = None
    parts: int = 1
    attempts: int = 0


@dataclass
class FakeChunk:
    id: int
    messages: list[FakeMessage]
    batch_id: int = 1
    lane: int = 1
    sender: str = "TEST"
    text: str = "Ciao"
    receipts: bool = True


@dataclass
class InMemoryStore:
    """Books in lists; says what was committed in which order, and can be down for some calls."""

    chunks: list[FakeChunk]
    order: list[str] = field(default_factory=list)
    begun: set[int] = field(default_factory=set)
    written: list[Answer] = field(default_factory=list)
    receipts: list[Received] = field(default_factory=list)
    finished: list[int] = field(default_factory=list)
    given_back: list[int] = field(default_factory=list)
    stopped_batches: set[int] = field(default_factory=set)
    down: int = 0
    stops_after: int = 0

    def claim(self, limit: int, lane_max: int) -> FakeChunk | None:
        waiting = [chunk for chunk in self.chunks if chunk.lane <= lane_max]
        if not waiting:
            return None
        chunk = min(waiting, key=lambda chunk: chunk.lane)
        self.chunks.remove(chunk)
        return chunk

    def begin(self, marks: Sequence[tuple[int, int]]) -> set[int]:
        moved = {chunk for chunk, _ in marks if chunk not in self.stopped_batches}
        if self.stops_after and len(self.begun) >= self.stops_after:
            moved = set()
        for chunk, mark in marks:
            if chunk in moved:
                self.begun.add(mark)
                self.order.append(f"mark {mark}")
        return moved

    def turn(self, turn: Turn) -> None:
        if self.down:
            self.down -= 1
            raise StoreDown("out for a walk")
        self.written += turn.answers
        self.receipts += turn.receipts
        self.finished += [run.chunk.id for run in turn.finished]
        self.order += [f"{answer.state} {answer.message.id}" for answer in turn.answers]

    def give_back(self, runs: Sequence[Run]) -> None:
        self.given_back += [run.chunk.id for run in runs]

    def tick(self, state: str, detail: str, chunks: Sequence[int]) -> None:
        self.order.append(f"tick {state}")

    def close(self) -> None:
        pass


@dataclass
class ScriptedConnector:
    """Answers each message as the script says (default: submitted) at the next turn of the loop."""

    store: InMemoryStore
    script: dict[int, str] = field(default_factory=dict)
    fail_connects: int = 0
    space: int = 1_000
    submitted: list[int] = field(default_factory=list)
    acknowledged: list[Received] = field(default_factory=list)
    in_flight_seen: int = 0
    listener: Listener | None = None
    answering: bool = True

    async def connect(self, listener: Listener) -> None:
        if self.fail_connects:
            self.fail_connects -= 1
            raise ConnectFailed("nobody there")
        self.listener = listener

    def room(self) -> int:
        return self.space

    def submit(self, run: Run, messages: Sequence[FakeMessage]) -> tuple[int, int]:
        for message in messages:
            assert max(self.store.begun) >= message.id, "submitted above the mark"
            self.submitted.append(message.id)
            self.store.order.append(f"submit {message.id}")
            if self.answering:
                answer = Answer(run, message, self.script.get(message.id, "submitted"), 1.0, (str(message.id),))
                asyncio.get_running_loop().call_soon(self.listener.answered, [answer])
        self.in_flight_seen = max(self.in_flight_seen, len(self.submitted) - len(self.store.written))
        return len(messages), len(messages)

    def acknowledge(self, receipts: Sequence[Received]) -> None:
        assert all(receipt in self.store.receipts for receipt in receipts), "acknowledged before it was stored"
        self.acknowledged += receipts

    def tick(self) -> None:
        pass

    async def close(self) -> None:
        pass


def chunk(number: int, size: int, lane: int = 1) -> FakeChunk:
    return FakeChunk(number, [FakeMessage(number * 1000 + place) for place in range(size)], lane=lane)


def run_until(
    condition: Callable[[], object],
    store: InMemoryStore,
    connector: ScriptedConnector,
    in_flight_max: int = 100,
    then: Callable[[Link], None] | None = None,
) -> Link:
    async def walk() -> Link:
        link = Link("test", connector, store, in_flight_max, rate=0)
        stop = asyncio.Event()
        running = asyncio.ensure_future(link.run(stop))
        async with asyncio.timeout(5):
            while not condition():
                await asyncio.sleep(0)
            if then:
                then(link)
                while not condition():
                    await asyncio.sleep(0)
        stop.set()
        await running
        return link

    return asyncio.run(walk())


def test_it_marks_before_it_submits_and_finishes_chunks():
    store = InMemoryStore([chunk(1, 30), chunk(2, 5)])
    connector = ScriptedConnector(store)
    run_until(lambda: len(store.finished) == 2, store, connector)
    assert connector.submitted == [*range(1000, 1030), *range(2000, 2005)]
    assert len(store.written) == 35


def test_it_never_has_more_in_flight_than_allowed():
    store = InMemoryStore([chunk(1, 500)])
    connector = ScriptedConnector(store)
    link = run_until(lambda: len(store.written) == 500, store, connector, in_flight_max=7)
    assert connector.in_flight_seen <= 7
    assert link.idle


def test_transactional_goes_ahead_of_bulk_that_waits():
    store = InMemoryStore([chunk(1, 50), chunk(2, 3, lane=0)])
    connector = ScriptedConnector(store)
    run_until(lambda: len(store.written) == 53, store, connector)
    assert connector.submitted[:3] == [2000, 2001, 2002]


def test_a_stopped_batch_is_given_back_and_not_submitted():
    store = InMemoryStore([chunk(1, 10)], stopped_batches={1})
    connector = ScriptedConnector(store)
    link = run_until(lambda: store.given_back, store, connector)
    assert connector.submitted == []
    assert link.idle


def test_answers_wait_for_the_database_and_are_written_once():
    store = InMemoryStore([chunk(1, 10)], down=3)
    connector = ScriptedConnector(store)
    run_until(lambda: len(store.written) == 10, store, connector)
    assert len({answer.message.id for answer in store.written}) == 10


def test_receipts_are_acknowledged_after_they_are_stored():
    store = InMemoryStore([], down=1)
    connector = ScriptedConnector(store)
    receipt = Received("1", "+393401234567", "delivered", 1.0, None, "token")

    def deliver(link: Link) -> None:
        link.received([receipt])

    run_until(lambda: connector.listener is not None, store, connector, then=deliver)  # stopped while the database is down
    assert store.receipts == connector.acknowledged == [receipt]


def test_a_late_answer_gives_no_place_back_twice():
    store = InMemoryStore([chunk(1, 2)])
    connector = ScriptedConnector(store)
    link = run_until(lambda: len(store.written) == 2, store, connector)
    first = store.written[0]
    link.answered([first._replace(late=True)])
    assert link.idle


def test_it_connects_again_after_failures():
    store = InMemoryStore([chunk(1, 1)])
    connector = ScriptedConnector(store, fail_connects=1)
    run_until(lambda: store.written, store, connector)
    assert connector.submitted == [1000]


def test_an_orderly_stop_puts_back_what_was_begun_and_never_submitted():
    store = InMemoryStore([chunk(1, 10)])
    connector = ScriptedConnector(store, space=4, answering=False)
    connector.space = 0
    run_until(lambda: store.begun, store, connector)
    assert {answer.state for answer in store.written} == {"again"}
    assert len(store.written) == 10
    assert store.given_back == [1]


def test_a_broken_loop_ends_the_link_and_says_so():
    store = InMemoryStore([chunk(1, 1)])
    store.begin = lambda marks: 1 / 0  # type: ignore[method-assign,assignment]
    connector = ScriptedConnector(store)
    with pytest.raises(ZeroDivisionError):
        run_until(lambda: "tick stopped" in store.order, store, connector)
    assert store.given_back == [1]


def test_a_batch_stopped_after_all_answers_came_is_finished_and_its_rest_given_back():
    run_out = InMemoryStore([chunk(1, 300)], stops_after=1)
    connector = ScriptedConnector(run_out)
    run_until(lambda: run_out.finished == [1], run_out, connector, in_flight_max=20)
    assert run_out.given_back == [1]
    assert len(connector.submitted) < 300


def test_a_link_that_is_lost_gives_back_what_it_did_not_submit():
    store = InMemoryStore([chunk(1, 10)])
    connector = ScriptedConnector(store, space=0)

    def lose(link: Link) -> None:
        link.lost("gone")

    run_until(lambda: store.begun if not store.given_back else store.finished, store, connector, then=lose)
    assert {answer.state for answer in store.written} == {"again"}
    assert store.given_back == [1]


def test_a_link_woken_all_the_time_still_sends():
    store = InMemoryStore([chunk(1, 3)])
    connector = ScriptedConnector(store)

    async def walk() -> None:
        link = Link("test", connector, store, 100, rate=20)
        stop = asyncio.Event()
        running = asyncio.ensure_future(link.run(stop))
        async with asyncio.timeout(5):
            while len(store.written) < 3:
                link.wake()
                await asyncio.sleep(0.001)
        stop.set()
        await running

    asyncio.run(walk())


def test_a_long_transactional_message_is_not_overtaken_for_ever():
    store = InMemoryStore([chunk(1, 50)])
    store.chunks.append(FakeChunk(2, [FakeMessage(2000, parts=3)], lane=0))
    connector = ScriptedConnector(store, space=1_000)
    run_until(lambda: len(store.written) == 51, store, connector)
    assert connector.submitted[0] == 2000
