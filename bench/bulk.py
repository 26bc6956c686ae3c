"""Make a mailbox of realistic size and spread: Cyrillic, base64, some attachments."""

import base64
import random
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

START = datetime(2026, 1, 1, tzinfo=UTC)
WORDS = (
    "заказ доставка скидка письмо встреча отчёт проект вопрос ответ время неделя"
    " договор оплата счёт команда задача документ решение срок результат"
).split()
PAGE = (
    '<html><body style="margin:0"><table width="600" cellpadding="0" cellspacing="0">'
    "{rows}</table></body></html>"
)
ROW = (
    '<tr><td style="padding:8px 24px;font-family:Arial,sans-serif;font-size:14px;'
    'line-height:20px;color:#001a34">{}</td></tr>\n'
)


def letters(
    count: int,
    share: float,
    seed: int = 1,
    ours: Iterator[bytes] | None = None,
) -> Iterator[bytes]:
    """Yield `count` letters of 10-60 kB, `share` of them about purchases.

    Those may be given as `ours`; else they are as heavy with text as the others. One in
    150 carries an attachment of 1-5 MB: the whole has 55 kB a letter.
    """
    chance = random.Random(seed)
    every = max(1, round(1 / share))
    for i in range(count):
        if i % every != every // 2:
            yield _letter(chance, i, ours=False)
        elif ours is None:
            yield _letter(chance, i, ours=True)
        else:
            yield next(ours)


def _letter(chance: random.Random, i: int, *, ours: bool) -> bytes:
    at = START + timedelta(minutes=15 * i)
    order = f"12345678-{i % 9999 + 1:04d}"
    paragraphs = [_paragraph(chance) for _ in range(chance.randint(6, 36))]
    if ours:
        sender, subject = "Ozon <mailer@sender.ozon.ru>", f"Заказ {order} отменён"
        paragraphs[:0] = [f"Заказ {order} отменён.", "Сумма заказа 1\u00a0234 ₽."]
        button = f'<a href="https://www.ozon.ru/my/orderdetails/?order={order}">x</a>'
    else:
        sender, subject = f"User {i} <user{i}@example.org>", f"Письмо {i}"
        button = ""
    body = "\n\n".join(paragraphs)
    html = PAGE.format(rows="".join(ROW.format(text) for text in [button, *paragraphs]))
    parts = [
        f"Authentication-Results: mx.example.org; dkim=pass header.d={_domain(sender)}",
        f"From: {sender}",
        "To: buyer@example.org",
        f"Subject: {encoded_word(subject)}",
        f"Date: {format_datetime(at)}",
        f"Message-ID: <{i}@bench.example>",
        "MIME-Version: 1.0",
        'Content-Type: multipart/alternative; boundary="b"',
        "",
        "--b",
        *encoded_part("text/plain", body),
        "--b",
        *encoded_part("text/html", html),
    ]
    if chance.random() < 1 / 150:
        size = chance.randint(1_000_000, 5_000_000)
        data = base64.encodebytes(chance.randbytes(size)).decode().splitlines()
        parts += [
            "--b",
            'Content-Type: application/pdf; name="a.pdf"',
            "Content-Transfer-Encoding: base64",
            "",
            *data,
        ]
    parts += ["--b--", ""]
    return "\r\n".join(parts).encode()


def _paragraph(chance: random.Random) -> str:
    """Write a few sentences."""
    sentences = (
        " ".join(chance.choices(WORDS, k=chance.randint(4, 14))).capitalize() + "."
        for _ in range(chance.randint(2, 5))
    )
    return " ".join(sentences)


def _domain(sender: str) -> str:
    return sender.rpartition("@")[2].rstrip(">")


def encoded_word(text: str) -> str:
    """Write a header field's text as an encoded word (RFC 2047)."""
    return f"=?utf-8?B?{base64.b64encode(text.encode()).decode()}?="


def encoded_part(kind: str, text: str) -> list[str]:
    """Write a text as the lines of a MIME part."""
    return [
        f"Content-Type: {kind}; charset=utf-8",
        "Content-Transfer-Encoding: base64",
        "",
        *base64.encodebytes(text.encode()).decode().splitlines(),
    ]


def fill_maildir(folder: Path, made: Iterable[bytes]) -> int:
    """Write letters as a server's Maildir and return how many bytes that was."""
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    total = 0
    for i, raw in enumerate(made):
        path = folder / "cur" / f"{1_700_000_000 + i}.M{i}P1.bench:2,S"
        path.write_bytes(raw)
        total += len(raw)
    return total
