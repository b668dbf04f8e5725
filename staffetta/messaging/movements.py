"""What a movement of credit was for: the send behind an entry of the ledger, by its key. Reads only."""

from collections.abc import Iterable

from staffetta.billing.models import Entry
from staffetta.messaging.models import Batch, Message

_SEND, _MESSAGE = "send-", "message-"


def sends(account_id: int, entries: Iterable[Entry]) -> dict[int, Batch]:
    """Return by the entry's id the batch that it was charged for, or whose message it was given back for."""
    known = list(entries)
    keys = {entry.key.removeprefix(_SEND): entry.pk for entry in known if entry.key.startswith(_SEND)}
    found = {keys[batch.key]: batch for batch in Batch.objects.filter(account_id=account_id, key__in=keys)}
    back = {entry.pk: entry.key.removeprefix(_MESSAGE) for entry in known if entry.kind == "refund" and entry.key.startswith(_MESSAGE)}
    ids = {int(message): entry_id for entry_id, message in back.items()}
    messages = dict(Message.objects.filter(pk__in=ids, account_id=account_id).values_list("pk", "batch_id")) if ids else {}
    batches = Batch.objects.filter(account_id=account_id).in_bulk(set(messages.values()))
    return found | {ids[message]: batches[batch] for message, batch in messages.items() if batch in batches}
