"""What a batch names is never deleted, by the database's own word; and its hold and its draft are its alone."""

import pytest
from django.db import IntegrityError, connection, transaction

from staffetta.messaging import accept, compose
from staffetta.messaging.models import Batch
from tests.db.line import accepted, request
from tests.people import make_connector, make_group, make_people

pytestmark = pytest.mark.django_db

NAMED = [
    ("account_id", "accounts_account"),
    ("user_id", "accounts_user"),
    ("type_id", "billing_smstype"),
    ("draft_id", "messaging_draft"),
    ("hold_id", "billing_hold"),
    ("file_id", "contacts_filelist"),
    ("link_id", "messaging_link"),
]


def ask(sql: str, *values: object) -> list[tuple[object, ...]]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


def test_all_that_batches_name_is_kept():
    keys = {(field.column, field.related_model._meta.db_table) for field in Batch._meta.fields if field.is_relation}
    assert keys == set(NAMED)
    found = ask(
        "SELECT tgrelid::regclass::text, replace(encode(tgargs, 'escape'), '\\000', '') FROM pg_trigger WHERE tgname = 'named_by_batch'"
    )
    assert {(arguments, table) for table, arguments in found} == set(NAMED)


@pytest.mark.parametrize(("column", "table"), NAMED)
def test_what_a_batch_names_stays(column, table):
    people = make_people()
    make_connector()
    batch = accepted(people, 3)
    ((free,),) = ask(f"SELECT coalesce(max(id), 0) + 1 FROM {table}")  # a row that nothing else names
    # Made without its columns' rules, and every trigger but ours put aside: other keys have no say here.
    ask(f"CREATE TEMPORARY TABLE made ON COMMIT DROP AS SELECT * FROM {table} LIMIT 0")
    columns = [row[0] for row in ask("SELECT attname FROM pg_attribute WHERE attrelid = 'made'::regclass AND attnum > 0 AND attnotnull")]
    assert not columns
    ask(
        "CREATE TRIGGER named_by_batch BEFORE DELETE OR UPDATE OF id ON made FOR EACH ROW EXECUTE FUNCTION messaging_refuse_orphans(%s)",
        column,
    )
    ask("INSERT INTO made (id) VALUES (%s), (%s)", free, free + 1)
    ask(f"UPDATE messaging_batch SET {column} = %s WHERE id = %s", free, batch.pk)
    for sql in ("DELETE FROM made WHERE id = %s", "UPDATE made SET id = id + 7 WHERE id = %s"):
        with pytest.raises(IntegrityError, match="a batch names it"):
            ask(sql, free)
    ask("UPDATE made SET id = id")
    ask("DELETE FROM made WHERE id = %s", free + 1)
    assert ask("SELECT id FROM made") == [(free,)]


def test_an_account_with_a_batch_cannot_be_deleted():
    people = make_people()
    make_connector()
    accepted(people, 3)
    with pytest.raises(IntegrityError, match="a batch names it"):
        ask("DELETE FROM accounts_account WHERE id = %s", people.account.pk)


@pytest.mark.parametrize("column", ["hold_id", "draft_id"])
def test_holds_and_drafts_have_one_batch(column):
    people = make_people()
    make_connector()
    group = make_group(people.account, 3)
    first, second = (accept.accept(compose.prepare(request(people, group))) for _ in range(2))
    with pytest.raises(IntegrityError, match="one_batch_per_"):
        ask(f"UPDATE messaging_batch SET {column} = 77 WHERE id IN (%s, %s)", first.pk, second.pk)
    ask(f"UPDATE messaging_batch SET {column} = NULL WHERE id IN (%s, %s)", first.pk, second.pk)
