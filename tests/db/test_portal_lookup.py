"""The pages of the number check: one number, many, results, cleaning; who may, what is kept, what is hidden."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from staffetta.accounts import roles
from staffetta.billing import ledger
from staffetta.contacts.models import Contact
from staffetta.lib import clock
from staffetta.lookup import accept, rules, wanted
from staffetta.lookup.models import LookupBatch, LookupResult, Provider
from staffetta.lookup.providers.base import Answered, RefusedForGood, Unknown
from tests.db.lookups import AWAY, GONE, PRICE_E4, THERE, listed, number, numbers, work_all
from tests.db.portal import HTMX, asks_for_login, browser, hides_from, text
from tests.db.test_roles import as_role, assert_only_looks
from tests.people import make_group

pytestmark = pytest.mark.django_db
PAGES = ("", "progress/", "cancel/", "clean/")


@pytest.fixture
def client(people):
    return browser(people.owner)


def of_group(people, size: int = 6, key: str = "g") -> LookupBatch:
    return accept.accept(wanted.of_group(people.account, make_group(people.account, size)), key, people.owner, reuse=False)


def mixed(claimed):
    return Answered({"1": GONE, "2": GONE, "3": AWAY}.get(claimed.number[-1], THERE))


def asked(client, written: str = "333 123 4567", **fields) -> LookupBatch:
    response = client.post("/lookups/", {"number": written, "once": "o", "confirmed_e4": PRICE_E4} | fields)
    assert response.status_code == 302, text(response)
    batch = LookupBatch.objects.latest("pk")
    assert response.headers["Location"] == f"/lookups/{batch.pk}/"
    return batch


def available(people) -> int:
    return ledger.wallet(people.account.pk).available_e4


def test_it_works_for_one_number(people, client):
    page = text(client.get("/lookups/?number=333%20123%204567"))
    assert "Check for 0.5 credits" in page
    assert "<b>TIM</b>" in page
    assert "the number may have moved since" in page
    batch = asked(client)
    address = f"/lookups/{batch.pk}/"
    page = text(client.get(address))
    assert "Set aside: 0.5 credits" in page
    assert f'hx-get="{address}progress/"' in page
    assert "Look again" in page  # the way of who has no scripts
    work_all(batch, lambda _claimed: Answered(THERE))
    page = text(client.get(f"{address}progress/", headers=HTMX))
    for said in ("Reachable", "Iliad", "MCC 222 · MNC 50", "TIM", "yes", "Operator of the number range (free):"):
        assert said in page, said
    assert "hx-get" not in page
    assert available(people) == 1_000 * 10_000 - PRICE_E4


def test_what_is_invented_is_said_to_be(client):
    batch = work_all(asked(client))
    assert "These answers are invented" in text(client.get(f"/lookups/{batch.pk}/"))


@pytest.mark.parametrize(("answer", "said"), [(RefusedForGood("no"), "Refused"), (Unknown(), "No answer")])
def test_what_has_no_answer_costs_nothing_and_says_so(people, client, answer, said):
    before = available(people)
    batch = work_all(asked(client), lambda _claimed: answer)
    page = text(client.get(f"/lookups/{batch.pk}/"))
    assert said in page
    assert "Nothing was charged: the credits that were set aside are back." in page
    assert available(people) == before


def test_a_number_that_does_not_exist_is_an_answer(client):
    batch = work_all(asked(client), lambda _claimed: Answered(GONE))
    page = text(client.get(f"/lookups/{batch.pk}/"))
    assert "Does not exist" in page
    assert "credits that were set aside are back" not in page


def test_a_fresh_answer_is_offered_free_before_anything_is_asked(people, client):
    work_all(asked(client))
    LookupResult.objects.update(answered_at=clock.now() - timedelta(days=3))
    for page in (
        text(client.get("/lookups/known/?number=3331234567", headers=HTMX)),
        text(client.post("/lookups/", {"number": "3331234567", "once": "p", "confirmed_e4": PRICE_E4})),
    ):
        assert "Asked 3 days ago, and still fresh" in page
        assert "Show that answer, free" in page
        assert "Ask again for 0.5 credits" in page
    assert LookupBatch.objects.count() == 1
    kept = asked(client, choice="kept", once="p")
    assert (kept.credits_e4, kept.reuses) == (0, 1)
    assert "from your kept results, free" in text(client.get(f"/lookups/{kept.pk}/"))
    assert asked(client, choice="anew", once="p").credits_e4 == PRICE_E4


def test_twice_the_same_form_is_one_question(client):
    assert asked(client).pk == asked(client).pk
    assert asked(client, "3331234568").pk != asked(client, "3331234567", choice="anew").pk


def test_it_keeps_what_was_typed_when_refused(client):
    for wrong, said in (("06 698230", "landline"), ("pippo", "letters"), ("", "number is missing")):
        response = client.post("/lookups/", {"number": wrong, "once": "o"})
        assert response.status_code == 400
        assert said in text(response), wrong
        assert f'value="{wrong}"' in text(response)
    response = client.post("/lookups/many/", {"source": "pasted", "numbers": "pippo\npluto"})
    assert response.status_code == 400
    assert "pippo\npluto</textarea>" in text(response)
    for source in ("group", "file"):
        assert client.post("/lookups/many/", {"source": source}).status_code == 400
    assert client.post("/lookups/many/", {}).status_code == 400
    assert not LookupBatch.objects.exists()


def test_the_price_that_was_shown_is_the_most(client):
    rules.change(price_e4=7_000)
    response = client.post("/lookups/", {"number": "3331234567", "once": "o", "confirmed_e4": PRICE_E4})
    assert response.status_code == 400
    assert "It costs 0.7 credits now, and you confirmed 0.5" in text(response)
    assert "Check for 0.7 credits" in text(response)


def test_nobody_to_ask_is_said_on_the_page(client):
    Provider.objects.create(name="off", kind="simulator", active=False)
    assert "Lookups are switched off" in text(client.get("/lookups/?number=3331234567"))
    assert client.get("/lookups/").status_code == 200
    assert client.post("/lookups/", {"number": "3331234567"}).status_code == 400
    assert "Lookups are switched off" in text(client.post("/lookups/many/", {"source": "pasted", "numbers": "3331234567"}))


def test_short_credit_says_what_is_missing_and_where_to_buy(people, client):
    rules.change(price_e4=1_000_000)
    for count, address, fields in (
        (11, "/lookups/many/", {"source": "pasted", "numbers": "\n".join(numbers(11))}),
        (11, "/lookups/many/confirm/", {"source": "pasted", "numbers": "\n".join(numbers(11)), "once": "o"}),
    ):
        page = text(client.post(address, fields))
        assert f"The check needs {count * 100:,} credits and 1,000 are available: 100 are missing." in page
        assert "The credit covers 10 numbers." in page
        assert 'href="/buy/"' in page
    ledger.charge(ledger.hold(people.account.pk, 9_999_000, "all").pk, 9_999_000, "all")
    response = client.post("/lookups/", {"number": "3331234567", "once": "o"})
    assert (response.status_code, LookupBatch.objects.count()) == (400, 0)
    assert "99.9 are missing" in text(response)
    assert 'value="3331234567"' in text(response)


def confirmed(client, **fields) -> tuple[str, LookupBatch]:
    """See what it costs, then confirm it as the page would."""
    page = client.post("/lookups/many/", fields)
    assert page.status_code == 200, text(page)
    context = page.context
    given = {name: value for name, value in fields.items() if name != "file"}
    given |= {"once": context["once"], "confirmed_e4": context["quote"].cost_e4, "listed": context["listed"] or ""}
    response = client.post("/lookups/many/confirm/", given)
    assert response.status_code == 302, text(response)
    return text(page), LookupBatch.objects.get(pk=int(response.headers["Location"].strip("/").rpartition("/")[2]))


def test_it_works_for_pasted_numbers(people, client):
    before = available(people)
    pasted = f"{number(1)}, 333 000 0002\n333 000 0002; 06 698230\npippo\n3330000003 3330000004"
    page, batch = confirmed(client, source="pasted", numbers=pasted)
    assert "Check for 2 credits" in page
    assert "2 are left out and not charged" in page
    assert "This is a landline" in page
    assert "1 number was written twice" in page
    assert (batch.count, batch.left_out, batch.state, available(people)) == (4, 2, "running", before - 4 * PRICE_E4)
    assert "1 number was written twice" not in text(client.get(f"/lookups/{batch.pk}/"))
    assert "2 were left out" in text(client.get(f"/lookups/{batch.pk}/"))


def test_it_works_for_a_group(people, client):
    group = make_group(people.account, 6)
    assert f'value="{group.pk}" selected' in text(client.get(f"/lookups/many/?group={group.pk}"))
    page, batch = confirmed(client, source="group", group=group.pk)
    assert "Check for 3 credits" in page
    work_all(batch, mixed)
    page = text(client.get(f"/lookups/{batch.pk}/"))
    for said in (
        "Clienti",
        "Spent: 3 credits; given back: 0 credits",
        "2 numbers of “Clienti” do not exist",
        "costs at least 2 credits less",
    ):
        assert said in page, said
    assert "Numbers: 4, with 2 operators; most are with Iliad (3)." in page
    assert "Reachable" in page


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
def test_it_works_for_a_file(client, extension):
    rows = [["Cellulare", "Nome"], [number(1), "Ada"], ["06 698230", "Ugo"], [number(1), "Ada"], [number(2), "Eva"]]
    if extension == "csv":
        content = "\n".join(";".join(row) for row in rows).encode()
    else:
        book, stream = openpyxl.Workbook(), io.BytesIO()
        for row in rows:
            book.active.append(row)
        book.save(stream)
        content = stream.getvalue()
    page, batch = confirmed(client, source="file", file=SimpleUploadedFile(f"soci.{extension}", content))
    assert "1 is left out and not charged" in page
    assert (batch.source, batch.name, batch.count) == ("file", f"soci.{extension}", 2)
    assert work_all(batch).answered == 2


def test_a_file_that_cannot_be_read_says_why(client):
    response = client.post("/lookups/many/", {"source": "file", "file": SimpleUploadedFile("vuoto.csv", b"")})
    assert response.status_code == 400
    assert "empty" in text(response)


def test_a_file_of_another_account_or_a_forgotten_one_is_not_taken(people, client):
    stranger = browser(people.stranger)
    sent = stranger.post("/lookups/many/", {"source": "file", "file": SimpleUploadedFile("a.csv", f"Cellulare\n{number(1)}".encode())})
    response = client.post("/lookups/many/confirm/", {"source": "file", "listed": sent.context["listed"], "once": "o"})
    assert response.status_code == 400
    assert "no longer kept" in text(response)


def test_more_than_can_be_pasted_are_refused_and_kept(client, monkeypatch):
    monkeypatch.setattr("staffetta.portal.pasted.NUMBERS_MAX", 2)
    response = client.post("/lookups/many/", {"source": "pasted", "numbers": "\n".join(numbers(3))})
    assert response.status_code == 400
    assert "more than 2 numbers" in text(response)
    assert number(3) in text(response)


def test_fresh_answers_are_free_unless_all_is_asked_for_anew(people, client):
    work_all(listed(people, 2))
    some = {"source": "pasted", "numbers": "\n".join(numbers(4))}
    assert "Check for 1 credit<" in text(client.post("/lookups/many/", some))
    page = text(client.post("/lookups/many/", some | {"anew": "1"}))
    assert "Check for 2 credits" in page
    assert "Use the fresh answers free" in page
    assert confirmed(client, **some)[1].reuses == 2
    assert confirmed(client, **some, anew="1")[1].reuses == 0


def test_changing_leads_back_with_what_was_typed(client):
    page = text(client.post("/lookups/many/", {"source": "pasted", "numbers": "333 1234567", "change": "1"}))
    assert ">333 1234567</textarea>" in page


def test_a_limit_is_said_before_anybody_confirms(people, client):
    rules.change(account_hour_max=2)
    page = text(client.post("/lookups/many/", {"source": "pasted", "numbers": "\n".join(numbers(3))}))
    assert "You may look up 2 numbers an hour" in page
    assert "disabled>Check for" in page
    assert client.post("/lookups/many/confirm/", {"source": "pasted", "numbers": "\n".join(numbers(3)), "once": "o"}).status_code == 400


def test_a_price_that_rose_is_shown_again(client):
    some = {"source": "pasted", "numbers": "\n".join(numbers(2)), "once": "o", "confirmed_e4": 2 * PRICE_E4}
    rules.change(price_e4=9_000)
    response = client.post("/lookups/many/confirm/", some)
    assert response.status_code == 400
    assert "It costs 1.8 credits now" in text(response)
    assert not LookupBatch.objects.exists()


def test_the_list_of_lookups_goes_on_by_pages(people, client, monkeypatch, django_assert_max_num_queries):
    assert "No number has been checked yet" in text(client.get("/lookups/"))
    monkeypatch.setattr("staffetta.portal.views.lookups.PAGE", 2)
    made = [listed(people, 1, key=f"k{n}", first=n) for n in range(1, 6)]
    first = client.get("/lookups/")
    assert [shown.batch.pk for shown in first.context["lookups"]] == [made[4].pk, made[3].pk]
    second = client.get(f"/lookups/?older={first.context['older']}")
    assert [shown.batch.pk for shown in second.context["lookups"]] == [made[2].pk, made[1].pk]
    with django_assert_max_num_queries(10):
        client.get("/lookups/?number=3331234567")


def test_a_long_list_needs_no_more_queries_than_a_short_one(people, client, django_assert_max_num_queries):
    batch = work_all(of_group(people, 60), mixed)
    with django_assert_max_num_queries(22):
        client.get(f"/lookups/{batch.pk}/")
    with django_assert_max_num_queries(7):
        client.get(f"/lookups/{batch.pk}/progress/", headers=HTMX)


def test_it_requires_login(people):
    batch = of_group(people)
    for address in ("/lookups/", "/lookups/many/", "/lookups/known/", *(f"/lookups/{batch.pk}/{page}" for page in PAGES)):
        assert asks_for_login(address), address
    for deed in ("pause/", "resume/", "cancel/", "clean/", "report/"):
        assert asks_for_login(f"/lookups/{batch.pk}/{deed}", "post"), deed


def test_it_hides_other_accounts(people):
    batch = work_all(of_group(people))
    for page in PAGES:
        assert hides_from(people.stranger, f"/lookups/{batch.pk}/{page}"), page
    for deed in ("pause/", "resume/", "cancel/", "clean/", "report/"):
        assert hides_from(people.stranger, f"/lookups/{batch.pk}/{deed}", "post"), deed
    stranger = browser(people.stranger)
    assert "Clienti" not in text(stranger.get("/lookups/"))
    assert "Asked" not in text(stranger.get(f"/lookups/known/?number={batch.results.first().number[1:]}"))
    assert stranger.post("/lookups/many/", {"source": "group", "group": batch.group}).status_code == 400


def test_a_reader_sees_results_and_no_button_that_asks(people):
    batch = work_all(of_group(people), mixed)
    single = work_all(accept.accept(wanted.typed(people.account, number(99)), "s", people.owner))
    reader = as_role(people.colleague, roles.READER)
    for address in ("/lookups/", f"/lookups/{batch.pk}/", f"/lookups/{single.pk}/"):
        assert_only_looks(reader, address)
    assert reader.post("/lookups/", {"number": "3331234567"}).status_code == 403
    assert reader.get(f"/lookups/{batch.pk}/clean/").status_code == 403


def test_it_speaks_italian(people):
    batch = work_all(of_group(people), mixed)
    client = browser(people.owner, "it")
    assert "Verifica numeri" in text(client.get("/home/"))
    assert "Verifica per 0,5 crediti" in text(client.get("/lookups/"))
    assert "non esiste" in text(client.get(f"/lookups/{batch.pk}/"))


def test_the_home_page_and_a_contact_tell_of_checks(people, client):
    batch = of_group(people)
    page = text(client.get("/home/"))
    assert f'href="/lookups/{batch.pk}/"' in page
    assert "under way" in page
    work_all(batch, mixed)
    LookupBatch.objects.update(settled_at=clock.now() - timedelta(days=2))
    assert f'href="/lookups/{batch.pk}/"' not in text(client.get("/home/"))
    contact = Contact.objects.get(number=number(1))
    page = text(client.get(f"/contacts/person/{contact.pk}/"))
    assert "Last check:" in page
    assert "does not exist" in page
    assert f'href="/lookups/?number={contact.number.replace("+", "%2B")}"' in page
    assert f"/lookups/many/?group={batch.group}" in text(client.get(f"/contacts/{batch.group}/"))


def test_the_price_list_names_it():
    assert "0.5 credits for each number that is answered" in text(browser().get("/prices/"))
    rules.change(price_e4=0)
    assert "Free: the operator of a number" in text(browser().get("/prices/"))
