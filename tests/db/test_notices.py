"""Mails about credit that runs low and about how the sends went: once, to those who asked for them."""

from datetime import UTC, date, datetime

import pytest
from django.core import mail
from django.test import override_settings

from staffetta.accounts.models import Account, User
from staffetta.billing import ledger, lowcredit
from staffetta.lib import clock
from staffetta.messaging.models import Batch
from staffetta.reports import summary
from staffetta.reports.models import SummaryMail
from tests.db.portal import asks_for_login, browser, sent, text
from tests.people import People, make_connector, make_people

pytestmark = pytest.mark.django_db
PAGE = "/account/notices/"


@pytest.fixture(autouse=True)
def _outbox():
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        mail.outbox = []
        yield


@pytest.fixture
def people() -> People:
    people = make_people(credits=100)
    User.objects.filter(pk=people.owner.pk).update(email="bruni@example.it", language="it")
    people.owner.refresh_from_db()
    return people


def test_it_requires_login():
    assert asks_for_login(PAGE)


def test_it_is_set_on_its_page_and_kept(people):
    client = browser(people.owner, "it")
    assert "bruni@example.it" in text(client.get(PAGE))
    response = client.post(PAGE, {"threshold": "1234,5", "every": "week"}, follow=True)
    assert 'value="1234,5"' in text(response)
    assert lowcredit.threshold_e4(people.account.pk) == 12_345_000
    assert summary.chosen(people.owner) == "week"
    client.post(PAGE, {"threshold": " ", "every": ""})
    assert (lowcredit.threshold_e4(people.account.pk), summary.chosen(people.owner)) == (None, "")


@pytest.mark.parametrize("written", ["cento", "-1", "0", "1,23456"])
def test_what_is_no_credit_is_refused_and_changes_nothing(people, written):
    response = browser(people.owner).post(PAGE, {"threshold": written, "every": "day"})
    assert response.status_code == 400
    assert f"“{written}” is not a number of credits above zero" in text(response)
    assert f'value="{written}"' in text(response)
    assert summary.chosen(people.owner) == ""


def test_low_credit_is_told_once_and_again_after_there_was_more(people):
    lowcredit.set_threshold(people.account.pk, "50")
    assert lowcredit.tell() == 0
    held = ledger.hold(people.account.pk, 600_000, "send-1")
    assert [lowcredit.tell(), lowcredit.tell()] == [1, 0]
    (told,) = mail.outbox
    assert told.to == ["bruni@example.it"]
    assert "restano 40 crediti" in told.subject
    assert "sotto 50" in told.body
    ledger.charge(held.pk, 0, "back")
    assert lowcredit.tell() == 0
    ledger.hold(people.account.pk, 600_000, "send-2")
    assert lowcredit.tell() == 1


def test_who_asked_for_no_mail_gets_none(people):
    ledger.hold(people.account.pk, 1_000_000, "send-1")
    assert lowcredit.tell() == 0
    summary.send_due()
    assert mail.outbox == []


def at(monkeypatch, moment: str) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime.fromisoformat(moment).replace(tzinfo=UTC))


def told(people: People, monkeypatch, every: str, *moments: str) -> list[int]:
    """Return how many mails were sent at each moment, after a send on 22 November at 10:00 in Rome."""
    batch = sent(people, make_connector(), text="Saldi d’autunno", size=2)
    Batch.objects.filter(pk=batch.pk).update(send_at="2026-11-22T09:00:00Z")
    at(monkeypatch, "2026-11-20T12:00:00")
    summary.choose(people.owner, every)
    counts = []
    for moment in moments:
        at(monkeypatch, moment)
        counts.append(summary.send_due())
    return counts


def test_a_daily_mail_comes_at_eight_about_the_day_before_and_once(people, monkeypatch):
    moments = ("2026-11-22T12:00:00", "2026-11-23T06:59:00", "2026-11-23T07:01:00", "2026-11-23T07:31:00", "2026-11-24T08:00:00")
    assert told(people, monkeypatch, "day", *moments) == [0, 0, 1, 0, 0]
    (sent_mail,) = mail.outbox
    assert "22/11/2026" in sent_mail.subject
    assert "22/11 10:00  Saldi d’autunno  (consegnato 2/2)" in sent_mail.body
    assert "consegnato: 2" in sent_mail.body


def test_a_weekly_mail_comes_on_mondays_first_about_the_days_since_it_was_chosen(people, monkeypatch):
    moments = ("2026-11-22T09:00:00", "2026-11-23T06:59:00", "2026-11-23T07:01:00", "2026-11-29T09:00:00", "2026-11-30T08:00:00")
    assert told(people, monkeypatch, "week", *moments) == [0, 0, 1, 0, 0]
    assert "dal 20/11/2026 al 22/11/2026" in mail.outbox[0].subject
    assert SummaryMail.objects.get().told_to == date(2026, 11, 30)


def test_a_week_whose_monday_the_service_slept_through_is_told_of_the_day_after(people, monkeypatch):
    assert told(people, monkeypatch, "week", "2026-11-24T08:00:00", "2026-11-25T08:00:00") == [1, 0]
    assert "al 22/11/2026" in mail.outbox[0].subject
    assert SummaryMail.objects.get().told_to == date(2026, 11, 23)


def test_days_that_the_service_slept_through_are_told_of_by_the_next_mail(people, monkeypatch):
    assert told(people, monkeypatch, "day", "2026-11-26T08:00:00") == [1]
    assert "dal 20/11/2026 al 25/11/2026" in mail.outbox[0].subject
    assert "Saldi d’autunno" in mail.outbox[0].body


def test_a_mail_tells_of_a_month_and_no_more(people, monkeypatch):
    assert told(people, monkeypatch, "day", "2026-12-23T08:00:00") == [1]
    assert "dal 22/11/2026" in mail.outbox[0].subject


def test_saving_the_page_again_skips_no_days(people, monkeypatch):
    told(people, monkeypatch, "day", "2026-11-22T12:00:00")
    at(monkeypatch, "2026-11-25T06:00:00")
    browser(people.owner).post(PAGE, {"threshold": "", "every": "day"})
    at(monkeypatch, "2026-11-25T08:00:00")
    assert summary.send_due() == 1
    assert "Saldi d’autunno" in mail.outbox[0].body


def test_a_mail_that_cannot_be_written_is_due_again_and_keeps_no_other_from_leaving(people, monkeypatch, caplog):
    told(people, monkeypatch, "day")
    User.objects.filter(pk=people.colleague.pk).update(email="collega@example.it")
    people.colleague.refresh_from_db()
    summary.choose(people.colleague, "day")
    at(monkeypatch, "2026-11-23T07:01:00")
    real = summary._send
    with monkeypatch.context() as patch:
        patch.setattr(summary, "_send", lambda user, *rest: 1 / 0 if user == people.owner else real(user, *rest))
        assert summary.send_due() == 1
    assert "could not be sent" in caplog.text
    assert summary.send_due() == 1
    assert [each.to for each in mail.outbox] == [["collega@example.it"], ["bruni@example.it"]]


def test_a_closed_account_gets_none(people, monkeypatch):
    told(people, monkeypatch, "day")
    at(monkeypatch, "2026-11-23T07:01:00")
    Account.objects.update(closed_at=clock.now())
    assert summary.send_due() == 0
