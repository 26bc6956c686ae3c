"""Where a line may not end: inside a date, a sum or a number, behind «№» or a short word.

Only what is shown is tied. A text that is compared, searched or typed keeps plain spaces
and hyphens: a letter holds a number together by its style, so that a copied one is found.
"""

import re
from collections.abc import Callable

from triage.core.words import NBSP

_TIES = re.compile(
    rf"""(?<![\w.,-])(?:
      \d{{1,2}}[ ][^\W\d_]+[ {NBSP}]\d{{4}}(?:[ {NBSP}]г\.)?  # 5 декабря 2026 г.
    | \d{{1,3}}(?:[ {NBSP}]\d{{3}})+(?:[.,]\d\d)?[ ]?(?=[₽р]|$|[^\w])  # 12 490,00 ₽
    | \d{{1,4}}[ ](?=[^\W\d_])  # 3 дня
    | \d+(?:[.,]\d+)?[ ](?=[₽%])
    | (?:п|пп|ст|ч)\.[ ](?=\d)
    | (?:№|[Шш]аг|[Дд]ел[аоу])[ ](?=\d)
    | [авикосуяАВИКОСУЯ][ ](?=\S)  # a word of one letter leads to the next
    )
    | (?<=\S)[ ](?=[—–][ ])  # a dash does not begin a line""",
    re.VERBOSE,
)
_NUMBER = re.compile(r"(?<![\w-])(?=[\d-]{3,24}(?![\w-]))\d+(?:-\d+)+(?![\d-])")
_WHOLE = '<span style="white-space: nowrap;">{}</span>'
_SHOWN = re.compile(r"<(?:code|pre)\b[^>]*>[^<]*|>[^<]+(?=<)")


def unbroken(text: str) -> str:
    """Tie what belongs together with no-break spaces; no other character changes."""
    return _TIES.sub(_tied, text)


def unbroken_page(html: str) -> str:
    """Tie what a page shows, but for what is there to be typed or copied (code, pre)."""
    return _where_shown(unbroken, html)


def whole_numbers(html: str) -> str:
    """Keep a number with hyphens on one line, unless it is longer than any of an order."""
    return _where_shown(lambda text: _NUMBER.sub(_whole, text), html)


def _where_shown(change: Callable[[str], str], html: str) -> str:
    def changed(found: re.Match[str]) -> str:
        return found[0] if found[0].startswith("<") else change(found[0])

    head, body, rest = html.partition("<body")
    return head + body + _SHOWN.sub(changed, rest)


def _tied(found: re.Match[str]) -> str:
    return found[0].replace(" ", NBSP)


def _whole(number: re.Match[str]) -> str:
    return _WHOLE.format(number[0])
