"""Who opened the short link of a send: count a click, and read what was counted. Keeps no address of the internet, only the kind of device.

One row for each recipient who clicked at all, however often; a click is one statement, so that none is lost and the first stays
the first when two come at once.
"""

import re
from dataclasses import dataclass

from django.db import connection

from staffetta.lib import clock
from staffetta.messaging import links
from staffetta.messaging.models import Batch, Click

# What looks at links ahead of people: previews of messengers, mail scanners, search engines, programs.
_ROBOTS = re.compile(
    r"bot\b|bot/|crawl|spider|preview|whatsapp|facebookexternalhit|facebookcatalog|slack|telegram|discord|skype|viber|signal|pinterest|"
    r"embedly|vkshare|snapchat|google-|googleother|bingpreview|safelinks|barracuda|proofpoint|curl/|wget/|python|httpx|okhttp|java/|go-http|"
    r"axios|node-fetch|libwww|headless|lighthouse|monitor|uptime",
    re.IGNORECASE,
)
_DEVICES = (
    ("tablet", re.compile(r"ipad|tablet|kindle|silk/|android(?!.*mobile)", re.IGNORECASE)),
    ("phone", re.compile(r"iphone|ipod|mobile|android|windows phone", re.IGNORECASE)),
    ("computer", re.compile(r"windows|macintosh|x11|cros|linux", re.IGNORECASE)),
)
DEVICES = (*(name for name, _pattern in _DEVICES), "other")

_FIND = """
SELECT m.batch_id, l.target FROM messaging_message m JOIN messaging_batch b ON b.id = m.batch_id JOIN messaging_link l ON l.id = b.link_id
WHERE m.id = %s
"""
_COUNT = """
INSERT INTO messaging_click AS k (message_id, batch_id, first_at, last_at, clicks, robots, device)
VALUES (%(message)s, %(batch)s, %(at)s, %(at)s, %(human)s, %(robot)s, %(device)s)
ON CONFLICT (message_id) DO UPDATE SET
    clicks = least(k.clicks + excluded.clicks, 1000000), robots = least(k.robots + excluded.robots, 1000000),
    first_at = least(k.first_at, excluded.first_at), last_at = greatest(k.last_at, excluded.last_at),
    device = CASE WHEN k.device = '' THEN excluded.device ELSE k.device END
"""


@dataclass(frozen=True)
class Result:
    """How the link of a send was used: people, their clicks, devices (kind, people); robots' looks are apart."""

    target: str
    begins: str
    people: int
    clicks: int
    robots: int
    devices: list[tuple[str, int]]


def is_robot(user_agent: str) -> bool:
    """Tell whether nobody reads what this program asks for."""
    return not user_agent.strip() or bool(_ROBOTS.search(user_agent))


def device_of(user_agent: str) -> str:
    """Return the kind of device, one of DEVICES."""
    return next((name for name, pattern in _DEVICES if pattern.search(user_agent)), "other")


def follow(code: str, user_agent: str, only_looking: bool = False) -> str | None:
    """Count a click and return where it leads; None where the code is nobody's. `only_looking`: nobody has opened the page."""
    message_id = links.message_id(code)
    if message_id is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [message_id])
        row = cursor.fetchone()
        if row is None:
            return None
        batch_id, target = row
        robot = only_looking or is_robot(user_agent)
        cursor.execute(
            _COUNT,
            {
                "message": message_id,
                "batch": batch_id,
                "at": None if robot else clock.now(),
                "human": int(not robot),
                "robot": int(robot),
                "device": "" if robot else device_of(user_agent),
            },
        )
    found: str = target
    return found


def of_message(message_id: int) -> Click | None:
    """Return what was counted of one recipient; None where nobody clicked."""
    return Click.objects.filter(pk=message_id, first_at__isnull=False).first()


def result(batch: Batch) -> Result | None:
    """Return how the link of a send was used; None where it has none."""
    if batch.link is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT device, count(*) FILTER (WHERE first_at IS NOT NULL), sum(clicks), sum(robots) FROM messaging_click"
            " WHERE batch_id = %s GROUP BY device ORDER BY 2 DESC, 1",
            [batch.pk],
        )
        rows = cursor.fetchall()
    return Result(
        target=batch.link.target,
        begins=batch.link.begins,
        people=sum(people for _device, people, _clicks, _robots in rows),
        clicks=sum(clicks for _device, _people, clicks, _robots in rows),
        robots=sum(robots for _device, _people, _clicks, robots in rows),
        devices=[(device, people) for device, people, _clicks, _robots in rows if people],
    )
