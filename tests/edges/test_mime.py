"""Our own letters as bytes: plain ASCII lines, and no header that nobody wrote."""

import email
import email.policy
from email.message import EmailMessage

import pytest
from builders import at
from hypothesis import given
from hypothesis import strategies as st

from triage.edges.mime import build, header_text, serialise
from triage.errors import ConfigError

INJECTED = "=?utf-8?q?a=0D=0ABcc:_evil@example.com?="


def a_letter(**more: str) -> bytes:
    values = {
        "sender": "me@example.org",
        "to": "me@example.org",
        "subject": "1 дело · 12 490,00 ₽",
        "text": "Привет\n" + "д" * 300 + "\n",
        "html": "<p>Привет</p>" + "д" * 300,
        "message_id": "<digest.2026-11-23.0badcafe@triage.invalid>",
    }
    extra = {"Auto-Submitted": "auto-generated"}
    return build(**{**values, **more}, at=at("2026-11-23 08:00"), extra=extra)


def read(raw: bytes) -> EmailMessage:
    letter = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(letter, EmailMessage)
    return letter


def test_a_letter_is_made_of_short_ascii_lines() -> None:
    raw = a_letter()

    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 78
    assert raw.count(b"\n") == raw.count(b"\r\n")


def test_both_sides_read_back_as_they_were() -> None:
    letter = read(a_letter())

    text, html = letter.get_body(("plain",)), letter.get_body(("html",))
    assert letter["Subject"] == "1 дело · 12 490,00 ₽"
    assert text
    assert html
    assert text.get_content().splitlines() == ["Привет", "д" * 300]
    assert html.get_content().strip() == "<p>Привет</p>" + "д" * 300


def test_a_value_from_mail_never_becomes_a_header() -> None:
    for value in (
        INJECTED,
        "a\r\nBcc: evil@example.com",
        "a\x85Bcc: x@y",
        "a\u2028Bcc: x@y",
    ):
        letter = email.message_from_bytes(a_letter(subject=value))

        assert "Bcc" not in letter
        assert letter.keys().count("Subject") == 1


def test_bytes_with_a_header_too_many_are_not_let_out() -> None:
    letter = EmailMessage(policy=email.policy.SMTP)
    letter["To"] = "me@example.org"
    letter["Subject"] = INJECTED  # not cleaned: what the guard is for

    try:
        raw = serialise(letter)
    except (ValueError, email.errors.MessageError):
        return
    assert "Bcc" not in email.message_from_bytes(raw)  # a Python without the fault


@given(st.text(max_size=300))
def test_any_text_becomes_one_printable_line(text: str) -> None:
    line = header_text(text)

    assert line.isprintable()
    assert "=?" not in line
    assert len(line) <= 200


@pytest.mark.parametrize(
    "address",
    ["я@пример.рф", "a b@example.org", "a@x\r\nBcc: y@z", "", "none", "a@b@c, d@e f"],
)
def test_an_address_that_cannot_stand_in_a_header_is_said(address: str) -> None:
    with pytest.raises(ConfigError, match="адрес"):
        a_letter(to=address)
