"""Makes a customer who has one of everything that a page can show; run as a process of its own: `python -m tests.line.one_of_each LOGIN PASSWORD`."""

import json
import sys
from datetime import date, time, timedelta

import django

django.setup()

from django.core.files.base import ContentFile  # noqa: E402

from staffetta.accounts import apikeys, invitations, mailtokens, questions  # noqa: E402
from staffetta.accounts.models import User  # noqa: E402
from staffetta.accounts.scopes import EVERYTHING  # noqa: E402
from staffetta.billing import cards, orders, proofs  # noqa: E402
from staffetta.billing.commands import open_with_credits  # noqa: E402
from staffetta.billing.invoices import issue  # noqa: E402
from staffetta.billing.payments.base import Card  # noqa: E402
from staffetta.campaigns import plans  # noqa: E402
from staffetta.campaigns.plans import Plan  # noqa: E402
from staffetta.campaigns.rhythm import Rhythm  # noqa: E402
from staffetta.contacts import fields, importing  # noqa: E402
from staffetta.contacts.people import add_contact, create_group  # noqa: E402
from staffetta.lib import clock  # noqa: E402
from staffetta.lookup import accept as lookups  # noqa: E402
from staffetta.lookup import wanted  # noqa: E402
from staffetta.messaging import accept, compose, savedsenders, savedtexts  # noqa: E402
from staffetta.messaging.compose import SendRequest  # noqa: E402
from staffetta.reports import ordering  # noqa: E402
from staffetta.webhooks import endpoints  # noqa: E402
from staffetta.webhooks.models import Delivery  # noqa: E402
from tests.db.invoicing import paid_order  # noqa: E402
from tests.db.money import make_order, make_profile  # noqa: E402
from tests.people import sms_type  # noqa: E402

CSV = b"Cellulare;Nome\n3475550201;Ada\n06;Nessuno\n"


def main(login: str, password: str) -> None:
    """Print the ids by the names that addresses give them."""
    account, owner = open_with_credits(login, login, password, 1_000_000)
    colleague = User.objects.create_user(f"{login}-2", f"{login}@example.it", password, account=account, role="sender")
    group = create_group(account, "Clienti del lunedì")
    contact = add_contact(group, "347 555 0200", "Nicolò", "D’Angelo")
    for twin in ("347 555 0202", "347 555 0203"):
        add_contact(group, twin, "Rosa", "Neri")
    asked = questions.ask(questions.NewQuestion(name="Anna", email="a@example.it", subject="Prova", text="?", user=owner))
    request = SendRequest(account.pk, sms_type("PRO con notifica"), "Ciao {nome}", "BRUNI", (group.pk,), user_id=owner.pk)
    batch = accept.accept(compose.prepare(request))
    planned = compose.prepare(SendRequest(**vars(request) | {"send_at": clock.now() + timedelta(days=2)}))
    rhythm = Rhythm("monthly", time(9, 0), date.today(), day=31)
    record = importing.begin(account, owner, ContentFile(CSV, "clienti.csv"), "Importati")
    report = ordering.order(account.pk, owner.pk, "contacts", "xlsx", "it", 3)
    invitation = invitations.invite(account, owner, f"{login}-3@example.it", "reader", "it", lambda token: f"http://127.0.0.1/{token}")
    make_profile(account)
    order = make_order(account, key="waiting")
    payment = orders.begin_payment(order.pk, "testbank", f"refused-{login}")
    orders.payment_refused(payment.pk, "three_ds_inactive")
    orders.choose_way(order.pk, "transfer")
    made = {
        "group_id": group.pk,
        "contact_id": contact.pk,
        "field_id": fields.add(account, "taglia").pk,
        "import_id": record.pk,
        "batch_id": batch.pk,
        "message_id": batch.first_id,
        "planned_id": accept.accept(planned).pk,
        "draft_id": compose.prepare(request).pk,
        "recurrence_id": plans.propose(request, Plan("Fine mese", rhythm), plans.ZoneInfo(account.time_zone)).pk,
        "report_id": report.pk,
        "lookup_id": lookups.accept(wanted.of_group(account, group), "one", owner).pk,
        "text_id": savedtexts.save(account.pk, "Saldi", "Ciao {nome|cliente}").pk,
        "sender_id": savedsenders.save(account.pk, "BRUNI").pk,
        "user_id": colleague.pk,
        "invitation_id": invitation.pk,
        "question_id": asked.pk,
        "invoice_id": issue.issue(paid_order(account, "invoiced").pk).pk,
        "order_id": order.pk,
        "package_id": order.package_id,
        "proof_id": proofs.upload(order, owner, b"%PDF-1.7", "ricevuta.pdf").pk,
        "payment_id": payment.pk,
        "endpoint_id": (endpoint := endpoints.create(account.pk, "https://example.com/hook", ["message.delivered"])).pk,
        "call_id": Delivery.objects.create(
            endpoint=endpoint, kind="webhook.test", body="{}", due_at=clock.now(), created_at=clock.now()
        ).pk,
        "key_id": apikeys.make(account, owner, "Cassa", EVERYTHING)[0].pk,
        "token_id": mailtokens.make(account, owner, "Allarme", 84, sender="BRUNI")[0].pk,
        "card_id": cards.keep(account.pk, "testbank", Card("none", "Visa", "4242", 2040, 12), order.pk).pk,
    }
    print(json.dumps(made))


if __name__ == "__main__":
    main(*sys.argv[1:3])
