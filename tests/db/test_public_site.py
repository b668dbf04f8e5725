"""The public site: every promise answered, in both languages, for everybody; questions that reach the staff."""

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import override_settings
from django.urls import get_resolver
from django.utils import translation

from staffetta.accounts import operator, questions
from staffetta.accounts.models import Question
from staffetta.accounts.opening import make_staff
from staffetta.portal import pagehelp
from staffetta.portal.answers import book
from tests.db.portal import browser, text
from tests.people import People, make_people

pytestmark = pytest.mark.django_db
PAGES = ("/", "/prices/", "/questions/", "/developers/", "/contact/", "/contact/sent/", "/terms/", "/privacy/")
GIVEN = {"name": "Anna Neri", "email": "anna@example.it", "subject": "Fattura", "text": "Come la ricevo?"}


@pytest.fixture(autouse=True)
def _fresh():
    cache.clear()
    operator.forget()
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        mail.outbox = []
        yield
    operator.forget()


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.mark.parametrize("language", ["it", "en"])
@pytest.mark.parametrize("address", PAGES)
def test_it_works(address, language, people):
    page = text(browser(language=language).get(address))
    assert f'<html lang="{language}">' in page
    assert '<meta name="description"' in page or address in {"/terms/", "/privacy/"}
    assert browser(people.owner).get(address).status_code == 200


def test_the_first_page_asks_the_database_a_bounded_number_of_times(django_assert_max_num_queries):
    client = browser()
    client.get("/")
    with django_assert_max_num_queries(3):
        client.get("/")


def test_every_promise_has_its_answer():
    covered = {answer.covers for answer in book.ALL.values()}
    assert {f"F{n}" for n in range(1, 19)} <= covered


def test_every_answer_can_be_shown_in_both_languages_and_its_links_exist():
    known = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    for answer in book.ALL.values():
        for language in ("it", "en"):
            with translation.override(language):
                shown = book._filled(answer, book._values())
                assert shown.question
                assert all(shown.paragraphs), answer.slug
        assert set(answer.links) <= set(book.LINKS), answer.slug
        if book._exists(answer):
            assert set(answer.links) <= known, answer.slug


def test_an_answer_has_an_address_of_its_own():
    page = text(browser(language="it").get("/questions/credit-too-small/"))
    assert "85 si possono inviare subito" in page
    assert browser().get("/questions/no-such-question/").status_code == 404


def test_what_does_not_exist_is_not_promised():
    slugs = {answer.slug for _slug, _title, answers in book.themes() for answer in answers}
    hidden = {answer.slug for answer in book.ALL.values() if answer.needs and answer.needs not in book.EXISTS}
    assert not slugs & hidden
    for slug in hidden:
        assert browser().get(f"/questions/{slug}/").status_code == 404


def test_the_operator_s_own_words_and_colour_are_shown():
    operator.change(
        brand="Messaggini", company="Bruni srl", vat_number="01234560371", headline_it="Gli SMS della Romagna", colour="#7a1f5c"
    )
    page = text(browser(language="it").get("/"))
    for shown in ("Messaggini", "Bruni srl", "01234560371", "Gli SMS della Romagna", "#7a1f5c"):
        assert shown in page
    operator.change(free_credits_e4=250_000)
    assert "25 crediti" in text(browser(language="it").get("/questions/free-credits/"))


def test_prices_come_from_the_price_list():
    page = text(browser(language="it").get("/prices/"))
    for shown in ("PRO con notifica", "1,6", "62"):
        assert shown in page


def test_a_question_is_kept_and_mailed_with_account_and_page(people):
    operator.change(email="staff@example.it")
    client = browser(people.owner, "it")
    assert "/send/" in text(client.get("/contact/?page=/send/"))
    assert client.post("/contact/", GIVEN | {"page": "/send/"}).headers["Location"] == "/contact/sent/"
    kept = Question.objects.get()
    assert (kept.account, kept.user, kept.page, kept.language) == (people.account, people.owner, "/send/", "it")
    (told,) = mail.outbox
    assert told.to == ["staff@example.it"]
    assert "Fattura" in told.subject
    assert "Ferramenta Bruni" in told.body
    assert "/send/" in told.body


def test_a_visitor_asks_without_an_account():
    browser(language="en").post("/contact/", GIVEN)
    kept = Question.objects.get()
    assert (kept.account, kept.user, kept.language) == (None, None, "en")
    assert mail.outbox == []  # the operator has set no address: the staff read it on their page


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": " "}, "Your name is missing"),
        ({"email": ""}, "Your e-mail is missing"),
        ({"email": "anna@"}, "“anna@” is not an e-mail address"),
        ({"subject": ""}, "The subject is missing"),
        ({"text": "\n"}, "The question is missing"),
        ({"text": "x" * 5001}, "has 5001 characters"),
    ],
)
def test_what_is_refused_is_kept_and_explained(change, said):
    response = browser().post("/contact/", GIVEN | change)
    assert response.status_code == 400
    page = text(response)
    assert said in page
    assert "Fattura" in page or "subject" in change
    assert not Question.objects.exists()


def test_a_page_of_another_host_is_not_taken_for_ours():
    for given in ("https://evil.example/", "//evil.example/x", "javascript:alert(1)"):
        assert 'name="page" value=""' in text(browser().get("/contact/", {"page": given})), given
        browser().post("/contact/", GIVEN | {"page": given})
    assert {each.page for each in Question.objects.all()} == {""}


def test_a_robot_is_not_heard_and_one_address_not_for_ever():
    assert browser().post("/contact/", GIVEN | {"website": "http://spam.example"}).status_code == 302
    assert not Question.objects.exists()
    for _ in range(5):
        assert browser().post("/contact/", GIVEN).status_code == 302
    response = browser().post("/contact/", GIVEN)
    assert response.status_code == 400
    assert "wait a while" in text(response)
    assert Question.objects.count() == 5


def test_the_staff_read_and_answer_and_customers_do_not(people):
    browser().post("/contact/", GIVEN)
    kept = Question.objects.get()
    staff = browser(make_staff("gestore", "segreta-1"))
    assert '<b class="num">1</b>' in text(staff.get("/home/", follow=True))
    assert "Come la ricevo?" in text(staff.get("/staff/questions/"))
    staff.post(f"/staff/questions/{kept.pk}/answered/")
    kept.refresh_from_db()
    first = kept.answered_at
    assert first
    staff.post(f"/staff/questions/{kept.pk}/answered/")
    kept.refresh_from_db()
    assert kept.answered_at == first
    assert browser(people.owner).get("/staff/questions/").status_code == 404
    assert browser(people.owner).get("/staff/").status_code == 404
    assert browser(people.owner).post(f"/staff/questions/{kept.pk}/answered/").status_code == 404
    assert browser().get("/staff/questions/").status_code == 302


def test_help_stands_on_the_pages_of_customers(people):
    page = text(browser(people.owner, "it").get("/send/"))
    assert "Aiuto su questa pagina" in page
    assert "Quanto può essere lungo un testo?" in page
    assert "/contact/?page=/send/" in page


def test_help_leads_to_answers_and_pages_that_exist():
    names = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    assert set(pagehelp.HELP) <= names
    assert {slug for slugs in pagehelp.HELP.values() for slug in slugs} <= set(book.ALL)


def test_the_staff_see_new_questions_before_a_hundred_answered_ones(monkeypatch):
    monkeypatch.setattr("staffetta.portal.views.ask.SHOWN", 2)
    for place in range(3):
        browser().post("/contact/", GIVEN | {"subject": f"Domanda {place}"})
    for kept in Question.objects.exclude(subject="Domanda 0"):
        questions.mark_answered(kept.pk)
    page = text(browser(make_staff("gestore", "segreta-1")).get("/staff/questions/"))
    assert "Domanda 0" in page
    assert page.index("Domanda 0") < page.index("Domanda 2")
