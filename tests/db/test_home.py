"""The home page: first steps (only what the role may, gone when all is done) and what comes again."""

from datetime import timedelta

import pytest

from staffetta.accounts import profile, roles
from staffetta.accounts.models import User
from staffetta.campaigns.models import Recurrence
from staffetta.lib import clock
from tests.db.portal import accepted, browser, text
from tests.people import make_group, sms_type

pytestmark = pytest.mark.django_db
INVOICING = {"kind": "company", "name": "Bruni Srl", "street": "Via Emilia 1", "postcode": "40121", "city": "Bologna", "province": "BO"}
INVOICING |= {"country": "IT", "vat_number": "12345670017"}


def steps(user) -> tuple[int, int]:
    """Return how many steps are shown, and how many of them are done."""
    page = text(browser(user).get("/home/"))
    listed = page.partition('class="firsts"')[2].partition("</ol>")[0]
    return listed.count("<li"), listed.count('class="done"')


def test_it_works_to_the_last_step(people, connector):
    assert steps(people.owner) == (4, 0)
    User.objects.filter(pk=people.owner.pk).update(email="ugo@bruni.example")
    assert steps(people.owner) == (4, 1)
    make_group(people.account, 1, "Uno", 3350000001)
    assert steps(people.owner) == (4, 2)
    accepted(people)
    assert steps(people.owner) == (4, 3)
    profile.change(people.account, **INVOICING)
    assert steps(people.owner) == (0, 0)


@pytest.mark.parametrize(("role", "count"), [(roles.SENDER, 3), (roles.READER, 0), (roles.DEVELOPER, 0)])
def test_each_role_has_its_own(people, role, count):
    User.objects.filter(pk=people.colleague.pk).update(role=role)
    assert steps(people.colleague)[0] == count


def test_contacts_of_another_account_do_not_count(people):
    make_group(people.account, 1)
    assert steps(people.stranger) == (4, 0)


def test_what_comes_again_is_on_the_home_page_until_it_is_paused(people, connector):
    client = browser(people.owner)
    given = {
        "when": "repeat",
        "repeat_name": "Buongiorno a tutti",
        "rhythm": "daily",
        "time": "09:00",
        "ending": "never",
        "sender": "BRUNI",
    }
    given |= {"starts": f"{clock.now() + timedelta(days=2):%Y-%m-%d}", "text": "Ciao", "type": sms_type("PRO con notifica").pk}
    assert client.post("/send/", given | {"groups": make_group(people.account, 2).pk}).status_code == 302
    assert "Buongiorno a tutti" not in text(client.get("/home/"))  # proposed, not started
    recurrence = Recurrence.objects.get()
    client.post(f"/recurring/{recurrence.pk}/start/")
    assert "Buongiorno a tutti" in text(client.get("/home/"))
    assert "Buongiorno a tutti" not in text(browser(people.stranger).get("/home/"))
    client.post(f"/recurring/{recurrence.pk}/pause/")
    assert "Buongiorno a tutti" not in text(client.get("/home/"))
