"""Sign-in and pickup codes never leave a letter: not to the index, not to a digest."""

import re

_NAMED = re.compile(
    r"(?P<name>\b(?:код|шифр|парол|пин|pin\b|code\b|password)\w*\D{0,40}?)"
    r"(?P<code>\d(?:[ \u00a0-]?\d){3,9})(?![\d-])",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"(?<![\d.,-])(?P<code>\d(?:[ \u00a0-]?\d){3,9})(?![\d.,-])"
    r"(?P<name>\s*[-–—:]?\s*(?:(?:это|ваш|is|your)\s+){0,2}(?:код|парол|пин|code\b|password))",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"(?<![\d.,№#-])(?:\d{5,8}|\d{3} \d{3})(?![\d.,-]|\s*(?:₽|руб|р\.))",
    re.IGNORECASE,
)


def without_codes(text: str) -> str:
    """Mask digits that a word such as «код» announces, or names behind them."""
    text = _NAMED.sub(lambda m: m["name"] + "•" * len(m["code"]), text)
    return _BEFORE.sub(lambda m: "•" * len(m["code"]) + m["name"], text)


def without_numbers(text: str) -> str:
    """Mask bare numbers as well: for letters of which nothing is known."""
    return _BARE.sub(lambda m: "•" * len(m[0]), without_codes(text))
