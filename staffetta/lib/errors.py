"""The base of every refusal. Knows no single one: each app has its own `errors.py` below this.

Refused
├── contacts.errors.*
├── billing.errors.*
├── carriers.errors.*
├── messaging.errors.*
├── campaigns.errors.*
├── lookup.errors.*
├── webhooks.errors.*
├── reports.errors.*
└── api.errors.*
"""

from typing import Any

from django.utils.functional import Promise


class Refused(Exception):
    """Something a person or program asked for and does not get; nothing was charged or changed.

    `code` is stable and read by programs; `message` is a whole sentence, translated, that names the value, the rule
    and the remedy; `retry` tells whether the same request can succeed later. Named `values` fill the sentence.
    """

    code = "refused"
    message: str | Promise = ""
    retry = False

    def __init__(self, **values: Any) -> None:
        super().__init__(self.code)
        self.values = values

    def __str__(self) -> str:
        return str(self.message) % self.values
