"""Ask a provider: many questions in flight in one event loop, at its rate, each with a time-out; outcomes are written down together.

A number keeps its place in flight until its outcome is committed. What comes after the time-out, or twice, is written too: answers.py
knows what it may still change. The database is called in two threads of their own, one claims, one records.
"""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from django.db import Error, InterfaceError, OperationalError, close_old_connections, connection

from staffetta.lookup import answers, claim, provided, settle
from staffetta.lookup.answers import Outcome
from staffetta.lookup.claim import Claimed
from staffetta.lookup.models import Provider
from staffetta.lookup.providers.base import Answer, Described, RefusedForNow, Unknown
from staffetta.lookup.providers.table import KINDS
from staffetta.lookup.throttle import Throttle

log = logging.getLogger(__name__)
T = TypeVar("T")

CLAIM_MAX = 500
# How long a question's late answer is waited for after its time-out.
LATE_S = 30.0
# While a provider answers nobody, everybody's numbers wait for it: longer each time, and for a day at most.
_PAUSE_S_MAX, ATTEMPTS_WHILE_AWAY_MAX = 300.0, 400
# A changed description is taken into use after so long.
LOOK_S = 3.0
# Where nothing waits it is looked again after so long, unless woken.
IDLE_S = 1.0
_SHORT_S = 0.005


class Asker:
    """Asks one provider until told to stop, or until its description changes; `only` one lookup where it is named."""

    def __init__(self, row: Provider, stop: threading.Event, wait: Callable[[float], Any] | None = None, only: int = 0) -> None:
        """`wait`: returns when there may be something to ask, or after so many seconds; it is called in a thread."""
        self._row, self._stop, self._only = row, stop, only
        self._wait = wait or (lambda seconds: stop.wait(min(seconds, 0.05)))
        self._timeout_s = row.timeout_ms / 1000
        self._served: list[int] = []
        self._asked: dict[int, Claimed] = {}  # whose answers may still come
        self._in_flight = 0
        self._refused = 0  # questions in a row to which the provider answered that it takes none
        self._tasks: set[asyncio.Task[None]] = set()
        self._outcomes: list[tuple[Outcome, bool]] = []  # and whether it frees a place

    async def run(self) -> None:
        """Ask until told to stop; what is in flight is waited for."""
        loop = asyncio.get_running_loop()
        self._something = asyncio.Event()
        self._room = asyncio.Event()
        self._throttle = Throttle(self._row.rate, loop.time())
        described = Described(self._row.options, self._row.secrets, self._timeout_s, LATE_S)
        self._provider = KINDS[self._row.kind](described, self._heard)
        with ThreadPoolExecutor(1) as claiming, ThreadPoolExecutor(1) as recording:
            self._claiming, self._recording = claiming, recording
            recorder = asyncio.create_task(self._record())
            asking = asyncio.create_task(self._until_stopped())
            try:
                await asyncio.wait([recorder, asking], return_when=asyncio.FIRST_COMPLETED)
                if recorder.done():
                    recorder.result()  # it never ends by itself: say why it did
                await asking
            finally:
                for task in [*self._tasks, recorder, asking]:
                    task.cancel()
                await asyncio.gather(*self._tasks, recorder, asking, return_exceptions=True)
                await self._provider.close()
                for thread in (claiming, recording):
                    await loop.run_in_executor(thread, _close)

    async def _until_stopped(self) -> None:
        """Begin questions until told to stop, then wait for those in flight."""
        loop = asyncio.get_running_loop()
        looked = loop.time()
        while not self._stop.is_set():
            if loop.time() - looked >= LOOK_S:
                looked = loop.time()
                if await self._in(self._claiming, self._changed):
                    break
            await self._begin_some()
        while self._in_flight:
            await self._until_room()

    async def _begin_some(self) -> None:
        loop = asyncio.get_running_loop()
        # Each claim is a commit: while others are in flight, wait a moment for more room than a little.
        if self._in_flight and self._places(loop.time()) < self._row.in_flight_max // 4:
            await self._until_room()
        places = self._places(loop.time())
        if not places:
            await self._until_room()
            return
        claimed = await self._in(self._claiming, partial(self._claim, places))
        self._throttle.used(len(claimed))
        for each in claimed:
            self._begin(each)
        if not claimed:
            await loop.run_in_executor(None, self._wait, IDLE_S)

    def _places(self, now: float) -> int:
        """Return how many questions may be begun now."""
        free, allowed = self._row.in_flight_max - self._in_flight, self._throttle.allowed(now)
        return max(0, min(free, CLAIM_MAX) if allowed is None else min(free, allowed, CLAIM_MAX))

    async def _until_room(self) -> None:
        self._room.clear()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._room.wait(), 0.05)

    def _begin(self, claimed: Claimed) -> None:
        self._in_flight += 1
        self._asked[claimed.id] = claimed
        task = asyncio.create_task(self._one(claimed))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _one(self, claimed: Claimed) -> None:
        """Ask about one number: note its outcome, or that none came in time, and then wait a while for a late answer."""
        asking = asyncio.create_task(self._answer(claimed))
        try:
            done, _waiting = await asyncio.wait([asking], timeout=self._timeout_s)
            self._note(claimed, asking.result() if done else Unknown(), frees=True)
            if not done:
                done, _waiting = await asyncio.wait([asking], timeout=LATE_S)
                if done and not isinstance(asking.result(), Unknown | RefusedForNow):
                    self._note(claimed, asking.result())
        finally:
            asking.cancel()
            self._asked.pop(claimed.id, None)

    async def _answer(self, claimed: Claimed) -> Answer:
        try:
            return await self._provider.ask(claimed.number, claimed.id)
        except Exception as error:
            # One question must not end the others. The error's text may hold the address with its secrets.
            log.error("lookup provider %s: a question failed (%s)", self._row.name, type(error).__name__)
            return Unknown("failed")

    def _heard(self, own_id: int, answer: Answer) -> None:
        """Take an answer beyond the first."""
        if claimed := self._asked.get(own_id):
            self._note(claimed, answer)

    def _note(self, claimed: Claimed, answer: Answer, frees: bool = False) -> None:
        whole = isinstance(answer, RefusedForNow) and answer.whole
        self._refused = self._refused + 1 if whole else 0
        if isinstance(answer, RefusedForNow) and (whole or answer.after_s):
            growing_s = 2.0 ** min(self._refused // max(self._row.in_flight_max, 1), 8) if whole else 0.0
            self._throttle.pause(min(max(answer.after_s or 0.0, growing_s), _PAUSE_S_MAX), asyncio.get_running_loop().time())
        attempts_max = ATTEMPTS_WHILE_AWAY_MAX if whole else self._row.attempts_max
        last, simulated = claimed.attempt >= attempts_max, self._row.kind == provided.SIMULATOR
        self._outcomes.append((Outcome(*claimed, answer, last, simulated), frees))
        self._something.set()

    async def _record(self) -> None:
        """Write outcomes down as they come, all that came meanwhile at once; while the database is away they are kept."""
        while True:
            await self._something.wait()
            await asyncio.sleep(_SHORT_S)
            self._something.clear()
            noted, self._outcomes = self._outcomes, []
            while True:
                try:
                    await self._in(self._recording, partial(_write, [outcome for outcome, _ in noted]))
                    break
                except (OperationalError, InterfaceError):
                    log.exception("lookup: %s outcomes are kept until the database is back", len(noted))
                    await self._in(self._recording, _close)
                    await asyncio.sleep(1)
            self._in_flight -= sum(frees for _, frees in noted)
            self._room.set()

    def _claim(self, places: int) -> list[Claimed]:
        try:
            close_old_connections()
            return claim.claim(self._row.name, self._timeout_s, places, self._served, self._only)
        except Error:
            log.exception("lookup: nothing can be claimed, it is tried again")
            connection.close()
            return []

    def _changed(self) -> bool:
        try:
            now = provided.in_use()
        except Exception:
            log.exception("lookup: the provider cannot be read, the one known is kept")
            connection.close()
            return False
        return _described(now) != _described(self._row)

    @staticmethod
    async def _in(thread: ThreadPoolExecutor, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(thread, call)


def _write(outcomes: list[Outcome]) -> None:
    """Write outcomes down and settle what has ended. Raises OperationalError, InterfaceError where the database is away."""
    ended = _recorded(outcomes)
    if ended is None:
        # One that cannot be written must not take the others with it.
        ended = [batch_id for outcome in outcomes for batch_id in _recorded_alone(outcome)]
    for batch_id in ended:
        try:
            settle.settle(batch_id)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            log.exception("lookup %s could not be settled: `work` tries again", batch_id)


def _recorded(outcomes: list[Outcome]) -> list[int] | None:
    try:
        return answers.record(outcomes)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        # The error's text may hold what the provider said.
        log.error("lookup: %s outcomes could not be written down (%s)", len(outcomes), type(error).__name__)
        return None


def _recorded_alone(outcome: Outcome) -> list[int]:
    """Write one outcome down; as unknown where it cannot be written, and leave it to its lease where not even that."""
    for each in (outcome, outcome._replace(answer=Unknown("failed"))):
        ended = _recorded([each])
        if ended is not None:
            return ended
    return []


def _close() -> None:
    connection.close()  # of the thread that calls this


def _described(row: Provider) -> tuple[Any, ...]:
    return tuple(getattr(row, field.attname) for field in Provider._meta.concrete_fields)
