"""Answers of the exchange system: read, kept once, and never leading backward; invoices sent, rejected and written anew."""

import io
import zipfile

import pytest

from staffetta.accounts.models import AuditLine
from staffetta.billing.invoices import again, answers, mailing, sdi
from staffetta.billing.invoices.errors import AnswerUnreadable, InvoiceNotRejected, InvoiceSentAlready
from staffetta.billing.invoices.states import INVOICE_MOVES, NAMES
from staffetta.billing.models import Invoice, SdiAnswer
from tests.db.invoicing import BUYERS, SAMPLES, answer, invoiced
from tests.db.money import make_profile

pytestmark = pytest.mark.django_db


@pytest.fixture
def invoice(people) -> Invoice:
    return invoiced(people.account)


def take(kind: str, invoice: Invoice, **swap: str) -> SdiAnswer:
    (taken,) = sdi.take_in(f"{invoice.xml_name[:-4]}_{kind}_001.xml", answer(kind, invoice, **swap), None)
    assert taken.answer, taken.refusal
    return taken.answer


def state(invoice: Invoice) -> str:
    invoice.refresh_from_db()
    return invoice.state


@pytest.mark.parametrize(
    ("kind", "then"),
    [("RC", "delivered"), ("NS", "rejected"), ("MC", "not_delivered"), ("NE", "refused"), ("DT", "expired"), ("AT", "attested")],
)
def test_it_works(invoice, kind, then):
    sdi.sent(invoice.pk, None)
    kept = take(kind, invoice)
    assert (state(invoice), kept.invoice, kept.kind, kept.identifier[:2]) == (then, invoice, kind, "42")


def test_the_body_accepts(invoice):
    take("NE", invoice, EC02="EC01")
    assert state(invoice) == "accepted"


def test_each_error_is_shown_with_its_words(invoice):
    assert take("NS", invoice).told == [
        {"code": "00305", "text": "1.4.1.1.2 IdCodice non valido Verificare la partita IVA del cessionario"},
        {"code": "00311", "text": "1.1.4 CodiceDestinatario non valido"},
    ]
    assert take("NE", invoice).told == [{"code": "EC02", "text": "Manca il CIG"}]


def test_it_is_idempotent(invoice):
    first = take("RC", invoice)
    (taken,) = sdi.take_in("once-more.xml", answer("RC", invoice), None)
    assert (taken.answer, taken.known) == (first, True)
    assert AuditLine.objects.filter(action="answer of SDI").count() == 1


@pytest.mark.parametrize("late", ["RC", "MC", "NS", "DT"])
def test_a_late_answer_is_kept_and_leads_nowhere(invoice, late):
    take("NE", invoice)
    assert take(late, invoice).invoice == invoice
    assert state(invoice) == "refused"


def test_a_signed_files_answer_finds_its_invoice(invoice):
    take("RC", invoice, **{invoice.xml_name: invoice.xml_name + ".p7m"})
    assert state(invoice) == "delivered"


def test_names_of_the_private_channel_are_known_too(invoice):
    take("MC", invoice, NotificaMancataConsegna="RicevutaImpossibilitaRecapito")
    assert state(invoice) == "not_delivered"


def test_an_answer_to_nobody_is_kept_and_shown(invoice):
    kept = take("RC", invoice, **{invoice.xml_name: "IT09876543210_ZZZZZ.xml"})
    assert sdi.unmatched() == [kept]
    assert state(invoice) == "issued"


def test_a_zip_of_answers_is_taken_one_by_one(invoice):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a/rc.xml", answer("RC", invoice))
        archive.writestr("read-me.txt", b"not an answer")
    good, bad = sdi.take_in("risposte.zip", packed.getvalue(), None)
    assert good.answer
    assert isinstance(bad.refusal, AnswerUnreadable)
    assert state(invoice) == "delivered"


def test_a_wrapped_answer_is_read_where_it_lies_whole(invoice):
    wrapped = b"\x30\x82\x0a\x00signature" + answer("RC", invoice) + b"\x00certificate > of SDI"
    assert answers.read("x.xml.p7m", wrapped).kind == "RC"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<a/>",
        b"not xml",
        b"\x30\x82binary",
        b"PK\x03\x04 broken",
        b'<!DOCTYPE a [<!ENTITY b "c">]><RicevutaConsegna><NomeFile>&b;</NomeFile></RicevutaConsegna>',
        b"<RicevutaConsegna/>",
        b"<NotificaEsito><NomeFile>x.xml</NomeFile><Esito>EC09</Esito></NotificaEsito>",
    ],
)
def test_what_is_no_answer_is_refused(content):
    if content.startswith(b"PK"):
        with pytest.raises(AnswerUnreadable, match=r"x\.xml"):
            sdi.take_in("x.xml", content, None)
    else:
        (taken,) = sdi.take_in("x.xml", content, None)
        assert "x.xml" in str(taken.refusal)
    assert not SdiAnswer.objects.exists()


def test_sent_once_and_written_down(invoice, people):
    sdi.sent(invoice.pk, people.owner)
    assert state(invoice) == "sent"
    with pytest.raises(InvoiceSentAlready):
        sdi.sent(invoice.pk, people.owner)
    assert AuditLine.objects.filter(action="send invoice", user=people.owner).count() == 1


def test_a_bundle_holds_each_file_under_its_name(invoice):
    with zipfile.ZipFile(io.BytesIO(sdi.bundle([invoice]))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {invoice.xml_name: bytes(invoice.xml)}


def test_a_rejected_invoice_is_written_anew_under_its_number(invoice, people):
    take("NS", invoice)
    make_profile(people.account, **BUYERS["company"] | {"name": "Ferramenta Bruni & Figli S.r.l."})
    before = (invoice.xml_name, invoice.shown_number, invoice.issued_on)
    made = again.issue_again(invoice.pk, people.owner)
    assert (made.shown_number, made.issued_on, made.state, made.attempt) == (*before[1:], "issued", 2)
    assert made.xml_name != before[0]
    assert "Bruni &amp; Figli" in bytes(made.xml).decode()
    assert AuditLine.objects.filter(action="issue invoice again", user=people.owner).count() == 1
    # What SDI still says of the first file is not about this one.
    assert take("RC", made, **{made.xml_name: before[0]}).invoice == made
    assert state(made) == "issued"


def test_a_rejected_invoice_is_mailed_again_and_says_so(invoice, people):
    type(people.owner).objects.filter(pk=people.owner.pk).update(email="anna@bruni.example")
    mailing.run()
    take("NS", invoice)
    again.issue_again(invoice.pk, None)
    assert mailing.run() == 1


def test_only_a_rejected_one_is_written_anew(invoice):
    with pytest.raises(InvoiceNotRejected):
        again.issue_again(invoice.pk, None)


def test_every_state_has_a_name_and_every_sample_a_kind():
    assert set(INVOICE_MOVES) == set(NAMES)
    assert {answers.read(path.name, path.read_bytes()).kind for path in SAMPLES.glob("*.xml")} == set(answers.KINDS.values())
