"""What every REST call passes: key, scope, rate, size, JSON, language, Idempotency-Key; each refusal is a problem and nothing is done."""

import hashlib
import json
import re
from datetime import timedelta

import pytest

from staffetta.accounts import apikeys
from staffetta.accounts.models import Account
from staffetta.accounts.scopes import EVERYTHING
from staffetta.api import idempotency, limits
from staffetta.api.models import KeyedAnswer
from staffetta.contacts.models import Group
from staffetta.lib import clock
from staffetta.messaging.models import Batch
from tests.db.rest import Program, owner, read, refused, stranger

pytestmark = pytest.mark.django_db
# Every operation with the scope that it asks for.
OPERATIONS = [
    ("post", "/messages", "send"), ("get", "/messages", "read"), ("get", "/messages/1", "read"),
    ("post", "/batches", "send"), ("get", "/batches", "read"), ("get", "/batches/1", "read"), ("get", "/batches/1/messages", "read"),
    ("post", "/batches/1/pause", "send"), ("post", "/batches/1/resume", "send"), ("post", "/batches/1/cancel", "send"),
    ("post", "/estimate", "send"),
    ("get", "/contacts", "contacts"), ("post", "/contacts", "contacts"), ("get", "/contacts/1", "contacts"),
    ("patch", "/contacts/1", "contacts"), ("delete", "/contacts/1", "contacts"),
    ("get", "/groups", "contacts"), ("post", "/groups", "contacts"), ("get", "/groups/1", "contacts"), ("patch", "/groups/1", "contacts"),
    ("delete", "/groups/1", "contacts"), ("get", "/groups/1/members", "contacts"), ("post", "/groups/1/members", "contacts"),
    ("delete", "/groups/1/members/+393331234567", "contacts"),
    ("get", "/texts", "texts"), ("post", "/texts", "texts"), ("get", "/texts/1", "texts"), ("patch", "/texts/1", "texts"),
    ("delete", "/texts/1", "texts"),
    ("get", "/credit", "money"), ("get", "/movements", "money"), ("get", "/types", "money"),
    ("get", "/webhooks", "webhooks"), ("post", "/webhooks", "webhooks"), ("get", "/webhooks/1", "webhooks"),
    ("patch", "/webhooks/1", "webhooks"), ("delete", "/webhooks/1", "webhooks"), ("post", "/webhooks/1/secret", "webhooks"),
    ("post", "/webhooks/1/test", "webhooks"), ("get", "/webhooks/1/calls", "webhooks"), ("post", "/calls/1/repeat", "webhooks"),
    ("get", "/reports", "read"), ("post", "/reports", "read"), ("get", "/reports/1", "read"), ("get", "/reports/1/file", "read"),
    ("delete", "/reports/1", "send"),
    ("get", "/lookups", "lookup"), ("post", "/lookups", "lookup"), ("get", "/lookups/1", "lookup"), ("get", "/lookups/1/results", "lookup"),
    ("post", "/lookups/1/pause", "lookup"), ("post", "/lookups/1/resume", "lookup"), ("post", "/lookups/1/cancel", "lookup"),
    ("get", "/lookups/price", "lookup"),
]  # fmt: skip
BODIES = {
    ("post", "/messages"): {"type": 1, "to": "+393331234567", "text": "x", "sender": "BRUNI"},
    ("post", "/contacts"): {"number": "+393331234567"},
    ("post", "/groups"): {"name": "x"},
    ("patch", "/groups/1"): {"name": "x"},
    ("post", "/groups/1/members"): {"members": [{"number": "+393331234567"}]},
    ("post", "/texts"): {"name": "x", "text": "x"},
    ("post", "/reports"): {"batch": "1"},
    ("post", "/lookups"): {"number": "+393331234567"},
    ("post", "/webhooks"): {"url": "https://example.com/", "kinds": ["message.delivered"]},
}


@pytest.mark.parametrize(("method", "path", "scope"), OPERATIONS)
def test_it_requires_a_key_and_its_scope(people, method, path, scope):
    program = owner(people, *(each for each in EVERYTHING if each != scope))
    body = BODIES.get((method, path), {}) if method in ("post", "patch") else None
    keyless = program.call(method, path, body, authorization="")
    refused(keyless, 401, "key_unknown")
    assert keyless.headers["WWW-Authenticate"].startswith("Bearer")
    problem = refused(program.call(method, path, body), 403, "scope_missing")
    assert scope in problem["detail"]


def test_the_list_of_operations_is_the_descriptions(people):
    paths = owner(people).client.get("/api/v1/openapi.json").json()["paths"]
    described = {(method, re.sub(r"{\w+}", "*", path.removeprefix("/api/v1"))) for path, methods in paths.items() for method in methods}
    tested = {(method, re.sub(r"/1\b|/\+39\d+", "/*", path)) for method, path, _scope in OPERATIONS}
    assert described - tested == {("get", "/me")}
    assert tested <= described


def test_a_key_that_has_ended_and_one_from_elsewhere_are_refused(people):
    program = owner(people, networks=["10.0.0.0/8"])
    refused(program.get("/me"), 403, "address_not_allowed")
    apikeys.revoke(people.account, program.key.pk)
    ended = program.get("/me")
    refused(ended, 401, "key_ended")
    assert 'error="invalid_token"' in ended.headers["WWW-Authenticate"]


def test_a_proxy_in_front_is_believed_only_where_it_stands(people, settings):
    program = owner(people, networks=["10.0.0.0/8"])
    refused(program.get("/me", x_forwarded_for="10.1.2.3"), 403, "address_not_allowed")
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    read(program.get("/me", x_forwarded_for="1.2.3.4, 10.1.2.3"))
    refused(program.get("/me", x_forwarded_for="10.1.2.3, 1.2.3.4"), 403, "address_not_allowed")


def test_the_key_of_somebody_who_was_let_out_ends_at_once(people):
    program, of_nobody = owner(people), Program(people.account, None)
    read(program.get("/me"))
    people.owner.is_active = False
    people.owner.save()
    refused(program.get("/me"), 401, "key_ended")
    refused(program.post("/messages", {"type": 84, "to": "+393330000001", "text": "Ciao"}), 401, "key_ended")
    read(of_nobody.get("/me"))  # made by the command line: it is the account's
    people.owner.is_active = True
    people.owner.save()
    read(program.get("/me"))


def test_a_closed_account_is_let_in_no_more(people):
    program = owner(people)
    people.account.closed_at = clock.now()
    people.account.save()
    refused(program.get("/me"), 403, "account_closed")


def test_me(people):
    me = read(owner(people, "send", sandbox=True).get("/me"))
    assert (me["account"]["name"], me["key"]["sandbox"], me["key"]["scopes"]) == ("Ferramenta Bruni", True, ["send"])
    assert me["limits"]["recipients_per_call"] == 10_000


def test_the_language_is_the_callers_then_the_persons(people):
    program = owner(people)
    assert (
        refused(program.get("/nix"), 404, "not_found")["detail"]
        != refused(program.get("/nix", accept_language="it"), 404, "not_found")["detail"]
    )
    people.owner.language = "en"
    people.owner.save()
    english = program.get("/messages/1")
    assert program.get("/messages/1", accept_language="de").json() == english.json()
    assert program.get("/messages/1", accept_language="it-CH,en;q=0.5").headers["Content-Language"] == "it"


@pytest.mark.parametrize("path", ["/nix", "/messages/x/y", "", "/", "/messages/"])
def test_what_is_not_there_is_a_problem_and_no_redirect(people, path):
    refused(owner(people).get(path), 404, "not_found")


def test_wrong_methods_name_the_right_ones(people):
    response = owner(people).call("put", "/messages", {})
    assert refused(response, 405, "method_not_allowed")["detail"]
    assert response.headers["Allow"] == "GET, POST"


def test_a_filter_with_a_slip_in_its_name_is_refused(people):
    assert "stat" in refused(owner(people).get("/messages?stat=queued"), 422, "value_wrong")["detail"]
    refused(owner(people).post("/groups?name=x", {"name": "x"}), 422, "value_wrong")
    assert not Group.objects.exists()


def test_a_query_with_more_than_can_be_read_is_refused(people):
    query = "&".join(f"p{n}=1" for n in range(1_001))
    refused(owner(people).get(f"/messages?{query}"), 400, "not_readable")


def test_a_text_that_no_sms_carries_is_not_even_counted(people):
    call = {"type": 59, "sender": "BRUNI", "text": "€" * 40_000, "recipients": [{"to": "+393331234567"}]}
    for path in ("/batches", "/estimate"):
        refused(owner(people).post(path, call), 422, "value_wrong")


def test_each_key_has_its_own_rate(people):
    program, other = owner(people), owner(people)
    program.key.per_minute = 2
    program.key.save()
    limits.buckets.__init__()
    first = program.get("/me")
    assert (first.headers["RateLimit-Limit"], first.headers["RateLimit-Remaining"]) == ("2", "1")
    program.get("/me")
    over = program.get("/me")
    assert refused(over, 429, "too_many_calls")["retry"] is True
    assert 1 <= int(over.headers["Retry-After"]) <= 30
    assert over.headers["RateLimit-Remaining"] == "0"
    read(other.get("/me"))


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 422, "parameter_missing"),
        (b"{", 400, "not_readable"),
        (b"\xff", 400, "not_readable"),
        (b'{"name": NaN}', 400, "not_readable"),
        (b'{"name": "\\ud800"}', 400, "not_readable"),
        (b'{"name": "a\\u0000b"}', 422, "value_wrong"),
        (b'{"name": ' + b"[" * 30_000, 400, "not_readable"),
        (b"[" * 30_000 + b"]" * 30_000, 400, "not_readable"),
        (b'{"name": 1e999}', 422, "parameter_wrong"),
        (b'{"name": ' + b"9" * 5_000 + b"}", 422, "parameter_wrong"),
        (b'{"name": null}', 422, "parameter_wrong"),
        (b"[]", 422, "parameter_wrong"),
        (b'{"name": "x", "nmae": "y"}', 422, "value_wrong"),
        (b'{"name": "' + b"x" * 201 + b'"}', 422, "value_wrong"),
        (b'{"name": "' + b"x" * 70_000 + b'"}', 413, "body_too_large"),
        (b'{"name": "  "}', 422, "group_name_missing"),
    ],
)
def test_bad_bodies_make_nothing(people, body, status, code):
    program = owner(people)
    refused(program.post("/groups", body, idempotency_key="k"), status, code)
    assert not Group.objects.exists()
    assert not KeyedAnswer.objects.exists()
    read(program.post("/groups", {"name": "Buono"}, idempotency_key="k"), 201)


@pytest.mark.parametrize(
    "kind", ["text/xml", "application/x-www-form-urlencoded", "multipart/form-data", "application/json; charset=utf-16"]
)
def test_other_content_types_are_refused(people, kind):
    refused(owner(people).post("/groups", b'{"name": "x"}', content_type=kind), 415, "content_type_wrong")
    assert not Group.objects.exists()


def test_every_field_that_is_wrong_is_named(people):
    problem = refused(owner(people).post("/contacts", {"name": 1, "groups": [0], "nix": 1}), 422, "parameter_missing")
    assert {each["name"] for each in problem["errors"]} == {"number", "name", "groups.0", "nix"}


def test_a_fault_of_ours_is_a_problem_too():
    program = Program(Account.objects.create(name="Senza portafoglio"), None)
    assert refused(program.get("/credit"), 500, "internal")["retry"] is True


def test_a_key_gives_the_same_answer_again(people):
    program = owner(people)
    first = program.post("/groups", {"name": "Uno"}, idempotency_key="k-1")
    again = program.post("/groups", {"name": "Uno"}, idempotency_key="k-1")
    assert (read(first, 201), "Idempotency-Replayed" in first.headers) == (read(again, 201), False)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Group.objects.count() == 1


CHANGING = [each for each in OPERATIONS if each[0] != "get" and each[1] != "/messages"]


@pytest.mark.parametrize(("method", "path", "scope"), CHANGING)
def test_an_answer_is_given_again_only_to_who_may_make_the_call(people, method, path, scope):
    body = json.dumps(BODIES.get((method, path), {})) if method in ("post", "patch") else None
    KeyedAnswer.objects.create(
        account=people.account,
        sandbox=False,
        key="k",
        place=f"{method.upper()} /api/v1{path}",
        fingerprint=hashlib.sha256((body or "").encode()).hexdigest(),
        status=200,
        body=b'{"kept": 1}',
        created_at=clock.now(),
    )
    may = owner(people).call(method, path, body, idempotency_key="k")
    assert may.content == b'{"kept": 1}'
    program = owner(people, *(each for each in EVERYTHING if each != scope))
    refused(program.call(method, path, body, idempotency_key="k"), 403, "scope_missing")


def test_a_key_where_nothing_can_be_changed_changes_nothing(people):
    refused(owner(people).post("/credit", idempotency_key="k"), 405, "method_not_allowed")


def test_a_key_for_another_call_is_refused(people):
    program = owner(people)
    program.post("/groups", {"name": "Uno"}, idempotency_key="k")
    refused(program.post("/groups", {"name": "Due"}, idempotency_key="k"), 422, "key_used_differently")
    refused(program.post("/texts", {"name": "Uno"}, idempotency_key="k"), 422, "key_used_differently")
    read(stranger(people).post("/groups", {"name": "Due"}, idempotency_key="k"), 201)
    assert Group.objects.filter(account=people.account).count() == 1


@pytest.mark.parametrize(("method", "path"), sorted({each[:2] for each in OPERATIONS if each[0] != "get"}))
def test_a_sandbox_key_changes_nothing_that_is_real(people, method, path):
    program = owner(people, sandbox=True)
    answer = program.call(method, path, BODIES.get((method, path), {}) if method in ("post", "patch") else None)
    if (method, path) in (("post", "/messages"), ("post", "/batches"), ("post", "/estimate")):
        assert answer.status_code in (202, 422)
    else:
        refused(answer, 403, "live_key_needed")


def test_a_sandbox_key_reads(people):
    program = owner(people, sandbox=True)
    for path in ("/contacts", "/webhooks", "/reports", "/credit"):
        read(program.get(path))


def test_a_refused_call_leaves_its_key_free(people):
    program = owner(people)
    program.post("/groups", {"name": "Uno"})
    refused(program.post("/groups", {"name": "Uno"}, idempotency_key="k"), 409, "group_name_taken")
    Group.objects.all().delete()
    read(program.post("/groups", {"name": "Uno"}, idempotency_key="k"), 201)


def test_a_deletion_is_answered_the_same_again(people):
    program = owner(people)
    group = read(program.post("/groups", {"name": "Uno"}), 201)["id"]
    answers = [program.call("delete", f"/groups/{group}", idempotency_key="d") for _ in range(2)]
    assert [each.status_code for each in answers] == [204, 204]
    assert [each.content for each in answers] == [b"", b""]
    refused(program.call("delete", f"/groups/{group}"), 404, "not_found")


@pytest.mark.parametrize("key", ["x" * 101, "a\tb", "chiàve"])
def test_a_key_that_cannot_be_kept_is_refused(people, key):
    refused(owner(people).post("/groups", {"name": "Uno"}, idempotency_key=key), 422, "value_wrong")
    assert not Group.objects.exists()


def test_keys_are_forgotten_after_a_week(people):
    program = owner(people)
    program.post("/groups", {"name": "Uno"}, idempotency_key="old")
    program.post("/groups", {"name": "Due"}, idempotency_key="new")
    KeyedAnswer.objects.filter(key="old").update(created_at=clock.now() - timedelta(days=7, minutes=1))
    assert idempotency.forget_old() == 1
    assert KeyedAnswer.objects.get().key == "new"


def test_no_session_is_begun(people):
    response = owner(people).get("/me")
    assert not response.cookies
    assert Batch.objects.count() == 0
