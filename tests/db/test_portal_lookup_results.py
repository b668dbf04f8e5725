"""What the number check's pages show of a list: how far it is, results filtered and downloaded, a group cleaned."""

import io
from dataclasses import replace
from datetime import timedelta

import openpyxl
import pytest

from staffetta.contacts.models import Group
from staffetta.lib import clock
from staffetta.lookup import accept, control, wanted
from staffetta.lookup.models import LookupResult
from staffetta.lookup.providers.base import Answered
from staffetta.reports.models import Report
from tests.db.lookups import PRICE_E4, THERE, claimed_of, listed, number, work_all
from tests.db.portal import HTMX, browser, text
from tests.db.reports import written
from tests.db.test_portal_lookup import available, mixed, of_group
from tests.people import make_group

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(people):
    return browser(people.owner)


def test_it_is_paused_resumed_and_cancelled(people, client):
    before = available(people)
    batch = of_group(people)
    address = f"/lookups/{batch.pk}/"
    client.post(f"{address}pause/")
    assert "Nothing is asked for until you resume it" in text(client.get(address))
    assert claimed_of(batch) == []
    client.post(f"{address}resume/")
    assert "Pause" in text(client.get(address))
    claimed_of(batch, 1)
    page = text(client.get(f"{address}cancel/"))
    assert "<b>5 numbers</b> are not asked for any more; given back: <b>2.5 credits</b>" in page
    assert "1 is with the network now" in page
    client.post(f"{address}cancel/")
    batch.refresh_from_db()
    assert (batch.cancelled, available(people)) == (5, before - 6 * PRICE_E4)  # what is in flight holds it a moment longer
    assert "Being cancelled" in text(client.get(address))
    assert "and this can no longer be done to it" in text(client.post(f"{address}pause/", follow=True))


def test_a_lookup_that_has_ended_cannot_be_cancelled(people, client):
    batch = work_all(of_group(people))
    assert client.get(f"/lookups/{batch.pk}/cancel/").headers["Location"] == f"/lookups/{batch.pk}/"
    assert "no longer be done" in text(client.post(f"/lookups/{batch.pk}/cancel/", follow=True))


def test_the_page_moves_by_itself_until_it_has_ended(people, client):
    batch = of_group(people)
    progress = f"/lookups/{batch.pk}/progress/"
    assert f'hx-get="{progress}"' in text(client.get(progress, headers=HTMX))
    control.cancel(batch)
    assert client.get(progress, headers=HTMX).headers["HX-Refresh"] == "true"


def test_results_are_filtered_and_paged(people, client, monkeypatch):
    batch = work_all(of_group(people), mixed)
    address = f"/lookups/{batch.pk}/"

    def found(query: str) -> list[int]:
        page = text(client.get(f"{address}?{query}", headers=HTMX))
        return [n for n in range(1, 7) if f">{number(n)}</span>" in page]

    assert found("") == [1, 2, 3, 4, 5, 6]
    assert found("state=nonexistent") == [1, 2]
    assert found("state=absent") == [3]
    assert found("operator=Iliad") == [4, 5, 6]
    assert found("ported=no") == [3]
    assert found("number=0005") == [5]
    assert found("state=unknown") == []
    assert found("state=nonsense&operator=x") == []
    assert "No number is like this" in text(client.get(f"{address}?operator=x"))
    monkeypatch.setattr("staffetta.portal.views.lookup.PAGE", 4)
    first = client.get(address, headers=HTMX)
    assert len(first.context["rows"]) == 4
    assert found(f"after={first.context['next']}") == [5, 6]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_results_are_downloaded_as_the_filter_shows_them(people, client, form):
    batch = work_all(of_group(people), mixed)
    response = client.post(f"/lookups/{batch.pk}/report/", {"form": form, "state": "nonexistent"})
    report = Report.objects.get()
    assert response.headers["Location"] == f"/reports/{report.pk}/"
    assert report.expected == 2
    content = written(report)
    if form == "csv":
        rows = [line.split(";") for line in content.decode("utf-8-sig").splitlines()]
    else:
        rows = [list(row) for row in openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)]
    assert rows[0][:3] == ["Number", "State", "Present operator"]
    assert [row[0].lstrip("'") for row in rows[1:]] == [number(1), number(2)]
    assert {row[1] for row in rows[1:]} == {"does not exist"}
    assert f"/lookups/{batch.pk}/" in text(client.get(f"/reports/{report.pk}/"))
    hostile = listed(people, 1, key="h", first=77)
    work_all(hostile, lambda _claimed: Answered(replace(THERE, operator="=1+1")))
    client.post(f"/lookups/{hostile.pk}/report/", {"form": form})
    content = written(Report.objects.latest("pk"))
    if form == "csv":
        assert "'=1+1" in content.decode()
    else:
        assert openpyxl.load_workbook(io.BytesIO(content)).active["C2"].data_type == "s"


def test_what_was_left_out_is_downloaded_too_with_its_reason(people, client):
    batch = accept.accept(wanted.listed(people.account, [number(1), "06 698230"]), "l")
    work_all(batch)
    client.post(f"/lookups/{batch.pk}/report/", {"form": "csv"})
    rows = [line.split(";") for line in written(Report.objects.latest("pk")).decode("utf-8-sig").splitlines()]
    assert (len(rows), rows[2][:2]) == (3, ["06 698230", "left out"])
    assert "landline" in rows[2][-1]
    client.post(f"/lookups/{batch.pk}/report/", {"form": "csv", "number": "333"})
    assert "06 698230" not in written(Report.objects.latest("pk")).decode()


def test_a_filter_that_no_database_takes_finds_nobody(people, client):
    batch = work_all(listed(people, 2))
    response = client.get(f"/lookups/{batch.pk}/?operator=%00")
    assert (response.status_code, "No number is like this" in text(response)) == (200, True)


def test_an_unknown_kind_of_file_is_refused(people, client):
    batch = work_all(of_group(people))
    assert "There is no report" in text(client.post(f"/lookups/{batch.pk}/report/", {"form": "doc"}, follow=True))


def test_a_group_is_cleaned_after_asking(people, client):
    batch = work_all(of_group(people), mixed)
    address = f"/lookups/{batch.pk}/clean/"
    page = text(client.get(address))
    assert "Move 2 numbers" in page
    assert "2 credits" in page
    response = client.post(address, {"name": " "})
    assert response.status_code == 400
    taken = make_group(people.account, 0, "Già preso")
    response = client.post(address, {"name": taken.name})
    assert response.status_code == 400
    assert 'value="Già preso"' in text(response)
    response = client.post(address, {"name": "Morti"})
    made = Group.objects.get(name="Morti")
    assert response.headers["Location"] == f"/contacts/{made.pk}/"
    assert set(made.contacts.values_list("number", flat=True)) == {number(1), number(2)}
    assert "there is nothing to clean" in text(client.get(address))


def test_who_is_always_off_can_be_cleaned_out_too(people, client):
    group = make_group(people.account, 6)
    for key in "ab":
        LookupResult.objects.update(answered_at=clock.now() - timedelta(days=1))
        batch = work_all(accept.accept(wanted.of_group(people.account, group), key, reuse=False), mixed)
    address = f"/lookups/{batch.pk}/clean/"
    assert "Move 3 numbers" in text(client.get(f"{address}?absent=2"))
    client.post(address, {"name": "Spenti", "absent": "2"})
    assert Group.objects.get(name="Spenti").contacts.count() == 3


def test_only_a_group_that_is_there_and_looked_up_is_cleaned(people, client):
    running, alone = of_group(people), listed(people, 1, first=50)
    assert "is not finished yet" in text(client.get(f"/lookups/{running.pk}/clean/", follow=True))
    assert "not there any more" in text(client.get(f"/lookups/{alone.pk}/clean/", follow=True))
