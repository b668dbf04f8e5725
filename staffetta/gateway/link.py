"""One connector's life: connect, claim, begin, submit, write down, back off. Knows neither tables nor protocols (ports.py).

    claims ── chunks ──▶ marks ── committed ──▶ submit ── answers, receipts ──▶ books ── committed ──▶ acknowledge, places free

A message is submitted only after the mark that covers it was committed, and keeps its place in flight until its outcome is
committed. What a kill can leave uncertain is therefore never more than the places in flight.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from staffetta.gateway import backoff
from staffetta.gateway.ports import NOT_SUBMITTED, Answer, ConnectFailed, Connector, Received, Run, Store, StoreDown, Turn
from staffetta.gateway.throttle import Throttle
from staffetta.gateway.window import Window

log = logging.getLogger(__name__)

CLAIM = 2_000
POLL_S = 1.0
TICK_S = 1.0
STORE_TICK_S = 3.0
# A throttled link begins only what it can submit in this time, so that pause and cancel stop it at once.
STRETCH_S = 0.25
# Without a rate, and before it is known how fast the carrier answers, as if it answered so many a second.
READY = 800
TURN_ANSWERS_MAX = 5_000
RECEIPTS_WAITING_MAX = 20_000
STOP_S = 10.0

T = TypeVar("T")


class Link:
    """Sends what is queued for one connector until told to stop."""

    def __init__(
        self, name: str, connector: Connector, store: Store, in_flight_max: int, rate: int, clock: Callable[[], float] = time.monotonic
    ):
        """Hold the two sides; `rate` is submits a second (0: no limit)."""
        self.name = name
        self._connector, self._store, self._clock = connector, store, clock
        self._rate = rate
        self._window = Window(in_flight_max)
        self._in_flight_max = in_flight_max
        self._throttle = Throttle(rate, clock())
        self._lanes: tuple[deque[Run], deque[Run]] = (deque(), deque())
        self._answers: list[Answer] = []
        self._receipts: list[Received] = []
        self._finished: list[Run] = []
        self._turn = Turn()
        self._something = asyncio.Event()
        self._hungry = asyncio.Event()
        self._places = asyncio.Event()
        self._gone = asyncio.Event()
        self._stopping = False
        self._state, self.detail = "connecting", ""
        self._books_thread = ThreadPoolExecutor(1, f"{name}-books")
        self._claims_thread = ThreadPoolExecutor(1, f"{name}-claims")
        self._marks_thread = ThreadPoolExecutor(1, f"{name}-marks")
        self._ticks_thread = ThreadPoolExecutor(1, f"{name}-ticks")
        self._leased: set[int] = set()
        self.submitted = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; then end what was begun, give back the rest, log out.

        Raises what broke one of its loops, after the same leave-taking: the caller begins a new link.
        """
        claims, marks, *others = [
            asyncio.ensure_future(part()) for part in (self._claims, self._marks, self._connection, self._books, self._ticks)
        ]
        tasks = [claims, marks, *others]
        told = asyncio.ensure_future(stop.wait())
        await asyncio.wait([told, *tasks], return_when=asyncio.FIRST_COMPLETED)
        self._stopping = True
        log.info("link %s: stopping with %s messages in flight", self.name, self._window.taken)
        self.wake()
        deadline = self._clock() + STOP_S
        # What is being claimed or marked at this moment must be known before it can be given back.
        await asyncio.wait([claims, marks], timeout=STOP_S)
        while self._unanswered() and self._clock() < deadline and self._state == "bound":
            await asyncio.sleep(0.02)
        for task in (told, *tasks):
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        try:
            await self._last_turn()
        finally:
            await self._connector.close()
            log.info("link %s: stopped, %s messages left in flight", self.name, self._window.taken)
            for thread in (self._books_thread, self._claims_thread, self._marks_thread, self._ticks_thread):
                await self._in_thread(thread, self._store.close)
                thread.shutdown()
        for error in ended:
            if isinstance(error, Exception):
                raise error

    @property
    def idle(self) -> bool:
        """Tell whether nothing is in flight and nothing claimed waits to be sent."""
        return not (self._window.taken or any(self._lanes))

    def wake(self) -> None:
        """There may be something to claim."""
        self._hungry.set()
        self._something.set()
        self._places.set()

    def _unanswered(self) -> int:
        """Return how many messages were submitted and have no outcome in the books."""
        return self._window.taken - sum(run.asked - run.submitted for lane in self._lanes for run in lane)

    # What the connector tells (ports.Listener).

    def answered(self, answers: list[Answer]) -> None:
        """Take answers; their places in flight are free once they are written."""
        self._answers += answers
        for answer in answers:
            if answer.late:
                continue
            run = answer.run
            run.unanswered -= 1
            if not run.unanswered:
                self._finished.append(run)
        self._something.set()
        self._pump()

    def received(self, receipts: list[Received]) -> None:
        """Take receipts, to be acknowledged once they are written."""
        self._receipts += receipts
        self._something.set()

    def too_fast(self) -> None:
        """Slow down."""
        self._throttle.complain(self._clock())

    def lost(self, reason: str) -> None:
        """Connect again."""
        self.detail = reason
        self._gone.set()

    # The four loops.

    async def _connection(self) -> None:
        failures = 0
        while True:
            self._gone.clear()
            try:
                await self._connector.connect(self)
            except ConnectFailed as error:
                failures += 1
                self._state, self.detail = "down", str(error)
                log.warning("link %s: %s; trying again in %s s", self.name, error, backoff.reconnect_s(failures))
                await asyncio.sleep(backoff.reconnect_s(failures))
                continue
            failures = 0
            self._state, self.detail = "bound", ""
            log.info("link %s: bound", self.name)
            self.wake()
            self._pump()
            await self._gone.wait()
            self._state = "down"
            failures += 1
            log.warning("link %s: lost (%s)", self.name, self.detail)
            await self._let_go()
            await asyncio.sleep(backoff.reconnect_s(failures))

    async def _claims(self) -> None:
        while not self._stopping:
            self._hungry.clear()
            claimed = False
            if self._state == "bound" and len(self._receipts) < RECEIPTS_WAITING_MAX:
                ahead = [sum(len(run.chunk.messages) - run.asked for run in lane) for lane in self._lanes]
                if ahead[0] < self._ahead_max():
                    claimed = await self._claim(1 if ahead[1] < self._ahead_max() else 0)
            if not claimed:
                await woken(self._hungry, POLL_S)

    def _ahead_max(self) -> int:
        return max(1, min(self._in_flight_max, self._rate) if self._rate else self._in_flight_max)

    async def _claim(self, lane_max: int) -> bool:
        limit = min(CLAIM, self._rate * 2) if self._rate else CLAIM
        try:
            chunk = await self._in_thread(self._claims_thread, partial(self._store.claim, limit, lane_max))
        except StoreDown as error:
            log.warning("link %s: no claim (%s)", self.name, error)
            return False
        if chunk is None:
            return False
        run = Run(chunk)
        self._leased.add(chunk.id)
        if chunk.messages:
            self._lanes[min(chunk.lane, 1)].append(run)
        else:
            self._finished.append(run)
        self._something.set()
        self._places.set()
        return True

    async def _marks(self) -> None:
        while not self._stopping:
            self._places.clear()
            marks = list(self._wanted()) if self._state == "bound" else []
            if not marks:
                await woken(self._places, self._pause_s())
                self._pump()
                continue
            try:
                moved = await self._in_thread(self._marks_thread, partial(self._store.begin, [(run.chunk.id, mark) for run, mark in marks]))
            except StoreDown as error:
                # Perhaps committed, perhaps not: what is not submitted may lie below the mark, never the reverse.
                log.warning("link %s: no mark (%s)", self.name, error)
                self._unask(run for run, _ in marks)
                await asyncio.sleep(backoff.reconnect_s(1))
                continue
            await self._begin([run for run, _ in marks], moved)

    async def _books(self) -> None:
        while True:
            turn = self._gather()
            if not turn:
                self._something.clear()
                await woken(self._something, POLL_S)
                continue
            self._turn = turn
            await self._write(turn)
            self._turn = Turn()
            self._leased.difference_update(run.chunk.id for run in turn.finished)
            self._window.give(sum(not answer.late for answer in turn.answers))
            self._connector.acknowledge(turn.receipts)
            self._places.set()
            if turn.finished:
                self._hungry.set()

    async def _ticks(self) -> None:
        last = 0.0
        while True:
            await asyncio.sleep(TICK_S)
            self._connector.tick()
            if self._clock() - last >= STORE_TICK_S:
                last = self._clock()
                try:
                    await self._in_thread(self._ticks_thread, partial(self._store.tick, self._state, self.detail, list(self._leased)))
                except StoreDown as error:
                    log.warning("link %s: no tick (%s)", self.name, error)

    # Gathering, writing, and what follows.

    def _pause_s(self) -> float:
        waits = self._throttle.wait_s(self._clock()) if any(run.submitted < run.begun for lane in self._lanes for run in lane) else POLL_S
        return min(POLL_S, max(0.005, waits))

    def _gather(self) -> Turn:
        turn = Turn(self._answers[:TURN_ANSWERS_MAX], self._receipts)
        del self._answers[:TURN_ANSWERS_MAX]
        self._receipts = []
        if not self._answers:
            turn.finished, self._finished = self._finished, []
        return turn

    def _wanted(self) -> Iterator[tuple[Run, int]]:
        """Take places for what may be begun now and yield the marks. No more than can be submitted soon: a cancel stops the rest."""
        speed = self._rate or max(READY, self._throttle.speed)
        stretch = max(1, int(speed * STRETCH_S))
        for lane in self._lanes:
            room = stretch - sum(run.asked - run.submitted for run in lane)
            for run in lane:
                messages = min(len(run.chunk.messages) - run.asked, self._window.free(run.chunk.lane == 0), room)
                if messages > 0:
                    run.asked += messages
                    room -= messages
                    self._window.take(messages)
                    yield run, run.chunk.messages[run.asked - 1].id
                if room <= 0:
                    break

    async def _write(self, turn: Turn) -> None:
        failures = 0
        while True:
            try:
                await self._in_thread(self._books_thread, partial(self._store.turn, turn))
                return
            except StoreDown as error:
                failures += 1
                log.warning("link %s: %s answers wait for the database (%s)", self.name, len(turn.answers), error)
                await asyncio.sleep(min(failures * 0.2, 2))

    def _unask(self, runs: Iterable[Run]) -> None:
        for run in runs:
            self._window.give(run.asked - run.begun)
            run.asked = run.begun

    async def _begin(self, runs: list[Run], moved: set[int]) -> None:
        refused = [run for run in runs if run.chunk.id not in moved]
        for run in runs:
            if run.chunk.id in moved:
                run.begun = run.asked
        self._pump()
        if refused:
            self._unask(refused)
            await self._give_back(refused)

    async def _give_back(self, runs: list[Run]) -> None:
        for run in runs:
            run.cut()
            for lane in self._lanes:
                if run in lane and run.submitted >= run.begun:
                    lane.remove(run)
        try:
            await self._in_thread(self._marks_thread, partial(self._store.give_back, runs))
        except StoreDown as error:
            # Nothing above the mark was begun: what finishes the chunk, or the end of its lease, gives the rest back.
            log.warning("link %s: could not give back %s chunks (%s)", self.name, len(runs), error)
        for run in runs:
            if not run.begun:
                self._leased.discard(run.chunk.id)
            elif not run.unanswered and run not in self._finished and run not in self._turn.finished:
                self._finished.append(run)
        self._something.set()

    async def _let_go(self) -> None:
        """The link is down: what was not submitted goes back to the queue, for another link, or to be cancelled or to lapse."""
        while any(run.asked > run.begun for lane in self._lanes for run in lane):
            await asyncio.sleep(0.01)  # a mark is being written
        runs = [run for lane in self._lanes for run in lane]
        self.answered(self._not_submitted(runs))
        for run in runs:
            run.submitted = run.begun
        await self._give_back(runs)

    def _not_submitted(self, runs: Iterable[Run]) -> list[Answer]:
        now = time.time()
        return [
            Answer(run, message, "again", now, error=NOT_SUBMITTED)
            for run in runs
            for message in run.chunk.messages[run.submitted : run.begun]
        ]

    def _pump(self) -> None:
        """Submit what was begun, as far as the carrier's room and the throttle allow; transactional runs first."""
        if self._stopping:
            return
        allowed = min(self._connector.room(), self._throttle.allowed(self._clock()))
        for lane in self._lanes:
            while lane and allowed > 0:
                run = lane[0]
                messages = run.chunk.messages[run.submitted : min(run.begun, run.submitted + allowed)]
                if messages:
                    taken, submits = self._connector.submit(run, messages)
                    run.submitted += taken
                    self.submitted += taken
                    self._throttle.used(submits, self._clock())
                    allowed -= submits
                    if taken < len(messages):
                        return  # the next one has more parts than there is room: nothing shorter may go before it
                if run.submitted < len(run.chunk.messages):
                    break
                lane.popleft()
                self._hungry.set()

    async def _last_turn(self) -> None:
        """Write what is known, put back what was begun and never submitted, and give back the rest."""
        runs = [run for lane in self._lanes for run in lane]
        self._answers += self._not_submitted(runs)
        self._finished += [run for run in runs if run.unanswered == len(run.chunk.messages) - run.submitted]
        # A turn that was cut off is written again: that changes nothing where it was committed after all.
        cut_off = self._turn
        turn = Turn(cut_off.answers + self._answers, cut_off.receipts + self._receipts, cut_off.finished + self._finished)
        self._answers, self._receipts, self._finished = [], [], []
        try:
            await self._in_thread(self._books_thread, partial(self._store.give_back, runs))
            await self._in_thread(self._books_thread, partial(self._store.turn, turn))
            self._connector.acknowledge(turn.receipts)
            await self._in_thread(self._books_thread, partial(self._store.tick, "stopped", "", []))
        except StoreDown as error:
            log.warning("link %s: stopped without the database (%s); leases run out by themselves", self.name, error)

    async def _in_thread(self, thread: ThreadPoolExecutor, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(thread, call)


async def woken(event: asyncio.Event, seconds: float) -> bool:
    """Wait for an event; tell whether it came in time. Not `wait_for`: Python 3.11's can swallow a cancellation."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
