"""What `run --demo` seeds on its first run: a customer, staff, a few contacts, and the simulator as the carrier."""

import secrets
from collections.abc import Iterable

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction

from staffetta.accounts import operator, profile
from staffetta.accounts.models import Account, User
from staffetta.accounts.opening import make_staff
from staffetta.billing import pricelist, salessettings
from staffetta.billing.commands import open_with_credits
from staffetta.carriers.commands import create
from staffetta.carriers.models import Connector
from staffetta.contacts.models import Contact, Group, Membership
from staffetta.lib import env
from staffetta.lib.money import CREDIT_E4

CUSTOMER, LOGIN, STAFF, CONNECTOR = "Ferramenta Bruni", "demo", "gestore", "simulator"
CREDITS = 20_000
EMAIL = "demo@ferramenta.example"  # its mails, invoices too, are on the staff's page of mails
# The simulator decides by the last six digits what becomes of a message: 999900 is not delivered, 999901 expires, 999903 is refused.
PEOPLE = [
    ("Giulia", "Ferrari", "+393331112201"),
    ("Marco", "Esposito", "+393331112202"),
    ("Niccolò", "D'Angelo", "+393331112203"),
    ("Chiara", "Bianchi", "+393331112204"),
    ("Luca", "Romano", "+393331112205"),
    ("Francesca", "Gallo", "+393331112206"),
    ("Matteo", "Costa", "+393331999900"),
    ("Sara", "Fontana", "+393331999901"),
    ("Davide", "Rizzo", "+393331999903"),
]


# Numbers with right check digits that belong to nobody: the IBAN is the one that the banks' association prints as its example.
SELLER = {
    "company": "Staffetta Demo S.r.l.",
    "vat_number": "01234560371",
    "tax_code": "01234560371",
    "street": "Via delle Prove 1",
    "postcode": "40121",
    "city": "Bologna",
    "province": "BO",
    "email": "gestore@staffetta.example",
}
SALES = {
    "holder": "Staffetta Demo S.r.l.",
    "bank": "Banca di Prova",
    "iban": "IT60X0542811101000000123456",
    "bic": "BPPRITMM",
    "postal_account": "000012345678",
    "postal_holder": "Staffetta Demo S.r.l.",
}
BUYER = {
    "kind": "company",
    "name": "Ferramenta Bruni S.n.c.",
    "street": "Via Emilia 12",
    "postcode": "40121",
    "city": "Bologna",
    "province": "BO",
    "country": "IT",
    "vat_number": "09876540379",
    "sdi_code": "ABC1234",
}


def _password() -> str:
    """Return the demo's password: from the environment, else one made up once and kept in the home folder."""
    if given := env.text("STAFFETTA_DEMO_PASSWORD"):
        return given
    path = settings.HOME / "demo_password"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(9))
    return path.read_text().strip()


@transaction.atomic
def seed(simulator_port: int) -> Iterable[str]:
    """Seed what is missing and return the lines to print; a second run changes only the simulator's port and the password."""
    password = _password()
    if not Account.objects.filter(name=CUSTOMER).exists():
        account, owner = open_with_credits(CUSTOMER, LOGIN, password, CREDITS * CREDIT_E4)
        User.objects.filter(pk=owner.pk).update(email=EMAIL)
        EmailAddress.objects.create(user=owner, email=EMAIL, verified=True, primary=True)
        profile.change(account, **BUYER)
        make_staff(STAFF, password)
        operator.change(**SELLER)
        salessettings.change(**SALES)
        pricelist.begin()
        group = Group.objects.create(account=account, name="Clienti di prova")
        for name, surname, number in PEOPLE:
            contact = Contact.objects.create(account=account, name=name, surname=surname, number=number)
            Membership.objects.create(group=group, contact=contact)
    for user in User.objects.filter(username__in=[LOGIN, STAFF]):
        if not user.check_password(password):
            user.set_password(password)
            user.save()
    if not Connector.objects.filter(name=CONNECTOR).exists():
        create(CONNECTOR, host="127.0.0.1", port=simulator_port, system_id="staffetta", password="demo")
    Connector.objects.filter(name=CONNECTOR).update(port=simulator_port)
    return [f"Demo customer: {LOGIN}   password: {password}", f"Demo staff:    {STAFF}   password: {password}"]
