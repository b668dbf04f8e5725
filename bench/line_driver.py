"""The part of bench/line.py that plays the customers: makes the accounts, confirms the send, watches the tallies. Run by line.py."""

import json
import statistics
import sys
import threading
import time
from pathlib import Path

import django

django.setup()

from django.db import connection  # noqa: E402

from staffetta.billing.commands import open_with_credits  # noqa: E402
from staffetta.billing.models import SmsType  # noqa: E402
from staffetta.carriers.commands import create  # noqa: E402
from staffetta.messaging import accept, archive, compose  # noqa: E402
from staffetta.messaging.compose import SendRequest  # noqa: E402
from staffetta.messaging.models import Batch  # noqa: E402

TEXT = "Ciao {nome}, da domani tre giorni di sconti in negozio su tutto, ti aspettiamo in via Roma 8!"
OTP_EVERY_S = 0.2
LINK_WAIT_S = 4.0

# No number ends in 999900 to 999912: those have a fate of their own in the simulator.
_CONTACTS = """
INSERT INTO contacts_contact (account_id, number, name, surname, fields, created_at)
SELECT %s, '+39' || (3400000000 + (n / 900000) * 1000000 + n %% 900000), 'Nome' || (n %% 1000), 'Rossi', '{}', now() FROM generate_series(1, %s) AS n
"""
_GROUP = "INSERT INTO contacts_group (account_id, name, created_at) VALUES (%s, 'all', now()) RETURNING id"
_MEMBERS = "INSERT INTO contacts_membership (group_id, contact_id) SELECT %s, id FROM contacts_contact WHERE account_id = %s ORDER BY id"


class SmallSends(threading.Thread):
    """Another account's transactional messages, beside the large send."""

    def __init__(self) -> None:
        super().__init__()
        self.account, _ = open_with_credits("otp", "otp", "otp", 10**9)
        self.sent: dict[str, float] = {}
        self.ended = threading.Event()

    def run(self) -> None:
        sms_type = SmsType.objects.get(name="PRO con notifica")
        while not self.ended.wait(OTP_EVERY_S):
            number = f"+3938900{len(self.sent) // 800:03d}{len(self.sent) % 800:03d}"
            self.sent[number] = time.time()
            accept.send(SendRequest(self.account.pk, sms_type, f"Codice {len(self.sent)}", "BANCA", numbers=(number,)), key=number)
        connection.close()

    def p99_ms(self, log: Path) -> float:
        """Return how long the slowest hundredth took to reach the simulator."""
        arrived = {fields[2]: float(fields[0]) for line in log.read_text().splitlines() if (fields := line.split(" "))}
        took = [1000 * (arrived[number[1:]] - at) for number, at in self.sent.items() if number[1:] in arrived]
        assert len(took) >= len(self.sent) - 20, f"{len(self.sent) - len(took)} small messages did not arrive"
        return round(statistics.quantiles(took, n=100)[98], 1) if len(took) > 1 else 0.0


def main(n: int, simulator_port: int, log: Path, in_flight_max: int) -> None:
    """Send to n recipients and print the steps."""
    account, _ = open_with_credits("bench", "bench", "bench", n * 20_000)
    with connection.cursor() as cursor:
        cursor.execute(_CONTACTS, [account.pk, n])
        cursor.execute(_GROUP, [account.pk])
        (group_id,) = cursor.fetchone()
        cursor.execute(_MEMBERS, [group_id, account.pk])
        cursor.execute("ANALYZE contacts_contact, contacts_membership")
    create("simulator", host="127.0.0.1", port=simulator_port, system_id="bench", password="bench", in_flight_max=in_flight_max)
    small = SmallSends()
    time.sleep(LINK_WAIT_S)
    started = time.time()
    draft = compose.prepare(SendRequest(account.pk, SmsType.objects.get(name="PRO con notifica"), TEXT, "BENCH", (group_id,)))
    draft = draft if draft.state == "ready" else compose.count(draft)
    counted = time.time()
    small.start()
    batch = accept.accept(draft)
    accepted = time.time()
    settled, delivered = watch(batch, n)
    small.ended.set()
    small.join()
    batch.refresh_from_db()
    assert batch.expanded_at is not None
    expanded = batch.expanded_at.timestamp()
    end = max(settled, delivered)
    seconds = end - counted
    steps = {
        "count parts and cost (before confirm)": counted - started,
        "accept": accepted - counted,
        "accepted to last message expanded": expanded - accepted,
        "accepted to settled": settled - accepted,
        "accepted to last receipt recorded": delivered - accepted,
    }
    for step, took in steps.items():
        print(f"{step:<42}{took:>9.3f} s")
    print(f"{'messages a second, confirm to the end':<42}{n / seconds:>9.0f}")
    told = {"seconds": round(seconds, 3), "msgs_per_s": round(n / seconds), "accept_s": round(accepted - counted, 4)}
    print(json.dumps({**told, "expand_s": round(expanded - accepted, 3), "otp_p99_ms": small.p99_ms(log)}))


def watch(batch: Batch, n: int) -> tuple[float, float]:
    """Return when the batch was settled and when its last receipt was recorded."""
    settled = delivered = 0.0
    while not (settled and delivered):
        time.sleep(0.1)
        totals = archive.totals([batch.pk])[batch.pk]
        assert totals["uncertain"] + totals["failed"] == 0, totals
        if not delivered and totals["delivered"] == n:
            delivered = time.time()
        if not settled and Batch.objects.filter(pk=batch.pk, state="settled").exists():
            settled = time.time()
    return settled, delivered


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
