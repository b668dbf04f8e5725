"""Commit calls together: a thread takes all that were judged during its last commit, has them accepted, and tells the event loop.

Nothing waits for a timer: one call alone is committed at once, fifty at once are one commit. Whoever asks is answered after it.
Before it stands the thread that judges (`judging.py`): it works while this one waits for the disk.
"""

import asyncio
import logging
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path

from django.db import DatabaseError

from staffetta.api import doubt
from staffetta.api.errors import Busy, InDoubt, Internal
from staffetta.api.hot.call import Call
from staffetta.api.hot.judging import Judging
from staffetta.api.hot.keeping import Keeping
from staffetta.api.hot.link import LOCK_S, LOST, TRIES, Link
from staffetta.api.hot.queue import Queue
from staffetta.api.hot.work import Work

WAITING_MAX = 5_000  # more are told to come again: they would wait for longer than their programs do
LOCK_ALONE_S = 0.2
_log = logging.getLogger(__name__)


class Committer:
    """One thread with its own database connection; calls come in from one event loop and are answered there."""

    def __init__(self, work: Work, loop: asyncio.AbstractEventLoop, marks: Path) -> None:
        """Begin. `work` says what becomes of a group of calls (`group.py`); `marks` is the file of messages to be taken back (`keeping.py`)."""
        self._work, self._loop = work, loop
        self._link = Link()
        self._unsure = Keeping(work.take_back, self._link, marks)
        self._locked: set[int] = set()  # accounts whose wallet somebody else held for too long when it was last asked for
        self._arrived, self._judged = Queue(), Queue()
        self._judging = Judging(work.judge, self._arrived, self._judged, self._tell)
        self._thread = threading.Thread(target=self._run, name="committer", daemon=True)
        self._thread.start()

    def take(self, call: Call) -> None:
        """Take a call for the next commit; its future gets the answer."""
        if len(self._arrived) + len(self._judged) >= WAITING_MAX or not self._arrived.put([call]):
            call.answer.set_result(Busy())

    def stop(self) -> None:
        """Answer what waits, then end."""
        self._arrived.end()
        self._judging.join()
        self._judged.end()
        self._thread.join()

    def _run(self) -> None:
        while (group := self._next()) is not None:
            self._unsure.look()
            if group:
                self._answer(group)
        self._unsure.look(last=True)
        self._link.drop()

    def _next(self) -> list[Call] | None:
        """Return the next group. Meanwhile half as many may come together: to judge a few costs nearly as much as to judge many."""
        if not self._judged:
            self._arrived.gather(1)
        if group := self._judged.take(self._unsure.wait_s):
            self._arrived.gather(-(-len(group) // 2))
        return group

    def _answer(self, group: Sequence[Call]) -> None:
        try:
            self._accept([call for call in group if _account(call) not in self._locked])
            if locked := [call for call in group if call.told is None and _account(call) in self._locked]:
                self._tell([call for call in group if call.told is not None])
                self._accept_by_account(locked)
        except Exception:  # without this thread nobody is answered any more
            _log.exception("a group of %d calls could not be answered", len(group))
            self._link.drop()
            self._give_up(group, doubtful=True)
        self._tell(group)

    def _tell(self, calls: Sequence[Call]) -> None:
        """Have the event loop give the answers to who waits for them."""
        try:
            self._loop.call_soon_threadsafe(_hand_over, calls)
        except RuntimeError:
            _log.warning("%d calls were answered after their listener had ended", len(calls))

    def _accept_by_account(self, calls: Sequence[Call], again: bool = False, doubtful: bool = False) -> None:
        """Accept each account's calls by themselves, and answer them: nobody waits for the wallets of others."""
        for account_id in sorted({_account(call) for call in calls}):
            theirs = [call for call in calls if _account(call) == account_id]
            self._accept(theirs, again, doubtful, alone=True)
            self._tell([call for call in theirs if call.told is not None])

    def _accept(self, calls: Sequence[Call], again: bool = False, doubtful: bool = False, alone: bool = False) -> None:
        """Accept calls. `again`: an earlier try may have been committed; `doubtful`: it cannot be said that none was."""
        for tried in range(TRIES):
            waiting = [call for call in calls if call.told is None]
            if not waiting:
                break
            try:
                self._link.ready(LOCK_ALONE_S if alone else LOCK_S)
            except LOST as error:
                self._link.lost(error, len(waiting), tried)
                continue
            try:
                self._work.accept(waiting, again)
                if alone:
                    self._locked.discard(_account(waiting[0]))
                return
            except LOST as error:
                if doubt.locked(error):
                    self._split(waiting, again, doubtful, alone)
                    return
                again, doubtful = True, doubtful or doubt.lost(error)
                self._link.lost(error, len(waiting), tried)
            except Exception as error:
                doubtful = doubtful or not isinstance(
                    error, DatabaseError
                )  # the database says no before it commits, anything else may come after
                if halves := self._link.halves(waiting):
                    for half in halves:
                        self._accept(half, True, doubtful, alone)
                    return
                break
        self._give_up(calls, doubtful)

    def _split(self, calls: Sequence[Call], again: bool, doubtful: bool, alone: bool) -> None:
        """Somebody holds a wallet for too long: the accounts of the others do not wait for it."""
        if not alone:
            self._accept_by_account(calls, again, doubtful)
            return
        _log.warning("account %d is locked by somebody else: its calls are told to come again", _account(calls[0]))
        self._locked.add(_account(calls[0]))
        if not doubtful:
            for call in calls:
                call.told = call.told or Busy()
        self._give_up(calls, doubtful)

    def _give_up(self, calls: Sequence[Call], doubtful: bool) -> None:
        """Tell who is not answered yet. Who has a key can ask by it; who has none is told no, and what was committed is taken back."""
        marks = []
        for call in calls:
            if call.told is None:
                own = call.single and call.single.key
                call.told = InDoubt() if doubtful and own else Internal()
                if doubtful and not own and call.single and not call.sandbox_of:
                    marks.append(call.mark)
        self._unsure.add(marks)


def _account(call: Call) -> int:
    return call.single.account_id if call.single else 0


def _hand_over(calls: Iterable[Call]) -> None:
    for call in calls:
        if not call.answer.done():  # who hung up waits no more, and some were told before the rest of their group
            call.answer.set_result(call.told or Internal())
