"""Four eyes: a send to more recipients than the account has set waits for the yes of an owner. Holds no credits before.

`confirm` is the door of people: what needs no approval passes to accept.py, the rest waits here and passes with `approve`.
Programs do not come this way.
"""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import override as language_of

from staffetta.accounts import mail, team
from staffetta.accounts.models import Account, User
from staffetta.accounts.receivers import owners
from staffetta.lib import clock
from staffetta.messaging import accept, compose
from staffetta.messaging.errors import (
    AlreadyDecided,
    DraftNotReady,
    LimitWrong,
    NotYoursToDecide,
    PlannedTimePassed,
    ReasonToRefuseMissing,
    SecondOwnerMissing,
)
from staffetta.messaging.jobs import count_draft
from staffetta.messaging.models import Approval, ApprovalRule, Batch, Draft

REASON_CHARS_MAX = 500
LIMIT_MAX = 2**31 - 1
WORDS = {
    "waiting": gettext_lazy("waiting for approval"),
    "approved": gettext_lazy("approved"),
    "refused": gettext_lazy("not approved"),
    "withdrawn": gettext_lazy("taken back"),
}


def rule(account: Account) -> ApprovalRule | None:
    """Return the account's rule; None where nothing needs approval."""
    return ApprovalRule.objects.filter(account=account).first()


def set_rule(account: Account, written: str, owners_too: bool) -> None:
    """Set the rule as a person writes it; blank is none. Raises LimitWrong, SecondOwnerMissing."""
    text = "".join(written.split()).replace(".", "")
    if not text:
        ApprovalRule.objects.filter(account=account).delete()
        return
    if not (text.isascii() and text.isdecimal() and 0 < int(text[:12]) <= LIMIT_MAX):
        raise LimitWrong(value=written.strip())
    if owners_too and team.owners(account.pk).count() < 2:
        raise SecondOwnerMissing
    ApprovalRule.objects.update_or_create(account=account, defaults={"above": int(text), "owners_too": owners_too})


def needed(draft: Draft, user: User) -> bool:
    """Tell whether this user's confirmation of a draft needs the yes of an owner."""
    found = rule(draft.account)
    return bool(found and _together(draft) > found.above and ("approve" not in user.may or wants_other_owner(found)))


def wants_other_owner(found: ApprovalRule) -> bool:
    """Tell whether an owner's own sends need the yes of another owner: not while there is only one, who could never send."""
    return found.owners_too and team.owners(found.account_id).count() > 1


def _together(draft: Draft) -> int:
    """Return the recipients of a draft and of what was accepted of the same whole: cutting it in two is no way around the limit."""
    whole = draft.whole_id or draft.pk
    others = Draft.objects.filter(Q(pk=whole) | Q(whole_id=whole), state="accepted").exclude(pk=draft.pk)
    return draft.recipients + (others.aggregate(all=Sum("recipients"))["all"] or 0)


def of(draft: Draft) -> Approval | None:
    """Return what was asked and decided about a draft; None where nobody asked."""
    return Approval.objects.filter(draft=draft).select_related("asked_by", "decided_by", "draft").first()


def may_decide(approval: Approval, user: User) -> bool:
    """Tell whether this user can say yes or no: an owner of the account, and another one than who asked."""
    return "approve" in user.may and user.account_id == approval.account_id and user.pk != approval.asked_by_id


@transaction.atomic
def confirm(draft: Draft, user: User, now: bool = False) -> Batch | Approval:
    """Take a send that its writer confirms, or have it wait for an owner where the account wants that.

    `now`: leave at once where its planned time has passed. Raises AlreadyDecided for what was not approved, TimeHasPassed,
    and what accept.accept does.
    """
    asked = of(draft)
    if draft.state == "accepted" or (asked and asked.state == "approved"):
        return accept.accept(draft)
    if asked and asked.state == "waiting" and may_decide(asked, user):
        return approve(asked, user, now)
    if asked and asked.state != "waiting":
        raise AlreadyDecided(state=WORDS[asked.state])
    if asked and not may_send_after_all(asked, user):
        return asked
    if now and compose.time_passed(draft):
        _leave_at_once(draft)
    compose.check_not_passed(draft)
    if asked:
        withdraw(asked, user)
    return _ask(draft, user) if asked is None and needed(draft, user) else accept.accept(draft)


def may_send_after_all(asked: Approval, user: User) -> bool:
    """Tell whether what waits needs no yes any more: the rule has changed, or the other owner has left."""
    return asked.state == "waiting" and asked.asked_by_id == user.pk and not needed(asked.draft, user)


def may_move(batch: Batch, user: User) -> bool:
    """Tell whether this user can give a planned send another time: what an owner approved, only an owner."""
    return "approve" in user.may or not Approval.objects.filter(draft=batch.draft_id, state="approved").exists()


def _leave_at_once(draft: Draft) -> None:
    draft.send_at = None
    draft.save(update_fields=["send_at"])


def _ask(draft: Draft, user: User) -> Approval:
    if (draft.state, compose.state_locked(draft)) != ("ready", "ready"):
        raise DraftNotReady
    asked, new = Approval.objects.get_or_create(draft=draft, defaults={"account": draft.account, "asked_by": user, "asked_at": clock.now()})
    if new:
        for owner in owners(draft.account_id):
            if owner.pk != user.pk:
                _tell(owner, "asked", asked)
    return asked


@transaction.atomic
def approve(approval: Approval, user: User, now: bool = False) -> Batch:
    """Take a send that waits: once, however often it is approved. `now`: leave at once where its planned time has passed.

    Raises NotYoursToDecide, AlreadyDecided, PlannedTimePassed, and what accept.accept does: then it still waits.
    """
    locked = _locked(approval)
    draft = locked.draft
    if locked.state == "approved":
        return accept.accept(draft)
    _check_waiting(locked)
    if not may_decide(locked, user):
        raise NotYoursToDecide
    if compose.time_passed(draft) and not now:
        raise PlannedTimePassed(time=_shown(draft.send_at, draft.account))
    if compose.time_passed(draft):
        _leave_at_once(draft)
    batch = accept.accept(draft)
    _decide(locked, "approved", user)
    if locked.asked_by:
        _tell(locked.asked_by, "approved", locked, reverse("send", args=[batch.pk]))
    return batch


@transaction.atomic
def refuse(approval: Approval, user: User, reason: str) -> Approval:
    """Say no, and why. Raises NotYoursToDecide, AlreadyDecided, ReasonToRefuseMissing."""
    locked = _locked(approval)
    _check_waiting(locked)
    if not may_decide(locked, user):
        raise NotYoursToDecide
    if not reason.strip():
        raise ReasonToRefuseMissing
    _decide(locked, "refused", user, reason.strip()[:REASON_CHARS_MAX])
    if locked.asked_by:
        _tell(locked.asked_by, "refused", locked)
    return locked


@transaction.atomic
def withdraw(approval: Approval, user: User) -> Approval:
    """Take one's own request back. Raises NotYoursToDecide, AlreadyDecided."""
    locked = _locked(approval)
    _check_waiting(locked)
    if user.pk != locked.asked_by_id:
        raise NotYoursToDecide
    _decide(locked, "withdrawn", user)
    return locked


def count_again(approval: Approval) -> None:
    """Count what waits anew, where the price list has changed meanwhile: the same text to the same audience."""
    draft = Draft.objects.select_related("type", "account").get(pk=approval.draft_id)
    if draft.expected > compose.COUNT_AT_ONCE:
        Draft.objects.filter(pk=draft.pk, state="ready").update(state="counting")
        count_draft.defer(draft_id=draft.pk)
        return
    compose.count(draft)


def waiting(account: Account) -> QuerySet[Approval]:
    """Return the requests that wait, the oldest first."""
    return _all(account).filter(state="waiting").order_by("pk")


def decided(account: Account, limit: int) -> list[Approval]:
    """Return the last requests that were decided, newest first."""
    return list(_all(account).exclude(state="waiting").order_by("-decided_at")[:limit])


def _all(account: Account) -> QuerySet[Approval]:
    return Approval.objects.filter(account=account).select_related("draft__type", "draft__batch", "asked_by", "decided_by")


def _locked(approval: Approval) -> Approval:
    # Two owners who decide at once: the second waits here, and reads what the first one decided.
    return Approval.objects.select_for_update(of=("self",)).select_related("draft__type", "draft__account", "asked_by").get(pk=approval.pk)


def _check_waiting(approval: Approval) -> None:
    if approval.state != "waiting":
        raise AlreadyDecided(state=WORDS[approval.state])


def _decide(approval: Approval, state: str, user: User, reason: str = "") -> None:
    approval.state, approval.decided_by, approval.decided_at, approval.reason = state, user, clock.now(), reason
    approval.save(update_fields=["state", "decided_by", "decided_at", "reason"])


def _tell(to: User, what: str, approval: Approval, path: str = "") -> None:
    if not to.email or not to.is_active:
        return
    draft = approval.draft
    values: dict[str, Any] = {
        "account": draft.account,
        "by": approval.asked_by.shown_name if approval.asked_by else "",
        "decided_by": approval.decided_by.shown_name if approval.decided_by else "",
        "recipients": draft.recipients,
        "text": Truncator(" ".join(draft.text.split())).chars(160),
        "reason": approval.reason,
        "url": mail.address(path or reverse("draft", args=[draft.pk])),
    }
    with language_of(to.language):
        values["when"] = _shown(draft.send_at, draft.account) if draft.send_at else gettext("at once")
    written = mail.written(f"messaging/mail/approval_{what}.txt", to.language, **values)
    mail.send(to.email, *written, language=to.language)


def _shown(when: datetime | None, account: Account) -> str:
    return when.astimezone(ZoneInfo(account.time_zone)).strftime("%d/%m/%Y %H:%M") if when else ""
