"""The walk through the portal, page by page: log in, home, group, compose, confirm, progress, report."""

import pytest

from staffetta.messaging.models import Batch, Draft
from tests.db.line import answer, claim_and_begin, deliver, expand_all, work_all
from tests.db.portal import browser, text
from tests.db.reports import report_table
from tests.people import PASSWORD, make_connector, make_group, make_people, sms_type

pytestmark = pytest.mark.django_db


def test_it_works_from_log_in_to_report():
    people, connector = make_people(), make_connector()
    client = browser(language="it")
    assert client.post("/login/", {"username": " owner@staffetta.example ", "password": PASSWORD}).headers["Location"] == "/home/"
    assert "Ferramenta Bruni" in text(client.get("/home/"))
    group = make_group(people.account, 12)
    assert "Nome11" in text(client.get(f"/contacts/{group.pk}/"))
    typed = {"groups": group.pk, "numbers": "347 1234567", "sender": "BRUNI", "text": "Ciao {nome}\r\nsconti!", "when": "now"}
    answered = client.post("/send/", typed | {"type": sms_type("PRO con notifica").pk})
    draft = Draft.objects.get()
    assert answered.headers["Location"] == f"/send/{draft.pk}/"
    assert draft.text == "Ciao {nome}\nsconti!"
    assert "20,8" in text(client.get(f"/send/{draft.pk}/"))
    answered = client.post(f"/send/{draft.pk}/accept/")
    batch = Batch.objects.get()
    assert answered.headers["Location"] == f"/sends/{batch.pk}/"
    expand_all()
    for _ in ("the group", "the loose number"):
        chunk = claim_and_begin(connector)
        answer(connector, chunk)
        deliver(connector, chunk)
    work_all()
    assert "100,00%" not in text(client.get(f"/sends/{batch.pk}/"))
    rows = report_table(client, batch)
    assert len(rows) == 1 + 13
    assert all(row[5] for row in rows[1:])
    assert rows[1][0] == "'+393330000001"
