"""Saved texts: list, keep, change, delete."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema

from staffetta.api.rest.cursors import LIMIT, Cursor, Limit, Page, first, page
from staffetta.api.rest.shapes import Given, Id, Prose, Words, caller, own
from staffetta.messaging import savedtexts
from staffetta.messaging.models import SavedText

router = Router()


class TextShown(Schema):
    """A text that is kept under a name."""

    id: int
    name: str
    text: str
    created_at: datetime


class NewText(Given):
    """A text to be kept."""

    name: Words
    text: Prose


class TextChange(Given):
    """What is to change of a text; what is left out stays."""

    name: Words | None = None
    text: Prose | None = None


def _shown(saved: SavedText) -> dict[str, Any]:
    return {"id": saved.pk, "name": saved.name, "text": saved.text, "created_at": saved.created_at}


def _own(request: HttpRequest, text_id: int) -> SavedText:
    who, _key = caller(request)
    who.must("texts")
    found: SavedText = own(SavedText.objects.all(), who, _("text"), pk=text_id)
    return found


@router.get("/texts", response=Page[TextShown], operation_id="listTexts", summary="List saved texts")
def listed(request: HttpRequest, limit: Limit = LIMIT, cursor: Cursor = "") -> dict[str, Any]:
    """List saved texts in the order they were kept."""
    who, _key = caller(request)
    who.must("texts")
    after = first(cursor)
    found = sorted((each for each in savedtexts.texts(who.account_id) if each.pk > after), key=lambda saved: saved.pk)
    return page([_shown(each) for each in found[:limit]], found[limit - 1].pk if len(found) > limit else None)


@router.post("/texts", response={201: TextShown}, operation_id="createText", summary="Keep a text")
def create(request: HttpRequest, given: NewText) -> dict[str, Any]:
    """Keep a text under a name."""
    who, _key = caller(request)
    who.must("texts")
    return _shown(savedtexts.save(who.account_id, given.name, given.text))


@router.get("/texts/{text_id}", response=TextShown, operation_id="getText", summary="Read a text")
def read(request: HttpRequest, text_id: Id) -> dict[str, Any]:
    """Return a saved text."""
    return _shown(_own(request, text_id))


@router.patch("/texts/{text_id}", response=TextShown, operation_id="changeText", summary="Change a text")
def change(request: HttpRequest, text_id: Id, given: TextChange) -> dict[str, Any]:
    """Change the name or the words of a saved text."""
    saved = _own(request, text_id)
    name, text = saved.name if given.name is None else given.name, saved.text if given.text is None else given.text
    return _shown(savedtexts.change(saved, name, text))


@router.delete("/texts/{text_id}", response={204: None}, operation_id="deleteText", summary="Delete a text")
def delete(request: HttpRequest, text_id: Id) -> None:
    """Forget a saved text."""
    savedtexts.delete(_own(request, text_id))
