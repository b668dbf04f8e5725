"""Texts and senders made ready for SMPP: what many messages share is encoded once. Knows neither connections nor answers."""

from typing import Any

from staffetta.smpp.constants import RECEIPT_FINAL, RECEIPT_NONE
from staffetta.smpp.pdu import Message
from staffetta.smpp.templates import SubmitTemplate
from staffetta.sms import parts as sms_parts
from staffetta.sms import sender as senders
from staffetta.sms.errors import SenderError

KEEP_MAX = 10_000


class Submits:
    """Remembers encoded texts and templates, up to a bound."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._encoded: dict[str, sms_parts.Encoded] = {}
        self._templates: dict[tuple[str, bool, int, int], SubmitTemplate] = {}

    def encoded(self, text: str, message: Any) -> sms_parts.Encoded:
        """Return the payloads of a text. The reference of a long one is taken from its message's id."""
        encoded = self._encoded.get(text)
        if encoded is None:
            # The reference tells joined texts to one number apart; ids that follow one another differ in it.
            encoded = sms_parts.encoded(text, message.id)
            if len(encoded.payloads) == 1:
                if len(self._encoded) >= KEEP_MAX:
                    self._encoded.clear()
                self._encoded[text] = encoded
        return encoded

    def template(self, sender: str, wants_receipt: bool, data_coding: int, esm_class: int) -> SubmitTemplate:
        """Return the submit_sm of a send, without number, destination and text."""
        key = (sender, wants_receipt, data_coding, esm_class)
        template = self._templates.get(key)
        if template is None:
            address, ton, npi = _facts(sender)
            template = SubmitTemplate(
                Message(
                    source_addr=address,
                    source_addr_ton=ton,
                    source_addr_npi=npi,
                    dest_addr_ton=1,
                    dest_addr_npi=1,
                    esm_class=esm_class,
                    data_coding=data_coding,
                    registered_delivery=RECEIPT_FINAL if wants_receipt else RECEIPT_NONE,
                )
            )
            if len(self._templates) >= KEEP_MAX:
                self._templates.clear()
            self._templates[key] = template
        return template


def _facts(sender: str) -> tuple[str, int, int]:
    try:
        checked = senders.check(sender)
    except SenderError:
        return sender[:11], 5, 0  # a fixed sender that staff chose: the carrier judges it
    return checked.address, checked.ton, checked.npi
