"""Read CAMT.053, the end-of-day statement of ISO 20022, whatever its version: names are looked up without their namespace. Knows no table."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, DecimalException

from django.utils.translation import gettext as _
from lxml import etree

from staffetta.billing.bank.errors import NotAStatement, StatementUnreadable
from staffetta.billing.bank.movement import CENTS_MAX, Movement, Note, Statement, referenced

OTHERS = {"BkToCstmrAcctRpt": "CAMT.052", "BkToCstmrDbtCdtNtfctn": "CAMT.054"}
# A shorter NtryRef is only the entry's place in its file, and another in the next.
_ENTRY_REFERENCE_CHARS_MIN = 6


def read(content: bytes, name: str) -> Statement:
    """Return the credits of a statement. Raises StatementUnreadable, NotAStatement."""
    root = _parsed(content, name)
    statement = Statement()
    body = next((each for each in root if isinstance(each.tag, str) and _tag(each) == "BkToCstmrStmt"), None)
    if body is None:
        inner = next((_tag(each) for each in root if isinstance(each.tag, str)), _tag(root))
        raise NotAStatement(name=name, kind=OTHERS.get(inner, f"<{inner}>"))
    statement.ibans = list(dict.fromkeys(_tidy(each.text).replace(" ", "") for each in _all(body, "Stmt/Acct/Id/IBAN")))
    for place, entry in enumerate(_all(body, "Stmt/Ntry"), 1):
        statement.seen += 1
        _entry(entry, place, statement)
    return statement


def _parsed(content: bytes, name: str) -> "etree._Element":
    # Nothing may be fetched or expanded: a statement has neither entities nor a DTD.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        where = getattr(error, "lineno", 0) or 0
        why = _("It is not whole XML (line %(line)s): download it again, and do not open and save it in another program.") % {"line": where}
        raise StatementUnreadable(name=name, why=why) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise StatementUnreadable(name=name, why=_("It declares a document type, which no bank's statement does: download it again."))
    return root


def _entry(entry: "etree._Element", place: int, statement: Statement) -> None:
    """Put an entry's credits, or why there are none, into the statement."""
    amount = next(_all(entry, "Amt"), None)
    currency = amount.get("Ccy", "") if amount is not None else ""
    value = f"{_text(entry, 'Amt')} {currency}".strip()
    if (_text(entry, "Sts/Cd") or _text(entry, "Sts")) not in {"", "BOOK"}:
        statement.notes.append(Note("pending", place, value))
    elif _text(entry, "RvslInd") in {"true", "1"}:
        told = [value, _first(entry, "BookgDt/Dt", "BookgDt/DtTm")[:10], *(_reason(part) for part in _all(entry, "NtryDtls/TxDtls"))]
        statement.notes.append(Note("reversal", place, ", ".join(filter(None, told))[:300]))
    elif _text(entry, "CdtDbtInd") != "CRDT":
        statement.notes.append(Note("debit", place, value))
    elif currency != "EUR":
        statement.notes.append(Note("currency", place, value))
    elif (cents := _cents(_text(entry, "Amt"))) is None:
        statement.notes.append(Note("no_amount", place, value))
    elif (booked := _date(entry)) is None:
        statement.notes.append(Note("no_date", place, _text(entry, "BookgDt/Dt") or _text(entry, "BookgDt/DtTm")))
    else:
        _details(entry, place, booked, cents, statement)


def _details(entry: "etree._Element", place: int, booked: date, cents: int, statement: Statement) -> None:
    """Put the one credit of an entry, or each of a collective one, into the statement."""
    parts = [part for part in _all(entry, "NtryDtls/TxDtls") if _text(part, "CdtDbtInd") in {"", "CRDT"}]
    amounts = [_part_cents(part) for part in parts]
    if len(parts) < 2:
        # What was booked counts, not what was ordered: it may have been in another currency.
        statement.movements.append(_movement(entry, parts[0] if parts else None, place, booked, cents))
        return
    if any(amount is None for amount in amounts):  # nobody can tell how much each of them is
        statement.movements.append(_movement(entry, None, place, booked, cents, " ".join(_reason(part) for part in parts)))
        return
    for part, amount in zip(parts, amounts, strict=True):
        statement.movements.append(_movement(entry, part, place, booked, amount or 0))
    if sum(amount or 0 for amount in amounts) != cents:
        statement.notes.append(Note("sums", place, _text(entry, "Amt")))


def _movement(entry: "etree._Element", part: "etree._Element | None", place: int, booked: date, cents: int, reason: str = "") -> Movement:
    inner = part if part is not None else entry
    own = _text(entry, "NtryRef")
    references = referenced(
        _text(inner, "Refs/AcctSvcrRef") or _text(entry, "AcctSvcrRef"), _text(inner, "Refs/TxId"), _text(inner, "Refs/EndToEndId")
    ) or referenced(own if len(own) >= _ENTRY_REFERENCE_CHARS_MIN else "")
    reason = reason or (_reason(part) if part is not None else "")
    return Movement(
        booked,
        cents,
        _first(inner, "RltdPties/Dbtr/Nm", "RltdPties/Dbtr/Pty/Nm", "RltdPties/UltmtDbtr/Nm", "RltdPties/UltmtDbtr/Pty/Nm"),
        _first(inner, "RltdPties/DbtrAcct/Id/IBAN").replace(" ", ""),
        " ".join(filter(None, [reason, _text(entry, "AddtlNtryInf")])),
        references,
        place,
    )


def _reason(part: "etree._Element") -> str:
    """Return the structured reference, the lines of the reason, and what else the payer's bank handed on."""
    paths = ("RmtInf/Strd/CdtrRefInf/Ref", "RmtInf/Ustrd", "AddtlTxInf")
    found = [_tidy(each.text) for path in paths for each in _all(part, path)]
    return " ".join(filter(None, [*found, *referenced(_text(part, "Refs/EndToEndId"))]))


def _part_cents(part: "etree._Element") -> int | None:
    for path in ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt"):
        for each in _all(part, path):
            if each.get("Ccy", "EUR") == "EUR":
                return _cents(_tidy(each.text))
    return None


def _cents(text: str) -> int | None:
    try:
        scaled = Decimal(text) * 100
    except DecimalException:  # not a number, or one without end
        return None
    return int(scaled) if scaled.is_finite() and 0 < scaled < CENTS_MAX and scaled == scaled.to_integral_value() else None


def _date(entry: "etree._Element") -> date | None:
    text = _first(entry, "BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm")
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _first(element: "etree._Element", *paths: str) -> str:
    return next((found for path in paths if (found := _text(element, path))), "")


def _text(element: "etree._Element", path: str) -> str:
    return next((_tidy(each.text) for each in _all(element, path)), "")


def _all(element: "etree._Element", path: str) -> Iterator["etree._Element"]:
    """Yield the elements at a path, of whatever namespace."""
    name, _slash, rest = path.partition("/")
    for child in element:
        if isinstance(child.tag, str) and _tag(child) == name:
            yield from _all(child, rest) if rest else [child]


def _tag(element: "etree._Element") -> str:
    return str(element.tag).rpartition("}")[2]


def _tidy(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "").strip()
