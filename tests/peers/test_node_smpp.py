"""The gateway against an SMSC on node-smpp (JavaScript): texts as it reads them, receipts in two forms, refusals, enquire_link, unbind."""

import asyncio
from collections.abc import Callable

import pytest

from staffetta.carriers.models import Connector
from staffetta.messaging.models import Message
from staffetta.sms import parts as sms_parts
from tests.peers.node import NodeSmsc, node_smsc
from tests.people import make_connector
from tests.wire.rig import link_to, until
from tests.wire.test_gateway import ended, send

pytestmark = pytest.mark.django_db(transaction=True)
TEXTS = {
    "short": "Perché no? €5 @_ [y] ~ \\ ^ |",
    "long": "Sconti: " + "così è più bello, €5 [due] " * 18,
    "ucs2": "Ciao 😀",
    "long-ucs2": "Ж" + "😀 così 👍🏽 " * 20,
}


def through(smsc: NodeSmsc, connector: Connector, condition: Callable[[], object]) -> None:
    """Run a link to the SMSC until a condition holds, then have it take its leave."""

    async def walk() -> None:
        async with link_to(connector, smsc.port) as link:
            await until(link, condition)

    asyncio.run(walk())


@pytest.mark.parametrize("manner", ["text", "parameters"])
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_texts_are_read_as_written_and_receipts_come_back(text: str, manner: str) -> None:
    connector = make_connector()
    batch = send(["+393401234567"], text)
    with node_smsc(manner) as smsc:
        delivered = ended(batch, delivered=1)
        through(smsc, connector, lambda: delivered() and len(smsc.heard("receipt")) == len(smsc.parts()))
        assert smsc.end() == 0, "it was not unbound"
        parts = smsc.parts()
        assert "".join(part["took"] for part in parts) == text
        assert set(smsc.heard("receipt")) == {0}
        assert not smsc.heard("error")
    facts = {(part["from"], part["from_ton"], part["to"], part["to_ton"]) for part in parts}
    assert facts == {("BRUNI", 5, "393401234567", 1)}
    assert {part["data_coding"] for part in parts} == {8 if sms_parts.count(text).alphabet == "ucs2" else 0}
    count = Message.objects.get(batch=batch).parts
    assert len(parts) == count
    if count > 1:
        references = {part["udh"][0][4:6] for part in parts}
        assert len(references) == 1
        assert [part["udh"] for part in parts] == [[f"0003{''.join(references)}{count:02x}{n:02x}"] for n in range(1, count + 1)]
        assert {part["esm_class"] for part in parts} == {0x40}


@pytest.mark.parametrize(
    ("ending", "manner", "state"), [("900", "text", "undelivered"), ("900", "parameters", "undelivered"), ("903", "text", "failed")]
)
def test_what_is_not_delivered_is_known(ending: str, manner: str, state: str) -> None:
    connector = make_connector()
    batch = send([f"+393401234{ending}"])
    with node_smsc(manner) as smsc:
        through(smsc, connector, ended(batch, **{state: 1}))
        assert smsc.end() == 0


def test_a_quiet_line_is_asked_from_both_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("staffetta.gateway.connectors.smpp.QUIET_S", 0)  # every tick finds the line quiet
    with node_smsc("text") as smsc:
        through(smsc, make_connector(), lambda: len(smsc.heard("asked")) > 1)  # the first was answered, or the link had hung up
        assert smsc.end() == 0
        assert smsc.heard("there") == [0]
        assert len(smsc.heard("bound")) == 1


def test_a_lost_session_is_not_taken_for_an_unbind() -> None:
    with node_smsc("text") as smsc:
        asyncio.run(_come_and_go(smsc.port))
        assert smsc.end() == 1


async def _come_and_go(port: int) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()
    await writer.wait_closed()
