"""The way to the exchange system (SDI) and back: files to hand over, marked as sent, and what its answers make of the invoices.

Every answer is kept once, whether or not its invoice is known; an invoice moves only as `states.py` allows, so that late ones change nothing.
"""

import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import transaction

from staffetta.accounts import audit
from staffetta.accounts.models import User
from staffetta.billing.invoices import answers
from staffetta.billing.invoices.errors import AnswerUnreadable, InvoiceSentAlready
from staffetta.billing.invoices.states import ANSWERS, NAMES, OUTCOMES, moves_into
from staffetta.billing.models import Invoice, SdiAnswer

FILES_MAX = 1_000


@dataclass(frozen=True)
class Taken:
    """What came of one file: the answer kept (`known`: it was there before), or why it was refused."""

    name: str
    answer: SdiAnswer | None = None
    known: bool = False
    refusal: AnswerUnreadable | None = None


def bundle(invoices: Iterable[Invoice]) -> bytes:
    """Return a zip of the XML files, under the names that SDI asks for."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for invoice in invoices:
            archive.writestr(invoice.xml_name, bytes(invoice.xml))
    return packed.getvalue()


@transaction.atomic
def sent(invoice_id: int, staff: User | None) -> Invoice:
    """Mark an invoice as handed to SDI. Raises InvoiceSentAlready."""
    if not Invoice.objects.filter(pk=invoice_id, state__in=moves_into("sent")).update(state="sent"):
        invoice = Invoice.objects.get(pk=invoice_id)
        raise InvoiceSentAlready(number=invoice.shown_number, state=NAMES[invoice.state])
    invoice = Invoice.objects.get(pk=invoice_id)
    before, after = {"state": "issued"}, {"state": "sent", "file": invoice.xml_name}
    audit.record(staff, "send invoice", f"invoice {invoice.shown_number}", account_id=invoice.account_id, before=before, after=after)
    return invoice


def take_in(name: str, content: bytes, staff: User | None) -> list[Taken]:
    """Take in an answer's file, or a zip of them; each that cannot be read is refused by itself. Raises AnswerUnreadable for a broken zip."""
    return [_take_one(part, inside, staff) for part, inside in _files(name, content)]


def unmatched() -> list[SdiAnswer]:
    """Return the answers whose invoice is not known, for the staff to look at."""
    return list(SdiAnswer.objects.filter(invoice=None).defer("content"))


def _files(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    if not content.startswith(b"PK\x03\x04"):
        yield name, content
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            inside = [each for each in archive.infolist() if not each.is_dir()]
            if len(inside) > FILES_MAX or any(each.file_size > answers.BYTES_MAX for each in inside):
                raise AnswerUnreadable(name=name, why=f"> {FILES_MAX:,} file, {answers.BYTES_MAX:,} byte")
            for each in inside:
                yield each.filename.rpartition("/")[2], archive.read(each)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:  # broken, encrypted, packed in an unknown way
        raise AnswerUnreadable(name=name, why=f"zip: {error}") from None


def _take_one(name: str, content: bytes, staff: User | None) -> Taken:
    digest = hashlib.sha256(content).hexdigest()
    if known := SdiAnswer.objects.filter(digest=digest).first():
        return Taken(name, known, known=True)
    try:
        answer = answers.read(name, content)
    except AnswerUnreadable as refusal:
        return Taken(name, refusal=refusal)
    with transaction.atomic():
        invoice = _invoice_of(answer.file_name)
        kept, new = SdiAnswer.objects.get_or_create(
            digest=digest,
            defaults={
                "invoice": invoice,
                "kind": answer.kind,
                "name": name[:60],
                "content": content,
                "identifier": answer.identifier,
                "told": answer.told,
                "user": staff,
            },
        )
        if new and invoice:
            _apply(invoice, answer, staff)
    return Taken(name, kept, known=not new)


def _invoice_of(file_name: str) -> Invoice | None:
    of_now = Invoice.objects.select_for_update().filter(xml_name__iexact=file_name).first()
    return of_now or Invoice.objects.filter(data__files__contains=[file_name]).first()


def _apply(invoice: Invoice, answer: answers.Answer, staff: User | None) -> None:
    if invoice.xml_name.lower() != answer.file_name.lower():
        return  # about an attempt that was written anew since
    state = OUTCOMES[answer.outcome] if answer.kind == "NE" else ANSWERS[answer.kind]
    if Invoice.objects.filter(pk=invoice.pk, state__in=moves_into(state)).update(state=state):
        audit.record(
            staff,
            "answer of SDI",
            f"invoice {invoice.shown_number}",
            account_id=invoice.account_id,
            before={"state": invoice.state},
            after={"state": state, "answer": answer.kind},
        )
