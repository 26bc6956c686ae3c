"""Make letters as a shop sends them: much table markup, tracking links, little text."""

import random
from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime

from bulk import START, encoded_part, encoded_word

GOODS = "чайник плед лампа чехол кружка рюкзак термос коврик фонарь зонт".split()
TRAITS = "электрический шерстяной складной чёрный детский дорожный большой".split()
STREETS = "Примерная Садовая Лесная Новая Речная Полевая Школьная".split()
NAMES = "Анна Иван Елена Роман Ольга Семён".split()
TELLS = (
    ("Заказ {order} оформлен", "Спасибо за заказ! Мы сообщим, когда он будет собран."),
    ("Заказ {order} передан в доставку", "Ожидаем его в пункте выдачи 5 декабря."),
    ("Заказ {order} готов к выдаче", "Заказ ждёт вас в пункте выдачи до 12 декабря."),
    ("Заказ {order} получен", "Заказ {order} доставлен. Оцените, как всё прошло."),
    ("Заказ {order} отменён", "Заказ {order} отменён. Деньги вернём в течение 3 дней."),
    ("Возврат средств", "Мы вернули {sum} ₽ за заказ {order} на вашу карту."),
)
FOOT = (
    "Подробности — в личном кабинете.",
    "Если у вас есть вопросы, напишите в службу поддержки.",
    "Скачайте приложение, чтобы следить за доставкой.",
    "Вы получили это письмо, потому что совершили покупку на сайте.",
    "Настроить уведомления",
    "Отписаться от рассылки",
    "© 2026 ООО «Пример», Москва, Примерная наб., д. 1",
)
RULE = (
    ".c{0} td,.c{0} th{{padding:0 {0}px!important;font-family:Arial,Helvetica,sans-serif;"
    "mso-line-height-rule:exactly;-webkit-text-size-adjust:100%}}\n"
)
PAGE = (
    '<!DOCTYPE html><html lang="ru"><head><meta charset="utf-8"><title>x</title>'
    '<style>{style}</style></head><body style="margin:0;background-color:#f2f4f7">'
    '<div style="display:none;max-height:0;overflow:hidden">{before}</div>'
    '<table role="presentation" width="100%" border="0" cellpadding="0" cellspacing="0">'
    "{rows}</table></body></html>"
)
ROW = (
    '<tr><td align="center" valign="top" style="padding:0 16px;background-color:#ffffff">'
    '<table role="presentation" class="c{n}" width="600" border="0" cellpadding="0"'
    ' cellspacing="0" style="max-width:600px;border-collapse:collapse;width:100%"><tr>'
    '<td width="24" style="width:24px;font-size:1px;line-height:1px"><img width="24"'
    ' src="https://cdn.example.org/{token}.png" alt="" style="display:block;border:0"></td>'
    '<td align="left" style="padding:8px 0 12px;font-family:Arial,Helvetica,sans-serif;'
    'font-size:16px;line-height:24px;color:#001a34;mso-line-height-rule:exactly">'
    '<a href="https://track.example.org/c/{token}/{token}?u={token}" target="_blank"'
    ' style="color:#001a34;text-decoration:none"><span style="color:#001a34;'
    'font-weight:400">{text}</span></a></td></tr></table></td></tr>\n'
    '<tr><td height="16" style="height:16px;font-size:1px;line-height:1px"></td></tr>\n'
)


def letters(count: int, seed: int = 1) -> Iterator[bytes]:
    """Yield `count` letters of 10-25 short lines in 40-80 kB, half of them HTML only."""
    chance = random.Random(seed)
    for i in range(count):
        yield _letter(chance, i)


def _letter(chance: random.Random, i: int) -> bytes:
    order = f"12345678-{i % 9999 + 1:04d}"
    subject, told = (
        text.format(order=order, sum=chance.randint(100, 9999))
        for text in chance.choice(TELLS)
    )
    lines = [f"{chance.choice(NAMES)}, здравствуйте!", told, f"Заказ {order}"]
    for _ in range(chance.randint(1, 6)):
        lines += [
            f"{chance.choice(GOODS).capitalize()} {chance.choice(TRAITS)}",
            f"{chance.randint(1, 3)} шт. · {chance.randint(100, 9999)} ₽",
        ]
    lines += [
        f"Итого: {chance.randint(1, 30)} {chance.randint(100, 999)} ₽",
        f"Пункт выдачи: ул. {chance.choice(STREETS)}, {chance.randint(1, 99)}",
        *FOOT,
    ]
    parts = [encoded_part("text/html", _page(chance, lines))]
    if i % 2:
        parts.insert(0, encoded_part("text/plain", "\n\n".join(lines)))
    head = [
        "Authentication-Results: mx.example.org; dkim=pass header.d=sender.ozon.ru",
        "From: Ozon <mailer@sender.ozon.ru>",
        "To: buyer@example.org",
        f"Subject: {encoded_word(subject)}",
        f"Date: {format_datetime(START + timedelta(minutes=15 * i))}",
        f"Message-ID: <{i}@bench.example>",
        "MIME-Version: 1.0",
        'Content-Type: multipart/alternative; boundary="b"',
        "",
    ]
    body = [line for part in parts for line in ("--b", *part)]
    return "\r\n".join([*head, *body, "--b--", ""]).encode()


def _page(chance: random.Random, lines: list[str]) -> str:
    style = "".join(map(RULE.format, range(chance.randint(60, 120))))
    rows = [
        ROW.format(n=n, text=text, token=f"{chance.getrandbits(512):x}")
        for n, text in enumerate(lines)
    ]
    return PAGE.format(style=style, before=lines[1], rows="".join(rows))
