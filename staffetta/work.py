"""The `work` process: the loops of the line, of lookups and of the webhooks, side by side until it is told to stop."""

import argparse
import logging
import signal
import threading

from staffetta.lib.memory import seldom_collect
from staffetta.lookup import work as lookup
from staffetta.messaging import work as line
from staffetta.webhooks import work as webhooks

log = logging.getLogger(__name__)


def main(options: argparse.Namespace) -> int:
    """Run until SIGTERM or Ctrl-C; what is under way is ended first."""
    seldom_collect()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    loops = [*line.loops(stop), *lookup.loops(stop), *webhooks.loops(stop)]
    for loop in loops:
        loop.start()
    log.info("work: expanding, settling, jobs, lookups, webhooks")
    stop.wait()
    for loop in loops:
        loop.join()
    log.info("work: stopped, nothing held")
    return 0
