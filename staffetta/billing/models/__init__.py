"""The tables of billing, a file for each part of it."""

from staffetta.billing.models.bank import BankFile, BankLine, StatementMapping
from staffetta.billing.models.card import SavedCard, TopUp
from staffetta.billing.models.invoice import Invoice, SdiAnswer, Series
from staffetta.billing.models.order import Order, Payment, PaymentEvent, Proof
from staffetta.billing.models.sales import Discount, Package, SalesSettings, SpecialPrice
from staffetta.billing.models.transfer import AccountLink, CreditTransfer
from staffetta.billing.models.types import SmsType, TypePrice
from staffetta.billing.models.wallet import Entry, Hold, LowCredit, Wallet

__all__ = [
    "AccountLink",
    "BankFile",
    "BankLine",
    "CreditTransfer",
    "Discount",
    "Entry",
    "Hold",
    "Invoice",
    "LowCredit",
    "Order",
    "Package",
    "Payment",
    "PaymentEvent",
    "Proof",
    "SalesSettings",
    "SavedCard",
    "SdiAnswer",
    "Series",
    "SmsType",
    "SpecialPrice",
    "StatementMapping",
    "TopUp",
    "TypePrice",
    "Wallet",
]
