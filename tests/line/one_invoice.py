"""Buys for a customer of a running copy: an order invoiced and taken back, one paid, one that waits. `python -m tests.line.one_invoice LOGIN`."""

import json
import sys

import django

django.setup()

from staffetta.accounts import profile  # noqa: E402
from staffetta.accounts.models import User  # noqa: E402
from staffetta.billing import refunds  # noqa: E402
from staffetta.billing.invoices import issue, note, sdi  # noqa: E402
from tests.db.invoicing import BUYERS, answer, paid_order  # noqa: E402
from tests.db.money import make_order  # noqa: E402


def main(login: str) -> None:
    """Print the number and the file's name of what was invoiced."""
    account = User.objects.get(username=login).account
    assert account
    profile.change(account, **BUYERS["company"])
    back, kept = (issue.issue(paid_order(account, key).pk) for key in ("a", "b"))
    refunds.refund(back.order_id, None, "prova")
    note.correct(back.order_id)
    sdi.take_in("RC.xml", answer("RC", kept), None)
    paid_order(account, "c")
    waiting = make_order(account, key="d", way="transfer")
    profile.change(account, **BUYERS["company"])
    print(json.dumps({"number": kept.shown_number, "xml_name": kept.xml_name, "taken_back": back.shown_number, "order": waiting.pk}))


if __name__ == "__main__":
    main(*sys.argv[1:])
