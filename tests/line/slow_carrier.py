"""Adds a carrier that takes one message a second, for numbers that begin with +39347999; run as a process: `python -m tests.line.slow_carrier PORT`."""

import sys

import django

django.setup()

from staffetta.carriers.commands import create  # noqa: E402
from staffetta.carriers.models import Route  # noqa: E402

PREFIX = "+39347999"


def main(simulator_port: int) -> None:
    """Give the prefix a slow way of its own to the simulator."""
    slow = create("slow", host="127.0.0.1", port=simulator_port, system_id="slow", password="slow", rate=1)
    Route.objects.filter(connector=slow).update(prefix=PREFIX)


if __name__ == "__main__":
    main(int(sys.argv[1]))
