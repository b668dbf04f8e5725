"""Statements and proofs at once: first with the guards off, to show that it happens; then as the code is."""

import pytest
from django.db import transaction

from staffetta.accounts.models import User
from staffetta.billing import ledger, orders, proofs, reasoncode
from staffetta.billing.bank import deciding
from staffetta.billing.bank.errors import LineDecided
from staffetta.billing.models import BankLine, Order, Payment, Proof
from staffetta.billing.prooferrors import ProofDecided
from staffetta.lib.money import CREDIT_E4
from tests.db.banking import plain_mapping, read, statement
from tests.db.money import make_order
from tests.people import People, make_people
from tests.race.together import SURELY_S, together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def order(people) -> Order:
    return make_order(people.account, way="transfer")


def balance(people) -> int:
    return ledger.wallet(people.account.pk).balance_e4 // CREDIT_E4


def look_then_pay(order: Order, key: str, who: str) -> bool:
    """Take a movement in as one would first write it: look whether it is known, then note its payment."""
    with transaction.atomic():
        if BankLine.objects.filter(key=key).exists():
            return False
        payment = Payment.objects.create(order=order, provider="bank", reference=f"{who}/{key}", amount_cents=order.payable_cents)
        orders.payment_succeeded(payment.pk)
        return True


def test_twin_takes_one_transfer_for_two(people, order):
    calls = (lambda: look_then_pay(order, "m1", "a"), lambda: look_then_pay(order, "m1", "b"))
    assert together(*calls, after='FROM "billing_bankline"', meet_s=SURELY_S) == [True, True]
    assert sorted(Payment.objects.values_list("surplus", flat=True)) == [False, True]  # money that never came twice


def test_a_file_uploaded_twice_at_once_is_read_once(people, order):
    plain_mapping()
    content = statement(("91,50", reasoncode.of(order.pk)), ("5,00", "altro"))
    results = together(lambda: read(content), lambda: read(content), after='INSERT INTO "billing_bankfile"')
    assert sorted(result.new for result in results) == [0, 2], results
    assert (BankLine.objects.count(), Payment.objects.count(), balance(people)) == (2, 1, 2_000)


def test_two_files_that_overlap_at_once_credit_once(people, order):
    plain_mapping()
    line = ("91,50", reasoncode.of(order.pk))
    results = together(
        lambda: read(statement(line)), lambda: read(statement(line, ("5,00", "altro"))), after='INSERT INTO "billing_bankfile"'
    )
    assert sum(result.new for result in results) == 2, results
    assert (BankLine.objects.count(), Payment.objects.count(), balance(people)) == (2, 1, 2_000)


def test_a_line_accepted_by_two_is_accepted_once(people, order):
    read(statement(("91,50", "niente")))
    line = BankLine.objects.get()
    calls = (lambda: deciding.assign(line.pk, order, people.owner), lambda: deciding.assign(line.pk, order, people.colleague))
    results = together(*calls, after="FOR UPDATE")
    assert {type(result) for result in results} == {BankLine, LineDecided}
    assert (Payment.objects.count(), balance(people)) == (1, 2_000)


@pytest.fixture
def proof(order, people) -> Proof:
    return proofs.upload(order, people.owner, b"%PDF-1.7", "r.pdf")


def look_then_decide(proof: Proof, user: User, state: str) -> str | None:
    """Decide as one would first write it: look whether it waits, then do it."""
    if Proof.objects.get(pk=proof.pk).state != "waiting":
        return None
    Proof.objects.filter(pk=proof.pk).update(state=state, decided_by=user)
    return state


def test_twin_is_approved_and_refused_at_once(people, proof):
    results = together(
        lambda: look_then_decide(proof, people.owner, "approved"),
        lambda: look_then_decide(proof, people.colleague, "refused"),
        after='FROM "billing_proof"',
        meet_s=SURELY_S,
    )
    assert set(results) == {"approved", "refused"}


def test_it_is_either_approved_or_refused(people, proof):
    results = together(
        lambda: proofs.approve(proof.pk, people.owner), lambda: proofs.refuse(proof.pk, people.colleague, "no"), after="FOR UPDATE"
    )
    assert {type(result) for result in results} == {Proof, ProofDecided}
    proof.refresh_from_db()
    assert balance(people) == (2_000 if proof.state == "approved" else 1_000)


def test_approved_by_two_it_pays_once(people, proof):
    results = together(
        lambda: proofs.approve(proof.pk, people.owner), lambda: proofs.approve(proof.pk, people.colleague), after="FOR UPDATE"
    )
    assert {type(result) for result in results} == {Proof, ProofDecided}
    assert (Payment.objects.count(), balance(people)) == (1, 2_000)
