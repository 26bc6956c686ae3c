import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mails import a_letter

from triage.edges import walker
from triage.edges.walker import DEEPEST, LARGEST, MOST_PARTS, take_apart


def raw_of(*lines: str) -> bytes:
    return "\r\n".join(lines).encode()


def nested(depth: int, inside: str = "deep") -> bytes:
    """Nest multiparts, the innermost holding a text."""
    opened = (
        f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n"
        for n in range(depth)
    )
    return ("".join(opened) + f"Content-Type: text/plain\r\n\r\n{inside}\r\n").encode()


def test_an_attached_letter_stays_closed_and_is_hashed_as_it_lies():
    inner = a_letter(subject="Заказ отменён", text="внутри ё\n", auth="")
    raw = raw_of(
        "From: a@example.org",
        "Content-Type: multipart/mixed; boundary=b",
        "",
        "--b",
        "Content-Type: text/plain",
        "",
        "снаружи",
        "--b",
        "Content-Type: message/rfc822",
        "",
        inner.decode(),
        "--b--",
    )

    text, letter = take_apart(raw).parts

    assert (text.is_text, text.is_file) == (True, False)
    assert (letter.is_text, letter.is_file) == (False, True)
    assert letter.media_type == "message/rfc822"
    assert letter.sha256 == hashlib.sha256(inner).hexdigest()


@pytest.mark.parametrize("depth", [1, DEEPEST - 1])
def test_nesting_within_the_limit_is_opened(depth):
    tree = take_apart(nested(depth))

    assert [part.data for part in tree.parts] == [b"deep"]
    assert "too-deep" not in tree.defects


@pytest.mark.parametrize("depth", [DEEPEST + 1, 300, 10_000])
def test_deeper_nesting_stays_a_closed_part(depth):
    tree = take_apart(nested(depth))

    assert "too-deep" in tree.defects
    assert [part.media_type for part in tree.parts] == ["multipart/mixed"]
    assert b"deep" in tree.parts[0].data


def test_ten_thousand_letters_inside_each_other_are_one_part():
    tree = take_apart(b"Content-Type: message/rfc822\r\n\r\n" * 10_000 + b"a: b\r\n")

    assert [part.media_type for part in tree.parts] == ["message/rfc822"]


def test_parts_over_the_limit_are_named_as_such():
    raw = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * (
        MOST_PARTS + 5
    )

    tree = take_apart(raw)

    assert len(tree.parts) == MOST_PARTS
    assert "too-many-parts" in tree.defects


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"Subject: " + b"x" * (2 << 20), "not-read:header-block"),
        (b"A: b\r\n" * 3_000 + b"\r\nbody", "not-read:header-count"),
        (b"A: b\r" * 3_000 + b"\rbody", "not-read:header-count"),
        (b"A: b\r\n\r\n" + b"x" * LARGEST, "not-read:size"),
    ],
    ids=["block", "count", "count-cr", "size"],
)
def test_a_letter_over_a_limit_is_not_read(raw, code):
    tree = take_apart(raw)

    assert tree.defects == (code,)
    assert tree.parts == ()


def test_a_letter_that_is_too_large_still_says_who_sent_it():
    tree = take_apart(b"From: a@example.org\r\n\r\n" + b"x" * LARGEST)

    assert tree.values("from") == ["a@example.org"]


def test_a_folded_header_is_one_header():
    raw = b"A: b\r\n" + b" c\r\n" * 3_000 + b"\r\nbody"

    assert take_apart(raw).parts[0].data == b"body"


def test_a_monstrous_header_value_is_dropped_and_named():
    tree = take_apart(b"Subject: " + b"=?utf-8?q?a?= " * 6_000 + b"\r\n\r\nbody")

    assert tree.values("subject") == [""]
    assert "header-value-too-long" in tree.defects
    assert tree.parts[0].data == b"body"


@pytest.mark.parametrize(
    ("kind", "defect"),
    [
        ("multipart/mixed", "no-boundary"),
        ("multipart/mixed; boundary=other", "boundary-not-found"),
        ('multipart/mixed; boundary=""', "boundary-not-found"),
    ],
)
def test_a_multipart_that_does_not_come_apart_is_text(kind, defect):
    raw = raw_of(f"Content-Type: {kind}", "", "--b", "", "Заказ", "--b--")

    tree = take_apart(raw)

    [part] = tree.parts
    assert part.is_text
    assert part.media_type == "text/plain"
    assert "Заказ" in part.data.decode()
    assert defect in tree.defects


def test_a_letter_cut_inside_nested_parts_keeps_what_came():
    raw = raw_of(
        "Content-Type: multipart/mixed; boundary=o",
        "",
        "--o",
        "Content-Type: multipart/alternative; boundary=i",
        "",
        "Заказ",
    )

    tree = take_apart(raw)

    assert "Заказ" in tree.parts[0].data.decode()
    assert "boundary-not-found" in tree.defects


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r"])
def test_any_line_ends_will_do(end):
    raw = end.join([b"Subject: x", b"Content-Type: text/plain", b"", b"body"])

    tree = take_apart(raw)

    assert tree.values("subject") == ["x"]
    assert tree.parts[0].data == b"body"


@pytest.mark.parametrize(
    ("encoding", "body", "data"),
    [
        ("base64", b"YWJj", b"abc"),
        (" Base64 ", b"YW\r\nJj\r\n", b"abc"),
        ("quoted-printable", b"1234=\r\n5678=2D0001", b"12345678-0001"),
        ("quoted-printable", b"1234= \t\r\n5678=", b"12345678"),
        ("quoted-printable", b"a=ZZb", b"a=ZZb"),
        ("x-uuencode", b"begin 644 a\r\n#86)C\r\n`\r\nend\r\n", b"abc"),
        ("8bit", b"\xd0\x97\x00", b"\xd0\x97\x00"),
        ("binary", b"a\r\nb", b"a\r\nb"),
        ("unheard-of", b"YWJj", b"YWJj"),
    ],
)
def test_transfer_encodings_are_taken_off(encoding, body, data):
    raw = b"Content-Transfer-Encoding: " + encoding.encode() + b"\r\n\r\n" + body

    assert take_apart(raw).parts[0].data == data


def test_broken_base64_is_named():
    raw = b"Content-Transfer-Encoding: base64\r\n\r\nYWJjZ"

    tree = take_apart(raw)

    assert tree.parts[0].data == b"abc"
    assert tree.defects == ("base64-broken",)


def part_with(*headers: str) -> tuple[bool, bool, str]:
    raw = raw_of(
        "Content-Type: multipart/mixed; boundary=b",
        "",
        "--b",
        *headers,
        "",
        "x",
        "--b--",
    )
    [part] = take_apart(raw).parts
    return part.is_text, part.is_file, part.name


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (["Content-Type: text/plain"], (True, False, "")),
        (["Content-Type: text/html"], (True, False, "")),
        (["Content-Type: nonsense"], (True, False, "")),
        (["Content-Disposition: attachment"], (False, True, "")),
        (["Content-Disposition: inline; filename=a.txt"], (True, True, "a.txt")),
        (["Content-Type: text/html; name=a.html"], (True, True, "a.html")),
        (["Content-Type: text/calendar"], (False, True, "")),
        (["Content-Type: text/rfc822-headers"], (False, True, "")),
        (["Content-Type: application/pgp-signature"], (False, True, "")),
        (["Content-Type: message/delivery-status"], (False, True, "")),
        (["Content-Type: message/external-body; URL=x"], (False, True, "")),
    ],
)
def test_what_a_reader_sees_is_told_from_files(headers, expected):
    assert part_with(*headers) == expected


@pytest.mark.parametrize(
    ("parameter", "name"),
    [
        ('filename="чек.pdf"', "чек.pdf"),
        ("filename*=utf-8''%D1%87%D0%B5%D0%BA.pdf", "чек.pdf"),
        ("filename*=windows-1251''%F7%E5%EA.pdf", "чек.pdf"),
        ("filename*0*=utf-8''%D1%87; filename*1=ek.pdf", "чek.pdf"),
        ("filename*=unicode_escape''%5Cu0061", "\\u0061"),
        ("filename*=nul\x00''a.pdf", "a.pdf"),
        ('filename="=?utf-8?q?a=0D=0ABcc:_x?="', "a Bcc: x"),
        ('filename="../../etc/passwd"', "../../etc/passwd"),
        ('filename=""', ""),
        (f"filename*{'9' * 5_000}=a; filename=b", ""),
        ('filename=".."', ".."),
        ('filename="CON"', "CON"),
        ('filename="a\x1b[2J.pdf"', "a [2J.pdf"),
        (f'filename="{"x" * 4000}.pdf"', "x" * 200 + "…" + "x" * 46 + ".pdf"),
    ],
)
def test_a_files_name_is_data_on_one_line(parameter, name):
    assert part_with(f"Content-Disposition: attachment; {parameter}")[2] == name


def test_two_files_of_one_name_are_two():
    raw = a_letter(
        attachments=[
            ("a.pdf", "application/pdf", b"1"),
            ("a.pdf", "application/pdf", b"2"),
        ]
    )

    files = [part for part in take_apart(raw).parts if part.is_file]

    assert [(file.name, file.data) for file in files] == [
        ("a.pdf", b"1"),
        ("a.pdf", b"2"),
    ]


@pytest.mark.parametrize(
    "kind",
    ["application/ms-tnef", "application/pkcs7-mime", "application/pgp-encrypted"],
)
def test_what_nobody_can_open_is_named(kind):
    raw = raw_of(
        f"Content-Type: {kind}", "Content-Transfer-Encoding: base64", "", "YWJj"
    )

    assert "opaque-part" in take_apart(raw).defects


LINES = st.sampled_from(
    [
        b"YWJj" * 19,
        b"YWJj" * 12 + b"YQ==",
        b"this body is held back00000000",
        b"this body is held backx00000000",
        b"--b",
        b"--b--",
        b"-- ",
        b"",
        b"Content-Type: text/plain",
        b"Content-Transfer-Encoding: base64",
        b"Content-Type: multipart/mixed; boundary=b",
        b"Content-Type: message/rfc822",
        b" YWJj",
    ]
)


@given(st.data())
def test_bodies_are_held_back_unnoticed(data):
    stretch = st.tuples(LINES, st.sampled_from([1, 1, 2, 3, 8, 30]))
    lines = [line for line, n in data.draw(st.lists(stretch)) for _ in range(n)]
    ends = data.draw(st.sampled_from([[b"\n"], [b"\r\n"], [b"\r\n", b"\n", b"\r"]]))
    head = b"Content-Type: multipart/mixed; boundary=b\n\n"
    raw = head + b"".join(line + ends[i % len(ends)] for i, line in enumerate(lines))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(walker, "_LONG", 0)
        quick = take_apart(raw)
        patch.setattr(walker, "_EMPTY_LINE", re.compile(rb"(?!)"))
        slow = take_apart(raw)

    assert quick == slow
