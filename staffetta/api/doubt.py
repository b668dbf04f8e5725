"""What a caller is told when something broke: that nothing was done, or, where that is not known, just that. One rule for all interfaces."""

import psycopg
from django.db import InterfaceError, OperationalError

from staffetta.api.errors import InDoubt, Internal

# Of the server's own answers only those with which it goes away say nothing about the transaction.
_GOING = ("57P", "08")


def lost(error: Exception) -> bool:
    """Tell whether the database went away under a statement, so that nobody knows whether it was committed."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    cause = error.__cause__
    if not isinstance(cause, psycopg.Error):
        return isinstance(error, InterfaceError)
    if cause.pgconn is not None:  # it could not even connect
        return False
    return cause.sqlstate is None or cause.sqlstate.startswith(_GOING)


def locked(error: Exception) -> bool:
    """Tell whether a statement gave up because somebody else held a row for too long."""
    return isinstance(error.__cause__, psycopg.errors.LockNotAvailable | psycopg.errors.QueryCanceled)


def failure(error: Exception) -> InDoubt | Internal:
    """Return what a caller is told after an error that is no refusal."""
    return InDoubt() if lost(error) else Internal()
