"""Makes a customer with contacts and accepts a send to all of them; run as a process of its own: `python -m tests.line.sender N`."""

import sys

import django

django.setup()

from staffetta.billing.commands import open_with_credits  # noqa: E402
from staffetta.messaging import accept, compose  # noqa: E402
from staffetta.messaging.compose import SendRequest  # noqa: E402
from tests.people import make_connector, make_group, sms_type  # noqa: E402


def main(n: int, simulator_port: int, in_flight_max: int) -> None:
    """Print the id of the accepted batch."""
    make_connector(port=simulator_port, in_flight_max=in_flight_max, window=200)
    account, _ = open_with_credits("crash", "crash", "crash", n * 20_000)
    # No number ends in 999900 to 999912: those have a fate of their own in the simulator.
    groups = [make_group(account, 900, f"g{start}", 3_400_000_000 + start * 1000).pk for start in range(-(-n // 900))]
    request = SendRequest(account.pk, sms_type("PRO con notifica"), "Ciao {nome}", "BRUNI", tuple(groups))
    draft = compose.prepare(request)
    print(accept.accept(draft if draft.state == "ready" else compose.count(draft)).pk)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]))
