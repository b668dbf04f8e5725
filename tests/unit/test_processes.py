"""When what died begins again. Time is the test's own."""

from staffetta.processes import Held


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def pause_s(held: Held, clock: Clock) -> float:
    """Let it die now; return the seconds until it may begin, and begin it."""
    died_at = clock.now_s
    while not held.may_begin("web"):
        clock.now_s += 0.5
    held.begun()
    return clock.now_s - died_at


def test_the_pause_doubles_up_to_thirty_seconds() -> None:
    clock = Clock()
    held = Held(clock)
    assert [pause_s(held, clock) for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]


def test_a_minute_of_life_is_a_new_beginning() -> None:
    clock = Clock()
    held = Held(clock)
    assert [pause_s(held, clock) for _ in range(3)] == [1, 2, 4]
    clock.now_s += 60
    assert [pause_s(held, clock) for _ in range(2)] == [1, 2]
