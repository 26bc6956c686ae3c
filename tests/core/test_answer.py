from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.core.answer import Beginning, heading_begins, letter_begins, read_date

AT = b"02-Mar-2026 09:00:00 +0300"
FIELDS = b"HEADER.FIELDS (FROM TO)"


def line(items: bytes, section: bytes = FIELDS) -> bytes:
    return b"* 7 FETCH (%b BODY[%b] {25}\r\n" % (items, section)


def test_the_usual_beginning_is_read():
    told = b'UID 12 INTERNALDATE "%b"' % AT

    assert heading_begins(line(told)) == Beginning(25, 12, AT)
    assert letter_begins(line(b"UID 12", b"")) == Beginning(25, 12, b"")


@pytest.mark.parametrize(
    "order", [b"%b UID 12", b"UID 12 %b", b"FLAGS (\\Seen) UID 12 %b"]
)
def test_the_order_of_the_items_does_not_matter(order):
    told = order % (b'INTERNALDATE "%b"' % AT)

    assert heading_begins(line(told)) == Beginning(25, 12, AT)


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


def test_a_date_is_read_in_its_zone():
    assert read_date(AT) == datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        *(
            b"",
            b"nonsense",
            b"32-Mar-2026 09:00:00 +0300",
            b"02-Foo-2026 09:00:00 +0300",
        ),
        *(b"31-Dec-9999 23:00:00 -1400", b"02-Mar-2026 09:00:00 +9900"),
    ],
)
def test_what_is_no_date_is_none(text):
    assert read_date(text) is None


def test_a_day_of_one_digit_may_have_a_space():
    assert read_date(b" 2-Mar-2026 00:00:00 -0130") == datetime(
        2026, 3, 2, 1, 30, tzinfo=UTC
    )


@given(st.binary(max_size=60))
def test_no_bytes_break_the_date(text):
    assert read_date(text) is None or True


@given(st.binary(max_size=60))
def test_no_bytes_break_the_beginning(said):
    assert heading_begins(said) is None
    assert letter_begins(b"* 1 FETCH (UID " + said) is None or True
