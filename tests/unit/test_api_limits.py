"""The bucket of calls: full at first, filled steadily, one for each key; headers; addresses behind proxies; languages."""

import pytest

from staffetta.api import address
from staffetta.api.limits import Buckets
from staffetta.api.rest import language


def test_a_minutes_calls_at_once_then_one_each_second():
    buckets = Buckets()
    assert [buckets.take(1, 60, 0.0).remaining for _ in range(60)] == list(range(59, -1, -1))
    over = buckets.take(1, 60, 0.0)
    assert (over.refused, over.wait_s, over.reset_s) == (True, 1, 60)
    assert dict(over.headers()) == {"RateLimit-Limit": "60", "RateLimit-Remaining": "0", "RateLimit-Reset": "60", "Retry-After": "1"}
    assert buckets.take(1, 60, 0.5).refused
    assert not buckets.take(1, 60, 1.0).refused
    assert buckets.take(1, 60, 1.0).refused
    assert buckets.take(1, 60, 1_000.0).remaining == 59


def test_a_refused_call_does_not_push_the_next_one_away():
    buckets = Buckets()
    buckets.take(1, 1, 0.0)
    assert [buckets.take(1, 1, float(now)).wait_s for now in (0, 30, 59)] == [60, 30, 1]
    assert not buckets.take(1, 1, 60.0).refused


def test_keys_do_not_share_and_clocks_that_go_back_give_nothing():
    buckets = Buckets()
    buckets.take(1, 1, 100.0)
    assert not buckets.take(2, 1, 100.0).refused
    assert buckets.take(1, 1, 0.0).refused
    assert not buckets.take(1, 0, 0.0).refused


def test_a_limit_that_is_lowered_holds_at_once():
    buckets = Buckets()
    buckets.take(1, 1_000, 0.0)
    assert buckets.take(1, 2, 0.0).remaining == 1


@pytest.mark.parametrize(
    ("forwarded", "proxies", "found"),
    [
        ("", 0, "9.9.9.9"),
        ("1.1.1.1", 0, "9.9.9.9"),
        ("", 1, "9.9.9.9"),
        ("1.1.1.1, 2.2.2.2", 1, "2.2.2.2"),
        ("1.1.1.1, 2.2.2.2", 2, "1.1.1.1"),
        ("2.2.2.2", 3, "2.2.2.2"),
    ],
)
def test_the_callers_address(forwarded, proxies, found):
    assert address.caller("9.9.9.9", forwarded, proxies) == found


@pytest.mark.parametrize(
    ("header", "found"),
    [("", "it"), ("en", "en"), ("de,en;q=0.8,it;q=0.5", "en"), ("it-IT", "it"), ("de", "it"), ("*", "it"), ("\x00;q=x" * 500, "it")],
)
def test_the_language(header, found):
    assert language.chosen(header, "it") == found
