"""Mails that become SMS: by SMTP and LMTP from end to end, and what is refused with which answer."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP

from staffetta.accounts import mailtokens
from staffetta.accounts.errors import AccountClosed
from staffetta.accounts.models import Account
from staffetta.api.mail import address, answers, loops, sending
from staffetta.api.mail.handler import Handler
from staffetta.api.mail.text import text
from staffetta.api.operations import Sent
from staffetta.billing import ledger
from staffetta.billing.errors import NoPrice, NotEnoughCredit
from staffetta.billing.models import Wallet
from staffetta.contacts.models import OptOut
from staffetta.lib import clock
from staffetta.messaging import events, offer
from staffetta.messaging.errors import NoRoute
from staffetta.messaging.models import Batch, Message
from staffetta.webhooks import payload
from tests.db import line
from tests.line.copies import free_port

FROM = "allarme@bruni.example"


def mail(body: str = "Porta aperta", **headers: str) -> EmailMessage:
    made = EmailMessage()
    for name, value in ({"From": FROM, "Message_ID": "<1@bruni.example>", "Subject": "Allarme"} | headers).items():
        made[name.replace("_", "-")] = value
    made.set_content(body)
    return made


def token_of(people, **fields):
    return mailtokens.make(people.account, people.owner, "Allarme", 84, "BRUNI", **fields)


def sent(people, made: EmailMessage, mail_from: str = FROM, **fields):
    token, _text = token_of(people, **fields)
    return sending.send(made, mail_from, [sending.Recipient("+393300000001", token)])


@pytest.mark.parametrize(
    ("written", "number"),
    [("+393331234567.{}@x", "+393331234567"), ("393331234567.{}@a.b.c", "393331234567"), ("<003933312345.{}@x>", "003933312345")],
)
def test_an_address_is_read(written, number):
    token = "abcdefghij234567abcd"
    assert address.read(written.format(token)) == (number, token)
    assert address.read(written.format(token.upper())) == (number, token)


@pytest.mark.parametrize(
    "written", ["info@x", "+39333.short@x", "393331234567@x", "x.abcdefghij234567abcd@x", ".abcdefghij234567abcd@x", ""]
)
def test_anything_else_is_no_address(written):
    assert address.read(written) is None


def test_the_signature_is_cut_and_the_subject_put_before():
    assert text(mail("Porta aperta\n\n-- \nCentrale 3"), False) == "Porta aperta"
    assert text(mail("Porta aperta"), True) == "Allarme\nPorta aperta"
    assert text(mail("a -- b\n--c"), False) == "a -- b\n--c"


def test_html_becomes_text():
    made = EmailMessage()
    made.set_content(
        "<head><title>no</title><style>p{}</style></head><p>Perch&eacute;\nno?</p><div>Ciao<br>Ada</div><script>x</script>", "html"
    )
    assert text(made, False) == "Perché no?\n\nCiao\nAda"


def test_the_plain_part_goes_before_html_and_attachments_are_left_out():
    made = mail("chiaro")
    made.add_alternative("<p>altro</p>", "html")
    made.add_attachment("foglio", "plain", filename="foglio.txt")
    assert text(made, False) == "chiaro"


@pytest.mark.parametrize(
    ("headers", "mail_from", "automatic"),
    [
        ({}, FROM, False),
        ({"Auto_Submitted": "auto-generated"}, FROM, False),
        ({"Auto_Submitted": "auto-replied (vacation)"}, FROM, True),
        ({"Precedence": "bulk"}, FROM, True),
        ({}, "", True),
    ],
)
def test_automatic_replies_are_known(headers, mail_from, automatic):
    assert loops.automatic(mail(**headers), mail_from) is automatic


@pytest.mark.django_db
def test_it_works(people, connector):
    (answer,) = sent(people, mail("Perché no? 5€"))
    assert isinstance(answer, Sent)
    assert answers.of_one(answer) == f"250 2.0.0 SMS queued - ID: {answer.message_id}"
    batch = Batch.objects.get()
    assert (batch.text, batch.sender, batch.numbers) == ("Perché no? 5€", "BRUNI", ["+393300000001"])
    assert ledger.wallet(people.account.pk).available_e4 == 10_000_000 - 16_000


@pytest.mark.django_db
def test_it_is_idempotent(people, connector):
    token, _text = token_of(people)
    recipient = sending.Recipient("+393300000001", token)
    first, again = (sending.send(mail(), FROM, [recipient])[0] for _time in range(2))
    assert (first.message_id, again.repeated) == (again.message_id, True)
    other = sending.send(mail(Message_ID="<2@bruni.example>"), FROM, [recipient])[0]
    assert other.message_id != first.message_id
    assert Batch.objects.count() == 2


def nameless(body: str = "Porta aperta", **headers: str) -> EmailMessage:
    made = mail(body, **headers)
    del made["Message-ID"]
    return made


@pytest.mark.django_db
def test_a_mail_without_message_id_is_known_by_what_it_says(people, connector, monkeypatch):
    token, _text = token_of(people)
    recipient = sending.Recipient("+393300000001", token)

    def said(*wanted: EmailMessage) -> set[int]:
        return {sending.send(each, FROM, [recipient])[0].message_id for each in wanted}

    at = "Sun, 22 Nov 2026 10:00:00 +0100"
    assert len(said(nameless(Date=at), nameless(Date=at))) == 1
    assert len(said(nameless(Date=at), nameless(Date=at.replace("10:00", "10:01")), nameless("Altro", Date=at))) == 3
    assert len(said(nameless(), nameless())) == 1
    hour = said(nameless())
    later = clock.now() + timedelta(hours=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert said(nameless()) != hour
    assert Batch.objects.count() == 5


@pytest.mark.django_db
def test_the_key_of_a_mail_is_no_programs(people, connector):
    offer.forget()
    events.listen(people.account.pk, ["message.submitted"])
    sent(people, mail())
    line.answer(connector, line.claim_and_begin(connector))
    (event,) = events.take(10)
    assert event.key.startswith("mail-")
    assert payload.event(event)["data"]["key"] is None


@pytest.mark.django_db
def test_a_refusal_of_one_account_does_not_stop_the_other(people, connector):
    mine, _text = token_of(people)
    theirs, _text = mailtokens.make(people.other_account, people.stranger, "Allarme", 84, "ALTRI")
    to = [sending.Recipient("+393300000001", theirs), sending.Recipient("+393300000002", mine)]
    type(people.other_account).objects.filter(pk=people.other_account.pk).update(closed_at=clock.now())
    for repeated in (False, True):
        refused, accepted = sending.send(mail(), FROM, to)
        assert isinstance(refused, AccountClosed)
        assert accepted.repeated is repeated
    type(people.other_account).objects.update(closed_at=None)
    assert isinstance(sending.send(mail(), FROM, to)[0], NotEnoughCredit)


@pytest.mark.django_db
def test_where_one_account_breaks_nothing_of_the_mail_is_sent(people, connector):
    mine, _text = token_of(people)
    theirs, _text = mailtokens.make(Account.objects.create(name="Senza portafoglio"), None, "Allarme", 84, "ALTRI")
    with pytest.raises(Wallet.DoesNotExist):
        sending.send(mail(), FROM, [sending.Recipient("+393300000001", mine), sending.Recipient("+393300000002", theirs)])
    assert not Batch.objects.exists()


def test_smtp_is_never_asked_to_try_again_what_was_accepted():
    good = Sent(1234567890123456789, "+393300000001", "BRUNI", 1, 16_000, False)
    told = answers.of_all(["+393300000001", "+393300000002"], [good, NoRoute(number="+393300000002")])
    assert told.startswith("250 2.0.0 1 SMS queued - IDs: 1234567890123456789 - refused: +393300000002: ")
    assert answers.of_all(["1", "2"], [NoRoute(number="1"), NoPrice(type="PRO", number="2")]).startswith("451 ")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("made", "mail_from", "answer"), [(mail(Precedence="bulk"), FROM, answers.AUTOMATIC), (mail(" \n-- \nfirma"), FROM, answers.NO_TEXT)]
)
def test_a_mail_is_refused_whole(people, connector, made, mail_from, answer):
    assert sent(people, made, mail_from) == answer
    assert not Batch.objects.exists()


@pytest.mark.django_db
def test_who_may_write(people):
    token, secret = token_of(people, allowed=["allarme@bruni.example", "@casa.example"])
    to = f"+393331234567.{secret}@sms.example"
    for allowed in ("allarme@bruni.example", "Ugo@Casa.Example"):
        assert sending.recipient(to, allowed).token == token
    assert sending.recipient(to, "altro@bruni.example") == answers.NOT_ALLOWED
    assert sending.recipient(f"12345.{secret}@sms.example", "ugo@casa.example").startswith("550 5.1.1 ")
    mailtokens.revoke(people.account, token.pk)
    assert sending.recipient(to, "ugo@casa.example") == answers.NOT_OURS


@contextmanager
def listening(kind=None) -> Iterator[int]:
    class Door(Controller):
        def factory(self):
            return kind(self.handler, ident="Staffetta") if kind else super().factory()

    door = Door(Handler(lmtp=kind is LMTP), "127.0.0.1", free_port())
    door.start()
    try:
        yield door.port
    finally:
        door.stop()


@pytest.mark.django_db(transaction=True)
def test_a_mail_server_is_answered(people, connector):
    _token, secret = token_of(people)
    to = [f"+39333123450{n}.{secret}@sms.example" for n in (1, 2)]
    with listening() as port, smtplib.SMTP("127.0.0.1", port) as server:
        assert server.send_message(mail(), FROM, [*to, "info@sms.example"]) == {"info@sms.example": (550, answers.NOT_OURS[4:].encode())}
        with pytest.raises(smtplib.SMTPDataError) as refused:
            server.send_message(mail("x" * 2_000, Message_ID="<2@x>"), FROM, to[0])
        assert refused.value.smtp_code == 554
        assert refused.value.smtp_error.isascii()
        with pytest.raises(smtplib.SMTPDataError, match="Automatic"):
            server.send_message(mail(Auto_Submitted="auto-replied"), FROM, to[0])
    assert Message.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_who_was_refused_is_told_by_mail(people, connector, mailoutbox):
    _token, secret = token_of(people)
    OptOut.objects.create(number="+393331234502", account=people.account)
    to = [f"+39333123450{n}.{secret}@sms.example" for n in (1, 2)]
    with listening() as port, smtplib.SMTP("127.0.0.1", port) as server:
        assert server.send_message(mail(), FROM, to) == {}
    (told,) = mailoutbox
    assert told.to == [FROM]
    assert "+393331234502: " in told.body
    assert "+393331234501" not in told.body
    assert Message.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_by_lmtp_each_recipient_is_answered(people, connector):
    _token, secret = token_of(people)
    with listening(LMTP) as port, smtplib.LMTP("127.0.0.1", port) as server:
        server.ehlo()
        server.mail(FROM)
        for number in ("+393331234501", "+393331234502"):
            assert server.rcpt(f"{number}.{secret}@sms.example")[0] == 250
        code, said = server.data(mail().as_bytes())
        assert code == 250
        assert b"SMS queued" in said
        assert b"SMS queued" in server.getreply()[1]
    assert Message.objects.count() == 2


@pytest.mark.django_db
def test_the_address_of_somebody_who_was_let_out_ends(people):
    _token, secret = token_of(people)
    assert mailtokens.find(secret)
    type(people.owner).objects.filter(pk=people.owner.pk).update(is_active=False)
    assert mailtokens.find(secret) is None
