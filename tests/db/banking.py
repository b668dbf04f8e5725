"""Statements for the tests: lines of money that came in, as a small CSV that a mapping reads."""

from staffetta.billing import salessettings
from staffetta.billing.bank import mapping, reading
from staffetta.billing.bank.reading import Done
from staffetta.billing.models import StatementMapping

IBAN = "IT60X0542811101000000123456"
SHOP = {"holder": "Staffetta S.r.l.", "bank": "Banca di Prova", "iban": IBAN, "bic": "BPPIITRRXXX"}
POST = {"postal_account": "1234567", "postal_holder": "Staffetta S.r.l."}


def open_shop(**other: object) -> None:
    salessettings.change(**(SHOP | POST | other))


def plain_mapping() -> StatementMapping:
    fields = {"date": 1, "amount": 2, "reason": 3, "payer": 4, "reference": 5}
    found = StatementMapping.objects.filter(name="plain").first()
    return found or mapping.save(StatementMapping(name="plain", source="bank", kind="csv", fields=fields), None)


def statement(*lines: tuple[str, str] | tuple[str, str, str]) -> bytes:
    """Return a CSV of (amount, reason[, payer])."""
    rows = [f"20/11/2026;{line[0]};{line[1]};{line[2] if len(line) > 2 else chr(88)};{line[1][:20]}R{n}" for n, line in enumerate(lines)]
    return "\n".join(rows).encode()


def read(content: bytes, source: str = "bank", **other: object) -> Done:
    return reading.read(content, "estratto.csv", source, plain_mapping(), None, **other)
