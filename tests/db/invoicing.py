"""Invoices for the tests: the operator's company, buyers of every kind, an order paid and invoiced."""

from pathlib import Path

from staffetta.accounts import operator, profile
from staffetta.accounts.models import Account
from staffetta.billing import vatcheck
from staffetta.billing.invoices import issue
from staffetta.billing.models import Invoice, Order
from tests.db.money import COMPANY, make_order, pay

SAMPLES = Path(__file__).parents[1] / "files" / "sdi"
SELLER = {
    "company": "Staffetta S.r.l.",
    "vat_number": "01234560371",
    "street": "Via dell’Indipendenza 8",
    "postcode": "40121",
    "city": "Bologna",
    "province": "BO",
    "email": "fatture@staffetta.example",
    "telephone": "+39 051 0000000",
}
NOBODY = {"vat_number": "", "tax_code": "", "sdi_code": "", "pec": ""}
BUYERS = {
    "company": COMPANY,
    "company by PEC": COMPANY | {"sdi_code": "", "pec": "bruni@pec.example.it"},
    "person": COMPANY | NOBODY | {"kind": "person", "name": "Nicolò D’Angelo", "tax_code": "RSSMRA80A01H501U"},
    "public body": COMPANY | NOBODY | {"kind": "public", "name": "Comune di Bologna", "tax_code": "01232710374", "sdi_code": "UF1234"},
    "company in the EU": COMPANY
    | NOBODY
    | {"name": "Müller GmbH", "country": "DE", "vat_number": "136695976", "postcode": "10115", "city": "Berlin"},
    "person in the EU": COMPANY | NOBODY | {"kind": "person", "name": "Łukasz Żółć", "country": "PL", "postcode": "00-001", "city": "Łódź"},
    "company abroad": COMPANY | NOBODY | {"name": "Ελλάδα Trading Ltd", "country": "CH", "postcode": "8001", "city": "Zürich"},
}


def make_seller(**other: str) -> None:
    operator.change(**SELLER | other)


def buyer(account: Account, kind: str = "company") -> None:
    """Write the buyer's data, and have them looked at by the staff."""
    profile.change(account, **BUYERS[kind])
    vatcheck.confirm(account, None)


def paid_order(account: Account, key: str = "k1", **fields: object) -> Order:
    order = make_order(account, key=key, **fields)
    pay(order)
    order.refresh_from_db()
    return order


def invoiced(account: Account, key: str = "k1", kind: str = "company") -> Invoice:
    """Return the invoice of a new order, paid by card."""
    make_seller()
    buyer(account, kind)
    return issue.issue(paid_order(account, key).pk)


def answer(kind: str, invoice: Invoice, **swap: str) -> bytes:
    """Return a sample of an answer, made out to this invoice's file."""
    text = (SAMPLES / f"{kind}.xml").read_text().replace("IT01234560371_00001.xml", invoice.xml_name)
    for old, new in swap.items():
        text = text.replace(old, new)
    return text.encode()
