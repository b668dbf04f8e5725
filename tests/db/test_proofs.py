"""Proofs of payment: taken by what is in them, decided once, told by mail, served so that nothing in them runs."""

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile

from staffetta.accounts.models import AuditLine, User
from staffetta.billing import ledger, orders, proofkind, proofs
from staffetta.billing.models import Payment, Proof
from staffetta.billing.prooferrors import (
    ProofDecided,
    ProofEmpty,
    ProofIsHeic,
    ProofOfPaidOrder,
    ProofReasonMissing,
    ProofsTooMany,
    ProofTooLarge,
    ProofUnknownKind,
)
from staffetta.lib.money import CREDIT_E4
from tests.db.money import make_order, pay
from tests.db.portal import asks_for_login, browser, hides_from, text

pytestmark = pytest.mark.django_db
PDF, PNG, JPEG = b"%PDF-1.7\n...", b"\x89PNG\r\n\x1a\n....", b"\xff\xd8\xff\xe0...."
HEIC = b"\x00\x00\x00\x18ftypheic...."


@pytest.fixture
def order(people):
    User.objects.filter(pk=people.owner.pk).update(email="owner@example.it", awaits_confirmation=False)
    people.owner.refresh_from_db()
    return make_order(people.account, way="transfer")


@pytest.fixture
def proof(order, people):
    return proofs.upload(order, people.owner, PDF, "ricevuta.pdf", "dal conto di mia moglie")


@pytest.fixture
def staff(people) -> User:
    return User.objects.create(username="staff", is_staff=True)


def balance(people) -> int:
    return ledger.wallet(people.account.pk).balance_e4 // CREDIT_E4


@pytest.mark.parametrize(("content", "kind"), [(PDF, "application/pdf"), (PNG, "image/png"), (JPEG, "image/jpeg")])
def test_the_kind_is_what_is_in_the_file(order, people, content, kind):
    assert proofs.upload(order, people.owner, content, "ricevuta.exe").kind == kind


@pytest.mark.parametrize(
    ("content", "refusal"),
    [(b"", ProofEmpty), (HEIC, ProofIsHeic), (b"<svg onload=alert(1)>", ProofUnknownKind), (b"GIF89a", ProofUnknownKind)],
)
def test_other_files_are_refused(order, people, content, refusal):
    with pytest.raises(refusal):
        proofs.upload(order, people.owner, content, "ricevuta.pdf")


def test_a_file_that_is_too_large_is_refused(order, people):
    with pytest.raises(ProofTooLarge):
        proofs.upload(order, people.owner, PDF + b"." * 5_000_000, "ricevuta.pdf")


def test_an_account_has_no_more_than_so_many_waiting_and_a_paid_order_needs_none(order, people):
    other = make_order(people.account, key="k2")
    for n in range(proofs.WAITING_MAX):
        proofs.upload((order, other)[n % 2], people.owner, PDF, "r.pdf")
    for each in (order, other):
        with pytest.raises(ProofsTooMany):
            proofs.upload(each, people.owner, PDF, "r.pdf")
    pay(order)
    with pytest.raises(ProofOfPaidOrder):
        proofs.upload(order, people.owner, PDF, "r.pdf")


def test_an_approved_proof_pays_the_order_once(proof, order, people, staff):
    proofs.approve(proof.pk, staff)
    with pytest.raises(ProofDecided):
        proofs.approve(proof.pk, staff)
    with pytest.raises(ProofDecided):
        proofs.refuse(proof.pk, staff, "no")
    order.refresh_from_db()
    assert (order.state, balance(people)) == ("paid", 2_000)
    assert Payment.objects.get().reference == f"proof-{proof.pk}"
    told = AuditLine.objects.get(action="approve proof")
    assert (told.user, told.account_id) == (staff, people.account.pk)
    (letter,) = mail.outbox
    assert letter.to == ["owner@example.it"]
    assert f"/orders/{order.pk}/" in letter.body


def test_a_proof_of_an_order_paid_meanwhile_credits_nothing(proof, order, people, staff):
    pay(order)
    assert proofs.approve(proof.pk, staff).state == "approved"
    assert (balance(people), Payment.objects.count(), mail.outbox) == (2_000, 1, [])


def test_a_proof_of_a_cancelled_order_pays_it(proof, order, people, staff):
    orders.cancel(order.pk)
    proofs.approve(proof.pk, staff)
    assert balance(people) == 2_000


def test_a_refusal_has_a_reason_that_is_mailed_in_the_readers_language(proof, order, people, staff):
    with pytest.raises(ProofReasonMissing):
        proofs.refuse(proof.pk, staff, " ")
    User.objects.filter(pk=people.owner.pk).update(language="en")
    proofs.refuse(proof.pk, staff, "The amount cannot be read.")
    order.refresh_from_db()
    assert (order.state, balance(people)) == ("waiting", 1_000)
    assert "The amount cannot be read." in mail.outbox[0].body
    assert "not enough" in mail.outbox[0].subject
    assert AuditLine.objects.get(action="refuse proof").reason == "The amount cannot be read."


def test_the_staff_attach_one_that_came_by_mail(order, people, staff):
    assert proofs.order_for(people.account) == order
    kept = proofs.attach(order, staff, JPEG, "foto.jpg")
    assert kept.by_staff
    proofs.refuse(kept.pk, staff, "illeggibile")
    assert mail.outbox[0].to == ["owner@example.it"]  # the owners, and not who attached it
    assert AuditLine.objects.filter(action="attach proof").count() == 1


def test_it_works(order, people):
    client, address = browser(people.owner), f"/orders/{order.pk}/proof/"
    assert "PDF, JPEG" in text(client.get(address))
    file = SimpleUploadedFile("Ricevuta ‘Bruni’.pdf", PDF)
    assert client.post(address, {"file": file, "note": "dal conto di Ada"}).status_code == 302
    page = text(client.get(address))
    assert "Ricevuta ‘Bruni’.pdf" in page
    assert "dal conto di Ada" in page


def test_a_refused_file_says_why_and_keeps_the_note(order, people):
    client = browser(people.owner)
    answer = client.post(f"/orders/{order.pk}/proof/", {"file": SimpleUploadedFile("a.heic", HEIC), "note": "dal conto di Ada"})
    assert answer.status_code == 400
    assert "HEIC" in text(answer)
    assert "dal conto di Ada" in text(answer)
    assert client.post(f"/orders/{order.pk}/proof/", {"note": "x"}).status_code == 400


@pytest.mark.parametrize(("content", "shown"), [(PDF, "attachment"), (PNG, "inline")])
def test_a_proof_is_served_so_that_nothing_in_it_runs(order, people, content, shown):
    kept = proofs.upload(order, people.owner, content, 'x".html')
    answer = browser(people.owner).get(f"/orders/{order.pk}/proof/{kept.pk}")
    assert answer.content == content
    assert answer.headers["Content-Type"] == kept.kind
    assert answer.headers["Content-Disposition"] == f'{shown}; filename="proof-{kept.pk}.{proofkind.EXTENSIONS[kept.kind]}"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


def test_it_requires_login_and_hides_other_accounts(proof, order, people):
    for address in (f"/orders/{order.pk}/proof/", f"/orders/{order.pk}/proof/{proof.pk}"):
        assert asks_for_login(address)
        assert hides_from(people.stranger, address)
    other = make_order(people.other_account)
    assert browser(people.stranger).get(f"/orders/{other.pk}/proof/{proof.pk}").status_code == 404
    assert hides_from(people.stranger, f"/orders/{order.pk}/proof/", "post")
    assert Proof.objects.count() == 1
