"""Where a user is logged in: list, last use, end. Knows no page."""

from datetime import timedelta

from allauth.usersessions.models import UserSession

from staffetta.accounts.models import User
from staffetta.lib import clock

NOTED_AFTER = timedelta(seconds=60)  # the last use is exact to a minute: not every request needs a write


def used(session_key: str, ip: str) -> None:
    """Take note that a session is in use, from this address."""
    now = clock.now()
    UserSession.objects.filter(session_key=session_key, last_seen_at__lt=now - NOTED_AFTER).update(last_seen_at=now, ip=ip)


def of(user: User) -> list[UserSession]:
    """Return the user's living sessions, the one used last first."""
    return sorted(UserSession.objects.purge_and_list(user), key=lambda each: each.last_seen_at, reverse=True)


def end(user: User, session_id: int) -> bool:
    """End one of the user's sessions; return False where it is not theirs."""
    session = UserSession.objects.filter(user=user, pk=session_id).first()
    if session:
        session.end()
    return session is not None


def end_others(user: User, session_key: str) -> int:
    """End all of the user's sessions but this one; return how many."""
    others = [each for each in of(user) if each.session_key != session_key]
    for each in others:
        each.end()
    return len(others)


def end_all(user: User) -> None:
    """End all of the user's sessions."""
    # Not by `of`: of a closed user allauth drops the note of each session, and leaves the session.
    for each in UserSession.objects.filter(user=user):
        each.end()
