"""One call on its way through the hot door: what it shows to be let in, what it asks, and the future that its answer is for. Pure."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from staffetta.api.limits import Left
from staffetta.api.operations import Sent
from staffetta.api.principal import Principal
from staffetta.lib.errors import Refused
from staffetta.messaging.offer import Asked
from staffetta.messaging.singles import Single


@dataclass(frozen=True, slots=True)
class Key:
    """A key's hash."""

    hash: str


@dataclass(frozen=True, slots=True)
class Password:
    """A log-in as it was written, and the hash that its password was found to match."""

    login: str
    encoded: str


@dataclass(frozen=True, slots=True)
class LookAgain:
    """The hash that a password was found to match is not the one of its log-in any more: the password has to be looked at anew."""


Told: TypeAlias = Sent | Refused | LookAgain


@dataclass(slots=True, eq=False)
class Call:
    """A call that waits for the next commit.

    `asked` may need to know the caller first (a time without a zone is of the account's). `mark` is a key of our own. `left`: what
    the caller's key may still call, once it was let in; `language` that of the answer, the caller's own where it is blank.
    Judged once, it is either `told` or has a `single` to be accepted, of the sandbox of key `sandbox_of` where that is not 0.
    """

    shown: Key | Password
    asked: Asked | Callable[[Principal], Asked]
    address: str
    mark: str
    answer: "asyncio.Future[Told]"
    language: str = ""
    left: Left | None = None
    single: Single | None = None
    sandbox_of: int = 0
    told: Told | None = None
