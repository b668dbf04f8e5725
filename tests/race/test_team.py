"""Two owners at once: first with the guards off, to show that it happens; then as the code is."""

import pytest
from django.db import transaction

from staffetta.accounts import roles, team
from staffetta.accounts.errors import LastOwner
from staffetta.accounts.models import User
from staffetta.lib import clock
from staffetta.messaging import accept, approval
from staffetta.messaging.errors import AlreadyDecided
from staffetta.messaging.models import Approval, ApprovalRule, Batch
from tests.db.portal import browser, draft_of
from tests.people import People, make_connector, make_people
from tests.race.together import SURELY_S, together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> People:
    return make_people()


def owners(people) -> int:
    return team.owners(people.account.pk).count()


def look_then_take(user: User) -> bool:
    """Take the role away as one would first write it: look whether there is another owner, then do it."""
    with transaction.atomic():
        if not team.owners(user.account_id).exclude(pk=user.pk).exists():
            return False
        return bool(User.objects.filter(pk=user.pk).update(role=roles.READER))


def test_twin_leaves_no_owner(people):
    calls = (lambda: look_then_take(people.owner), lambda: look_then_take(people.colleague))
    assert together(*calls, after='AS "a" FROM "accounts_user"', meet_s=SURELY_S) == [True, True]
    assert owners(people) == 0


def test_an_owner_is_left_when_two_take_the_role_from_each_other(people):
    results = together(
        lambda: team.change_role(people.account, people.owner, people.colleague.pk, roles.READER),
        lambda: team.change_role(people.account, people.colleague, people.owner.pk, roles.READER),
        after="FOR UPDATE",
    )
    assert [type(result) for result in results].count(LastOwner) == 1
    assert owners(people) == 1


def test_an_owner_is_left_when_two_close_each_other(people):
    results = together(
        lambda: team.close(people.account, people.owner, people.colleague.pk),
        lambda: team.close(people.account, people.colleague, people.owner.pk),
        after="FOR UPDATE",
    )
    assert [type(result) for result in results].count(LastOwner) == 1
    assert owners(people) == 1


@pytest.fixture
def asked(people) -> Approval:
    make_connector()
    ApprovalRule.objects.create(account=people.account, above=1)
    User.objects.filter(pk=people.colleague.pk).update(role=roles.SENDER)
    people.colleague.refresh_from_db()
    client = browser(people.colleague)
    client.post(f"/send/{draft_of(client, people).pk}/accept/")
    return Approval.objects.get()


@pytest.fixture
def second(people) -> User:
    return User.objects.create(username="second", account=people.account)


def look_then_decide(asked: Approval, user: User, state: str) -> str | None:
    """Decide as one would first write it: look whether it waits, then do it."""
    found = Approval.objects.select_related("draft__type", "draft__account").get(pk=asked.pk)
    if found.state != "waiting":
        return None
    if state == "approved":
        accept.accept(found.draft)
    Approval.objects.filter(pk=asked.pk).update(state=state, decided_by=user, decided_at=clock.now())
    return state


def test_twin_is_approved_and_refused_at_once(people, asked, second):
    results = together(
        lambda: look_then_decide(asked, people.owner, "approved"),
        lambda: look_then_decide(asked, second, "refused"),
        after='FROM "messaging_approval"',
        meet_s=SURELY_S,
    )
    assert set(results) == {"approved", "refused"}
    assert Batch.objects.count() == 1


def test_it_is_either_approved_or_refused(people, asked, second):
    results = together(lambda: approval.approve(asked, people.owner), lambda: approval.refuse(asked, second, "no"), after="FOR UPDATE")
    asked.refresh_from_db()
    if asked.state == "approved":
        assert isinstance(results[1], AlreadyDecided)
    else:
        assert isinstance(results[0], AlreadyDecided)
    assert Batch.objects.count() == (asked.state == "approved")


def test_approved_twice_it_is_one_send_and_the_first_yes_counts(people, asked, second):
    results = together(lambda: approval.approve(asked, people.owner), lambda: approval.approve(asked, second), after="FOR UPDATE")
    assert {type(result) for result in results} == {Batch}
    assert len({result.pk for result in results}) == Batch.objects.count() == 1
    asked.refresh_from_db()
    assert asked.decided_by in (people.owner, second)
