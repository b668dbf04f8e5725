"""Buys for a customer of a running copy what the staff decide about: an order with a proof, one by transfer. `python -m tests.line.office_rows LOGIN`."""

import json
import sys

import django

django.setup()

from staffetta.accounts.models import User  # noqa: E402
from staffetta.billing import proofs, reasoncode  # noqa: E402
from tests.db.money import make_order, make_profile  # noqa: E402
from tests.db.office import PNG  # noqa: E402


def main(login: str) -> None:
    """Print the orders, and what the one by transfer costs."""
    account = User.objects.get(username=login).account
    assert account
    make_profile(account)
    proven, transferred = (make_order(account, key=key, way="transfer") for key in "ab")
    proof = proofs.upload(proven, None, PNG, "ricevuta-del-bonifico.png")
    made = {"proof": proof.pk, "order": transferred.pk, "code": reasoncode.of(transferred.pk), "cents": transferred.payable_cents}
    print(json.dumps(made))


if __name__ == "__main__":
    main(*sys.argv[1:])
