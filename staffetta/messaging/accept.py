"""Steps 2 and 3, the door: price a send, hold its credits, record it. One short transaction, however many recipients.

Next: expand.py
"""

from django.db import IntegrityError, connection, transaction

from staffetta.accounts.errors import AccountClosed
from staffetta.billing import ledger, pricing
from staffetta.carriers import routing
from staffetta.contacts.models import FileList
from staffetta.lib import clock
from staffetta.messaging import compose, origin
from staffetta.messaging.compose import SendRequest
from staffetta.messaging.errors import DraftNotReady, FileGone, NoRoute, PriceChanged
from staffetta.messaging.models import BULK, TRANSACTIONAL, Batch, Draft, Tally
from staffetta.messaging.wake import WORK, wake

# A send this small passes at once: it never waits behind a large one.
TRANSACTIONAL_RECIPIENTS_MAX = 20


def send(request: SendRequest, key: str, via: str = origin.PORTAL, via_key: int = 0) -> Batch:
    """Compose and accept in one: for programs, which confirm nothing. Raises a Refused."""
    if batch := Batch.objects.filter(account_id=request.account_id, key=key).first():
        return batch
    draft = compose.prepare(request)
    return accept(draft if draft.state == "ready" else compose.count(draft), key, via, via_key)


def accept(draft: Draft, key: str = "", via: str = origin.PORTAL, via_key: int = 0) -> Batch:
    """Take a counted send: price it, hold its credits, record it.

    The customer may be told "accepted" only after this returns. A repeat with the same key (a draft is its own key)
    returns the first batch. Raises NotEnoughCredit, NoPrice, NoRoute, DraftNotReady, GroupGone, FileGone, PriceChanged, TimeHasPassed.
    """
    # A person may confirm long after the time was chosen; whoever has a key of their own accepts as soon as it is counted.
    by_hand = not key
    key = key or f"draft-{draft.pk}"
    try:
        with transaction.atomic():
            return _record(draft, key, by_hand, via, via_key)
    except IntegrityError:
        # Two requests with one key at once: the second loses on the unique key and is answered with the first one's batch.
        if batch := Batch.objects.filter(account_id=draft.account_id, key=key).first():
            return batch
        raise


def _record(draft: Draft, key: str, by_hand: bool, via: str, via_key: int) -> Batch:
    state = compose.state_locked(draft)
    if batch := Batch.objects.filter(account_id=draft.account_id, key=key).first():
        return batch
    if (draft.state, state) != ("ready", "ready"):
        raise DraftNotReady
    if by_hand:
        compose.check_not_passed(draft)
    if draft.account.closed_at is not None:
        raise AccountClosed(account=draft.account.name)
    if not routing.table().by_prefix:
        raise NoRoute(number=next(iter(draft.parts_by_prefix)))
    compose.check_groups(draft)
    # Locked, so that it is not forgotten (jobs.forget_files) before this send can be seen.
    if draft.file_id and not FileList.objects.select_for_update().filter(pk=draft.file_id, dropped_at=None):
        raise FileGone
    quote = pricing.quote(draft.type, draft.parts_by_prefix)
    if quote.credits_e4 != draft.credits_e4:
        raise PriceChanged
    hold = ledger.hold(draft.account_id, quote.credits_e4, key=f"send-{key}")
    send_at = draft.send_at or clock.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT messaging_reserve(%s)", [draft.recipients])
        (first_id,) = cursor.fetchone()
    batch = Batch.objects.create(
        account_id=draft.account_id,
        user_id=draft.user_id,
        draft=draft,
        key=key,
        type=draft.type,
        sender=draft.sender,
        text=draft.text,
        receipts=draft.type.receipts,
        parts_max=draft.type.parts_max,
        costs=dict(pricing.prices(draft.type).by_prefix),
        lane=TRANSACTIONAL if draft.recipients <= TRANSACTIONAL_RECIPIENTS_MAX else BULK,
        recipients=draft.recipients,
        parts=draft.parts,
        credits_e4=quote.credits_e4,
        hold=hold,
        first_id=first_id,
        groups=draft.groups,
        numbers=draft.numbers,
        ceiling=draft.ceiling,
        excluded=draft.excluded,
        file_id=draft.file_id,
        end_contact=draft.end_contact,
        end_file=draft.end_file,
        test=draft.test,
        link_id=draft.link_id,
        via=via,
        via_key=via_key,
        send_at=send_at,
        valid_until=send_at + draft.valid_for,
    )
    Tally.objects.create(batch=batch)
    Draft.objects.filter(pk=draft.pk).update(state="accepted")
    wake(WORK)
    return batch
