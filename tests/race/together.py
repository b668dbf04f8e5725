"""Run calls at the same moment on connections of their own, meeting right after a chosen statement, so that a race is certain to happen.

Where a guard keeps one of them waiting in the database, the other waits for it in vain and goes on: that is the guard at work.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection

MEET_S, SURELY_S = 0.5, 30


def together(*calls: Callable[[], Any], after: str, meet_s: float = MEET_S) -> list[Any]:
    """Run the calls at once; each, after its first statement that contains `after`, waits for the others. Return results or exceptions.

    Where no guard keeps them apart they are sure to meet, and `meet_s` can be `SURELY_S` however busy the machine is.
    """
    start, meeting = threading.Barrier(len(calls), timeout=SURELY_S), threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        met = False

        def meet(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
            nonlocal met
            result = execute(sql, *rest)
            if after in sql and not met:
                met = True
                try:
                    meeting.wait(meet_s)
                except threading.BrokenBarrierError:
                    pass
            return result

        try:
            connection.ensure_connection()  # on a busy machine one can take longer than the meeting lasts
            start.wait()
            with connection.execute_wrapper(meet):
                return call()
        except Exception as error:  # the test looks at it
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))
