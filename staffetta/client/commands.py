"""`staffetta send`: one message from the command line, from any machine, by the REST interface."""

import argparse
import sys

from staffetta.client.errors import ClientError
from staffetta.client.synchronous import Client

TYPE_HELP = "the number (id_api) of the type; left out: the first on sale that lets you choose the sender where --sender is given, else with a fixed one"


class Once(argparse.Action):
    """An option that is refused when it is given twice: else only the last one would count, and nobody would know."""

    def __call__(self, parser: argparse.ArgumentParser, given: argparse.Namespace, value: object, option: str | None = None) -> None:
        """Keep the value."""
        if getattr(given, self.dest, None) is not None:
            parser.error(f"{option} is given twice: one call sends one message, so call once for each number")
        setattr(given, self.dest, value)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `staffetta send`."""
    parser.add_argument("--to", required=True, action=Once, help="the number, with prefix: +39…")
    parser.add_argument("--text", required=True, help="- reads it from the standard input")
    parser.add_argument("--sender", help="for types with a sender of your own")
    parser.add_argument("--type", type=int, help=TYPE_HELP)
    parser.add_argument("--id", default="", help="a key of your own: the same one again sends nothing twice")
    parser.add_argument("--key", default="", help="the API key; better in STAFFETTA_KEY, where other users of the machine do not see it")
    parser.add_argument("--url", default="", help="the address of the service, for example https://sms.example.it (STAFFETTA_URL)")


def send(options: argparse.Namespace) -> int:
    """Send, and print id and state; a refusal is one line and exit code 2."""
    try:
        with Client(options.key, options.url) as client:
            text = sys.stdin.read().rstrip("\n") if options.text == "-" else options.text
            type = options.type if options.type is not None else _first_type(client, options.sender)
            sent = client.send(type, options.to, text, sender=options.sender, key=options.id)
    except (ClientError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    print(sent["id"], sent["state"])
    return 0


def _first_type(client: Client, sender: str | None) -> int:
    """Return the first type that fits: with a sender of one's own where one is given, else without."""
    types = client.types()
    if not types:
        raise ValueError("No type of SMS is on sale: ask who runs the service.")
    return next((each for each in types if bool(sender) != bool(each.get("sender"))), types[0])["id"]
