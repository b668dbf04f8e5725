"""What a link needs from its two sides: the books (`Store`) and the carrier (`Connector`). Knows neither tables nor protocols."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

# The error of an answer "again" to a message that was begun and never submitted: no attempt was made.
NOT_SUBMITTED = "not submitted"


class Message(Protocol):
    """One message as claimed: `text` None means its chunk's own."""

    id: int
    number: str
    text: str | None
    parts: int
    attempts: int


class Chunk(Protocol):
    """A leased run of messages."""

    id: int
    batch_id: int
    lane: int
    sender: str
    text: str
    receipts: bool
    messages: list[Any]


@dataclass(eq=False)
class Run:
    """A chunk at work in this gateway: how far it was asked for, begun (mark committed), submitted; how many messages have no answer."""

    chunk: Chunk
    asked: int = 0
    begun: int = 0
    submitted: int = 0
    unanswered: int = 0

    def __post_init__(self) -> None:
        """Nothing is answered yet."""
        self.unanswered = len(self.chunk.messages)

    @property
    def mark(self) -> int:
        """Return the id of the last message that may have been submitted; 0 where none was begun."""
        return self.chunk.messages[self.begun - 1].id if self.begun else 0

    def cut(self) -> None:
        """Forget what was not begun: it went back to the queue."""
        self.unanswered -= len(self.chunk.messages) - self.begun
        self.asked = self.begun
        del self.chunk.messages[self.begun :]


class Answer(NamedTuple):
    """What the carrier said of one message: state submitted, failed, again or uncertain; `at` is the time of day.

    `late`: the message was answered as uncertain before, and has given its place in flight back.
    """

    run: Run
    message: Any
    state: str
    at: float
    carrier_ids: tuple[str, ...] = ()
    error: str | None = None
    late: bool = False


class Received(NamedTuple):
    """A receipt from the carrier; `token` acknowledges it once it is stored. A state of "" is not final: nothing to store."""

    carrier_id: str
    number: str
    state: str
    at: float
    error: str | None
    token: Any


@dataclass
class Turn:
    """What one transaction of the books writes: outcomes, receipts, chunks that are done."""

    answers: list[Answer] = field(default_factory=list)
    receipts: list[Received] = field(default_factory=list)
    finished: list[Run] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Tell whether there is anything to write."""
        return bool(self.answers or self.receipts or self.finished)


class StoreDown(Exception):
    """The database did not answer; whether the last transaction was committed is not known. Try again."""


class ConnectFailed(Exception):
    """The carrier could not be reached or refused the log-in; the text says which."""


class Store(Protocol):
    """The books, for one connector. Blocking calls, each made from one thread at a time; all may raise StoreDown."""

    def claim(self, limit: int, lane_max: int) -> Chunk | None:
        """Lease the next chunk, cut to `limit` messages, of lanes up to `lane_max`."""

    def begin(self, marks: Sequence[tuple[int, int]]) -> set[int]:
        """Move marks (chunk id, message id); return the chunks whose mark was moved: their batch runs and the lease is ours."""

    def turn(self, turn: Turn) -> None:
        """Write a turn in one transaction. Writing it twice changes nothing more."""

    def give_back(self, runs: Sequence[Run]) -> None:
        """Return to the queue what lies above the marks of these runs."""

    def tick(self, state: str, detail: str, chunks: Sequence[int]) -> None:
        """Renew the leases of these chunks, note how the link fares, try waiting receipts again: every few seconds."""

    def close(self) -> None:
        """Let go of what the calling thread holds."""


class Listener(Protocol):
    """A link, as its connector sees it."""

    def answered(self, answers: list[Answer]) -> None:
        """Messages got their answer."""

    def received(self, receipts: list[Received]) -> None:
        """Receipts came."""

    def too_fast(self) -> None:
        """The carrier asked for less speed."""

    def lost(self, reason: str) -> None:
        """The connection is gone; what had no answer was answered as uncertain before."""


class Connector(Protocol):
    """One carrier's protocol. Lives in the event loop; never blocks."""

    async def connect(self, listener: Listener) -> None:
        """Connect and log in. Raises ConnectFailed."""

    def room(self) -> int:
        """Return how many more submits (parts) may go before an answer comes; 0 while not connected."""

    def submit(self, run: Run, messages: Sequence[Any]) -> tuple[int, int]:
        """Submit messages of a run in order, as far as there is room; return how many went and how many submits that took."""

    def acknowledge(self, receipts: Sequence[Received]) -> None:
        """Tell the carrier that these receipts are stored."""

    def tick(self) -> None:
        """Give up on answers that are overdue, keep the connection alive: every second."""

    async def close(self) -> None:
        """Log out and disconnect."""
