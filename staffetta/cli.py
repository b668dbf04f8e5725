"""The `staffetta` command: a table of subcommands, each of which names one function. Holds no rule of its own.

A function gets the parsed arguments and returns the exit code; only the chosen one's module is imported, after the settings.
"""

import argparse
import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import django
from django.conf import settings
from django.db.utils import OperationalError, ProgrammingError

from staffetta import localpg
from staffetta.lib import env, money
from staffetta.lib.errors import Refused


@dataclass(frozen=True)
class Command:
    """One subcommand; `arguments` adds its options, and `database` starts the private database where it does not run.

    `alone`: it needs no home and no settings, and runs on any machine.
    """

    help: str
    target: str
    arguments: Callable[[argparse.ArgumentParser], None] | str = lambda parser: None
    database: bool = False
    alone: bool = False


def _credits(text: str) -> str:
    try:
        money.credits_e4(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text


def _run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--demo", action="store_true", help="with a demo customer, demo staff and the simulator as the carrier")


def _account_create(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name")
    parser.add_argument("--credits", type=_credits, default="0", help="credits to begin with, for example 100 or 1,5")
    parser.add_argument("--password", help="made up and printed where it is left out")
    parser.add_argument("--json", action="store_true", help="print the log-in as JSON")


def _account_user(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("account")
    parser.add_argument("login")
    parser.add_argument("--role", required=True, help="owner, sender, reader or developer")
    parser.add_argument("--email", default="", help="taken as confirmed: write only what you know to be theirs")
    parser.add_argument("--password", help="made up and printed where it is left out")
    parser.add_argument("--json", action="store_true", help="print the log-in as JSON")


def _account_credit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name")
    parser.add_argument("amount", type=_credits, metavar="credits", help="for example 100 or 1,5")
    parser.add_argument("--reason", required=True, help="stands in the ledger")


def _staff_create(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name")
    parser.add_argument("--password", help="made up and printed where it is left out")
    parser.add_argument("--role", choices=["owner", "accounts"], default="owner", help="accounts: only what is about money")


def _operator_set(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "pairs", nargs="+", metavar="NAME=VALUE", help="for example brand=Staffetta; the names are those of `operator show`"
    )


def _connector_add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", help="letters, digits and hyphens")
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", required=True, type=int)
    parser.add_argument("--system-id", required=True)
    parser.add_argument("--password", required=True)
    parser.add_argument("--system-type")
    parser.add_argument("--window", type=int, help="submits that may wait for an answer")
    parser.add_argument("--in-flight-max", type=int, help="messages that can become uncertain when a gateway is killed")
    parser.add_argument("--rate", type=int, help="submits a second at most (0: as fast as the carrier answers)")
    parser.add_argument("--answer-s", type=int, help="seconds to wait for an answer")
    parser.add_argument("--time-zone", help="of the times in the carrier's receipts, for example Europe/Rome")


def _lookup(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("number", help="in any usual form, for example 333 1234567 or +39 333 1234567")
    parser.add_argument("--account", help="whose credits pay for it; may be left out where there is only one")
    reuse = "take a fresh kept result, free, where there is one (as without the option); --no-reuse asks and pays anew"
    parser.add_argument("--reuse", action=argparse.BooleanOptionalAction, default=True, help=reuse)
    parser.add_argument("--wait", type=float, default=60.0, metavar="SECONDS", help="for the answer, at most (60)")
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")


COMMANDS = {
    "run": Command("everything: the private database, web, work, gateway; restarts what dies", "staffetta.run:run", _run),
    "web": Command("the web server", "staffetta.web:main"),
    "work": Command("expands and settles sends, runs jobs, calls webhooks", "staffetta.work:main"),
    "gateway": Command("the links to the carriers", "staffetta.gateway.daemon:main"),
    "mail": Command("takes mails that become SMS", "staffetta.api.mail.server:main"),
    "simulator": Command(
        "an SMSC to try with", "staffetta.gateway.simulator.__main__:main", "staffetta.gateway.simulator.__main__:arguments"
    ),
    "testbank": Command(
        "a bank to try cards with",
        "staffetta.billing.payments.testbank.server:main",
        "staffetta.billing.payments.testbank.server:arguments",
    ),
    "migrate": Command("make or bring up to date the database's tables", "staffetta.run:migrate", database=True),
    "account create": Command("open a customer's account, with an owner", "staffetta.billing.commands:create", _account_create, True),
    "account user": Command("add a user to an account, with a role", "staffetta.billing.commands:add_user", _account_user, True),
    "account credit": Command("add credits to an account", "staffetta.billing.commands:credit", _account_credit, True),
    "staff create": Command("make a member of the staff", "staffetta.accounts.commands:staff", _staff_create, True),
    "operator show": Command("print the settings of who runs the service", "staffetta.accounts.commands:operator_show", database=True),
    "operator set": Command("change some of them", "staffetta.accounts.commands:operator_set", _operator_set, True),
    "connector add": Command("add a carrier's connector", "staffetta.carriers.commands:add", _connector_add, True),
    "lookup": Command(
        "ask which operator has a number, and whether it can be reached",
        "staffetta.lookup.commands:lookup",
        _lookup,
        True,
    ),
    "send": Command(
        "send one SMS by the REST interface", "staffetta.client.commands:send", "staffetta.client.commands:arguments", alone=True
    ),
    "doctor": Command("check settings, database, links and books", "staffetta.doctor:main"),
}


def load(target: str) -> Any:
    """Return the function that "package.module:function" names."""
    module, _, name = target.partition(":")
    return getattr(import_module(module), name)


def parser_for(argv: Sequence[str]) -> argparse.ArgumentParser:
    """Return the parser; options that a module declares itself are loaded only where `argv` begins with its command."""
    parser = argparse.ArgumentParser(prog="staffetta", description="Open, self-hosted bulk SMS.")
    level = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    groups: dict[str, Any] = {}
    for words, command in COMMANDS.items():
        group, _, leaf = words.rpartition(" ")
        if group and group not in groups:
            groups[group] = level.add_parser(group, help=f"see `staffetta {group} --help`").add_subparsers(required=True, metavar="COMMAND")
        sub = groups.get(group, level).add_parser(leaf, help=command.help, description=command.help)
        sub.set_defaults(chosen=command)
        if not isinstance(command.arguments, str):
            command.arguments(sub)
        elif argv[:1] == [words]:
            load(command.arguments)(sub)
    return parser


@contextlib.contextmanager
def _database(needed: bool) -> Iterator[None]:
    """Have the private database run meanwhile, where this command needs one and no other address is set."""
    server = localpg.start(settings.HOME) if needed and not env.text("DATABASE_URL") else None
    try:
        yield
    finally:
        if server and server.process:
            server.stop()


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand and return its exit code: 2 where it was refused, with one line that says why."""
    argv = sys.argv[1:] if argv is None else list(argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "staffetta.settings")
    options = parser_for(argv).parse_args(argv)
    try:
        if options.chosen.alone:
            return int(load(options.chosen.target)(options))
        django.setup()
        with _database(options.chosen.database):
            return int(load(options.chosen.target)(options))
    except (env.SettingError, Refused, localpg.CannotStart) as error:
        told = str(error)
    except OperationalError as error:
        told = f"The database does not answer ({str(error).strip().splitlines()[0]}): start it with `staffetta run`, or set DATABASE_URL."
    except ProgrammingError as error:
        if getattr(error.__cause__, "sqlstate", "") != "42P01":
            raise
        told = "The database has no tables yet: `staffetta migrate` makes them."
    except KeyboardInterrupt:
        return 130
    print(told, file=sys.stderr)
    return 2
