"""Deliver the test bank's events, signed, with pauses that grow where the shop does not answer. Knows not what they say."""

import http.client
import logging
import threading
import time
from urllib.parse import urlsplit

from staffetta.billing.payments.signature import signed
from staffetta.billing.payments.testbank.store import Store

PAUSE_S_MAX, TRIES_MAX, LOOK_S = 600, 15, 0.3
_log = logging.getLogger(__name__)


class Postman(threading.Thread):
    """Look for events whose time has come, until told to stop."""

    def __init__(self, store: Store, secret: str) -> None:
        """Sign with this secret."""
        super().__init__(daemon=True)
        self._store, self._secret = store, secret
        self.ended = threading.Event()

    def run(self) -> None:
        """Deliver until the end."""
        while not self.ended.wait(LOOK_S):
            for event in self._store.due_events(time.time()):
                if self._delivered(event["url"], event["body"].encode()) or event["tries"] >= TRIES_MAX:
                    self._store.event_done(event["rowid"])
                else:
                    self._store.event_later(event["rowid"], time.time() + min(2 ** event["tries"], PAUSE_S_MAX))

    def _delivered(self, url: str, body: bytes) -> bool:
        parts = urlsplit(url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        caller = kind(parts.netloc, timeout=10)
        try:
            headers = {"Content-Type": "application/json", "Bank-Signature": signed(self._secret, body)}
            caller.request("POST", parts.path, body, headers)
            return 200 <= caller.getresponse().status < 300
        except (OSError, http.client.HTTPException) as error:
            _log.info("testbank: the shop does not answer: %s", error)
            return False
        finally:
            caller.close()
