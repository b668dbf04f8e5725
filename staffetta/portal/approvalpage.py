"""What the confirm page and the list show of a send that needs a second person. Reads only."""

from typing import Any

from staffetta.accounts import team
from staffetta.accounts.models import User
from staffetta.messaging import approval, compose
from staffetta.messaging.models import Approval, Draft


def context_of(draft: Draft, user: User) -> dict[str, Any]:
    """Return what the confirm page needs to know: whether to ask, what was asked, who decides."""
    asked = approval.of(draft)
    return {
        "asked": asked,
        "asked_word": approval.WORDS[asked.state] if asked else "",
        "needs_approval": asked is None and approval.needed(draft, user),
        "above": rule.above if (rule := approval.rule(draft.account)) else 0,
        "may_decide": asked is not None and asked.state == "waiting" and approval.may_decide(asked, user),
        "free_now": asked is not None and approval.may_send_after_all(asked, user),
        "mine": asked is not None and asked.asked_by_id == user.pk,
        "late": compose.time_passed(draft),
        "deciders": [owner for owner in team.owners(draft.account_id) if owner.pk != (asked.asked_by_id if asked else user.pk)],
    }


def rows(approvals: list[Approval], user: User) -> list[dict[str, Any]]:
    """Return requests with their state in words and what this user can do."""
    return [
        {"approval": each, "word": approval.WORDS[each.state], "may_decide": each.state == "waiting" and approval.may_decide(each, user)}
        for each in approvals
    ]
