"""One call on its way through the hot door: what it shows to be let in, what it asks, and the future that its answer is for. Pure."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from staffetta.api.limits import Left
from staffetta.api.operations import Sent
from staffetta.api.principal import Principal
from staffetta.lib.errors import Refused
from staffetta.messaging.offer import Asked


@dataclass(frozen=True, slots=True)
class Key:
    """A key's hash."""

    hash: str


@dataclass(frozen=True, slots=True)
class Password:
    """A log-in as it was written, and the hash that its password was found to match."""

    login: str
    encoded: str


@dataclass(slots=True)
class Call:
    """A call that waits for the next commit.

    `asked` may need to know the caller first (a time without a zone is of the account's). `mark` is a key of our own. `left`: what
    the caller's key may still call, once it was let in; `language` that of the answer, the caller's own where it is blank.
    """

    shown: Key | Password
    asked: Asked | Callable[[Principal], Asked]
    address: str
    mark: str
    answer: "asyncio.Future[Sent | Refused]"
    language: str = ""
    left: Left | None = None
