import logging
from datetime import UTC, datetime, timedelta

import pytest
from mails import NINE, a_letter, a_sighting

from triage.core.message import Message, Role, Where
from triage.edges import sender
from triage.edges.parser import LARGEST_TEXT, parse


def read(raw: bytes, domain: str = "", **about) -> Message:
    return parse(raw, a_sighting(raw, **about), domain)


def with_headers(*lines: str | bytes, body: bytes = b"body") -> Message:
    raw = b"\r\n".join(
        line if isinstance(line, bytes) else line.encode() for line in lines
    )
    return read(raw + b"\r\n\r\n" + body)


def test_an_ordinary_letter_is_read_whole():
    raw = a_letter(
        subject="Заказ 12345678-0001",
        text="Здравствуйте!\nСсылка: https://www.ozon.ru/my/1?a=b.\n",
        html='<p>Заказ <a href="https://www.ozon.ru/my/2?a=1&amp;b=2">тут</a></p>'
        '<div style="display:none">скрыто</div>',
        attachments=[("чек.pdf", "application/pdf", b"%PDF-1.4")],
        message_id="<one@example.org>",
        headers={"In-Reply-To": "<zero@example.org>", "Cc": "Second <B@example.org>"},
    )

    message = read(raw, "ozon.ru", role=Role.ALL)

    assert message.evidence == a_sighting(raw).sha256
    assert message.role is Role.ALL
    assert message.message_id == "<one@example.org>"
    assert message.in_reply_to == "<zero@example.org>"
    assert (message.sender, message.sender_name) == ("mailer@sender.ozon.ru", "Ozon")
    assert message.recipients == ("me@example.org", "b@example.org")
    assert message.subject == "Заказ 12345678-0001"
    assert message.sent_at == NINE
    assert message.authenticated_domain == "ozon.ru"
    assert [(p.where, p.text) for p in message.passages] == [
        (Where.LINK, "https://www.ozon.ru/my/1?a=b"),
        (Where.LINK, "https://www.ozon.ru/my/2?a=1&b=2"),
        (Where.SUBJECT, "Заказ 12345678-0001"),
        (Where.TEXT, "Здравствуйте!\nСсылка: https://www.ozon.ru/my/1?a=b."),
        (Where.HTML, "Заказ тут"),
        (Where.HIDDEN, "скрыто"),
    ]
    [file] = message.attachments
    assert (file.name, file.media_type, file.size) == ("чек.pdf", "application/pdf", 8)
    assert (message.automatic, message.own) == (False, False)
    assert (message.defects, message.warnings, message.unread) == ((), (), "")


@pytest.mark.parametrize(
    ("header", "address", "defect"),
    [
        ("From: mailer@sender.ozon.ru)<evil@x.example>", "", "from-unclear"),
        ("From: a@x.example, b@x.example", "", "from-unclear"),
        ("From: undisclosed: a@x.example;", "", "from-unclear"),
        ("From: <>", "", "from-unclear"),
        ("From:", "", "from-unclear"),
        ("From: Ozon", "", "from-unclear"),
        ("Subject: x", "", "no-from"),
        ("From: a@x.example\r\nFrom: a@x.example", "", "several-from"),
        ("From: a@x.example\r\nfrom: b@x.example", "", "several-from"),
        ("From: <@evil.example:a@x.example>", "a@x.example", ""),
        ("From: a@x.exa\x00mple", "", "from-unclear"),
        ("From: a\x00@x.example", "", "from-unclear"),
        ('From: "a@x.example"@evil.example', "", "from-unclear"),
        ("From: mailer@sender.ozon.ru <e@x.example>", "", "from-unclear"),
        ('From: "mailer@sender.ozon.ru" <e@x.example>', "e@x.example", ""),
        ("From: =?utf-8?q?mailer=40ozon.ru?= <e@x.example>", "e@x.example", ""),
        ("From: =?utf-8?q?mailer=40ozon.ru?=", "", "from-unclear"),
        ("From: (mailer@ozon.ru) e@x.example", "e@x.example", ""),
        ("From: (((mailer@ozon.ru <e@x.example>", "", "from-unclear"),
        ("From: <a@x.example> <b@x.example>", "", "from-unclear"),
        ("From: a@x.example\r\n\t", "a@x.example", ""),
        ("From: A@X.Example", "a@x.example", ""),
        ("From: " + "(" * 5_000 + "a@x.example", "", "from-unclear"),
        ("From: " + "a@x.example," * 6_000, "", "header-value-too-long"),
    ],
)
def test_a_sender_is_one_clean_address_or_none(header, address, defect):
    message = with_headers(header)

    assert message.sender == address
    assert defect in {*message.defects, ""}


@pytest.mark.parametrize(
    "name",
    [
        "Ozon",
        '"Озон"',
        "=?utf-8?b?0J7Qt9C+0L0=?=",
        "=?windows-1251?q?=CE=E7=EE=ED?=",
        "=?utf-8?q?a=0D=0ABcc=3A_x?=",
        "=?koi8r?q?=EF=DA=CF=CE?=",
    ],
)
def test_the_name_is_one_line_beside_the_address(name):
    message = with_headers(f"From: {name} <a@x.example>")

    assert message.sender == "a@x.example"
    assert message.sender_name
    assert message.sender_name.isprintable()


def test_a_name_that_nobody_can_decode_costs_the_sender_only():
    message = with_headers("From: =?nul\x00?q?a?= <a@x.example>", "Subject: Заказ")

    assert (message.sender, message.subject) == ("", "Заказ")


def test_a_raw_windows_1251_name_does_not_cost_the_address():
    message = with_headers("From: Озон <a@x.example>".encode("cp1251"))

    assert (message.sender, message.sender_name) == ("a@x.example", "Озон")


def test_an_address_in_bytes_of_unknown_charset_is_no_address():
    message = with_headers("From: Озон <mailer@озон.example>".encode("cp1251"))

    assert message.sender == ""
    assert message.sender_name == "Озон <mailer@озон.example>"  # shown, never trusted


@pytest.mark.parametrize(
    "address", ["mailer@sender.ozоn.ru", "mailer@sender.xn--ozn-ted.ru"]
)
def test_an_address_of_two_alphabets_is_not_the_real_one(address):
    message = with_headers(f"From: {address}")

    assert message.sender == address
    assert message.sender != "mailer@sender.ozon.ru"


def test_when_mail_parser_fails_the_letter_is_read_without_a_sender(monkeypatch):
    def broken(wanted):
        raise AttributeError("find_between")

    monkeypatch.setattr(sender, "_mail_parser", broken)

    message = read(a_letter(text="Заказ\n"))

    assert (message.sender, message.sent_at) == ("", None)
    assert message.text(Where.TEXT) == "Заказ"
    assert message.defects == ("mail-parser-failed",)


def test_what_mail_parser_would_log_of_a_letter_is_dropped(caplog):
    sender._library.cache_clear()  # a command that ran before may have set the level
    sender._known.cache_clear()
    with_headers("From: a@x.example")

    logging.getLogger("mailparser.utils").error("Failed decoding header part: Тайна")

    assert caplog.records == []


@pytest.mark.parametrize(
    ("value", "instant", "defect"),
    [
        ("Mon, 02 Mar 2026 09:00:00 +0300", NINE, ""),
        ("2 Mar 2026 06:00:00 -0000", NINE, ""),
        ("Mon, 2 Mar 2026 09:00:00 +0300 (MSK)", NINE, ""),
        ("Fri, 02 Mar 2026 09:00:00 +0300", NINE, ""),  # a Monday
        ("2026-03-02 09:00:00 +0300", None, "date-unreadable"),
        ("Пн, 02 марта 2026 09:00:00", None, "date-unreadable"),
        ("", None, "date-unreadable"),
        ("Mon, 02 Mar 2199 09:00:00 +0300", None, "date-unreadable"),
        ("Mon, 02 Mar 0001 09:00:00 +0300", None, "date-unreadable"),
        ("Mon, 31 Feb 2026 09:00:00 +0300", None, "date-unreadable"),
        ("Mon, 02 Mar 2026 25:00:00 +0300", None, "date-unreadable"),
        ("Mon, 02 Mar 2026 09:00:00 +9999", None, "date-unreadable"),
        ("9" * 5_000, None, "date-unreadable"),
    ],
)
def test_a_date_is_an_aware_instant_or_none(value, instant, defect):
    message = with_headers("From: a@x.example", f"Date: {value}")

    assert message.sent_at == instant
    assert message.defects == ((defect,) if defect else ())


def test_a_date_is_read_forgivingly_where_it_is_plain_enough():
    message = with_headers("From: a@x.example", "Date: Mon 02 Mar 2026 9:0:0 +0300")

    assert message.sent_at in (NINE, None)
    assert message.sent_at is None or message.sent_at.tzinfo is not None


def test_of_two_dates_the_first_is_taken_and_named():
    later = "Tue, 03 Mar 2026 09:00:00 +0300"

    message = read(
        a_letter(headers={"X-A": "b"}).replace(b"X-A: b", f"Date: {later}".encode())
    )

    assert message.sent_at == NINE
    assert message.defects == ("several-dates",)


def test_the_servers_time_is_kept_whatever_the_letter_says():
    received = datetime(2026, 3, 9, tzinfo=UTC)

    message = read(a_letter(date=NINE + timedelta(days=30_000)), received_at=received)

    assert (message.received_at, message.sent_at) == (received, None)


@pytest.mark.parametrize(
    ("header", "subject"),
    [
        ("Subject: a\r\n b", "a b"),
        ("Subject: =?utf-8?q?a=0D=0ABcc:_x=00=1B?=", "a Bcc: x"),
        ("Subject: a\x00b\x1b]0;c\x07", "a b ]0;c"),
        ("Subject: one\r\nSubject: two", "one"),
        ("Subject:", ""),
        ("X: y", ""),
    ],
)
def test_a_subject_is_one_line(header, subject):
    message = with_headers(header)

    assert message.subject == subject
    assert message.text(Where.SUBJECT) == subject


def test_two_subjects_are_named():
    assert "several-subject" in with_headers("Subject: a", "Subject: b").defects


@pytest.mark.parametrize("codec", ["cp1251", "koi8-r", "cp866", "utf-8"])
def test_an_undeclared_subject_and_body_are_read(codec):
    text = "Ваш заказ 12345678-0001-1 доставлен"

    message = with_headers(f"Subject: {text}".encode(codec), body=text.encode(codec))

    assert message.subject == text
    assert message.text(Where.TEXT) == text
    assert ("charset-guessed" in message.defects) == (codec != "utf-8")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("<a@b>", "<a@b>"),
        ("<[a@b]>", "<[a@b]>"),
        ("<a@b> <c@d>", "<a@b>"),
        ("a@b", "a@b"),
        ("", ""),
        ("<a\r\n b@c>", "<a b@c>"),
        ("x" * 2_000, "x" * 998),
    ],
)
def test_a_message_id_is_a_hint_on_one_line(value, expected):
    assert with_headers(f"Message-ID: {value}").message_id == expected


def test_nothing_that_could_harm_a_terminal_or_a_database_is_left_in_the_text():
    bad = "".join(map(chr, [*range(9), *range(11, 32), *range(127, 160)]))
    raw = a_letter(text="x\n", html=f"<p>a{bad}b&#0;&#27;&#x85;c</p>", headers=None)
    raw = raw.replace(b"\r\nx\r\n", b"\r\n\x00a\x1b\x7f\xc2\x9bb\r\n", 1)

    message = read(raw)

    for text in (message.text(Where.TEXT), message.text(Where.HTML)):
        assert all(char.isprintable() or char in "\n\t" for char in text)
        assert text[0] in "a "


def test_lines_end_in_one_way():
    assert with_headers("A: b", body=b"a\r\nb\rc\nd").text(Where.TEXT) == "a\nb\nc\nd"


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        ("format=flowed", "a 12345678- \r\n0001 b\r\nc", "a 12345678- 0001 b\nc"),
        ("format=flowed; delsp=yes", "a 1234567 \r\n8-0001", "a 12345678-0001"),
        ("FORMAT=Flowed", "> a \r\n> b\r\nc", "> a b\nc"),
        ("format=flowed", "> a \r\n>> b\r\nc", "> a \n>> b\nc"),
        ("format=flowed", "a\r\n-- \r\nb", "a\n-- \nb"),
        ("format=flowed", " >a", ">a"),
        ("charset=utf-8", "a \r\nb", "a \nb"),
    ],
)
def test_flowed_lines_are_joined(kind, body, text):
    message = with_headers(f"Content-Type: text/plain; {kind}", body=body.encode())

    assert message.text(Where.TEXT) == text


def test_text_and_html_that_disagree_are_both_read():
    message = read(a_letter(text="доставлен\n", html="<p>отменён</p>"))

    assert message.text(Where.TEXT) == "доставлен"
    assert message.text(Where.HTML) == "отменён"


def test_an_empty_text_part_says_nothing():
    assert [p.where for p in read(a_letter(text="\n", html="<p>a</p>")).passages] == [
        Where.SUBJECT,
        Where.HTML,
    ]


def test_the_charset_may_stand_in_the_html_itself():
    body = '<meta charset="koi8-r"><p>Заказ</p>'.encode("koi8-r")

    message = with_headers("Content-Type: text/html", body=body)

    assert message.text(Where.HTML) == "Заказ"
    assert "charset-guessed" not in message.defects


def test_html_that_would_take_too_long_is_kept_as_a_file():
    body = b"<div>" * 50_000

    message = with_headers("Content-Type: text/html", body=body)

    assert message.text(Where.HTML) == ""
    assert [file.size for file in message.attachments] == [len(body)]
    assert "html-too-large" in message.defects


def test_a_book_is_kept_as_a_file():
    message = with_headers("A: b", body=b"x" * (LARGEST_TEXT + 1))

    assert message.text(Where.TEXT) == ""
    assert len(message.attachments) == 1
    assert "text-too-long" in message.defects


def test_a_letter_over_a_limit_says_so_and_tells_nothing():
    message = with_headers("Subject: " + "x" * (2 << 20))

    assert message.unread == "not-read:header-block"
    assert message.passages == ()


def test_an_attached_letter_does_not_speak():
    inner = a_letter(subject="Заказ 12345678-0001 отменён", text="отменён\n")
    outer = a_letter(
        sender="friend@example.org",
        attachments=[("ozon.eml", "application/octet-stream", b"-")],
    ).replace(b"application/octet-stream", b"message/rfc822")
    outer = outer.replace(b"Content-Transfer-Encoding: base64\r\n", b"")
    outer = outer.replace(b"LQ==\r\n", inner)

    message = read(outer)

    assert "12345678" not in message.text(*Where)
    [file] = message.attachments
    assert (file.media_type, file.sha256) == (
        "message/rfc822",
        a_sighting(inner).sha256,
    )


@pytest.mark.parametrize(
    ("header", "automatic"),
    [
        ("Auto-Submitted: auto-replied", True),
        ("Auto-Submitted: auto-replied (vacation)", True),
        ("Auto-Submitted: auto-notified; owner-email=x", True),
        ("Auto-Submitted: auto-generated", False),
        ("Auto-Submitted: no", False),
        ("Return-Path: <>", True),
        ("Return-Path: <bounce@sender.ozon.ru>", False),
        ("Precedence: auto_reply", True),
        ("Precedence: bulk", False),
        ("X-Autoreply: yes", True),
        ("Content-Type: multipart/report; boundary=b", True),
    ],
)
def test_reports_and_answering_machines_are_told_from_notices(header, automatic):
    assert with_headers(header).automatic is automatic


def test_our_own_letters_are_known_by_their_header():
    assert read(a_letter(headers={"X-Triage": "digest"})).own


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n",
        b"\x00" * 1_000,
        b"\r" * 1_000,
        b"no header at all",
        b": \r\n\r\n",
        b"From x Mon\r\nFrom: a@x.example\r\n\r\n",
        b"Content-Type: text/plain; charset=\x00utf-8\r\n\r\n\xff",
        b"Content-Type: text/plain; charset*=nul\x00''x\r\n\r\n\xff",
        b"Content-Type: text/plain; charset*=unicode_escape''%5Cx00\r\n\r\n\xff",
        b"Content-Type: text/html; charset=utf-16\r\n\r\n<p>\xff",
        b"Content-Type: ;;;=;=\r\n\r\nx",
        b"Content-Type: text/plain" + b"; a=b" * 10_000 + b"\r\n\r\nx",
        b"Content-Type: message/partial; id=a; number=1\r\n\r\nFrom: a@x.example",
        b"Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\nFrom: x\r\n--b--",
        b"To: " + b"a@x.example, " * 4_000 + b"\r\n\r\nx",
        b"Received: from (((((\r\n" * 1_500 + b"\r\nx",
    ],
    ids=range(17),
)
def test_nothing_makes_the_parser_raise(raw):
    assert read(raw).evidence == a_sighting(raw).sha256
