import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.core.imap_record import Beginning, heading_begins, letter_begins

FIELDS = b"HEADER.FIELDS (FROM TO)"


def line(items: bytes, section: bytes = FIELDS) -> bytes:
    return b"* 7 FETCH (%b BODY[%b] {25}\r\n" % (items, section)


@pytest.mark.parametrize("told", [b"UID 12", b"FLAGS (\\Seen) UID 12"])
def test_the_usual_beginning_is_read(told):
    assert heading_begins(line(told)) == Beginning(25, 12)
    assert letter_begins(line(told, b"")) == Beginning(25, 12)


@pytest.mark.parametrize(
    "said",
    [
        line(b"RFC822.SIZE 345"),  # no UID
        line(b"FLAGS ()"),
        line(b'UID 12 X "UID 13"'),
        line(b"UID 12", b"TEXT"),
        line(b"UID 12", b'HEADER.FIELDS ("FROM")'),
        line(b"UID 12").strip(),
        line(b"UID 12") + b" ",
        b'* 7 FETCH (UID 12 BODY[HEADER.FIELDS (FROM)] "From: a")\r\n',
        b"* 7 FETCH (FLAGS (\\Seen))\r\n",
        b"* BYE\r\n",
        b"A1 OK done\r\n",
        b"",
    ],
)
def test_an_unusual_line_is_left_to_the_full_parser(said):
    assert heading_begins(said) is None
    assert letter_begins(said) is None


def test_header_fields_are_no_letter_and_a_letter_is_no_header_fields():
    assert letter_begins(line(b"UID 12")) is None
    assert heading_begins(line(b"UID 12", b"")) is None


@given(st.binary(max_size=60))
def test_no_bytes_break_the_beginning(said):
    assert heading_begins(said) is None
    assert letter_begins(b"* 1 FETCH (UID " + said) is None or True
