"""What comes in by the old interfaces: base64 and its charsets, times, parameters; whatever the bytes, nothing but refusals."""

from base64 import b64encode
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from staffetta.api.errors import ApiRefused, NotReadable, ParameterWrong
from staffetta.api.legacy import asked, base64text, parse
from staffetta.api.soap import reading as soap
from staffetta.api.xmlrpc import reading as xmlrpc
from staffetta.lib.errors import Refused

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=b"
LONG = "Una riga di testo abbastanza lunga da stare su due righe di base64, con >>>>~~~ e fine."


def encoded(text: str | bytes) -> str:
    return b64encode(text.encode() if isinstance(text, str) else text).decode()


def lines(value: str, end: str, size: int = 76) -> str:
    return "".join(value[at : at + size] + end for at in range(0, len(value), size))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Q2lhbw==", "Ciao"),
        ("Q2lhbw=", "Ciao"),
        ("Q2lhbw", "Ciao"),
        ("Q2lh\r\nbw==\r\n", "Ciao"),
        (" Q 2 l h b w = = ", "Ciao"),
        ("", ""),
        (lines(encoded(LONG), "\n"), LONG),
        (lines(encoded(LONG), "\r\n"), LONG),
        (encoded("a\r\nb\rc\nd\te"), "a\nb\nc\nd e"),
        (encoded(b"\xef\xbb\xbfCiao"), "Ciao"),
        (encoded(b"\x93a\x94 \x80"), "“a” €"),
        (encoded(b"\x00\x1b\x65\x09\x0d\x0ax"), "@€Ç\nx"),
        (encoded("Ciao 😀 città"), "Ciao 😀 città"),
    ],
)
def test_base64(value, text):
    assert base64text.decode(value) == text


@pytest.mark.parametrize(
    "value", ["Q", "Q2lhb", "Q2l*", "Q2l-", "Q2l_", "=", "Q2==lh", "Q2lhbw===", "Q2lh\tbw==", "è", encoded(b"\x81"), encoded(b"\x01\x80"),
              encoded(b"a\x7f"), encoded("\u0085")]
)  # fmt: skip
def test_what_is_no_base64_or_no_text(value):
    if value == "=":
        assert base64text.decode(value) == ""
        return
    with pytest.raises(ValueError):
        base64text.decode(value)


def test_a_blank_in_a_query_is_a_plus():
    assert parse.parameters(b"body=a+b%20c%2Bd&x=a+b&authpasswd=a+b", "", b"") == {"body": "a+b+c+d", "x": "a b", "authpasswd": "a+b"}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Q2lh+w==", "Q2lh+w=="),
        ("Q2lh%2Bw==", "Q2lh+w=="),
        ("Q2lh+Q2lh", "Q2lhQ2lh"),
        ("Q2lh%0D%0AQ2lh", "Q2lh\r\nQ2lh"),
        ("+++++/++", "+++++/++"),
        ("aaaa+aaaa+aaaa+aaaa+aaaa", "aaaaaaaaaaaaaaaaaaaa"),
        ("aa+aaaaa+aaaaa+aaaaaa+aa", "aa+aaaaa+aaaaa+aaaaaa+aa"),
        ("Q2lhbw==+", "Q2lhbw=="),
    ],
)
def test_a_blank_in_a_form_is_a_plus_or_a_break(written, read):
    assert parse.parameters(b"", FORM, f"body={written}".encode())["body"] == read


@given(st.dictionaries(st.sampled_from(["body", "sender"]), st.from_regex(rb"([A-Za-z0-9/=]|\+|%20|%0A|%0D|%2B){0,30}", fullmatch=True)))
@example({"body": b"++++", "sender": b"%20%20%20%20"})
@settings(max_examples=300, deadline=None)
def test_blanks_in_base64_are_read_whatever_they_are(values):
    form = b"&".join(name.encode() + b"=" + value for name, value in values.items())
    for found in (parse.parameters(b"", FORM, form), parse.parameters(form, "", b"")):
        assert set(found) == set(values)


def test_nothing_but_blanks_are_pluses():
    assert parse.parameters(b"", FORM, b"body=++++")["body"] == "++++"


def test_names_are_read_in_utf_8_or_in_latin_1():
    assert parse.parameters(b"a=%C3%A8&b=%E8&c=\xc3\xa8", "", b"") == {"a": "è", "b": "è", "c": "è"}


@pytest.mark.parametrize(
    ("value", "at"),
    [
        ("", None),
        ("  ", None),
        ("2026-07-01 12:00:00", "2026-07-01T10:00:00"),
        ("2026-12-01 12:00", "2026-12-01T11:00:00"),
        ("2026-07-01T12:00:00", "2026-07-01T10:00:00"),
        ("2026-07-01T12:00:00Z", "2026-07-01T12:00:00"),
        ("2026-07-01T12:00:00.250+02:00", "2026-07-01T10:00:00.250000"),
        ("2026-07-01T12:00:00 02:00", "2026-07-01T10:00:00"),
        ("20260701T120000Z", "2026-07-01T12:00:00"),
        ("1782900000", "2026-07-01T10:00:00"),
    ],
)
def test_times(value, at):
    found = asked.time(value, "Europe/Rome")
    assert (found and found.astimezone(UTC)) == (at and datetime.fromisoformat(at).replace(tzinfo=UTC))


@pytest.mark.parametrize(
    "value",
    ["domani", "2026-07-01", "12:00", "2026-13-01 12:00:00", "2026-07-01 25:00:00", "1782900000000", "9" * 5_000, "-5", "1.5", "0001-01-01 00:00:00",
     "9999-12-31 23:59:59", "1", "٢٠٢٦-07-01 12:00:00", "2026-07-01 12:00:00 mattina"],
)  # fmt: skip
def test_times_that_are_none(value):
    with pytest.raises(ParameterWrong):
        asked.time(value, "Europe/Rome")


@given(st.binary(), st.sampled_from(["", FORM, MULTIPART, "multipart/", "multipart/form-data; boundary=\xff"]), st.binary())
@example(b"&".join(b"a=1" for _ in range(201)), "", b"")
@example(b"", MULTIPART, b'--b\r\nContent-Disposition: form-data; name="body"\r\nContent-Transfer-Encoding: base64\r\n\r\n*\r\n--b--')
@example(
    b"", MULTIPART, b'--b\r\nContent-Disposition: form-data; name="f"; filename="x"\r\nContent-Transfer-Encoding: base64\r\n\r\n*\r\n--b--'
)
@settings(max_examples=300, deadline=None)
def test_parameters_raise_nothing_but_refusals(query, content_type, body):
    try:
        found = parse.parameters(query, content_type, body)
    except NotReadable:
        return
    assert all(isinstance(each, str) for pair in found.items() for each in pair)


_VALUES = st.one_of(
    st.text(), st.from_regex(r"[0-9]{1,30}|[A-Za-z0-9+/ =]*", fullmatch=True), st.sampled_from(["2026-01-01 10:00:00", "59"])
)


@given(st.fixed_dictionaries(dict.fromkeys(("body", "destination", "id_api", "sender", "deliver_timestamp", "client_id"), _VALUES)))
@settings(max_examples=300, deadline=None)
def test_whatever_the_values_what_is_asked_can_be_kept_or_is_refused(values):
    try:
        found = asked.asked(values, "Europe/Rome")
    except Refused:
        return
    assert "\0" not in found.text + found.sender + found.key
    found.text.encode()


@given(st.binary())
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_a_text_or_a_refusal(data):
    try:
        text = base64text.text(data)
    except ValueError:
        return
    assert not set(text) & {"\0", "\r", "\t", "\x1b"}
    text.encode()


_ELEMENTS = "methodCall methodName params param value struct member name array data int double string base64 nil fault".split()  # noqa: SIM905


def _nested(names: list[str]) -> bytes:
    return ("".join(f"<{name}>" for name in names) + "1" + "".join(f"</{name}>" for name in reversed(names))).encode()


_XML = st.one_of(st.binary(), st.lists(st.sampled_from(_ELEMENTS)).map(_nested))


@given(_XML)
@settings(max_examples=300, deadline=None)
def test_any_xml_is_a_call_or_a_refusal(body):
    for read in (xmlrpc.call, soap.call):
        try:
            read(body)
        except ApiRefused:
            continue
