"""The webhooks' loops of the `work` process: one turns events into calls, some make them, one forgets what is old."""

import threading

from staffetta.messaging.listen import Listener
from staffetta.messaging.wake import WEBHOOKS
from staffetta.messaging.work import loop, outlive
from staffetta.webhooks import deliver, dispatch, log

POLL_S = 1.0
# So many endpoints are called side by side: a slow one holds none of the others.
CALLERS = 4
FORGET_S = 3600.0


class _Due:
    """Lets the callers know that there may be calls to make."""

    def __init__(self, stop: threading.Event) -> None:
        self._condition = threading.Condition()
        self._listener = Listener(WEBHOOKS)
        self._stop = stop

    def dispatch(self) -> bool:
        some = outlive(dispatch.step, "webhook events")
        if some:
            self.tell()
        return some

    def listen(self) -> None:
        self._listener.wait(POLL_S, self._stop)
        self.tell()

    def tell(self) -> None:
        with self._condition:
            self._condition.notify_all()

    def wait(self) -> None:
        with self._condition:
            self._condition.wait(POLL_S)


def _forget() -> bool:
    return log.forget() > 0


def loops(stop: threading.Event) -> list[threading.Thread]:
    """Return the webhooks' loops, to be started; they end soon after `stop` is set, each with the call it is making."""
    due = _Due(stop)
    callers = [threading.Thread(target=loop, args=(stop, f"webhooks {n}", deliver.step, due.wait)) for n in range(1, CALLERS + 1)]
    return [
        threading.Thread(target=loop, args=(stop, "webhook events", due.dispatch, due.listen)),
        threading.Thread(target=loop, args=(stop, "old webhook calls", _forget, lambda: stop.wait(FORGET_S))),
        *callers,
    ]
