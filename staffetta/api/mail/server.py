"""`staffetta mail`: takes mails that become SMS, by SMTP or LMTP. Off where STAFFETTA_MAIL_LISTEN is not set."""

import argparse
import asyncio
import logging
import signal

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP
from django.conf import settings

from staffetta.api.mail.handler import Handler
from staffetta.lib import env

MAIL_BYTES_MAX = 256 * 2**10
TIMEOUT_S = 60
_log = logging.getLogger(__name__)


def main(_options: argparse.Namespace) -> int:
    """Serve until SIGTERM or Ctrl-C. Raises SettingError where it is off, or the port is in use."""
    if not settings.MAIL_LISTEN:
        raise env.SettingError("STAFFETTA_MAIL_LISTEN is not set: write where mails shall be taken, for example 127.0.0.1:2525.")
    asyncio.run(_serve(settings.MAIL_LISTEN, settings.MAIL_LMTP))
    return 0


async def _serve(listen: str, lmtp: bool) -> None:
    host, _colon, port = listen.rpartition(":")
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    handler, kind = Handler(lmtp), LMTP if lmtp else SMTP

    def protocol() -> SMTP:
        return kind(handler, data_size_limit=MAIL_BYTES_MAX, ident="Staffetta", timeout=TIMEOUT_S, enable_SMTPUTF8=False)

    try:
        server = await loop.create_server(protocol, host.strip("[]"), int(port))
    except OSError as error:
        raise env.SettingError(
            f"STAFFETTA_MAIL_LISTEN is '{listen}', where nobody can listen ({error.strerror}): choose another."
        ) from error
    _log.info("mail: listens on %s by %s", listen, "LMTP" if lmtp else "SMTP")
    async with server:
        await stop.wait()
