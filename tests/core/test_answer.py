from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.core.answer import read_date, read_headings
from triage.core.folder import Heading

HEADER = b"From: a@example.org\r\n\r\n"
AT = b'INTERNALDATE "02-Mar-2026 09:00:00 +0300"'


def record(items: bytes, header: bytes = HEADER) -> tuple[bytes, bytes]:
    return (
        b"7 (%s BODY[HEADER.FIELDS (FROM TO)] {%d}" % (items, len(header)),
        header,
    )


def test_the_usual_answer_is_read():
    records = [record(b"UID 12 " + AT), b")"]

    heading = Heading(12, datetime(2026, 3, 2, 6, 0, tzinfo=UTC), HEADER)
    assert read_headings(records) == {12: heading}


@pytest.mark.parametrize(
    "order", [b"%b UID 12", b"UID 12 %b", b"UID 12 FLAGS (\\Seen) %b"]
)
def test_the_order_of_the_items_does_not_matter(order):
    headings = read_headings([record(order % AT), b")"])

    assert headings is not None
    assert headings[12].received_at == datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


def test_what_was_not_asked_for_is_passed_over():
    records = [b"5 (FLAGS (\\Seen))", record(b"UID 12"), b")", b"6 (FLAGS ())"]

    headings = read_headings(records)

    assert headings is not None
    assert headings.keys() == {12}


@pytest.mark.parametrize(
    "records",
    [
        [record(b"UID 12"), b" RFC822.SIZE 345)"],
        [record(b"UID 12"), (b" BODY[] {1}", b"x"), b")"],
        [record(b"RFC822.SIZE 345"), b")"],
        [record(b"UID 12")],
        [record(b'UID 12 X "UID 13"'), b")"],
        [b'7 (UID 12 BODY[HEADER.FIELDS ("FROM")] "From: a")'],
        [(b"7 (UID 12 BODY[TEXT] {1}", b"x"), b")"],
        [(b'7 (UID 12 BODY[HEADER.FIELDS ("FROM")] {1}', b"x"), b")"],
        [None],
        [7],
    ],
)
def test_an_unusual_answer_is_left_to_the_full_parser(records):
    assert read_headings(records) is None


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


@given(st.lists(st.one_of(st.binary(), st.tuples(st.binary(), st.binary()), st.none())))
def test_no_records_break_the_reading(records):
    assert read_headings(records) is None or True
