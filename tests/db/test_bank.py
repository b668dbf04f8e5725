"""Statements: exact lines are credited once, near misses proposed with the reason, the staff decide the rest."""

from datetime import timedelta

import pytest

from staffetta.accounts import mailbox
from staffetta.accounts.models import AuditLine
from staffetta.billing import ledger, orders, proofs, reasoncode, refunds, todecide
from staffetta.billing.bank import deciding, mapping, matching, notes, reading
from staffetta.billing.bank.errors import (
    LineDecided,
    LineNotAsProven,
    LineReasonMissing,
    LineTooSmall,
    LineWithoutOrder,
    MappingWrong,
    NotAStatement,
    StatementOfOtherAccount,
    StatementTooLarge,
    StatementUnreadable,
)
from staffetta.billing.jobs import go_on_with_statements
from staffetta.billing.models import BankFile, BankLine, Discount, Order, Payment, StatementMapping
from staffetta.billing.slip import codeline
from staffetta.lib import clock
from staffetta.lib.money import CREDIT_E4
from tests.db.banking import open_shop, plain_mapping, read, statement
from tests.db.money import make_order, make_package, make_profile, pay
from tests.db.office import camt, entry
from tests.unit.test_statements import FIXED, sample

pytestmark = pytest.mark.django_db
DUE = "91,50"  # 75 euro and 22 %


def balance(people) -> int:
    return ledger.wallet(people.account.pk).balance_e4 // CREDIT_E4


def the_line() -> BankLine:
    return BankLine.objects.get()


def test_the_exact_amount_with_the_code_is_credited(people):
    order = make_order(people.account, way="transfer")
    done = read(statement((DUE, f"bonifico {reasoncode.shown(order.pk).lower()}")))
    order.refresh_from_db()
    assert (done.new, done.known, done.states) == (1, 0, {"matched": 1})
    assert (order.state, balance(people)) == ("paid", 2_000)
    line = the_line()
    assert (line.payment.provider, line.payment.reference, line.payment.amount_cents) == ("bank", line.key, 9150)
    assert AuditLine.objects.filter(action="read statement").count() == 1


def test_the_owners_are_told_by_mail_once(people, settings, tmp_path):
    settings.HOME, settings.EMAIL_BACKEND = tmp_path, "staffetta.accounts.mailbox.EmailBackend"
    people.owner.email, people.owner.language = "titolare@example.it", "en"
    people.owner.save()
    order = make_order(people.account, way="transfer")
    line = (DUE, reasoncode.of(order.pk))
    read(statement(line))
    read(statement(line, ("5,00", "altro")))
    (kept,) = mailbox.latest(10)
    assert (kept.to, f"order {order.pk} is paid" in kept.subject) == ("titolare@example.it", True)
    assert "its 1,000 credits are in your account" in " ".join(kept.text.split())


def test_the_same_file_and_one_that_overlaps_change_nothing(people):
    order = make_order(people.account, way="transfer")
    first = (DUE, reasoncode.of(order.pk))
    read(statement(first))
    again = read(statement(first))
    longer = read(statement(first, ("5,00", "altro")))
    assert (again.new, again.known) == (0, 1)
    assert (longer.new, longer.known) == (1, 1)
    assert (balance(people), BankLine.objects.count(), Payment.objects.count(), BankFile.objects.count()) == (2_000, 2, 1, 2)


def test_what_was_interrupted_goes_on(people):
    order = make_order(people.account, way="transfer")
    content = statement((DUE, reasoncode.of(order.pk)))
    parsed = reading._parsed(content, "e.csv", plain_mapping())
    reading._kept(content, "e.csv", "bank", plain_mapping(), None, parsed)
    assert the_line().state == "unmatched"
    read(content)
    assert (the_line().state, balance(people)) == ("matched", 2_000)


def test_money_for_a_cancelled_order_is_credited(people):
    order = orders.cancel(make_order(people.account).pk)
    read(statement((DUE, reasoncode.of(order.pk))))
    assert balance(people) == 2_000


@pytest.mark.parametrize(
    ("amount", "reason", "payer", "why"),
    [
        ("91,49", "{code}", "", "amount_low"),
        ("91,51", "{code}", "", "amount_high"),
        (DUE, "{wrong}", "", "near_code"),
        (DUE, "{code} {other}", "", "two_codes"),
        (DUE, "senza causale", "FERRAMENTA BRUNI S.R.L.", "name_amount"),
    ],
)
def test_a_near_miss_is_proposed_with_its_reason(people, amount, reason, payer, why):
    order = make_order(people.account, way="transfer")
    other = make_order(people.other_account, way="transfer")
    code = reasoncode.of(order.pk)
    read(statement((amount, reason.format(code=code, wrong=code[:-1] + "X", other=reasoncode.of(other.pk)), payer)))
    line = the_line()
    assert (line.state, line.order_id, line.why) == ("proposed", order.pk, why)
    assert matching.sentence(line)
    assert balance(people) == 1_000


def test_the_name_of_the_profile_counts_and_two_orders_are_no_proof(people):
    make_profile(people.account, name="Bruni Maria & Figli")
    make_order(people.account, key="a")
    read(statement((DUE, "", "MARIA BRUNI FIGLI")))
    assert the_line().why == "name_amount"
    make_order(people.account, key="b")
    read(statement((DUE, "ancora", "MARIA BRUNI FIGLI")))
    assert BankLine.objects.get(reason="ancora").state == "unmatched"


def test_the_code_of_a_cancelled_order_with_another_amount_and_of_none(people):
    order = orders.cancel(make_order(people.account).pk)
    read(statement(("90,00", reasoncode.of(order.pk)), (DUE, reasoncode.of(99_999_999)), (DUE, "niente")))
    assert list(BankLine.objects.order_by("key").values_list("state", "why")) == [
        ("proposed", "cancelled_amount"),
        ("unmatched", "unknown_code"),
        ("unmatched", ""),
    ]


def test_money_for_a_paid_order_is_surplus_only_if_accepted(people):
    order = make_order(people.account)
    pay(order)
    read(statement((DUE, reasoncode.of(order.pk))))
    assert the_line().why == "order_paid"
    line = deciding.accept(the_line().pk, people.owner)
    assert Payment.objects.get(pk=line.payment_id).surplus
    assert balance(people) == 2_000


def test_a_line_for_an_order_paid_by_proof_is_that_money(people):
    order = make_order(people.account, way="transfer")
    proof = proofs.upload(order, people.owner, b"%PDF-1.7 ricevuta", "r.pdf")
    proofs.approve(proof.pk, people.owner)
    read(statement((DUE, reasoncode.of(order.pk)), (DUE, reasoncode.of(order.pk) + " bis")))
    assert sorted(BankLine.objects.values_list("state", "why")) == [("matched", ""), ("proposed", "order_paid")]
    assert Payment.objects.get().reference == f"proof-{proof.pk}"
    assert balance(people) == 2_000


def test_the_post_office_names_the_order_by_its_client_code(people):
    order = make_order(people.account, way="slip")
    content = sample("poste.txt", CLIENT=codeline.client_code(order.pk))
    done = reading.read(content, "poste.txt", "post", StatementMapping.objects.create(**FIXED), None)
    assert done.states == {"matched": 1}
    assert reasoncode.shown(order.pk) in the_line().reason
    assert Payment.objects.get().provider == "post"


def test_a_statement_of_the_bank_in_xml(people):
    open_shop(iban="DE89370400440532013000")
    order = make_order(people.account, way="transfer")
    code = reasoncode.shown(order.pk)
    done = reading.read(
        sample("intesa.xml", CODE_SPLIT_1=code[:7], CODE_SPLIT_2=code[7:]), "i.xml", "bank", None, people.owner, other_account=True
    )
    assert done.states == {"matched": 1}
    assert [note.code for note in done.notes] == ["debit", "reversal", "currency", "pending", "other_account"]
    assert the_line().payer == "FERRAMENTA BRUNI SRL (IT28W8000000292100645211151)"
    assert [note.code for note in reading.notes(done.file)] == ["reversal", "currency", "pending", "other_account", "debits"]


def test_less_than_due_needs_a_reason(people):
    order = make_order(people.account, way="transfer")
    read(statement(("91,00", reasoncode.of(order.pk))))
    with pytest.raises(LineTooSmall):
        deciding.accept(the_line().pk, people.owner)
    assert balance(people) == 1_000
    deciding.accept(the_line().pk, people.owner, "50 centesimi di commissioni")
    assert balance(people) == 2_000
    told = AuditLine.objects.get(action="accept line")
    assert (told.reason, told.after["amount_cents"], told.after["due_cents"]) == ("50 centesimi di commissioni", 9100, 9150)
    with pytest.raises(LineDecided):
        deciding.accept(the_line().pk, people.owner, "di nuovo")


def test_a_line_without_code_is_assigned_or_set_aside(people):
    order = make_order(people.account, way="transfer")
    read(statement((DUE, "niente", "CHISSÀ")))
    with pytest.raises(LineWithoutOrder):
        deciding.accept(the_line().pk, people.owner)
    with pytest.raises(LineReasonMissing):
        deciding.set_aside(the_line().pk, people.owner, " ")
    assert deciding.set_aside(the_line().pk, people.owner, "rimborso").state == "set_aside"
    assert deciding.assign(the_line().pk, order, people.owner).state == "matched"
    assert balance(people) == 2_000
    with pytest.raises(LineDecided):
        deciding.set_aside(the_line().pk, people.owner, "tardi")
    assert list(AuditLine.objects.order_by("pk").values_list("action", flat=True))[-2:] == ["set line aside", "accept line"]


def test_a_file_that_is_refused_leaves_nothing(people, monkeypatch):
    with pytest.raises(NotAStatement):
        reading.read(b"<Document><BkToCstmrAcctRpt/></Document>", "f.xml", "bank", None, None)
    monkeypatch.setattr(reading, "FILE_MB_MAX", 0)
    with pytest.raises(StatementTooLarge):
        read(statement((DUE, "x")))
    assert not BankFile.objects.exists()


def test_a_mapping_that_cannot_work_is_not_kept(people):
    found = plain_mapping()
    found.fields = {"date": 1}
    with pytest.raises(MappingWrong):
        mapping.save(found, people.owner)
    assert StatementMapping.objects.get(pk=found.pk).fields["amount"] == 2


def test_a_preview_keeps_nothing(people):
    shown = reading.preview(statement(*[("1,00", "x")] * 30), "e.csv", plain_mapping())
    assert len(shown.movements) == reading.PREVIEW_LINES
    assert not BankFile.objects.exists()


def test_a_line_pays_on_the_day_it_was_booked_and_by_its_own_way(people):
    order = make_order(people.account, way="slip")
    read(statement((DUE, reasoncode.of(order.pk))))
    order.refresh_from_db()
    assert order.way == "transfer"
    assert order.paid_at.astimezone(clock.ITALY).isoformat() == "2026-11-20T12:00:00+01:00"


def test_a_line_of_a_day_to_come_pays_now(people):
    order = make_order(people.account, way="transfer")
    read(statement((DUE, reasoncode.of(order.pk))).replace(b"2026", b"2099"))
    order.refresh_from_db()
    assert order.paid_at <= clock.now()


def test_another_amount_than_the_receipt_said_asks_for_a_reason(people):
    order = make_order(people.account, way="transfer")
    proofs.approve(proofs.upload(order, people.owner, b"%PDF-1.7 ricevuta", "r.pdf").pk, people.owner)
    read(statement(("50,00", reasoncode.of(order.pk))))
    assert (the_line().state, the_line().why) == ("proposed", "proof_amount")
    with pytest.raises(LineNotAsProven):
        deciding.accept(the_line().pk, people.owner)
    line = deciding.accept(the_line().pk, people.owner, "sconto concordato")
    assert (line.payment.provider, line.payment.surplus, Payment.objects.count()) == ("staff", False, 1)


def test_the_price_of_an_order_given_up_does_not_hold_for_ever(people):
    order = orders.cancel(make_order(people.account).pk)
    Order.objects.filter(pk=order.pk).update(ended_at=clock.now() - timedelta(days=61))
    read(statement((DUE, reasoncode.of(order.pk))))
    assert (the_line().state, the_line().why, balance(people)) == ("proposed", "old_price", 1_000)
    deciding.accept(the_line().pk, people.owner)
    assert balance(people) == 2_000


def test_a_discount_does_not_outlive_its_order(people):
    package = make_package()
    discount = Discount.objects.create(code="META", off_bp=5_000)
    order = orders.place(people.account, people.owner, package.pk, "k", "META")
    orders.cancel(order.pk)
    assert order.discount == discount
    read(statement((f"{order.payable_cents / 100:.2f}".replace(".", ","), reasoncode.of(order.pk))))
    assert (the_line().why, balance(people)) == ("old_price", 1_000)


def test_the_same_movement_in_another_kind_of_file_is_told_as_such(people):
    order = make_order(people.account, way="transfer")
    reading.read(camt(entry(9150, reasoncode.of(order.pk))), "e.xml", "bank", None, None)
    read(statement((DUE, reasoncode.of(order.pk))))
    first, second = BankLine.objects.order_by("pk")
    assert (first.state, second.state, second.why, balance(people)) == ("matched", "proposed", "same_movement", 2_000)


def test_two_payments_in_one_file_are_not_the_same_movement(people):
    order = make_order(people.account, way="transfer")
    read(statement((DUE, reasoncode.of(order.pk)), (DUE, reasoncode.of(order.pk) + " bis")))
    assert sorted(BankLine.objects.values_list("why", flat=True)) == ["", "order_paid"]


RECALL = (
    '<Ntry><Amt Ccy="EUR">91.50</Amt><CdtDbtInd>DBIT</CdtDbtInd><RvslInd>true</RvslInd><Sts>BOOK</Sts><BookgDt><Dt>2026-11-21</Dt></BookgDt>'
    "<NtryDtls><TxDtls><RmtInf><Ustrd>RECALL {}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
)


def camt_read(*entries: str, **other: object) -> BankFile:
    return reading.read(camt(*entries), "e.xml", "bank", None, None, **other).file


def test_a_recalled_transfer_waits_until_somebody_has_looked(people):
    file = camt_read(entry(500, "altro"), RECALL.format("RF12"))
    camt_read(RECALL.format("RF12"), entry(600, "altro"))  # told again by a file that overlaps
    assert [each.pk for each in deciding.recalls()] == [file.pk]
    assert "91.50 EUR, 2026-11-21, RECALL RF12" in notes.sentence(reading.notes(file)[0])
    with pytest.raises(LineReasonMissing):
        deciding.recalls_seen(file.pk, people.owner, " ")
    deciding.recalls_seen(file.pk, people.owner, "ordine reso")
    assert not deciding.recalls().exists()
    line = AuditLine.objects.get(action="recalls looked at")
    assert (line.before, line.after) == ({"to_look_at": ["91.50 EUR, 2026-11-21, RECALL RF12"]}, {"to_look_at": []})


def test_a_statement_of_another_account_is_asked_about(people):
    open_shop()
    content = camt("<Acct><Id><IBAN>DE89370400440532013000</IBAN></Id></Acct>", entry(500, "altro"))
    with pytest.raises(StatementOfOtherAccount):
        reading.read(content, "e.xml", "bank", None, None)
    assert not BankFile.objects.exists()
    file = reading.read(content, "e.xml", "bank", None, None, other_account=True).file
    assert [note.code for note in reading.notes(file)] == ["other_account"]


def test_a_page_of_a_file_reads_what_was_kept_of_it(people):
    file = read(statement((DUE, "a"), ("-5,00", "out"), ("x", "no"))).file
    assert [(note.code, note.value) for note in reading.notes(file)] == [("no_amount", "x"), ("debits", "1")]
    BankFile.objects.update(content=b"")
    assert len(reading.notes(BankFile.objects.get())) == 2


def test_signs_that_no_text_has_are_refused(people):
    with pytest.raises(StatementUnreadable):
        read(statement((DUE, "a\0b")))


def test_an_amount_without_end_is_noted(people):
    done = read(statement((DUE, "a"), ("9" * 20, "b")))
    assert (done.new, [note.code for note in done.notes]) == (1, ["no_amount"])
    huge = entry(500, "altro").replace("5.00", "1E+999999")
    assert [note.code for note in reading.notes(camt_read(huge))] == ["no_amount"]


@pytest.mark.parametrize("column", ["0", 0, "501"])
def test_columns_are_counted_from_one(people, column):
    wrong = StatementMapping(name="m", source="bank", kind="csv", fields={"date": 1, "amount": 2, "reason": column})
    assert ("reason" in mapping.problems(wrong)) == bool(column)  # 0 is a field that is left out


def test_what_was_cut_short_is_matched_by_a_job(people):
    order = make_order(people.account, way="transfer")
    content = statement((DUE, reasoncode.of(order.pk)))
    reading._kept(content, "e.csv", "bank", plain_mapping(), None, reading._parsed(content, "e.csv", plain_mapping()))
    go_on_with_statements(0)
    assert the_line().state == "unmatched"  # it may be being matched just now
    BankFile.objects.update(created_at=clock.now() - timedelta(minutes=6))
    go_on_with_statements(0)
    assert (the_line().state, balance(people)) == ("matched", 2_000)
    assert BankFile.objects.get().matched_at


def test_what_came_above_the_due_is_surplus_to_return(people):
    order = make_order(people.account, way="transfer")
    read(statement(("1.091,50", reasoncode.of(order.pk))))
    line = deciding.accept(the_line().pk, people.owner)
    order.refresh_from_db()
    assert (order.state, line.payment.amount_cents, line.payment.surplus) == ("paid", 9_150, False)
    over = Payment.objects.get(surplus=True)
    assert (over.amount_cents, over.provider, over.state) == (100_000, "bank", "succeeded")
    assert list(todecide.queue().surplus) == [over]
    assert refunds.by_hand(refunds.return_surplus(over.pk, people.owner, "versato in più"))
