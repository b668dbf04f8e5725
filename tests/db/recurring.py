"""Recurring sends in tests: what someone types, made, started, and what became of their times."""

from staffetta.campaigns.models import Occurrence, Recurrence
from tests.db.portal import text
from tests.people import People, make_group, sms_type

MONDAY = "2026-11-23"


def fields(people: People, **other):
    given = {"when": "repeat", "repeat_name": "Buongiorno", "rhythm": "daily", "time": "09:00", "starts": MONDAY, "ending": "never"}
    given |= {"sender": "BRUNI", "text": "Ciao {nome}", "type": sms_type("PRO con notifica").pk}
    return given | (other if "groups" in other else {"groups": make_group(people.account, 4).pk} | other)


def made(client, people, **other) -> Recurrence:
    response = client.post("/send/", fields(people, **other))
    assert response.status_code == 302, text(response)
    return Recurrence.objects.select_related("account").latest("pk")


def started(client, people, **other) -> Recurrence:
    recurrence = made(client, people, **other)
    client.post(f"/recurring/{recurrence.pk}/start/")
    recurrence.refresh_from_db()
    assert recurrence.state == "active"
    return recurrence


def outcomes(recurrence: Recurrence) -> list[str]:
    return list(Occurrence.objects.filter(recurrence=recurrence).order_by("at").values_list("outcome", flat=True))
