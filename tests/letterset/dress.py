"""Dress the words of a letter as HTML and as text, and send them as mail programs do."""

import base64
import quopri
import random
import re
from html import escape
from itertools import groupby

from mails import verdict

LINKS = {
    "order": "https://www.ozon.ru/my/orderdetails/?order={order}",
    "order2": "https://www.ozon.ru/my/orderdetails/?order={order2}",
    "order3": "https://www.ozon.ru/my/orderdetails/?order={order3}",
    "ship": "https://www.ozon.ru/my/orderdetails/?order={order}&shipment_id={ship}",
    "return": "https://www.ozon.ru/my/returnDetails?returnNumber={return}",
    "returns": "https://www.ozon.ru/my/returns",
    "check": "https://www.ozon.ru/my/e-check/download/{order}-{uuid}-0-0",
    "show": "https://www.ozon.ru/my/e-check/show/{order}-{uuid}-0-0",
    "product": "https://www.ozon.ru/product/tovar-{sku}/",
    "orders": "https://www.ozon.ru/my/orderlist",
    "pay": "https://www.ozon.ru/my/payment?order={order}",
    "chat": "https://www.ozon.ru/my/chat",
    "home": "https://www.ozon.ru/",
    "help": "https://docs.ozon.ru/help",
    "sale": "https://www.ozon.ru/highlight/sale/",
}
LINK = re.compile(r"\[([^\]]+)\]\((\w+)\)")
HREF = re.compile(r"\[([^\]]+)\]\((https[^)]+)\)")
BOLD = re.compile(r"\*\*(.+?)\*\*")
MARK = re.compile(r"(~ |## |# |-- |\||\* |)")
WRAPS = {
    "~ ": '<div style="display:none;max-height:0;overflow:hidden">{}</div>',
    "## ": "<h2>{}</h2>",
    "# ": '<h1 style="font-size:24px">{}</h1>',
    "-- ": '<p style="color:#808d9a;font-size:12px">{}</p>',
}
SHAPES = ["both", "both", "both", "html", "html", "text"]


def as_text(marked: str, links: dict[str, str]) -> str:
    """Write the plain part: headings bare, cells in columns, links after their words."""
    lines = []
    for marked_line in marked.splitlines():
        if marked_line.startswith("~ "):
            continue
        cells = _cells(marked_line)
        line = "    ".join(cells) if marked_line.startswith("|") else marked_line
        bare = re.sub(r"^(#+ |\* |-- )", lambda m: "- " if m[1] == "* " else "", line)
        lines.append(BOLD.sub(r"\1", bare))
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines).strip())
    return LINK.sub(lambda m: f"{m[1]}: {links[m[2]]}", text) + "\n"


def as_html(marked: str, links: dict[str, str], chance: random.Random) -> str:
    """Write the HTML part in one of three fashions."""
    fashion = chance.choice([_divs, _tables, _plain])
    linked = LINK.sub(lambda m: f"[{m[1]}]({links[m[2]]})", marked.strip())
    blocks = [_block(block, fashion) for block in re.split(r"\n\s*\n", linked)]
    return (
        '<!DOCTYPE html><html lang="ru"><head><meta charset="utf-8"><title></title>'
        "<style>.b{font-weight:600} a{color:#005bff}</style></head>"
        f'<body style="margin:0;background:#f2f5f9">{fashion(chr(10).join(blocks))}'
        '<img src="https://www.ozon.ru/p.gif" width="1" height="1" alt=""></body></html>\n'
    )


def _plain(inner: str) -> str:
    return f'<div style="font:14px/20px Arial,sans-serif">{inner}</div>'


def _divs(inner: str) -> str:
    return (
        '<div style="max-width:600px;margin:0 auto;padding:24px;background:#fff">'
        f'<div class="logo"><img alt="Ozon" src="https://www.ozon.ru/l.png"></div>{inner}</div>'
    )


def _tables(inner: str) -> str:
    return (
        '<table width="100%" cellpadding="0" cellspacing="0" border="0"><tbody><tr><td '
        'align="center"><table width="600" role="presentation"><tbody><tr><td style="'
        f'padding:20px 32px;font-family:Tahoma">{inner}</td></tr></tbody></table></td></tr>'
        "</tbody></table>"
    )


def _block(block: str, fashion: object) -> str:
    """Write lines of one kind together: a heading, a table, a list, or text."""
    groups = groupby(block.splitlines(), key=lambda line: MARK.match(line)[0])  # type: ignore[index]
    return "\n".join(_group(mark, list(lines), fashion) for mark, lines in groups)


def _group(mark: str, lines: list[str], fashion: object) -> str:
    inner = [_inline(line.removeprefix(mark)) for line in lines]
    if mark == "|":
        cell = '<td style="padding:4px">{}</td>'.format
        rows = ("".join(map(cell, map(_inline, _cells(line)))) for line in lines)
        return (
            '<table border="0">' + "".join(f"<tr>{r}</tr>" for r in rows) + "</table>"
        )
    if mark == "* ":
        return "<ul>" + "".join(f"<li>{one}</li>" for one in inner) + "</ul>"
    text = "<br>\n".join(inner)
    if mark in WRAPS:
        return WRAPS[mark].format(text)
    if fashion is _tables:
        return (
            '<table width="100%"><tr><td><span style="font-size:16px">'
            f"{text}</span></td></tr></table>"
        )
    return f"<p>{text}</p>"


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _inline(line: str) -> str:
    text = BOLD.sub(r"<b>\1</b>", escape(line, quote=False))
    return HREF.sub(r'<a class="b" href="\2" target="_blank">\1</a>', text)


def noisy(text: str, html: str, subject: str, chance: random.Random) -> tuple[str, ...]:
    """Write some letters without ё, and with numbers and words split invisibly."""
    if chance.random() < 0.25:
        text, html, subject = (
            one.replace("ё", "е").replace("Ё", "Е") for one in (text, html, subject)
        )
    if chance.random() < 0.25:
        filling = "&nbsp;&zwnj;" * 20
        html = re.sub(
            r"(<body[^>]*>)", rf'\1<div style="display:none">{filling}</div>', html
        )
    if chance.random() < 0.2:  # parts of a number in bold, each on its own
        html = re.sub(
            r">([^<]*?)\b(\d{8,10})-(\d{4})\b(?!-)", r">\1<b>\2</b>-<b>\3</b>", html
        )
    if chance.random() < 0.2:
        html = re.sub(r"(?<=[а-я]) (?=\d)|(?<=\d) (?=[а-я])", "&nbsp;", html)
    if (
        chance.random() < 0.15
    ):  # soft hyphens, invisible spaces and hard hyphens in numbers
        odd = chance.choice(["-&#8203;", "&#8209;", "-<wbr>", "&shy;-"])
        html = re.sub(r"(?<=>)([^<>]*?\b\d{8,10})-(\d{4})\b", rf"\1{odd}\2", html)
    if chance.random() < 0.1:
        html = re.sub(r"(?<=[а-я]{4})(?=[а-я]{4})", "&shy;", html, count=30)
    return text, html, subject


def _word(text: str, charset: str, chance: random.Random) -> str:
    """Encode a header value, folding it as long ones are folded."""
    pieces = re.findall(r".{1,20}", text, re.DOTALL) or [""]
    if chance.random() < 0.5:
        coded = [
            f"=?{charset}?B?{base64.b64encode(p.encode(charset)).decode()}?="
            for p in pieces
        ]
    else:
        coded = [
            f"=?{charset}?Q?"
            + "".join(f"={byte:02X}" for byte in piece.encode(charset))
            + "?="
            for piece in pieces
        ]
    return "\r\n ".join(coded)


def _part(kind: str, content: str, charset: str, chance: random.Random) -> bytes:
    data = content.replace("\n", "\r\n").encode(charset)
    how = chance.choice(["base64", "quoted-printable", "8bit"])
    if how == "8bit" and max(map(len, data.split(b"\r\n"))) > 990:
        how = "base64"
    if how == "base64":
        data = base64.encodebytes(data).replace(b"\n", b"\r\n")
    elif how == "quoted-printable":
        data = quopri.encodestring(data.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
    head = f"Content-Type: text/{kind}; charset={charset}\r\n"
    return f"{head}Content-Transfer-Encoding: {how}\r\n\r\n".encode() + data


def mail(
    *,
    sender: str,
    to: str,
    subject: str,
    text: str,
    html: str,
    date: str,
    message_id: str,
    answers: str = "",
    shape: str,
    asked: str = "",
    chance: random.Random,
) -> bytes:
    """Write one letter as a server hands it out, vouched for by the owner's provider."""
    charset = "utf-8"
    if chance.random() < 0.15 or asked:
        try:
            (text + html + subject).encode(asked or "windows-1251")
            charset = asked or "windows-1251"
        except UnicodeEncodeError:
            pass
    name, address = re.fullmatch(r"(.*?) ?<?([^<> ]+@[^<> ]+)>?", sender).groups()  # type: ignore[union-attr]
    subject, name = (
        one if one.isascii() else _word(one, charset, chance) for one in (subject, name)
    )
    head = verdict("pass", address.rpartition("@")[2]) + (
        f"From: {name} <{address}>\r\nTo: {to}\r\nSubject: {subject}\r\n"
        f"Date: {date}\r\nMessage-ID: {message_id}\r\nMIME-Version: 1.0\r\n"
    ).encode("ascii")
    if answers:
        head += f"In-Reply-To: {answers}\r\nReferences: {answers}\r\n".encode()
    html = html.replace('charset="utf-8"', f'charset="{charset}"')
    shape = shape or chance.choice(SHAPES)
    if shape == "text":
        return head + _part("plain", text, charset, chance)
    if shape == "html":
        return head + _part("html", html, charset, chance)
    line = "=_" + message_id[1:13]
    parts = [
        _part("plain", text, charset, chance),
        _part("html", html, charset, chance),
    ]
    body = b"".join(f"--{line}\r\n".encode() + part + b"\r\n" for part in parts)
    kind = f'Content-Type: multipart/alternative; boundary="{line}"\r\n\r\n'
    return head + kind.encode() + body + f"--{line}--\r\n".encode()
