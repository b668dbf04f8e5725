"""What an invoice, a credit note or a pro-forma says, frozen: XML and PDF are written from this alone. Pure; sums are integers of cents."""

from dataclasses import asdict, dataclass
from typing import Any

# Art. 13 of the tariff of D.P.R. 642/1972: stamp duty on documents above 77.47 euro without VAT. The seller bears it.
STAMP_ABOVE_CENTS, STAMP_CENTS = 7_747, 200


@dataclass(frozen=True)
class Party:
    """The seller or the buyer, as they were that day."""

    kind: str
    name: str
    street: str
    postcode: str
    city: str
    province: str
    country: str
    vat_number: str = ""
    tax_code: str = ""
    pec: str = ""
    sdi_code: str = ""
    regime: str = ""  # of the seller: RegimeFiscale
    email: str = ""
    telephone: str = ""


@dataclass(frozen=True)
class Line:
    """One thing sold: in the buyer's language and in Italian, its price of the list, and what it was sold for."""

    text: str
    text_it: str
    list_cents: int
    net_cents: int


@dataclass(frozen=True)
class Vat:
    """Which VAT: the order's regime and rate, and what it makes."""

    regime: str
    bp: int
    cents: int


@dataclass(frozen=True)
class Document:
    """The whole of it. Dates are ISO; `number` is blank on a pro-forma; `corrects` names the invoice of a credit note."""

    kind: str  # invoice, note, proforma
    number: str
    day: str
    language: str
    seller: Party
    buyer: Party
    lines: tuple[Line, ...]
    vat: Vat
    order: int
    way: str
    paid_on: str = ""
    corrects: str = ""
    corrects_day: str = ""

    @property
    def net_cents(self) -> int:
        """Return the sum of the lines, without VAT."""
        return sum(line.net_cents for line in self.lines)

    @property
    def total_cents(self) -> int:
        """Return the document's total, whoever pays the VAT."""
        return self.net_cents + self.vat.cents

    @property
    def payable_cents(self) -> int:
        """Return what the buyer pays to the seller: a public body with split payment pays the VAT to the state."""
        return self.net_cents if self.vat.regime == "split" else self.total_cents

    @property
    def stamp_cents(self) -> int:
        """Return the stamp duty that the document owes."""
        return STAMP_CENTS if not self.vat.bp and self.net_cents > STAMP_ABOVE_CENTS else 0


def as_data(document: Document) -> dict[str, Any]:
    """Return the document as it is kept."""
    return {**asdict(document), "lines": [asdict(line) for line in document.lines]}


def from_data(data: dict[str, Any]) -> Document:
    """Return a kept document."""
    values = {name: data[name] for name in Document.__dataclass_fields__}
    return Document(**values | {
        "seller": Party(**data["seller"]),
        "buyer": Party(**data["buyer"]),
        "lines": tuple(Line(**line) for line in data["lines"]),
        "vat": Vat(**data["vat"]),
    })  # fmt: skip
