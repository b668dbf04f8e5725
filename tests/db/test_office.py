"""The back office: who gets in, what each role may, rules kept, and every change in the audit log."""

import argparse

import pytest
from django.db import IntegrityError, transaction

from staffetta.accounts import operator
from staffetta.accounts.commands import operator_set
from staffetta.accounts.models import AuditLine, User
from staffetta.accounts.opening import make_staff
from staffetta.billing import ledger, salessettings
from staffetta.billing.models import Discount, Entry, Package, SpecialPrice, TypePrice
from staffetta.lib.money import CREDIT_E4
from tests.db.money import make_package, make_profile
from tests.db.portal import browser, text
from tests.people import sms_type

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return make_staff("gestore", "segreta-1")


@pytest.fixture
def accounts() -> User:
    return make_staff("contabile", "segreta-1", role="accounts")


@pytest.fixture
def client(owner):
    return browser(owner)


def test_only_the_staff_get_in(people, owner):
    assert browser().get("/office/", follow=True).redirect_chain[-1][0] == "/login/?next=/office/"
    assert browser(people.owner).get("/office/billing/package/").status_code == 302
    assert browser(owner).get("/office/").status_code == 200


def test_a_package_is_kept_by_the_rules_and_written_down(client, owner):
    make_package(1_000, 7_500)
    form = {"name": "Grande", "credits_e4": "2000", "price_cents": "160,00", "active": "on"}
    response = client.post("/office/billing/package/add/", form)
    assert response.status_code == 200
    assert "The more credits a package has, the less each must cost" in text(response)
    assert 'value="160,00"' in text(response)
    assert client.post("/office/billing/package/add/", form | {"price_cents": "140,00"}).status_code == 302
    package = Package.objects.get(name="Grande")
    assert (package.credits_e4, package.price_cents) == (2_000 * CREDIT_E4, 14_000)
    client.post(f"/office/billing/package/{package.pk}/change/", form | {"price_cents": "139"})
    first, second = AuditLine.objects.order_by("pk")
    assert (first.action, first.user, first.after["price_cents"]) == ("add", owner, 14_000)
    assert (second.action, second.before, second.after) == ("change", {"price_cents": 14_000}, {"price_cents": 13_900})
    assert "14000 → 13900" in text(client.get("/office/accounts/auditline/?q=package"))


@pytest.mark.parametrize(
    ("field", "value", "sentence"), [("price_cents", "x", "is not a sum of euro"), ("credits_e4", "x", "is not a number of credits")]
)
def test_wrong_numbers_say_what_to_write(client, field, value, sentence):
    form = {"name": "Grande", "credits_e4": "2000", "price_cents": "140,00", "active": "on"} | {field: value}
    assert sentence in text(client.post("/office/billing/package/add/", form))
    assert not Package.objects.exists()


def test_discounts_and_special_prices(client, people):
    package = make_package()
    client.post("/office/billing/discount/add/", {"code": " natale 26 ", "off_bp": "12,5", "once": "on", "active": "on"})
    assert Discount.objects.get().off_bp == 1_250
    assert Discount.objects.get().code == "NATALE26"
    client.post("/office/billing/specialprice/add/", {"account": people.account.pk, "package": package.pk, "price_cents": "60"})
    assert SpecialPrice.objects.get().price_cents == 6_000
    assert AuditLine.objects.filter(account=people.account).exists()


def test_the_cost_of_a_type_is_written_down(client):
    kind = sms_type("PRO")
    price = TypePrice.objects.get(type=kind, prefix="+39")
    form = {"name": kind.name, "api_id": kind.api_id, "parts_max": kind.parts_max, "active": "on"}
    inline = {
        "prices-TOTAL_FORMS": 1,
        "prices-INITIAL_FORMS": 1,
        "prices-0-id": price.pk,
        "prices-0-type": kind.pk,
        "prices-0-prefix": "+39",
    }
    client.post(f"/office/billing/smstype/{kind.pk}/change/", form | inline | {"prices-0-cost_e4": "1.7"})
    price.refresh_from_db()
    assert price.cost_e4 == 17_000
    assert AuditLine.objects.get(target=f"typeprice {price.pk}").after == {"cost_e4": 17_000}


def test_credits_are_given_and_taken_with_a_reason(client, people):
    address = f"/office/accounts/account/{people.account.pk}/credit/"
    form = {"key": "k1", "direction": "give", "amount_e4": "50", "reason": "Scuse per il ritardo"}
    assert client.post(address, form | {"reason": ""}).status_code == 400
    for _ in range(2):
        assert client.post(address, form).status_code == 302
    assert ledger.wallet(people.account.pk).balance_e4 == 1_050 * CREDIT_E4
    response = client.post(address, form | {"key": "k2", "direction": "take", "amount_e4": "2000"})
    assert response.status_code == 400
    assert "only 1,050 credits" in text(response)
    client.post(address, form | {"key": "k3", "direction": "take", "amount_e4": "50"})
    assert Entry.objects.filter(account=people.account, kind="adjustment").count() == 2
    line = AuditLine.objects.filter(action="adjust credit").first()
    assert (line.before, line.after, line.reason) == ({"credits": "1050"}, {"credits": "1000"}, "Scuse per il ritardo")


def test_the_ledger_and_the_log_are_only_looked_at(client, people):
    entry = Entry.objects.first()
    for page in (f"/office/billing/entry/{entry.pk}/change/", "/office/billing/entry/add/", "/office/accounts/auditline/add/"):
        assert client.post(page, {"reason": "x"}).status_code == 403
    assert "for the tests" in text(client.get("/office/billing/entry/"))
    client.post(f"/office/accounts/account/{people.account.pk}/credit/", {"key": "k", "direction": "give", "amount_e4": "1", "reason": "x"})
    for act in (lambda: AuditLine.objects.update(reason="y"), lambda: AuditLine.objects.all().delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


SETTINGS = {
    "company": "Prova S.r.l.",
    "vat_number": "01234560371",
    "street": "Via Prova 1",
    "postcode": "40121",
    "city": "Bologna",
    "province": "bo",
    "tax_regime": "RF01",
    "brand": "Prova",
    "colour": "#1c6a6e",
    "realm": "prova.example",
    "free_credits_e4": "10",
    "holder": "Prova S.r.l.",
    "iban": "IT60 X054 2811 1010 0000 0123 456",
    "order_days_max": "30",
    "vat_bp": "22",
    "invoice_delay_days": "0",
}


def test_one_page_keeps_all_settings(client):
    assert client.post("/office/settings/", SETTINGS).status_code == 302
    assert operator.current().address == "Via Prova 1, 40121 Bologna (BO)"
    assert (salessettings.current().iban, salessettings.current().vat_bp) == ("IT60X0542811101000000123456", 2_200)
    company, sale = AuditLine.objects.filter(action="change settings").order_by("pk")
    assert (company.before["company"], company.after["company"]) == ("", "Prova S.r.l.")
    assert sale.after["iban"] == "IT60X0542811101000000123456"
    assert "vat_bp" not in sale.after
    assert (sale.user.username, sale.address) == ("gestore", "127.0.0.1")


def test_a_setting_is_written_alone_and_written_down(people):
    salessettings.change(people.owner, bank="Prima")
    assert salessettings.change(bank="Prima").bank == "Prima"
    line = AuditLine.objects.get(action="change settings")
    assert (line.user, line.before, line.after) == (people.owner, {"bank": ""}, {"bank": "Prima"})


def test_the_command_line_writes_down_what_it_sets(capsys):
    operator_set(argparse.Namespace(pairs=["brand=Altra"]))
    line = AuditLine.objects.get(action="change settings")
    assert (line.user, line.after) == (None, {"brand": "Altra"})
    assert line.before["brand"] != "Altra"


def test_special_prices_deleted_together_are_each_written_down(client, people):
    package = make_package()
    rows = [
        SpecialPrice.objects.create(account=each, package=package, price_cents=6_000) for each in (people.account, people.other_account)
    ]
    given = {"action": "delete_selected", "_selected_action": [row.pk for row in rows], "post": "yes"}
    assert client.post("/office/billing/specialprice/", given).status_code == 302
    assert not SpecialPrice.objects.exists()
    lines = AuditLine.objects.filter(action="delete").order_by("target")
    assert [line.target for line in lines] == [f"specialprice {row.pk}" for row in rows]
    assert {line.before["price_cents"] for line in lines} == {6_000}


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("iban", "IT60X0542811101000000123457", "wrong length or check digits"),
        ("vat_number", "01234560372", "partita IVA"),
        ("colour", "#ffffff", "dark enough"),
    ],
)
def test_a_wrong_setting_keeps_all_as_it_was(client, field, value, sentence):
    response = client.post("/office/settings/", SETTINGS | {field: value})
    assert response.status_code == 400
    assert sentence in text(response)
    assert operator.current().company == ""
    assert salessettings.current().iban == ""


def test_accounts_look_after_money_only(accounts, people):
    client = browser(accounts)
    assert client.get("/office/billing/package/").status_code == 200
    assert client.get("/office/billing/package/add/").status_code == 403
    assert client.get("/office/settings/").status_code == 302
    response = client.post(
        f"/office/accounts/account/{people.account.pk}/credit/", {"key": "k", "direction": "give", "amount_e4": "1", "reason": "x"}
    )
    assert response.status_code == 302
    assert ledger.wallet(people.account.pk).balance_e4 == 1_000 * CREDIT_E4
    assert 'href="/office/settings/"' not in text(client.get("/office/"))


def test_who_claims_to_pay_no_vat_is_looked_at(client, people):
    make_profile(people.account, country="DE", vat_number="136695976")
    address = f"/office/accounts/account/{people.account.pk}/vat/"
    assert address in text(client.get("/office/"))
    assert "reverse charge" in text(client.get(address))
    assert client.post(address).status_code == 302
    assert address not in text(client.get("/office/"))
    assert "nothing to confirm" in text(client.get(address))


def test_accounts_do_not_read_mails(accounts, owner):
    assert browser(accounts).get("/staff/mailbox/").status_code == 404
    assert browser(owner).get("/staff/mailbox/").status_code == 200


@pytest.mark.parametrize(
    ("form", "sentence"),
    [({"code": "X", "off_bp": "150"}, "less than 100 percent"), ({"code": "X", "off_bp": "0"}, "more than 0")],
)
def test_a_discount_is_a_part_of_the_price(client, form, sentence):
    assert sentence in text(client.post("/office/billing/discount/add/", form))
    assert not Discount.objects.exists()


def test_a_special_price_is_lower_than_the_list(client, people):
    package = make_package()
    form = {"account": people.account.pk, "package": package.pk, "price_cents": "75"}
    assert "Not lower than the price list" in text(client.post("/office/billing/specialprice/add/", form))


def test_no_vat_goes_with_its_tax_regime_only(client):
    assert "RF19" in text(client.post("/office/settings/", SETTINGS | {"vat_bp": "0"}))
    assert client.post("/office/settings/", SETTINGS | {"vat_bp": "0", "tax_regime": "RF19"}).status_code == 302


def test_all_that_is_wrong_with_the_settings_is_said_at_once(client):
    wrong = {"iban": "IT60X0542811101000000123457", "vat_number": "01234560372", "colour": "#ffffff"}
    page = text(client.post("/office/settings/", SETTINGS | wrong))
    for sentence in ("wrong length or check digits", "11 digits of a partita IVA", "dark enough", "3 fields are not right"):
        assert sentence in page
    assert salessettings.current().iban == ""
    assert operator.current().company == ""
