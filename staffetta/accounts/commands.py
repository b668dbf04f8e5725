"""What the command line does to users of the staff."""

import argparse
import secrets

from staffetta.accounts.opening import make_staff


def staff(options: argparse.Namespace) -> int:
    """`staffetta staff create`: prints the password where it made one up."""
    password = options.password or secrets.token_urlsafe(9)
    make_staff(options.name, password)
    print(f"Staff user {options.name} made. Password: {password}")
    return 0
