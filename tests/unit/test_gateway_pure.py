"""Throttle, window and back-off, with a given clock."""

from staffetta.gateway import backoff
from staffetta.gateway.throttle import PENALTY_S, Throttle
from staffetta.gateway.window import Window


def test_backoff_grows_and_stays_at_its_longest():
    assert [backoff.reconnect_s(failures) for failures in (1, 2, 100)] == [0.5, 1, 30]
    assert [backoff.retry_s(attempts) for attempts in (0, 1, 100)] == [2, 10, 1800]


def test_window_keeps_a_tenth_for_transactional_messages():
    window = Window(100)
    window.take(90)
    assert (window.free(transactional=False), window.free(transactional=True)) == (0, 10)
    window.give(50)
    assert window.free(transactional=False) == 50


def test_window_of_one_place_serves_both():
    window = Window(1)
    assert window.free(transactional=False) == window.free(transactional=True) == 1


def sent_in(throttle: Throttle, start: float, seconds: float, step: float = 0.01) -> int:
    sent = 0
    for tick in range(int(seconds / step)):
        now = start + tick * step
        allowed = min(throttle.allowed(now), 1_000)
        throttle.used(allowed, now)
        sent += allowed
    return sent


def test_throttle_keeps_the_rate():
    throttle = Throttle(50, 0.0)
    assert 495 <= sent_in(throttle, 0.0, 10) <= 510


def test_throttle_without_rate_allows_anything():
    assert Throttle(0, 0.0).allowed(0.0) >= 100_000


def test_throttle_waits_until_the_next_submit_may_go():
    throttle = Throttle(10, 0.0)
    throttle.used(throttle.allowed(0.0), 0.0)
    assert throttle.allowed(0.0) == 0
    assert 0.09 <= throttle.wait_s(0.0) <= 0.11
    assert throttle.allowed(0.11) == 1


def test_after_a_complaint_it_stops_then_goes_slower_then_faster_again():
    throttle = Throttle(1_000, 0.0)
    sent_in(throttle, 0.0, 5)
    throttle.complain(5.0)
    throttle.complain(5.1)  # answers to what was under way complain too: once is enough
    assert throttle.allowed(5.0 + PENALTY_S - 0.01) == 0
    after = 5.0 + PENALTY_S
    slower = sent_in(throttle, after, 1)
    assert 600 <= slower <= 750
    sent_in(throttle, after + 1, 4)
    assert sent_in(throttle, after + 5, 1) >= 990


def test_complaints_never_stop_it_for_good():
    throttle = Throttle(0, 0.0)
    now = 0.0
    for _ in range(50):
        throttle.used(1, now)
        throttle.complain(now)
        now += 1
    assert sent_in(throttle, now, 2) >= 1
