"""Wake a process that has something to do: NOTIFY, with a slow poll behind it should one be missed."""

from django.db import connection

WORK, GATEWAY, WEBHOOKS = "staffetta_work", "staffetta_gateway", "staffetta_webhooks"


def wake(channel: str) -> None:
    """Tell the processes listening on a channel, when this transaction commits, that there is something to do."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [channel])
