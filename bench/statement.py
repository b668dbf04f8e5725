"""How long a bank's statement takes to be read and matched: `python bench/statement.py [--n 10000] [--paying 500]`. The last line is JSON.

So many lines in a CSV, of which some pay open orders by the code in the reason; on a PostgreSQL of its own in a temporary home.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.processes import database
from staffetta import localpg

HOME = Path(tempfile.mkdtemp(prefix="staffetta-bench-"))
os.environ |= {"STAFFETTA_HOME": str(HOME), "DATABASE_URL": localpg.url(HOME), "STAFFETTA_LOG_LEVEL": "WARNING"}
os.environ["DJANGO_SETTINGS_MODULE"] = "staffetta.settings"

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from staffetta.accounts.models import Account  # noqa: E402
from staffetta.billing import orders, pricelist, reasoncode  # noqa: E402
from tests.db.banking import open_shop, read, statement  # noqa: E402

EACH = 20  # open orders of one account


def content(lines: int, paying: int) -> bytes:
    """Place so many orders and write a statement whose first lines pay them."""
    package = pricelist.begin()[0]
    due = f"{pricelist.price(None, package).payable_cents / 100:.2f}".replace(".", ",")
    codes = []
    for at in range(-(-paying // EACH)):
        account = Account.objects.create(name=f"Conto {at}")
        codes += [reasoncode.of(orders.place(account, None, package.pk, f"k{each}").pk) for each in range(EACH)]
    paid = [(due, f"bonifico {code}") for code in codes[:paying]]
    return statement(*paid, *[("12,34", f"altro {at}") for at in range(lines - len(paid))])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=10_000, help="lines")
    parser.add_argument("--paying", type=int, default=500, help="lines that pay an order")
    options = parser.parse_args()
    server = database(HOME)
    try:
        call_command("migrate", interactive=False, verbosity=0)
        open_shop()
        file = content(options.n, min(options.paying, options.n))
        started = time.perf_counter()
        done = read(file)
        seconds = time.perf_counter() - started
        connection.close()
    finally:
        server.stop()
        shutil.rmtree(localpg.place(HOME), ignore_errors=True)
        shutil.rmtree(HOME, ignore_errors=True)
    print(f"{done.new} lines read, {done.states.get('matched', 0)} paid their orders: {seconds:.2f} s")
    print(json.dumps({"bench": "statement", "n": done.new, "matched": done.states.get("matched", 0), "seconds": round(seconds, 2)}))


if __name__ == "__main__":
    main()
