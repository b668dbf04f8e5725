"""The queue between the threads of the hot door: nobody waits for nothing, and nobody is forgotten."""

import threading

from staffetta.api.hot import queue
from staffetta.api.hot.call import Call, Key
from staffetta.api.hot.queue import Queue


def calls(count: int) -> list[Call]:
    return [Call(Key("k"), None, "127.0.0.1", f"mark-{n}", None) for n in range(count)]  # type: ignore[arg-type]


def taken(waiting: Queue) -> tuple[threading.Thread, list[object]]:
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.append(waiting.take()))
    thread.start()
    return thread, found


def test_all_that_wait_are_taken_in_their_order(monkeypatch):
    monkeypatch.setattr(queue, "GROUP_MAX", 3)
    waiting, four = Queue(), calls(4)
    assert waiting.put(four[:1])
    assert waiting.put(four[1:])
    assert len(waiting) == 4
    assert (waiting.take(), waiting.take()) == (four[:3], four[3:])
    assert waiting.take(0) == []


def test_too_few_wait_until_there_are_enough():
    waiting, three = Queue(), calls(3)
    waiting.gather(3)
    waiting.put(three[:2])
    assert waiting.take(0) == []
    thread, found = taken(waiting)
    waiting.put(three[2:])
    thread.join(30)
    assert found == [three]


def test_who_gathers_no_more_lets_them_go():
    waiting, one = Queue(), calls(1)
    waiting.gather(5)
    waiting.put(one)
    thread, found = taken(waiting)
    waiting.gather(1)
    thread.join(30)
    assert found == [one]


def test_at_the_end_all_are_taken_and_nobody_waits():
    waiting, two = Queue(), calls(2)
    waiting.gather(5)
    waiting.put(two)
    thread, found = taken(waiting)
    waiting.end()
    thread.join(30)
    assert found == [two]
    assert waiting.take() is None
    assert not waiting.put(calls(1))
    assert len(waiting) == 0
