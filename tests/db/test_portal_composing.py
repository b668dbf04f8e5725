"""The buttons of a new send: files, kept texts, senders, a test to oneself; each keeps what was typed."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from staffetta.billing import ledger
from staffetta.contacts.models import Contact, FileList, OptOut
from staffetta.lib import clock
from staffetta.messaging import compose, jobs, savedsenders, savedtexts
from staffetta.messaging.errors import SenderRefused, SendersFull, TextNameTaken, TooManyTexts
from staffetta.messaging.models import Batch, Draft, Message, OwnNumber, SavedSender, SavedText
from staffetta.portal import live, pasted, sends
from tests.db.line import expand_all
from tests.db.portal import HTMX, asks_for_login, browser, draft_of, hides_from, text, typed
from tests.people import People, make_connector, make_group, make_people, sms_type

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> People:
    make_connector()
    return make_people()


@pytest.fixture
def client(people):
    return browser(people.owner)


def csv_of(content: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("elenco.csv", content.encode())


def test_every_page_requires_login():
    for address in ("/send/texts/", "/send/senders/"):
        assert asks_for_login(address)
    for address in (
        "file/",
        "file/drop/",
        "undo/",
        "text/use/",
        "text/save/",
        "test/",
        "texts/1/delete/",
        "senders/1/usual/",
        "senders/1/delete/",
    ):
        assert asks_for_login(f"/send/{address}", "post")


def test_a_file_is_added_shown_and_left_out_again(client, people):
    given = typed(people, groups=[], text="Devi {importo} euro", file=csv_of("Cellulare;Importo\n3470000001;5\nx;6\n"))
    page = text(client.post("/send/file/", given, headers=HTMX))
    of_file = FileList.objects.get()
    assert f'name="listed" value="{of_file.pk}"' in page
    for shown in ("elenco.csv", "1 person", "1 row left out", "Row 3, “x”", "{importo}", "Devi <b>5</b> euro"):
        assert shown in page
    client.post("/send/", given | {"listed": of_file.pk, "file": ""})
    draft = Draft.objects.get()
    assert (draft.recipients, draft.file_id) == (1, of_file.pk)
    assert "elenco.csv" in text(client.get(f"/send/{draft.pk}/"))
    assert f'value="{of_file.pk}"' in text(client.get(f"/send/?draft={draft.pk}"))
    dropped = text(client.post("/send/file/drop/", given | {"listed": of_file.pk, "file": ""}, headers=HTMX))
    assert 'name="listed"' not in dropped
    assert not Contact.objects.filter(number="+393470000001").exists()


def test_without_script_the_file_comes_with_the_form_and_stays_when_another_field_is_wrong(client, people):
    given = typed(people, groups=[], text="", file=csv_of("Cellulare\n3470000001\n"))
    refused = client.post("/send/", given)
    assert refused.status_code == 400
    assert f'name="listed" value="{FileList.objects.get().pk}"' in text(refused)


def test_a_file_that_cannot_be_read_says_why(client, people):
    response = client.post("/send/", typed(people, file=csv_of("Nome;Via\nAda;Roma\n")))
    assert response.status_code == 400
    assert "No column of the file has mobile numbers" in text(response)
    assert "Ciao {nome}" in text(response)


def test_another_accounts_file_is_not_found(client, people):
    foreign = FileList.objects.create(account=people.other_account, name="altrui")
    response = client.post("/send/", typed(people, listed=foreign.pk))
    assert response.status_code == 400
    assert "no longer kept" in text(response)


def test_groups_are_left_out(client, people):
    given = typed(people)
    out = make_group(people.account, 1, "Fornitori", 3400000001)
    out.contacts.add(*Contact.objects.filter(number="+393330000001"))
    client.post("/send/", given | {"excluded": out.pk})
    draft = Draft.objects.get()
    assert (draft.recipients, draft.excluded) == (3, [out.pk])
    assert "without who is in Fornitori" in text(client.get(f"/send/{draft.pk}/"))
    assert "4.8" in text(client.post("/send/live/", given | {"excluded": out.pk}, headers=HTMX))


def test_one_bad_number_does_not_stop_the_live_count(client, people):
    OptOut.objects.create(account=people.account, number="+393330000001")
    page = text(client.post("/send/live/", typed(people, numbers="3470000001, 041 555012, abc"), headers=HTMX))
    assert "6.4" in page
    assert "“041 555012”: this is a landline" in page
    assert "“abc”: it has letters" in page
    assert "1 number is good" in page
    assert "1 asked not to be written to any more" in page


def test_a_field_that_is_empty_for_someone_is_told_unless_another_word_is_given(client, people):
    given = typed(people, numbers="3470000001")
    assert "1 recipient has nothing for a field" in text(client.post("/send/live/", given, headers=HTMX))
    for words in ("Ciao {nome|cliente}", "Ciao {nome|}"):
        assert "nothing for a field" not in text(client.post("/send/live/", given | {"text": words}, headers=HTMX))
    client.post("/send/", given)
    assert "1 recipient has nothing for a field" in text(client.get(f"/send/{Draft.objects.get().pk}/"))


def test_an_unknown_field_is_said_once(client, people):
    assert text(client.post("/send/", typed(people, text="Ciao {colore}"))).count("{colore} is not a field") == 1


def test_a_text_too_long_keeps_its_count(client, people):
    page = text(client.post("/send/live/", typed(people, text="x" * 5_000), headers=HTMX))
    assert "5000 characters · 33 parts" in page


def test_a_text_longer_than_any_is_not_read_as_one(client, people):
    page = text(client.post("/send/live/", typed(people, text="{" * (live.READ_CHARS_MAX + 1)), headers=HTMX))
    assert f"The text has {live.READ_CHARS_MAX + 1} characters" in page
    assert "brace" not in page


def test_numbers_beyond_the_limit_are_not_read(client, people, monkeypatch):
    monkeypatch.setattr(pasted, "NUMBERS_MAX", 3)
    good = "3470000001\n3470000002\n3470000002, 3470000003"
    assert len(pasted.numbers(good, people.account).good) == 3
    assert not pasted.numbers(good, people.account).more
    for others in (good + "\n3470000004\nletters", "x1;x2;x3;x4", " ".join(f"347000000{n}" for n in range(1, 5))):
        found = pasted.numbers(others, people.account)
        assert (found.more, len(found.good) + found.bad_count) == (True, 3)
    page = client.post("/send/", typed(people, numbers=good + "\n3470000004"))
    assert page.status_code == 400
    assert "more than 3 numbers" in text(page)
    assert "3470000004" in text(page)


def test_line_ends_count_one_as_browsers_send_two(client, people):
    given = typed(people, text="a\r\nb")
    assert "3 characters" in text(client.post("/send/live/", given, headers=HTMX))
    client.post("/send/", given)
    assert Draft.objects.get().text == "a\nb"


def test_what_a_button_does_to_the_text_is_taken_back(client, people):
    given = typed(people, text="Ciao −30%")
    page = text(client.post("/send/repair/", given, headers=HTMX))
    assert "Ciao -30%" in page
    assert 'name="before" value="Ciao −30%"' in page
    assert "Ciao −30%</textarea>" in text(client.post("/send/undo/", given | {"text": "Ciao -30%", "before": "Ciao −30%"}, headers=HTMX))


def test_a_text_is_kept_used_changed_and_deleted(client, people):
    given = typed(people, text="Sabato sconti", text_name="Sabato")
    assert "kept as “Sabato”" in text(client.post("/send/text/save/", given, headers=HTMX))
    saved = SavedText.objects.get()
    assert "Sabato sconti</textarea>" in text(client.post("/send/text/use/", given | {"text": "x", "saved": saved.pk}, headers=HTMX))
    again = text(client.post("/send/text/save/", given, headers=HTMX))
    assert "There is a text “Sabato” already" in again
    assert 'value="Sabato"' in again
    refused = client.post(f"/send/texts/{saved.pk}/", {"name": "", "text": "Domenica"})
    assert refused.status_code == 400
    assert "Domenica" in text(refused)
    client.post(f"/send/texts/{saved.pk}/", {"name": "Domenica", "text": "Aperti"})
    assert "Aperti" in text(client.get("/send/texts/"))
    for address in (f"texts/{saved.pk}/", f"texts/{saved.pk}/delete/"):
        assert hides_from(people.stranger, f"/send/{address}", "post")
    assert "Choose one of your texts" in text(browser(people.stranger).post("/send/text/use/", {"saved": saved.pk}, headers=HTMX))
    client.post(f"/send/texts/{saved.pk}/delete/")
    assert not SavedText.objects.exists()


def test_texts_have_limits(people, monkeypatch):
    savedtexts.save(people.account.pk, "Uno", "x")
    with pytest.raises(TextNameTaken):
        savedtexts.save(people.account.pk, " Uno ", "y")
    monkeypatch.setattr(savedtexts, "TEXTS_MAX", 1)
    with pytest.raises(TooManyTexts):
        savedtexts.save(people.account.pk, "Due", "y")


def test_the_usual_sender_stands_in_a_new_send(client, people):
    for value in ("BRUNI", "OFFICINA"):
        client.post("/send/senders/", {"value": value})
    usual = SavedSender.objects.get(value="OFFICINA")
    client.post(f"/send/senders/{usual.pk}/usual/")
    page = text(client.get("/send/"))
    assert 'name="sender" list="senders" value="OFFICINA"' in page
    assert '<option value="BRUNI">' in page
    refused = client.post("/send/senders/", {"value": "FERRAMENTA BRUNI"})
    assert refused.status_code == 400
    assert "FERRAMENTA BRUNI" in text(refused)
    for action in ("usual", "delete"):
        assert hides_from(people.stranger, f"/send/senders/{usual.pk}/{action}/", "post")
    client.post(f"/send/senders/{usual.pk}/delete/")
    assert savedsenders.usual(people.account.pk) == "BRUNI"


def test_senders_have_rules_and_limits(people, monkeypatch):
    with pytest.raises(SenderRefused):
        savedsenders.save(people.account.pk, "333 1234567 x")
    savedsenders.save(people.account.pk, "BRUNI")
    assert savedsenders.save(people.account.pk, " BRUNI ").value == "BRUNI"
    monkeypatch.setattr(savedsenders, "SENDERS_MAX", 1)
    with pytest.raises(SendersFull):
        savedsenders.save(people.account.pk, "ALTRO")


def test_a_test_is_what_the_first_would_read_charged_once_and_marked(client, people):
    given = typed(people, own_number="347 1111111", once="a1", numbers="??", when="later", send_at="x")
    for _ in range(2):
        page = text(client.post("/send/test/", given, headers=HTMX))
        assert "The test has left: 1.6 credits" in page
    expand_all()
    message = Message.objects.get()
    assert (message.number, message.text) == ("+393471111111", "Ciao Nome0")
    batch = Batch.objects.get()
    assert batch.test
    assert "Test: Ciao {nome}" in text(client.get(f"/sends/{batch.pk}/"))
    assert OwnNumber.objects.get(user=people.owner).number == "+393471111111"
    assert 'value="+393471111111"' in text(client.get("/send/"))
    assert ledger.wallet(people.account.pk).held_e4 == 16_000
    assert savedsenders.usual(people.account.pk) == ""


@pytest.mark.parametrize(
    ("fields", "says"),
    [({"own_number": "041"}, "Write your own mobile number"), ({"text": ""}, "The text is empty"), ({"sender": ""}, "The sender “”")],
)
def test_a_test_that_cannot_leave_says_why_and_costs_nothing(client, people, fields, says):
    page = text(client.post("/send/test/", typed(people, own_number="347 1111111", once="a") | fields, headers=HTMX))
    assert says in page
    assert not Batch.objects.exists()


@pytest.mark.parametrize(("at", "says"), [("2035-01-01T10:00", "too far ahead"), ("2020-01-01T10:00", "already passed")])
def test_a_time_out_of_bounds_is_refused_and_kept(client, people, at, says):
    response = client.post("/send/", typed(people, when="later", send_at=at))
    assert response.status_code == 400
    assert says in text(response)
    assert at in text(response)


def test_a_planned_send_is_planned_until_its_time(client, people):
    at = (clock.now() + timedelta(minutes=4)).strftime("%d/%m/%Y %H:%M")
    people.account.time_zone = "UTC"
    people.account.save()
    draft = draft_of(client, people, when="later", send_at=at)
    client.post(f"/send/{draft.pk}/accept/")
    expand_all()  # some minutes ahead
    batch = Batch.objects.get()
    assert batch.state == "sending"
    (send,) = sends.with_outcomes([batch])
    assert (send.planned, send.leaving, send.may_cancel) == (True, False, True)
    page = text(client.get(f"/sends/{batch.pk}/"))
    assert "lanned" in page
    assert "time of UTC" in text(client.get("/send/"))


def test_each_recipient_is_listed_with_text_and_cost_or_why_not(client, people):
    OptOut.objects.create(account=people.account, number="+393330000002")
    draft = draft_of(client, people, numbers="3470000001")
    page = text(client.get(f"/send/{draft.pk}/recipients/"))
    for shown in ("+393330000001", "Ciao Nome0", "1 part", "1.6 credits", "asked not to be written to", "+393470000001"):
        assert shown in page
    last = Contact.objects.get(number="+393330000004").pk
    rest = text(client.get(f"/send/{draft.pk}/recipients/?contact={last}"))
    assert "+393470000001" in rest
    assert "+393330000001" not in rest


def test_a_count_that_died_is_taken_up_again_and_one_that_fails_for_good_is_refused(client, people, monkeypatch):
    monkeypatch.setattr(compose, "COUNT_AT_ONCE", 2)
    draft = compose.prepare(
        compose.SendRequest(
            people.account.pk, sms_type("PRO"), "Ciao", "BRUNI", (make_group(people.account, 3).pk,), user_id=people.owner.pk
        )
    )
    jobs.resume_counts(timestamp=0)
    assert not waiting_jobs()  # it may still be counted by the page that made it
    Draft.objects.update(created_at=clock.now() - jobs.WITHOUT_JOB_AFTER * 2)
    jobs.resume_counts(timestamp=0)
    assert waiting_jobs() == [{"draft_id": draft.pk}]
    jobs.count_draft(draft_id=draft.pk)
    assert Draft.objects.get().state == "ready"
    Draft.objects.update(state="counting")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE task_name = %s", [jobs.count_draft.name])
    jobs.resume_counts(timestamp=0)
    assert Draft.objects.get().state == "refused"
    assert "could not be counted" in text(client.get(f"/send/{draft.pk}/"))


def waiting_jobs() -> list[dict[str, int]]:
    return [job.args for job in ProcrastinateJob.objects.filter(task_name=jobs.count_draft.name, status="todo")]
