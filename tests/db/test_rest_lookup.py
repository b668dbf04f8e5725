"""REST: look one number, a list and a group up; what it costs, what is left out, results page by page, pause, resume, cancel."""

from datetime import timedelta

import pytest

from staffetta.billing import ledger
from staffetta.lib import clock
from staffetta.lookup import provided, rules
from staffetta.lookup.models import LookupBatch, LookupResult, Provider
from tests.db.hooks import Hands
from tests.db.lookups import PRICE_E4, number, numbers, work_all
from tests.db.rest import owner, read, refused, stranger
from tests.people import make_group

pytestmark = pytest.mark.django_db


def worked(program, lookup: dict) -> dict:
    """Have it answered, and read it again."""
    work_all(LookupBatch.objects.get(pk=int(lookup["id"])))
    return read(program.get(f"/lookups/{lookup['id']}"))


def test_it_works(people):
    program = owner(people, "lookup")
    asked = read(program.post("/lookups", {"number": " 333 123.4567"}), 202)
    assert (asked["state"], asked["source"], asked["name"], asked["charged"]) == ("running", "number", "+393331234567", None)
    assert (asked["price"], asked["credits"], asked["result"]["state"]) == ("0.5000", "0.5000", "queued")
    told = worked(program, asked)
    result = told["result"]
    assert (told["state"], told["charged"], told["counts"]["answered"]) == ("settled", "0.5000", 1)
    assert (result["state"], result["operator_of_range"], result["mcc"], result["credits"]) == ("answered", "TIM", "222", "0.5000")
    assert result["operator"]
    assert result["reach"] in {"reachable", "absent"}


def test_a_fresh_answer_is_free_and_there_at_once_or_asked_anew(people):
    program = owner(people, "lookup")
    worked(program, read(program.post("/lookups", {"number": number(1)}), 202))
    again = read(program.post("/lookups", {"number": number(1)}), 202)
    assert (again["state"], again["charged"], again["reused"], again["result"]["reused"]) == ("settled", "0.0000", 1, True)
    anew = read(program.post("/lookups", {"number": number(1), "reuse": False}), 202)
    assert (anew["asks"], anew["credits"]) == (1, "0.5000")


def test_a_list_says_what_is_left_out_and_why(people):
    program = owner(people, "lookup")
    asked = read(program.post("/lookups", {"numbers": [number(1), number(1), "06 698230", "pippo"]}), 202)
    assert (asked["numbers"], asked["asks"], asked["credits"], asked["left_out_count"]) == (1, 1, "0.5000", 2)
    assert {each["number"]: each["code"] for each in asked["left_out"]} == {"06 698230": "number_landline", "pippo": "number_letters"}
    assert all(each["detail"].endswith(".") for each in asked["left_out"])
    assert asked["result"] is None


def test_ten_thousand_fit_into_a_call_and_no_more(people):
    rules.change(price_e4=0)
    program = owner(people, "lookup")
    many = [f"+39 333 {n:07d}" for n in range(10_000)]
    assert read(program.post("/lookups", {"numbers": many}), 202)["numbers"] == 10_000
    refused(program.post("/lookups", {"numbers": [*many, number(1)]}), 422, "value_wrong")


def test_a_group_is_looked_up_by_who_may_read_contacts(people):
    group = make_group(people.account, 3)
    asked = read(owner(people, "lookup", "contacts").post("/lookups", {"group": group.pk}), 202)
    assert (asked["source"], asked["numbers"], asked["name"]) == ("group", 3, group.name)
    refused(owner(people, "lookup").post("/lookups", {"group": group.pk}), 403, "scope_missing")
    refused(stranger(people).post("/lookups", {"group": group.pk}), 404, "not_found")


def test_numbers_of_contacts_are_read_by_who_may_read_contacts(people):
    group = make_group(people.account, 3)
    rules.change(number_day_max=1)
    worked(owner(people, "lookup"), read(owner(people, "lookup").post("/lookups", {"number": number(1)}), 202))
    asked = read(owner(people, "lookup", "contacts").post("/lookups", {"group": str(group.pk), "reuse": False}), 202)
    for scopes, named, status in ((["lookup"], [], 403), (["lookup", "contacts"], [number(1)], 200)):
        program = owner(people, *scopes)
        assert [left["number"] for left in read(program.get(f"/lookups/{asked['id']}"))["left_out"]] == named
        assert [left["number"] for left in read(program.get("/lookups"))["items"][0]["left_out"]] == named
        assert program.get(f"/lookups/{asked['id']}/results").status_code == status


def test_results_are_filtered_and_come_a_page_at_a_time(people):
    program = owner(people, "lookup")
    told = worked(program, read(program.post("/lookups", {"numbers": [*numbers(5), "+393331234902"]}), 202))
    path = f"/lookups/{told['id']}/results"
    found = program.everything(f"{path}?limit=2")
    assert [each["number"] for each in found] == [*numbers(5), "+393331234902"]
    assert "+393331234902" in [each["number"] for each in program.everything(f"{path}?reach=nonexistent")]
    ported = program.everything(f"{path}?ported=true")
    assert len(ported) + len(program.everything(f"{path}?ported=false")) == len([each for each in found if each["ported"] is not None])
    assert [each["number"] for each in program.everything(f"{path}?number=1234902")] == ["+393331234902"]


def test_lookups_are_listed_the_newest_first(people):
    program = owner(people, "lookup")
    made = [read(program.post("/lookups", {"number": number(n)}), 202)["id"] for n in range(1, 4)]
    assert [each["id"] for each in program.everything("/lookups?limit=2")] == made[::-1]
    assert program.everything("/lookups")[0]["result"]["number"] == number(3)
    assert program.everything("/lookups?state=settled") == []


def test_it_is_paused_resumed_and_cancelled(people):
    program = owner(people, "lookup")
    made = read(program.post("/lookups", {"numbers": numbers(3)}), 202)
    path = f"/lookups/{made['id']}"
    assert read(program.post(f"{path}/pause"))["state"] == "paused"
    refused(program.post(f"{path}/pause"), 409, "lookup_move_refused")
    assert read(program.post(f"{path}/resume"))["state"] == "running"
    ended = read(program.post(f"{path}/cancel"))
    assert (ended["state"], ended["charged"], ended["counts"]["cancelled"]) == ("settled", "0.0000", 3)
    wallet = ledger.wallet(people.account.pk)
    assert (wallet.balance_e4, wallet.held_e4) == (10_000_000, 0)


def test_it_is_idempotent(people):
    program = owner(people, "lookup")
    calls = [program.post("/lookups", {"numbers": numbers(2)}, idempotency_key="mine") for _ in range(2)]
    assert read(calls[0], 202) == read(calls[1], 202)
    assert calls[1].headers["Idempotency-Replayed"] == "true"
    refused(program.post("/lookups", {"numbers": numbers(3)}, idempotency_key="mine"), 422, "key_used_differently")
    assert ledger.wallet(people.account.pk).held_e4 == 2 * PRICE_E4


def test_it_hides_other_accounts(people):
    made = read(owner(people).post("/lookups", {"number": number(1)}), 202)
    other = stranger(people)
    assert other.everything("/lookups") == []
    for method, below in (("get", ""), ("get", "/results"), ("post", "/pause"), ("post", "/resume"), ("post", "/cancel")):
        refused(getattr(other, method)(f"/lookups/{made['id']}{below}"), 404, "not_found")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "parameter_missing"),
        ({"number": "3331234567", "numbers": ["3331234567"]}, 422, "value_wrong"),
        ({"numbers": []}, 422, "nothing_to_look_up"),
        ({"numbers": ["pippo"]}, 422, "nothing_to_look_up"),
        ({"number": "06 698"}, 422, "contact_number_refused"),
        ({"group": 2**62}, 404, "not_found"),
    ],
)
def test_what_is_wrong_is_said(people, body, status, code):
    refused(owner(people).post("/lookups", body), status, code)
    assert not LookupBatch.objects.exists()


def test_limits_credit_and_nobody_to_ask(people):
    program = owner(people)
    rules.change(account_hour_max=2, account_day_max=3)
    refused(program.post("/lookups", {"numbers": numbers(3)}), 429, "lookup_hour_limit")
    rules.change(account_hour_max=100, account_day_max=100, price_e4=1_000_000)
    refused(program.post("/lookups", {"numbers": numbers(11)}), 402, "not_enough_credit")
    rules.change(price_e4=0, number_day_max=1)
    worked(program, read(program.post("/lookups", {"number": number(1)}), 202))
    refused(program.post("/lookups", {"number": number(1), "reuse": False}), 429, "number_asked_too_often")
    provided.save(Provider(name="off", kind="simulator", active=False))
    Provider.objects.update(active=False)
    assert refused(program.post("/lookups", {"number": number(2)}), 503, "nobody_to_ask")["retry"] is True


def test_a_limit_says_when_there_is_room_again(people, monkeypatch):
    program, hands = owner(people), Hands(monkeypatch)
    rules.change(account_hour_max=3, account_day_max=100, number_day_max=1)
    worked(program, read(program.post("/lookups", {"numbers": numbers(2)}), 202))
    hands.on(minutes=20)
    read(program.post("/lookups", {"number": number(3)}), 202)
    assert program.post("/lookups", {"number": number(4)}).headers["Retry-After"] == str(40 * 60)
    assert program.post("/lookups", {"numbers": numbers(3, 4)}).headers["Retry-After"] == str(60 * 60)
    assert program.post("/lookups", {"numbers": numbers(4, 4)}).headers["Retry-After"] == str(60 * 60)
    hands.on(minutes=40, seconds=1)
    read(program.post("/lookups", {"number": number(4)}), 202)
    LookupResult.objects.filter(number=number(1)).update(asked_at=clock.now() - timedelta(hours=23))
    again = program.post("/lookups", {"number": number(1), "reuse": False})
    refused(again, 429, "number_asked_too_often")
    assert again.headers["Retry-After"] == str(60 * 60)


def test_a_sandbox_key_asks_nobody(people):
    refused(owner(people, sandbox=True).post("/lookups", {"number": number(1)}), 403, "live_key_needed")
    assert not LookupBatch.objects.exists()


def test_the_price_and_the_limits_are_told(people):
    rules.change(price_e4=12_500, fresh_days=7)
    told = read(owner(people, "lookup").get("/lookups/price"))
    assert (told["price"], told["fresh_days"], told["reuse_free"], told["numbers_per_call"]) == ("1.2500", 7, True, 10_000)


def test_the_list_asks_as_much_of_the_database_however_long(people, django_assert_max_num_queries):
    program = owner(people)
    for n in range(1, 9):
        read(program.post("/lookups", {"number": number(n)}), 202)
    program.get("/lookups")
    with django_assert_max_num_queries(8):
        assert len(read(program.get("/lookups"))["items"]) == 8
