"""The gateway against the simulator: every ending of its table, long texts, throttles, lost connections, pause and cancel."""

import asyncio
import io
import itertools
from collections.abc import Callable

import pytest

from staffetta.billing import ledger
from staffetta.carriers.models import Route
from staffetta.gateway.simulator.outcomes import BY_ENDING
from staffetta.gateway.simulator.smsc import Manner, Simulator
from staffetta.messaging import accept, control
from staffetta.messaging.compose import SendRequest
from staffetta.messaging.models import Batch, Message
from staffetta.sms import parts as sms_parts
from tests.db.line import states
from tests.people import make_connector, make_group, make_people, sms_type
from tests.wire.rig import link_to, rig, until

pytestmark = pytest.mark.django_db(transaction=True)


def send(numbers: list[str], text: str = "Ciao", group_size: int = 0, **fields: object) -> Batch:
    people = make_people(100_000)
    groups = (make_group(people.account, group_size, first=3400000001).pk,) if group_size else ()
    request = SendRequest(people.account.pk, sms_type("PRO con notifica"), text, "BRUNI", groups, tuple(numbers), **fields)  # type: ignore[arg-type]
    return accept.send(request, "test")


def ended(batch: Batch, **wanted: int) -> Callable[[], bool]:
    return lambda: states(batch) == wanted


def test_a_group_is_sent_and_every_delivery_is_recorded():
    connector = make_connector()
    batch = send([], "Ciao {nome}", group_size=300)

    async def walk() -> None:
        async with rig(connector) as running:
            await running.until(ended(batch, delivered=300), "delivery")
            await running.until(lambda: Batch.objects.get(pk=batch.pk).state == "settled", "the books")
            assert len(running.taken) == 300
            assert len(set(running.taken)) == 300

    asyncio.run(walk())
    batch.refresh_from_db()
    assert (batch.state, batch.charged_e4) == ("settled", 300 * 16_000)
    assert not Message.objects.filter(ended_at=None).exists()
    assert all(books.agree for books in ledger.books())


WANTED = {
    "999900": "undelivered",
    "999901": "expired",
    "999902": "rejected",
    "999903": "failed",
    "999904": "delivered",
    "999906": "uncertain",
    "999907": "submitted",
    "999908": "delivered",
    "999909": "delivered",
    "999910": "delivered",
    "999911": "delivered",
    "999912": "uncertain",
    "000001": "delivered",
}


@pytest.mark.parametrize("ending", WANTED)
def test_every_ending_of_the_simulators_table(ending, monkeypatch):
    monkeypatch.setattr("staffetta.gateway.backoff.RETRY_S", (0,))
    connector = make_connector()
    batch = send([f"+393401{ending}"])

    async def walk() -> None:
        async with rig(connector, answer_s=1) as running:
            await running.until(ended(batch, **{WANTED[ending]: 1}), WANTED[ending])

    asyncio.run(walk())


def test_the_table_is_tested_whole():
    assert set(WANTED) - {"000001"} == set(BY_ENDING) - {"999905"}, (
        "999905 is refused eight times: tests/db/test_line.py tries that without waiting"
    )


@pytest.mark.parametrize("text", ["x" * 400, "€uro [" * 60, "Ж" * 150, "😀" * 80], ids=["gsm", "extension", "ucs2", "emoji"])
def test_long_texts_arrive_whole_in_parts_and_are_delivered_when_all_parts_are(text):
    connector = make_connector()
    batch = send(["+393401234567"], text)

    async def walk() -> None:
        async with rig(connector) as running:
            await running.until(ended(batch, delivered=1), "delivery")
            parts = [octets for _, octets in running.taken]
            assert [part[:3] for part in parts] == [b"\x05\x00\x03"] * len(parts)
            assert [part[5] for part in parts] == list(range(1, len(parts) + 1))
            assert parts == sms_parts.payloads(text, parts[0][3])
            found.extend(parts)

    found: list[bytes] = []
    asyncio.run(walk())
    assert len(found) == Message.objects.get(batch=batch).parts > 1


def test_a_lost_connection_leaves_uncertain_what_was_unanswered_and_goes_on_with_the_rest():
    connector = make_connector(in_flight_max=50)
    batch = send([], group_size=500)

    async def walk() -> None:
        async with rig(connector, Manner(rate=1000, receipt_s=0.01)) as running:
            await running.until(lambda: len(running.taken) > 100, "some are sent")
            running.simulator.disconnect()
            # Where by chance nothing was unanswered, nothing is uncertain and the send is settled at once.
            ends = ("settling", "settled")
            await running.until(lambda: Batch.objects.get(pk=batch.pk).state in ends and "submitted" not in states(batch), "the end")
            taken = [number for number, _ in running.taken]
            assert len(taken) == len(set(taken)), "sent twice"

    asyncio.run(walk())
    found = states(batch)
    assert found["delivered"] + found.get("uncertain", 0) == 500
    assert found.get("uncertain", 0) <= 50


def test_cancel_stops_within_a_second_and_releases_the_rest():
    connector = make_connector(rate=200)
    batch = send([], group_size=2_000)

    async def walk() -> None:
        async with rig(connector) as running:
            await running.until(lambda: len(running.taken) > 50, "some are sent")
            await asyncio.to_thread(control.cancel, batch)
            taken = len(running.taken)
            await running.until(lambda: Batch.objects.get(pk=batch.pk).state == "settled", "the end")
            assert len(running.taken) <= taken + 200, "more than a second's worth was sent after the cancel"

    asyncio.run(walk())
    batch.refresh_from_db()
    found = states(batch)
    assert found["cancelled"] > 1_000
    assert sum(found.values()) == 2_000
    assert batch.charged_e4 == (2_000 - found["cancelled"]) * 16_000
    assert ledger.wallet(batch.account_id).held_e4 == 0


def test_pause_and_resume():
    connector = make_connector(rate=400)
    batch = send([], group_size=400)

    async def walk() -> None:
        async with rig(connector) as running:
            await running.until(lambda: len(running.taken) > 50, "some are sent")
            await asyncio.to_thread(control.pause, batch)
            await running.until(lambda: running.link.idle, "the link is idle")
            taken = len(running.taken)
            assert taken < 400
            await asyncio.to_thread(control.resume, batch)
            await running.until(ended(batch, delivered=400), "delivery")

    asyncio.run(walk())


def test_the_rate_is_kept():
    connector = make_connector(rate=100)
    batch = send([], group_size=150)

    async def walk() -> None:
        async with rig(connector) as running:
            await running.until(ended(batch, delivered=150), "delivery")
            times = [float(line.split(" ")[0]) for line in running.log.getvalue().splitlines()]
            for first, last in itertools.pairwise(times[::50]):
                assert last - first >= 0.35, "50 submits took less than they may at 100 a second"

    asyncio.run(walk())


def test_receipts_not_acknowledged_come_again_after_a_break():
    connector = make_connector()
    batch = send([], group_size=50)

    async def walk() -> None:
        async with rig(connector, Manner(receipt_s=0.3)) as running:
            await running.until(ended(batch, submitted=50), "all are taken")
            running.simulator.disconnect()
            await running.until(ended(batch, delivered=50), "delivery")

    asyncio.run(walk())


def test_a_wrong_password_is_told_and_tried_again_with_back_off():
    connector = make_connector()

    async def walk() -> None:
        async with rig(connector, Manner(password="other")) as running:
            await running.until(lambda: "RINVPASWD" in running.link.detail, "the refusal")

    asyncio.run(walk())


def test_two_connectors_to_one_carrier_get_their_own_receipts():
    """A carrier sends a receipt to who has sent the message, not to whoever is connected."""
    first, second = make_connector(system_id="first"), make_connector("second", system_id="second")
    Route.objects.filter(connector=second).update(prefix="+3934700000")
    batch = send([f"+3934700000{n:02d}" for n in range(5)], group_size=5)

    async def walk() -> None:
        simulator = Simulator(Manner(receipt_s=0.02), io.StringIO())
        port = await simulator.start("127.0.0.1", 0)
        async with link_to(first, port) as link, link_to(second, port) as other:
            await until(link, lambda: other.wake() or states(batch) == {"delivered": 10})
        await simulator.stop()

    asyncio.run(walk())
    assert states(batch) == {"delivered": 10}
