"""The gateway against an SMSC that is not ours: smpp34 (Rust). Our client and simulator share a codec and could be wrong together."""

import asyncio
from dataclasses import dataclass, field

import pytest
import smpp34

from staffetta.messaging.models import Message
from staffetta.sms import parts as sms_parts
from tests.line.copies import free_port
from tests.people import make_connector
from tests.wire.rig import link_to, until
from tests.wire.test_gateway import ended, send

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class ForeignSmsc:
    """Takes what comes, with ids in hexadecimal; reports in decimal, by optional parameters or by text."""

    port: int
    by_parameters: bool
    taken: list[smpp34.SubmitSmEvent] = field(default_factory=list)
    unbound: asyncio.Event = field(default_factory=asyncio.Event)
    sessions: dict[str, smpp34.Esme] = field(default_factory=dict)

    async def serve(self) -> None:
        server = smpp34.Server(host="127.0.0.1", port=self.port, system_id="foreign")
        await server.start()
        try:
            while True:
                event = await server.next()
                if isinstance(event, smpp34.Esme):
                    self.sessions[event.session_id] = event
                elif isinstance(event, smpp34.Unbound):
                    self.unbound.set()
                elif isinstance(event, smpp34.SubmitSmEvent):
                    self.taken.append(event)
                    await self.take(event, 1_000_000 + len(self.taken))
        finally:
            await server.stop()

    async def take(self, event: smpp34.SubmitSmEvent, number: int) -> None:
        event.accept(message_id=f"{number:X}")
        if event.registered_delivery:
            text = b"id:%d sub:001 dlvrd:001 submit date:2611221430 done date:2611221431 stat:DELIVRD err:000 text:" % number
            tlvs = [
                smpp34.Tlv(smpp34.TLV_RECEIPTED_MESSAGE_ID, f"{number:X}".encode() + b"\0"),
                smpp34.Tlv(smpp34.TLV_MESSAGE_STATE, b"\2"),
            ]
            answer = await self.sessions[event.session_id].deliver_sm(
                source_addr=event.destination_addr,
                destination_addr=event.source_addr,
                esm_class=4,
                short_message=b"" if self.by_parameters else text,
                tlvs=tlvs if self.by_parameters else [],
            )
            assert answer.is_success


@pytest.mark.parametrize("by_parameters", [True, False], ids=["parameters", "text"])
@pytest.mark.parametrize("text", ["Perché no? €5 @_", "x" * 500, "Ciao 😀 " * 30], ids=["short", "long", "ucs2"])
def test_texts_arrive_and_receipts_come_back(text, by_parameters):
    connector = make_connector()
    batch = send(["+393401234567"], text)
    smsc = ForeignSmsc(free_port(), by_parameters)

    async def walk() -> None:
        serving = asyncio.ensure_future(smsc.serve())
        try:
            async with link_to(connector, smsc.port) as link:
                await until(link, ended(batch, delivered=1))
            async with asyncio.timeout(5):
                await smsc.unbound.wait()
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)

    asyncio.run(walk())
    smsc.taken.sort(key=lambda event: event.short_message[5])  # it handles submits side by side, and tells them in any order
    first = smsc.taken[0]
    assert (first.source_addr, first.source_addr_ton, first.destination_addr, first.dest_addr_ton) == ("BRUNI", 5, "393401234567", 1)
    reference = first.short_message[3] if len(smsc.taken) > 1 else 0
    wanted = sms_parts.encoded(text, reference)
    assert [event.short_message for event in smsc.taken] == wanted.payloads
    assert {(event.data_coding, event.esm_class) for event in smsc.taken} == {(wanted.data_coding, wanted.esm_class)}
    assert Message.objects.get(batch=batch).parts == len(smsc.taken)
