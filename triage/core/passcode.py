"""Letters that hand over a code to sign in or to confirm something with."""

import re
from collections.abc import Iterable

_CODE = (
    r"(?<![\d.,:№#•*/-])(?<!\d )"
    r"(?:\d{4,8}|\d{3}[ -]\d{3}|\d{2}(?:[ -]\d{2}){1,3}|\d(?:[ -]\d){3,7})"
    r"(?![\d/]|[.,:-]\d| ?\d|\s*(?:₽|руб|р\.|%|шт\b|балл|бонус|г\.|год|кг|г\b|мл|мм|см))"
)
_NAMED = r"\b(?:код\w{0,3}|кодов\w+|шифр\w*|парол\w+|пин(?:-?код\w*)?|pin|code|otp|passcode|password)\b"
_CONFIRMS = (
    r"\b(?:подтверд\w+|подтвержд\w+|вход\w*|войти|войдите|авториз\w+|верифик\w+|аккаунт\w*"
    r"|уч[её]тн\w+|личност\w+|sign.?in|log.?in|verif\w+|confirm\w*)\b"
)
_NO_YEAR = r"(?<![\d.,:№#•*/-])(?!(?:19|20)\d\d(?!\d))"
_ANNOUNCES = re.compile(
    rf"{_NAMED}[^\d]{{0,80}}{_CODE}|{_CODE}[^\d]{{0,80}}{_NAMED}"
    rf"|{_CONFIRMS}[^\d₽]{{0,60}}{_NO_YEAR}{_CODE}(?!,)"
    rf"|{_NO_YEAR}{_CODE}(?!,)[^\d₽]{{0,40}}{_CONFIRMS}",
    re.IGNORECASE,
)


def announces(texts: Iterable[str]) -> bool:
    """Say whether one of some normalised texts announces a code.

    That is a short bare number near a word for a code, a sign-in or a confirmation. For
    letters that name no order: what these hold besides cannot be told of one anyway.
    """
    return any(_ANNOUNCES.search(text) for text in texts)
