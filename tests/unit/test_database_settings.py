"""How the database is reached: no waiting for a server that is not there, unless the address says otherwise."""

from staffetta.settings import database


def test_a_server_that_stops_answering_is_noticed_within_seconds():
    options = database("postgresql://sms:secret@db.example:5432/sms")["OPTIONS"]
    assert options["connect_timeout"] == "5"
    assert int(options["tcp_user_timeout"]) <= 30_000
    assert int(options["keepalives_idle"]) + int(options["keepalives_interval"]) * int(options["keepalives_count"]) <= 60


def test_the_address_has_the_last_word():
    options = database("postgresql://db.example/sms?connect_timeout=60&keepalives_idle=300&sslmode=require")["OPTIONS"]
    assert (options["connect_timeout"], options["keepalives_idle"], options["sslmode"]) == ("60", "300", "require")


def test_a_socket_knows_no_keepalive():
    found = database("postgresql://staffetta@/staffetta?host=/var/run/postgresql&port=5433")
    assert (found["HOST"], found["PORT"], found["OPTIONS"]) == ("/var/run/postgresql", "5433", {"connect_timeout": "5"})
