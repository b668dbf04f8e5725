"""The ASGI application in front of Django: sends one message a call here, passes everything else on. Knows no dialect."""

import asyncio
import logging
from functools import lru_cache

from django.conf import settings

from staffetta.api import auth, guessing
from staffetta.api.address import caller
from staffetta.api.errors import AccessDenied, Internal
from staffetta.api.hot import doors, group, passing
from staffetta.api.hot.bodies import Bodies, Gone, Receive, TooSlow
from staffetta.api.hot.call import Call, LookAgain, Password
from staffetta.api.hot.committer import Committer
from staffetta.api.hot.doors import Door, Read, Reply, Request
from staffetta.api.hot.lookers import Lookers
from staffetta.api.hot.passing import Application, Scope, Send
from staffetta.api.operations import Sent
from staffetta.lib.errors import Refused

# To read more than that takes longer than others can wait for.
_READ_AT_ONCE_MAX = 16 * 2**10
_LOOKS = 3
_PASSED_MAX = 4 * 2**20  # more than any call; files of imports have a limit of their own
_log = logging.getLogger(__name__)


class Front:
    """The application. Its threads begin with the first call, in the process and the event loop that serve it."""

    def __init__(self, django: Application) -> None:
        """Take what answers everything else."""
        self._django = django
        self._committer: Committer | None = None
        self._passwords, self._readers = Lookers(), Lookers()  # who sends large bodies keeps nobody from logging in
        self._bodies = Bodies()
        self._looks: dict[tuple[str, str, str], asyncio.Future[Password]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                self._committing(asyncio.get_running_loop())  # the process before this one may have left something to take back
            await self._django(scope, receive, send)
            if scope["type"] == "lifespan":
                await asyncio.to_thread(self.stop)  # what was committed last is answered meanwhile
            return
        door = doors.door(scope["path"], scope["method"])
        if door is None:
            await passing.passed(self._django, scope, receive, send, max(_PASSED_MAX, settings.IMPORT_FILE_BYTES_MAX + 2**20))
            return
        try:
            reply = await self._reply(door, scope, receive)
        except Gone:
            return
        except TooSlow:
            await passing.too_slow(send)
            return
        headers = [_encoded(name, value) for name, value in reply.headers]
        headers.append((b"content-length", b"%d" % len(reply.body)))
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else reply.body})

    def stop(self) -> None:
        """Answer the calls that wait, then end the threads."""
        if self._committer:
            self._committer.stop()
        self._passwords.stop()
        self._readers.stop()

    async def _reply(self, door: Door, scope: Scope, receive: Receive) -> Reply:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in passing.cleaned(scope["headers"])}
        peer = (scope.get("client") or ("", 0))[0]
        address = caller(peer, headers.get("x-forwarded-for", ""), settings.ALLAUTH_TRUSTED_PROXY_COUNT)
        request = Request(scope["method"], scope["query_string"], headers, b"", address)
        try:
            request = request._replace(body=await self._bodies.small(receive, door.body_bytes_max, headers.get("content-length", "")))
            call, answer = await self._answer(await self._read(door, request), address)
        except Refused as refusal:
            return door.refused(request, refusal)
        except (Gone, TooSlow):
            raise
        except Exception:
            _log.exception("a call could not be read: nothing was charged")
            return door.refused(request, Internal())
        finally:
            self._bodies.let_go(request.body)
        return door.answered(call, answer)

    async def _read(self, door: Door, request: Request) -> Read:
        if len(request.body or b"") + len(request.query) > _READ_AT_ONCE_MAX:
            return await self._readers.run(lambda: door.read(request))
        return door.read(request)

    async def _answer(self, read: Read, address: str) -> tuple[Call, Sent | Refused]:
        loop = asyncio.get_running_loop()
        shown = doors.shown(read, address)
        for _look in range(_LOOKS):
            if shown is None:
                guessing.check(read.login, address)
                shown = await self._looked_at_once(read, address)
            call = Call(shown, read.asked, address, group.mark(), loop.create_future(), read.language)
            self._committing(loop).take(call)
            answer = await call.answer
            if not isinstance(answer, LookAgain):
                return call, answer
            shown = None  # the password was set anew
        return call, AccessDenied()

    async def _looked_at_once(self, read: Read, address: str) -> Password:
        """Look at a password once for all calls that come with it at the same time, as a program's first ones do."""
        shown = (read.login, read.password, address)
        look = self._looks.get(shown)
        if look is None:
            look = asyncio.ensure_future(self._passwords.run(lambda: _looked_at(read, address), guessing.place(address)))
            self._looks[shown] = look
            look.add_done_callback(lambda _look: self._looks.pop(shown))
        return await asyncio.shield(look)

    def _committing(self, loop: asyncio.AbstractEventLoop) -> Committer:
        if self._committer is None:
            self._committer = Committer(group, loop, settings.HOME / "messages-to-take-back")
        return self._committer


@lru_cache(1024)
def _encoded(name: str, value: str) -> tuple[bytes, bytes]:
    return name.lower().encode(), value.encode("latin-1")


def _looked_at(read: Read, address: str) -> Password:
    """Look at a password that this process has not seen, or that is not the right one any more. Raises AccessDenied, TooManyWrong."""
    return Password(read.login, auth.looked_at(read.login, read.password, address).encoded)
