"""Recurring sends: made, started, launched once each time, refused in words, missed, paused, ended; and their pages."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import override_settings

from staffetta.accounts.models import Account, User
from staffetta.billing import ledger
from staffetta.campaigns import jobs, launch, plans
from staffetta.campaigns.errors import RecurrenceMoveRefused
from staffetta.campaigns.models import Occurrence, Recurrence
from staffetta.contacts.models import Group
from staffetta.lib import clock
from staffetta.messaging import links
from staffetta.messaging.models import ApprovalRule, Batch, Message
from tests.db.line import expand_all
from tests.db.portal import asks_for_login, browser, hides_from, text
from tests.db.recurring import MONDAY, fields, made, outcomes, started
from tests.people import People, make_connector, make_group, make_people

pytestmark = pytest.mark.django_db
MADE, EARLY, AHEAD, LATE, TOO_LATE = (f"{MONDAY}T{at}" for at in ("06:00", "07:54", "07:56", "13:59", "14:01"))


@pytest.fixture(autouse=True)
def _outbox():
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        mail.outbox = []
        yield


@pytest.fixture
def people() -> People:
    make_connector()
    people = make_people()
    User.objects.filter(pk=people.owner.pk).update(email="bruni@example.it", language="it")
    people.owner.refresh_from_db()
    return people


@pytest.fixture
def client(people):
    return browser(people.owner)


@pytest.fixture
def at(monkeypatch):
    """Set the time (UTC; in Rome it is an hour later)."""

    def move(moment: str) -> None:
        monkeypatch.setattr(clock, "now", lambda: datetime.fromisoformat(moment).replace(tzinfo=UTC))

    move(MADE)
    return move


def test_it_is_proposed_with_todays_cost_and_five_dates(client, people, at):
    recurrence = made(client, people, rhythm="weekly", weekdays=["0", "3"])
    page = text(client.get(f"/recurring/{recurrence.pk}/"))
    for shown in (
        "Buongiorno",
        "every Monday and Thursday at 09:00",
        "What each time would cost today",
        "6.4",
        "enough for 156 times",
        "Ciao Nome0",
    ):
        assert shown in page
    for day in ("23/11/2026", "26/11/2026", "30/11/2026", "03/12/2026", "07/12/2026"):
        assert f"{day} 09:00" in page
    assert "10/12/2026" not in page
    at(AHEAD)
    assert launch.launch_due() == 0
    assert ledger.wallet(people.account.pk).held_e4 == 0


def test_each_time_is_accepted_once_some_minutes_ahead_and_leaves_on_time(client, people, at):
    recurrence = started(client, people)
    at(EARLY)
    assert launch.launch_due() == 0
    at(AHEAD)
    assert [launch.launch_due(), launch.launch_due()] == [1, 0]
    batch = Batch.objects.get()
    assert (batch.key, batch.recipients, batch.user_id) == (f"recurring-{recurrence.pk}-{MONDAY}", 4, people.owner.pk)
    assert batch.send_at == datetime(2026, 11, 23, 8, tzinfo=UTC)
    recurrence.refresh_from_db()
    assert recurrence.next_at == datetime(2026, 11, 24, 8, tzinfo=UTC)
    page = text(client.get(f"/recurring/{recurrence.pk}/"))
    assert f'href="/sends/{batch.pk}/"' in page
    assert "24/11/2026 09:00" in page.split("The times that have been")[0]
    assert "23/11/2026 09:00" not in page.split("The times that have been")[0]


def test_each_time_goes_to_who_is_in_the_group_then(client, people, at):
    recurrence = started(client, people)
    group = Group.objects.get(pk=recurrence.groups[0])
    group.contacts.add(*make_group(people.account, 2, "Nuovi", 3400000001).contacts.all())
    at(AHEAD)
    launch.launch_due()
    assert Batch.objects.get().recipients == 6


def test_credit_too_small_is_told_by_mail_and_it_goes_on(client, people, at):
    recurrence = started(client, people)
    ledger.hold(people.account.pk, ledger.wallet(people.account.pk).available_e4, "all")
    at(AHEAD)
    assert launch.launch_due() == 0  # there are minutes left to buy credits
    at(f"{MONDAY}T08:00")
    assert launch.launch_due() == 1
    occurrence = Occurrence.objects.get()
    assert (occurrence.outcome, occurrence.code, occurrence.batch) == ("refused", "not_enough_credit", None)
    (told,) = mail.outbox
    assert told.to == ["bruni@example.it"]
    assert "“Buongiorno” non è partito" in told.subject
    assert "Servono 6,4 crediti" in told.body
    assert "24/11/2026 09:00" in told.body
    assert "did not leave" in text(client.get("/recurring/"))
    recurrence.refresh_from_db()
    assert (recurrence.state, recurrence.next_at.day) == ("active", 24)


def test_credit_that_comes_in_time_is_enough(client, people, at):
    recurrence = started(client, people)
    hold = ledger.hold(people.account.pk, ledger.wallet(people.account.pk).available_e4, "all")
    at(AHEAD)
    launch.launch_due()
    ledger.charge(hold.pk, 0, "back")
    at(f"{MONDAY}T07:57")
    assert launch.launch_due() == 1
    assert outcomes(recurrence) == ["sent"]


def test_a_group_that_was_deleted_is_no_smaller_send(client, people, at):
    other = make_group(people.account, 1, "Altri", 3400000001)
    recurrence = started(client, people, numbers="3471234567", excluded=other.pk)
    other.delete()
    at(f"{MONDAY}T08:00")
    launch.launch_due()
    assert Occurrence.objects.get().code == "recurring_group_gone"
    assert "a group was deleted" not in text(client.get(f"/recurring/{recurrence.pk}/"))
    Group.objects.filter(pk=recurrence.groups[0]).delete()
    assert "a group was deleted" in text(client.get(f"/recurring/{recurrence.pk}/"))
    assert not Batch.objects.exists()


def test_what_is_less_than_six_hours_late_leaves_at_once_and_what_is_more_is_missed(client, people, at):
    recurrence = started(client, people)
    at(LATE)
    assert launch.launch_due() == 1
    assert Batch.objects.get().send_at == datetime.fromisoformat(LATE).replace(tzinfo=UTC)
    at("2026-11-26T13:00")
    assert launch.launch_due() == 3
    assert outcomes(recurrence) == ["sent", "missed", "missed", "sent"]
    (told,) = mail.outbox
    assert told.body.count("09:00  ") == 2
    assert "non era in funzione" in told.body


def test_it_ends_after_its_times_and_after_its_last_day(client, people, at):
    twice = started(client, people, ending="times", times="2")
    day = started(client, people, ending="day", ends=MONDAY, groups=[], numbers="3471234567", repeat_name="Un giorno")
    for moment in (f"{MONDAY}T08:00", "2026-11-24T08:00", "2026-11-25T08:00"):
        at(moment)
        launch.launch_due()
    for recurrence in (twice, day):
        recurrence.refresh_from_db()
        assert (recurrence.state, recurrence.next_at) == ("ended", None)
    assert (outcomes(twice), outcomes(day)) == (["sent", "sent"], ["sent"])
    assert "It does not come any more" in text(client.get(f"/recurring/{twice.pk}/"))


def test_one_that_fails_keeps_no_other_from_leaving(client, people, at, monkeypatch, caplog):
    bad, good = started(client, people), started(client, people, groups=[], numbers="3471234567", repeat_name="Due")
    real = launch.send
    monkeypatch.setattr(launch, "send", lambda recurrence, *rest: 1 / 0 if recurrence.pk == bad.pk else real(recurrence, *rest))
    at(AHEAD)
    assert launch.launch_due() == 1
    assert (outcomes(bad), outcomes(good)) == ([], ["sent"])
    assert "could not be launched" in caplog.text
    monkeypatch.undo()
    monkeypatch.setattr(clock, "now", lambda: datetime.fromisoformat(AHEAD).replace(tzinfo=UTC))
    assert launch.launch_due() == 1


def test_a_mail_that_fails_undoes_no_launch(client, people, at, monkeypatch, caplog):
    recurrence = started(client, people)
    at("2026-11-26T13:00")

    def fails(*args, **kwargs):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    monkeypatch.setattr("staffetta.accounts.mail.send", fails)
    assert launch.launch_due() == 4
    assert outcomes(recurrence) == ["missed", "missed", "missed", "sent"]
    assert Batch.objects.count() == 1
    assert "could not be told" in caplog.text


def test_the_database_keeps_a_time_from_being_recorded_twice(client, people, at):
    recurrence = started(client, people)
    Occurrence.objects.create(recurrence=recurrence, at=clock.now(), outcome="missed")
    with pytest.raises(IntegrityError), transaction.atomic():
        Occurrence.objects.create(recurrence=recurrence, at=clock.now(), outcome="sent")


def test_a_pause_passes_times_over_and_a_resumption_goes_on(client, people, at):
    recurrence = started(client, people)
    client.post(f"/recurring/{recurrence.pk}/pause/")
    at(f"{MONDAY}T08:00")
    assert launch.launch_due() == 0
    at("2026-11-24T12:00")
    client.post(f"/recurring/{recurrence.pk}/resume/")
    recurrence.refresh_from_db()
    assert recurrence.next_at == datetime(2026, 11, 25, 8, tzinfo=UTC)
    assert outcomes(recurrence) == []


def test_a_pause_and_resumption_after_the_launch_and_before_the_time_send_nothing_twice(client, people, at):
    recurrence = started(client, people)
    at(AHEAD)
    launch.launch_due()
    recurrence.refresh_from_db()
    plans.pause(recurrence)
    plans.resume(recurrence)
    assert recurrence.next_at == datetime(2026, 11, 24, 8, tzinfo=UTC)
    assert launch.launch_due() == 0


def test_a_pause_says_what_leaves_all_the_same(client, people, at):
    recurrence = started(client, people)
    at(AHEAD)
    launch.launch_due()
    page = text(client.post(f"/recurring/{recurrence.pk}/pause/", follow=True))
    assert "The send of 23/11/2026 09:00 is accepted already and leaves all the same" in page
    at(LATE)
    client.post(f"/recurring/{recurrence.pk}/resume/")
    assert "leaves all the same" not in text(client.post(f"/recurring/{recurrence.pk}/end/", follow=True))


def test_what_is_over_can_not_be_resumed_and_says_so(client, people, at):
    recurrence = started(client, people)
    client.post(f"/recurring/{recurrence.pk}/end/")
    response = client.post(f"/recurring/{recurrence.pk}/resume/")
    assert response.status_code == 400
    assert "“Buongiorno” is “ended”" in text(response)
    recurrence.refresh_from_db()
    with pytest.raises(RecurrenceMoveRefused):
        plans.pause(recurrence)


def test_it_is_deleted_after_a_question_and_its_sends_stay(client, people, at):
    recurrence = started(client, people)
    at(AHEAD)
    launch.launch_due()
    assert "stay in the archive" in text(client.get(f"/recurring/{recurrence.pk}/delete/"))
    client.post(f"/recurring/{recurrence.pk}/delete/")
    assert not Recurrence.objects.exists()
    assert Batch.objects.count() == 1


def test_a_link_is_counted_each_time(client, people, at):
    started(client, people, text="Vedi {link}", link="bruni.it")
    at(AHEAD)
    launch.launch_due()
    expand_all()
    message = Message.objects.first()
    assert links.code(message.id) in message.text


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"repeat_name": " "}, "The name has 0 characters"),
        ({"rhythm": "weekly"}, "No day of the week is chosen"),
        ({"rhythm": "monthly", "month_day": "32"}, "“32” is not a day of the month"),
        ({"starts": "2026-11-22"}, "22/11/2026 has already passed"),
        ({"starts": "2028-01-01"}, "01/01/2028 is too far ahead"),
        ({"ending": "day", "ends": "2026-11-20"}, "It would end on 20/11/2026"),
        ({"ending": "day"}, "Choose the last day"),
        ({"ending": "times", "times": "0"}, "“0” is not a number of times"),
        ({"ending": "times"}, "after how many times"),
        ({"time": "25:00"}, "Write the time of day"),
        ({"rhythm": "weekly", "weekdays": "6", "ending": "day", "ends": "2026-11-28"}, "there is no day on which it would leave"),
    ],
)
def test_a_rhythm_that_cannot_be_kept_is_said_at_its_field_and_all_stays(client, people, at, other, says):
    response = client.post("/send/", fields(people, text="Ciao a tutti") | other)
    assert response.status_code == 400
    page = text(response)
    assert page.count(says) == 1
    assert "Ciao a tutti" in page
    assert 'value="repeat" checked' in page
    for name in ("repeat_name", "starts", "ends", "times", "month_day"):
        assert not other.get(name, "").strip() or f'value="{other[name]}"' in page
    assert not Recurrence.objects.exists()


def test_the_people_of_a_file_do_not_recur(client, people, at):
    from_file = people.account.filelist_set.create(name="elenco.csv", people=1)
    response = client.post("/send/", fields(people, listed=from_file.pk))
    assert response.status_code == 400
    assert "kept for one send only" in text(response)


def test_changing_one_that_was_not_started_leaves_only_the_new_one(client, people, at):
    recurrence = made(client, people, rhythm="monthly", month_day="31")
    page = text(client.get(f"/send/?recurring={recurrence.pk}"))
    for kept in (
        'value="Buongiorno"',
        'value="31"',
        'value="2026-11-30"',
        f'name="instead" value="{recurrence.pk}"',
        'value="repeat" checked',
    ):
        assert kept in page
    client.post("/send/", fields(people, repeat_name="Nuovo", instead=recurrence.pk, groups=[], numbers="3471234567"))
    assert [each.name for each in Recurrence.objects.all()] == ["Nuovo"]


def test_above_the_limit_of_the_account_an_owner_starts_it(people, at):
    ApprovalRule.objects.create(account=people.account, above=3)
    User.objects.filter(pk=people.colleague.pk).update(role="sender")
    people.colleague.refresh_from_db()
    sender = browser(people.colleague)
    recurrence = made(sender, people)
    refused = sender.post(f"/recurring/{recurrence.pk}/start/")
    assert refused.status_code == 400
    assert "an owner decides above 3" in text(refused)
    browser(people.owner).post(f"/recurring/{recurrence.pk}/start/")
    at(AHEAD)
    assert launch.launch_due() == 1
    assert outcomes(recurrence) == ["sent"]


def test_one_that_grows_above_the_limit_is_refused_until_an_owner_starts_one(people, at):
    ApprovalRule.objects.create(account=people.account, above=4)
    User.objects.filter(pk=people.colleague.pk).update(role="sender", email="collega@example.it")
    people.colleague.refresh_from_db()
    recurrence = started(browser(people.colleague), people)
    Group.objects.get(pk=recurrence.groups[0]).contacts.add(*make_group(people.account, 2, "Nuovi", 3400000001).contacts.all())
    at(f"{MONDAY}T08:00")
    launch.launch_due()
    assert Occurrence.objects.get().code == "recurring_needs_owner"
    assert not Batch.objects.exists()
    assert mail.outbox[0].to == ["collega@example.it"]


def test_a_closed_account_sends_nothing(client, people, at):
    started(client, people)
    Account.objects.update(closed_at=clock.now())
    at(AHEAD)
    assert launch.launch_due() == 0


def test_the_jobs_launch_what_is_due_and_forget_what_nobody_started(client, people, at):
    recurrence = started(client, people)
    forgotten = made(client, people, groups=[], numbers="3471234567", repeat_name="Mai")
    Recurrence.objects.filter(pk=forgotten.pk).update(created_at=clock.now() - timedelta(days=31))
    jobs.forget_proposed(0)
    assert not Recurrence.objects.filter(pk=forgotten.pk).exists()
    at(AHEAD)
    jobs.launch_recurring(0)
    assert outcomes(recurrence) == ["sent"]


def test_it_requires_login_and_hides_other_accounts(client, people, at):
    recurrence = made(client, people)
    for address in ("/recurring/", f"/recurring/{recurrence.pk}/", f"/recurring/{recurrence.pk}/delete/"):
        assert asks_for_login(address)
    for address in ("", "progress/", "delete/"):
        assert hides_from(people.stranger, f"/recurring/{recurrence.pk}/{address}")
    for address in ("start/", "pause/", "resume/", "end/", "delete/"):
        assert asks_for_login(f"/recurring/{recurrence.pk}/{address}", "post")
        assert hides_from(people.stranger, f"/recurring/{recurrence.pk}/{address}", "post")
    assert "Buongiorno" not in text(browser(people.stranger).get("/recurring/"))
    assert "Buongiorno" not in text(browser(people.stranger).get(f"/send/?recurring={recurrence.pk}"))


def test_the_empty_list_teaches(client):
    page = text(client.get("/recurring/"))
    assert "Nothing leaves by itself yet" in page
    assert 'value="repeat" checked' in text(client.get("/send/?when=repeat"))
