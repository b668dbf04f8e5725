"""The Python client of the REST interface: `from staffetta.client import Client`. Needs httpx and nothing else of Staffetta."""

from staffetta.client.asynchronous import AsyncClient
from staffetta.client.errors import ClientError, NotReachable, StaffettaError
from staffetta.client.synchronous import Client

__all__ = ["AsyncClient", "Client", "ClientError", "NotReachable", "StaffettaError"]
