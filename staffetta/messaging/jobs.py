"""Jobs of the line that are not the line itself: counting drafts too large to count at once."""

from procrastinate.contrib.django import app

from staffetta.messaging import compose
from staffetta.messaging.errors import MessagingRefused
from staffetta.messaging.models import Draft


@app.task(queue="count")
def count_draft(draft_id: int) -> None:
    """Count a large draft; the page that waits for it reads `counted` and `state`."""
    draft = Draft.objects.select_related("type").get(pk=draft_id)
    if draft.state == "counting":
        try:
            compose.count(draft)
        except MessagingRefused:
            Draft.objects.filter(pk=draft.pk, state="counting").update(state="refused")
