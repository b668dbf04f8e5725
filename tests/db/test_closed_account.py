"""A closed account: it sees no page of a customer, sends nothing, and nobody is written to."""

import pytest

from staffetta.accounts.errors import AccountClosed
from staffetta.accounts.models import Account, User
from staffetta.accounts.receivers import owners
from staffetta.billing import ledger
from staffetta.lib import clock
from staffetta.messaging import accept, compose
from staffetta.messaging.models import Batch
from tests.db.line import request
from tests.db.portal import browser, text
from tests.people import make_group

pytestmark = pytest.mark.django_db


def close(people) -> None:
    Account.objects.filter(pk=people.account.pk).update(closed_at=clock.now())


@pytest.mark.parametrize("address", ["/home/", "/send/", "/sends/", "/contacts/", "/recurring/"])
def test_every_page_says_so_and_how_to_write_to_the_staff(people, address):
    client = browser(people.owner)
    assert client.get(address).status_code == 200
    close(people)
    response = client.get(address)
    assert response.status_code == 403
    assert "This account is closed" in text(response)
    assert 'href="/contact/"' in text(response)
    assert client.get("/contact/").status_code == 200
    assert browser(people.stranger).get(address).status_code == 200


def test_what_was_composed_before_is_not_accepted(people, connector):
    draft = compose.prepare(request(people, make_group(people.account, 2)))
    close(people)
    draft.refresh_from_db()
    with pytest.raises(AccountClosed, match="Ferramenta Bruni"):
        accept.accept(draft)
    assert not Batch.objects.exists()
    assert ledger.wallet(people.account.pk).available_e4 == 10_000_000


def test_nobody_is_written_to(people):
    User.objects.filter(pk=people.owner.pk).update(email="bruni@example.it")
    assert owners(people.account.pk) == [people.owner]
    close(people)
    assert owners(people.account.pk) == []
