"""`staffetta doctor`: settings, database, links and books; one line each, with what to do. Changes nothing."""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

from staffetta.accounts import mail, mailbox
from staffetta.accounts.models import WaitingMail
from staffetta.billing import ledger
from staffetta.billing.invoices import waiting
from staffetta.carriers.models import Connector, LinkStatus
from staffetta.lib import clock, env

SEEN_WITHIN = timedelta(seconds=30)
STUCK_AFTER = timedelta(minutes=10)


@dataclass(frozen=True)
class Finding:
    """One line: well or not, and what to do."""

    well: bool
    text: str


def findings() -> Iterator[Finding]:
    """Yield what was looked at, in order; without a database, nothing after it."""
    yield Finding(
        True, f"settings: home {settings.HOME}, port {settings.PORT}, database {'given by DATABASE_URL' if _given() else 'private'}"
    )
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            version = cursor.fetchone()[0]
    except Error as error:
        reason = str(error).strip().splitlines()[0]
        yield Finding(False, f"database: does not answer ({reason}). Start it with `staffetta run`, or correct DATABASE_URL.")
        return
    yield Finding(True, f"database: PostgreSQL {version} answers")
    migrations = MigrationExecutor(connection)
    missing = len(migrations.migration_plan(migrations.loader.graph.leaf_nodes()))
    if missing:
        yield Finding(False, f"tables: {missing} migrations are missing. Run `staffetta migrate`.")
        return
    yield Finding(True, "tables: up to date")
    yield _mails()
    yield from _links()
    yield from _line()
    yield from _books()
    yield _invoices()


def _given() -> bool:
    return bool(env.text("DATABASE_URL"))


def _mails() -> Finding:
    if not settings.SMTP_URL:
        return Finding(True, f"mail: kept in {mailbox.place()}, not sent (STAFFETTA_SMTP_URL is not set)")
    where = f"mail: by {settings.EMAIL_HOST}:{settings.EMAIL_PORT} from {mail.sender()}"
    late = WaitingMail.objects.filter(created_at__lt=clock.now() - STUCK_AFTER)
    if late:
        reason = next((each.error for each in late if each.error), "no reason is known; is `staffetta work` (or `run`) running?")
        return Finding(False, f"{where}; {len(late)} wait for more than 10 minutes: {reason}")
    return Finding(True, where)


def _links() -> Iterator[Finding]:
    connectors = Connector.objects.filter(active=True)
    if not connectors:
        yield Finding(False, "links: no connector is in use. Add one with `staffetta connector add`.")
    for connector in connectors:
        status = LinkStatus.objects.filter(connector=connector).order_by("-seen_at").first()
        where = f"link {connector.name} ({connector.host}:{connector.port})"
        if status is None or status.seen_at < clock.now() - SEEN_WITHIN:
            yield Finding(False, f"{where}: no gateway looks after it. Is `staffetta gateway` (or `run`) running?")
        elif status.state != "bound":
            detail = f": {status.detail}" if status.detail else ""
            yield Finding(False, f"{where}: {status.state}{detail}. Check host, port, system id and password with the carrier.")
        else:
            yield Finding(True, f"{where}: bound")


def _line() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM messaging_batch b JOIN messaging_tally t ON t.batch_id = b.id WHERE b.send_at < %s AND b.created_at < %s"
            " AND (b.state IN ('accepted', 'expanding', 'cancelling', 'settling')"
            " OR b.state = 'sending' AND b.expanded_at IS NOT NULL AND t.queued = 0)",
            [clock.now() - STUCK_AFTER] * 2,
        )
        stuck = cursor.fetchone()[0]
        cursor.execute("SELECT coalesce(sum(uncertain), 0) FROM messaging_tally")
        uncertain = cursor.fetchone()[0]
    yield Finding(not stuck, f"line: {stuck} sends wait for `work`" + (". Is `staffetta work` (or `run`) running?" if stuck else ""))
    told = f"line: {uncertain} messages are uncertain"
    yield Finding(True, told + (": begun when a gateway or link broke; they were charged and are not sent again." if uncertain else ""))


def _books() -> Iterator[Finding]:
    books = ledger.books()
    wrong = [each for each in books if not each.agree]
    for each in wrong:
        yield Finding(
            False,
            f"books of account {each.account_id}: balance {each.balance_e4}, entries {each.entries_e4}, held {each.held_e4},"
            f" open holds {each.open_holds_e4} (in 1/10,000). Stop selling and look at the ledger.",
        )
    if not wrong:
        yield Finding(True, f"books: {len(books)} wallets agree with their entries and holds")


def _invoices() -> Finding:
    found = waiting.held_up()
    said = [
        f"the company's data are incomplete ({found.seller}): write them in the operator's settings" if found.seller else "",
        f"{len(found.orders)} paid orders wait for their customers' data" if found.orders else "",
        f"SDI rejected {len(found.rejected)}: correct the data and issue them again" if found.rejected else "",
        f"public bodies refused {len(found.refused)}: call them, or give the orders back" if found.refused else "",
    ]
    told = "; ".join(filter(None, said))
    return Finding(not told, f"invoices: {told}." if told else "invoices: nothing waits")


def main(options: argparse.Namespace) -> int:
    """Print the findings; the exit code is 1 where something is not well."""
    well = True
    for finding in findings():
        print("ok  " if finding.well else "MEND", finding.text)
        well &= finding.well
    return 0 if well else 1
