"""The resources of REST, in the order the documentation has them. A new one is a file beside this and a line here."""

from ninja import Router

from staffetta.api.rest import batches, contacts, estimates, groups, lookups, me, messages, money, reports, texts, webhooks

ROUTERS: list[tuple[str, Router]] = [
    ("messages", messages.router),
    ("batches", batches.router),
    ("estimate", estimates.router),
    ("contacts", contacts.router),
    ("groups", groups.router),
    ("texts", texts.router),
    ("lookups", lookups.router),
    ("money", money.router),
    ("reports", reports.router),
    ("webhooks", webhooks.router),
    ("account", me.router),
]
