"""Mails: into the mailbox folder without SMTP; with it, by a job that keeps them while the server does not answer."""

import smtplib

import pytest
from django.core import mail as outgoing
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from staffetta import doctor, settings
from staffetta.accounts import jobs, mail, mailbox
from staffetta.accounts.models import WaitingMail
from staffetta.lib import clock, env

pytestmark = pytest.mark.django_db
SERVER_AWAY, REFUSED = ConnectionRefusedError("no server"), smtplib.SMTPRecipientsRefused({"a@b.example": (550, b"no such user")})


@pytest.fixture
def folder(settings, tmp_path):
    settings.EMAIL_BACKEND = "staffetta.accounts.mailbox.EmailBackend"
    settings.HOME = tmp_path
    return tmp_path


@pytest.fixture
def smtp(settings):
    settings.SMTP_URL, settings.EMAIL_HOST, settings.EMAIL_PORT = "smtp://mail.example", "mail.example", 587


def test_it_works_without_a_server(folder):
    mail.send("anna@bruni.example", "Perché no", "Ciao à\nhttps://x.example/a", language="it", attachments=[("r.csv", b"a;b", "text/csv")])
    (kept,) = mailbox.latest(10)
    assert (kept.to, kept.subject, kept.attachments) == ("anna@bruni.example", "Perché no", ("r.csv",))
    assert kept.text.startswith("Ciao à\nhttps://x.example/a")
    assert mailbox.read("../secret_key") is None
    assert 'href="https://x.example/a"' in (folder / "mailbox" / kept.name).read_text()


def test_with_a_server_it_leaves_by_a_job_and_is_forgotten(smtp):
    mail.send("anna@bruni.example", "Oggetto", "Testo è qui", language="it")
    assert outgoing.outbox == []
    job = ProcrastinateJob.objects.get(task_name=mail.DELIVER_JOB)
    jobs.deliver_mail(**job.args)
    jobs.deliver_mail(**job.args)
    (sent,) = outgoing.outbox
    assert (sent.to, sent.from_email) == (["anna@bruni.example"], mail.sender())
    assert b"Subject: Oggetto" in sent.message().as_bytes()
    assert not WaitingMail.objects.exists()


@pytest.mark.parametrize(("failure", "kept"), [(SERVER_AWAY, True), (REFUSED, False)])
def test_a_mail_is_kept_while_the_server_does_not_answer_and_given_up_when_refused(smtp, monkeypatch, failure, kept):
    def fail(*args):
        raise failure

    mail.send("a@b.example", "Oggetto", "Testo", language="it")
    monkeypatch.setattr(EmailBackend, "send_messages", fail)
    waiting = WaitingMail.objects.get()
    if kept:
        with pytest.raises(ConnectionRefusedError):
            mail.deliver(waiting.pk)
    else:
        mail.deliver(waiting.pk)
    assert WaitingMail.objects.exists() is kept


def test_a_mail_that_no_job_delivers_any_more_is_forgotten_after_days(smtp):
    mail.send("a@b.example", "Oggetto", "Testo", language="it")
    WaitingMail.objects.create(to="c@b.example", raw=b"reset", error="no server")
    jobs.forget_mails(0)
    assert WaitingMail.objects.count() == 2
    WaitingMail.objects.update(created_at=clock.now() - mail.KEPT_FOR)
    jobs.forget_mails(0)
    assert WaitingMail.objects.get().to == "a@b.example"
    set_job("status = 'failed'")
    jobs.forget_mails(0)
    assert not WaitingMail.objects.exists()


def set_job(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE procrastinate_jobs SET {statement}")


def test_the_job_of_a_dead_worker_is_given_to_another_and_a_living_one_s_left_alone(smtp):
    mail.send("anna@bruni.example", "Oggetto", "Testo", language="it")
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now()) RETURNING id")
        (living,) = cursor.fetchone()
    set_job(f"status = 'doing', worker_id = {living}")
    jobs.resume_jobs(0)
    assert ProcrastinateJob.objects.get().status == "doing"
    set_job("worker_id = NULL")
    jobs.resume_jobs(0)
    assert ProcrastinateJob.objects.get().status == "todo"


def test_a_mail_of_a_transaction_that_is_undone_never_leaves(smtp):
    @transaction.atomic
    def undone() -> None:
        mail.send("anna@bruni.example", "Oggetto", "Testo", language="it")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        undone()
    assert not WaitingMail.objects.exists()
    assert not ProcrastinateJob.objects.exists()


def test_the_doctor_tells_where_mails_go(folder, settings):
    assert str(folder / "mailbox") in doctor._mails().text
    settings.SMTP_URL, settings.EMAIL_HOST, settings.EMAIL_PORT = "x", "mail.example", 587
    assert doctor._mails().well
    WaitingMail.objects.create(to="a@b.example", raw=b"", error="no server")
    WaitingMail.objects.update(created_at=clock.now() - 2 * doctor.STUCK_AFTER)
    assert not doctor._mails().well
    assert "no server" in doctor._mails().text


def test_a_server_s_address_is_read():
    given = settings.smtp("smtps://anna%40x:p%3Aw@mail.example")
    assert (given["EMAIL_HOST_USER"], given["EMAIL_HOST_PASSWORD"], given["EMAIL_PORT"]) == ("anna@x", "p:w", 465)
    with pytest.raises(env.SettingError, match=r"write smtp://") as refused:
        settings.smtp("http://user:secret@mail.example")
    assert "secret" not in str(refused.value)
