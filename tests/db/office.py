"""The back office in tests: its two roles, statements as a bank writes them, receipts, and what each act must answer to."""

from django.http.response import HttpResponseBase
from django.test import Client

from staffetta.accounts.models import User
from staffetta.accounts.opening import make_staff
from staffetta.billing import reasoncode
from staffetta.billing.models import Order
from tests.db.portal import browser

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
PDF = b"%PDF-1.4\n%%EOF"
IBAN = "IT60X0542811101000000123456"


def owner() -> User:
    return User.objects.filter(username="gestore").first() or make_staff("gestore", "segreta-1")


def accounts() -> User:
    return User.objects.filter(username="contabile").first() or make_staff("contabile", "segreta-1", role="accounts")


def office(role: str = "accounts", language: str = "en") -> Client:
    """Return a browser of one of the staff."""
    return browser(owner() if role == "owner" else accounts(), language)


def act(client: Client, table: str, row_id: int, slug: str, **given: object) -> HttpResponseBase:
    """Do an act of a row's page, its form filled with these values."""
    return client.post(f"/office/billing/{table}/{row_id}/do/{slug}/", {f"{slug}-{name}": value for name, value in given.items()})


def entry(cents: int, reason: str, payer: str = "FERRAMENTA BRUNI SRL", reference: str = "") -> str:
    """Return one credit of a CAMT.053."""
    return (
        f'<Ntry><Amt Ccy="EUR">{cents // 100}.{cents % 100:02d}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>'
        f"<BookgDt><Dt>2026-11-20</Dt></BookgDt><AcctSvcrRef>{reference or f'REF{cents}-{len(reason)}'}</AcctSvcrRef><NtryDtls><TxDtls><RltdPties><Dbtr>"
        f"<Nm>{payer}</Nm></Dbtr><DbtrAcct><Id><IBAN>{IBAN}</IBAN></Id></DbtrAcct></RltdPties>"
        f"<RmtInf><Ustrd>{reason}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
    )


def camt(*entries: str) -> bytes:
    """Return a statement of a bank."""
    return (
        '<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt>'
        f"{''.join(entries)}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def code(order: Order) -> str:
    return reasoncode.of(order.pk)
