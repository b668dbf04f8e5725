"""Texts that an account keeps to write them again: save, rename, delete. Knows no page and no send."""

from django.db import IntegrityError, transaction

from staffetta.messaging.errors import TextNameMissing, TextNameTaken, TextNameTooLong, TextTooLongToSave, TooManyTexts
from staffetta.messaging.models import SavedText

NAME_CHARS_MAX = 60
TEXT_CHARS_MAX = 4_000
TEXTS_MAX = 200


def texts(account_id: int) -> list[SavedText]:
    """Return the account's texts by name."""
    return list(SavedText.objects.filter(account_id=account_id))


def save(account_id: int, name: str, text: str) -> SavedText:
    """Keep a text under a name. Raises SavedTextRefused."""
    if SavedText.objects.filter(account_id=account_id).count() >= TEXTS_MAX:
        raise TooManyTexts(limit=TEXTS_MAX)
    return change(SavedText(account_id=account_id), name, text)


def change(saved: SavedText, name: str, text: str) -> SavedText:
    """Give a kept text another name or other words. Raises SavedTextRefused."""
    tidy = " ".join(name.split())
    if not tidy:
        raise TextNameMissing
    if len(tidy) > NAME_CHARS_MAX:
        raise TextNameTooLong(length=len(tidy), limit=NAME_CHARS_MAX)
    if len(text) > TEXT_CHARS_MAX:
        raise TextTooLongToSave(length=len(text), limit=TEXT_CHARS_MAX)
    saved.name, saved.text = tidy, text
    try:
        with transaction.atomic():
            saved.save()
    except IntegrityError:
        raise TextNameTaken(name=tidy) from None
    return saved


def delete(saved: SavedText) -> None:
    """Forget a kept text."""
    saved.delete()
