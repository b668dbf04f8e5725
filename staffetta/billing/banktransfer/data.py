"""What a customer must write on the transfer of an order, and the same as an EPC QR code that banks' apps read."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import segno
from segno import helpers
from stdnum import iban as iban_form

from staffetta.billing import orders, reasoncode, salessettings
from staffetta.billing.banktransfer.errors import TransferNotOffered
from staffetta.billing.models import Order
from staffetta.lib.money import euro


@dataclass(frozen=True)
class Transfer:
    """The fields of a transfer form; `until`: how long the order waits for it."""

    holder: str
    bank: str
    iban: str
    bic: str
    amount_cents: int
    reason: str
    until: datetime

    @property
    def iban_shown(self) -> str:
        """Return the IBAN in groups of four, as people copy it."""
        return str(iban_form.format(self.iban))

    @property
    def amount(self) -> str:
        """Return the amount as the reader's language writes it."""
        return euro(self.amount_cents)

    @property
    def amount_typed(self) -> str:
        """Return the amount as it is typed into an Italian bank's form: "91,50"."""
        return f"{self.amount_cents // 100},{self.amount_cents % 100:02d}"


def choose(order_id: int) -> Order:
    """Have an order wait for a bank transfer. Raises TransferNotOffered, OrderPaidAlready, OrderEnded."""
    if not salessettings.current().iban:
        raise TransferNotOffered
    return orders.choose_way(order_id, "transfer")


def of(order: Order) -> Transfer:
    """Return what the transfer of an order must say. Raises TransferNotOffered."""
    shop = salessettings.current()
    if not shop.iban:
        raise TransferNotOffered
    until = order.created_at + timedelta(days=shop.order_days_max)
    return Transfer(shop.holder, shop.bank, shop.iban, shop.bic, order.payable_cents, reasoncode.shown(order.pk), until)


def qr(transfer: Transfer) -> segno.QRCode:
    """Return the QR code of EPC069-12, version 002: error level M, at most 13 modules' size, as the rules ask.

    The code stands in the free text and not in the field of structured references, though it would be right there too: apps
    of Italian banks fill their one field "causale" with the text, and some leave a structured reference out.
    """
    amount = Decimal(transfer.amount_cents) / 100
    return helpers.make_epc_qr(transfer.holder, transfer.iban, amount, text=transfer.reason, bic=transfer.bic or None, encoding="utf-8")


def qr_svg(transfer: Transfer) -> str:
    """Return the QR code as SVG to be put into a page, black on white with the quiet zone that readers need."""
    return str(qr(transfer).svg_inline(border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None))
