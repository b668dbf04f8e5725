"""The `simulator` process: an SMSC for the demo and for tests, on loopback."""

import argparse
import asyncio
import logging
import signal
from contextlib import ExitStack

import uvloop

from staffetta.gateway.simulator.smsc import Manner, Simulator
from staffetta.lib.memory import seldom_collect

log = logging.getLogger(__name__)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the simulator's options."""
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=2775)
    parser.add_argument("--rate", type=int, default=0, help="submits answered a second (0: as many as come)")
    parser.add_argument("--answer-ms", type=int, default=0, help="milliseconds before an answer")
    parser.add_argument("--receipt-ms", type=int, default=1500, help="milliseconds before a receipt")
    parser.add_argument("--system-id", default="", help="who may bind (default: anyone)")
    parser.add_argument("--password", default="")
    parser.add_argument("--log", default="", help="file that gets a line for each message taken")


async def _main(options: argparse.Namespace) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    with ExitStack() as files:
        file = files.enter_context(open(options.log, "a", encoding="ascii")) if options.log else None
        manner = Manner(options.rate, options.answer_ms / 1000, options.receipt_ms / 1000, options.system_id, options.password)
        simulator = Simulator(manner, file)
        port = await simulator.start(options.host, options.port)
        log.info("simulator: listening on %s:%s", options.host, port)
        await stop.wait()
        await simulator.stop()
        log.info("simulator: stopped after %s messages", simulator.taken)


def main(options: argparse.Namespace) -> int:
    """Run until SIGTERM or Ctrl-C."""
    seldom_collect()
    uvloop.run(_main(options))
    return 0


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    parser = argparse.ArgumentParser(description=__doc__)
    arguments(parser)
    raise SystemExit(main(parser.parse_args()))
