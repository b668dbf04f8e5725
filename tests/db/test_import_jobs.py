"""No import is left lying: jobs of dead workers, jobs that failed for good, imports that nobody confirms; and two at once."""

import threading
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from staffetta.contacts import importing, jobs
from staffetta.contacts.models import Contact, Import, ImportPiece
from staffetta.lib import clock
from tests.people import make_people

FILE = b"Cellulare;Nome\n3331234567;Mario\n3471234567;Anna\n"


def begin() -> Import:
    people = make_people()
    return importing.begin(people.account, people.owner, ContentFile(FILE, "clienti.csv"), "Clienti")


def set_jobs(**values: object) -> None:
    with connection.cursor() as cursor:
        for name, value in values.items():
            cursor.execute(f"UPDATE procrastinate_jobs SET {name} = %s", [value])


@pytest.mark.django_db
def test_a_file_that_no_job_reads_any_more_is_refused() -> None:
    record = begin()
    jobs.resume_imports(0)
    record.refresh_from_db()
    assert record.state == "waiting"
    set_jobs(status="failed")
    jobs.resume_imports(0)
    record.refresh_from_db()
    assert (record.state, record.reason) == ("refused", {"code": "import_failed", "values": {}})


@pytest.mark.django_db
def test_a_saving_that_stopped_goes_on() -> None:
    record = begin()
    jobs.read_import(record.pk)
    record.refresh_from_db()
    importing.confirm(record)
    set_jobs(status="failed")
    jobs.resume_imports(0)
    assert ProcrastinateJob.objects.filter(status="todo").get().task_name == importing.SAVE_JOB


@pytest.mark.django_db
def test_imports_that_nobody_confirms_are_forgotten() -> None:
    record = begin()
    jobs.read_import(record.pk)
    jobs.forget_imports(0)
    assert ImportPiece.objects.exists()
    Import.objects.update(created_at=clock.now() - timedelta(days=8))
    jobs.forget_imports(0)
    record.refresh_from_db()
    assert (record.state, ImportPiece.objects.count()) == ("dropped", 0)


@pytest.mark.django_db(transaction=True)
def test_two_confirm_and_two_save_at_once() -> None:
    record = begin()
    jobs.read_import(record.pk)
    results: list[bool] = []

    def confirm_and_save() -> None:
        try:
            results.append(importing.confirm(Import.objects.get(pk=record.pk)))
            jobs.save_import(record.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=confirm_and_save) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    record.refresh_from_db()
    assert (sorted(results), record.state) == ([False, False, False, True], "saved")
    assert ProcrastinateJob.objects.filter(task_name=importing.SAVE_JOB).count() == 1
    assert record.group
    assert (Contact.objects.count(), record.group.contacts.count()) == (2, 2)
