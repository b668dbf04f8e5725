"""Which answers help on which page of a customer, by the page's name. Knows no answer's text."""

from typing import Final

_CREDIT = ("how-many-sms-are-left", "when-is-credit-given-back", "how-to-buy")
_BUY = ("how-to-buy", "the-more-the-cheaper", "card-refused", "invoices", "why-credits")
_COMPOSE = ("long-texts", "types-of-sms", "personal-texts", "sender-name", "schedule", "links", "file-without-saving")
_CONFIRM = ("credit-too-small", "why-credits", "when-is-credit-given-back", "schedule")
_CONTACTS = ("import-a-spreadsheet", "groups", "take-contacts-away", "consent")
_IMPORT = ("import-a-spreadsheet", "file-cannot-be-read")
_SEND = ("what-became-of-it", "not-delivered", "pause-and-cancel", "write-again", "uncertain")
_ARCHIVE = ("what-became-of-it", "not-delivered", "uncertain")
_ACCOUNT = ("two-factor", "several-people", "cannot-log-in")

HELP: Final[dict[str, tuple[str, ...]]] = {
    "home": (*_CREDIT, "what-became-of-it"),
    "order-transfer": _CREDIT,
    "order-slip": _CREDIT,
    "order-proof": _CREDIT,
    "statement": _CREDIT,
    "cards": _CREDIT,
    "order-card-return": _CREDIT,
    "order-card-onward": _CREDIT,
    "buy": _BUY,
    "buy-package": _BUY,
    "orders": _BUY,
    "order": _BUY,
    "invoices": ("invoices", "company-or-person"),
    "credit-transfer": ("why-credits",),
    "more": ("any-other-question", "my-data"),
    "compose": _COMPOSE,
    "draft": _CONFIRM,
    "draft-rows": ("personal-texts", "long-texts"),
    "draft-rest": ("credit-too-small",),
    "compose-senders": ("sender-name",),
    "compose-sender-delete": ("sender-name",),
    "compose-texts": ("personal-texts", "long-texts"),
    "compose-text": ("personal-texts", "long-texts"),
    "compose-text-delete": ("personal-texts",),
    "groups": _CONTACTS,
    "group": _CONTACTS,
    "group-rename": _CONTACTS,
    "group-delete": _CONTACTS,
    "contacts": _CONTACTS,
    "contact": ("groups", "take-contacts-away", "my-data"),
    "contact-new": ("groups", "consent"),
    "contact-delete": ("my-data",),
    "fields": ("personal-texts", "import-a-spreadsheet"),
    "field-rename": ("personal-texts",),
    "field-delete": ("personal-texts",),
    "duplicates": ("groups",),
    "import": _IMPORT,
    "imports": _IMPORT,
    "import-review": _IMPORT,
    "archive": _ARCHIVE,
    "archive-number": _ARCHIVE,
    "send": _SEND,
    "send-time": ("schedule", "pause-and-cancel"),
    "send-clicks": ("links",),
    "send-cancel": ("pause-and-cancel", "when-is-credit-given-back"),
    "recipient": ("not-delivered", "uncertain", "when-is-credit-given-back"),
    "reports": ("what-became-of-it", "take-contacts-away"),
    "report": ("what-became-of-it", "take-contacts-away"),
    "account": _ACCOUNT,
    "notices": ("how-many-sms-are-left",),
    "profile": ("company-or-person", "invoices"),
    "sessions": ("two-factor",),
    "session-end": ("two-factor",),
    "mfa_index": _ACCOUNT,
    "account_email": ("cannot-log-in",),
    "account_change_password": ("forgotten-password", "two-factor"),
    "account_reauthenticate": ("forgotten-password",),
    "mfa_reauthenticate": ("two-factor",),
    "mfa_activate_totp": ("two-factor",),
    "mfa_deactivate_totp": ("two-factor",),
    "mfa_view_recovery_codes": ("two-factor",),
    "mfa_generate_recovery_codes": ("two-factor",),
    "team": ("several-people", "two-factor"),
    "approvals": ("several-people",),
    "recurring": ("recurring",),
    "recurrence": ("recurring",),
    "recurrence-delete": ("recurring",),
    "recurrence-end": ("recurring",),
}
