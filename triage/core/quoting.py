"""What the owner wrote in a reply: without what was quoted and without signatures.

Mail programs mark what they quote in many ways: `>` before each line, a line that says
who wrote when, a block of header fields, a row of dashes. A line that says who wrote may
have the owner's words behind the quoted lines, where these are marked; else all behind
it is quoted.
"""

import re
from collections.abc import Sequence

from triage.core.words import NBSP

LONGEST = 20_000  # characters of a reply that are looked at
SURE = 3  # lines of ours that a letter repeats before it is taken to quote them all
LONG = 12  # characters of a line that nobody writes by chance

_MARKED = re.compile(r"\s{0,3}(?:>|\|(?=\s|$))")
_TIME = r"\d{1,2}[:.]\d{2}"
_WROTE = r"(?:wrote|writes|написала?|написал\(а\)|пишет|писала?)"
_WHO = re.compile(
    rf"(?=.*(?:{_TIME}|\d{{4}}|\d[./]\d))(?=.*(?:<[^<>\s]*@[^<>\s]*>|@|\b{_WROTE}))"
    rf".*(?:>|\b{_WROTE}\W*|@\S+):\s*$",
    re.IGNORECASE,
)
_WHO_BEGINS = re.compile(
    r"\s*(?:on\s|в\s|вт|пн|ср|чт|пт|сб|вс|понед|втор|сред|четв|пятн|субб|воскр"
    r"|mon|tue|wed|thu|fri|sat|sun|\d{1,2}[\s./])",
    re.IGNORECASE,
)
_RULE = re.compile(
    r"\s*(?:[-_—=]{2,}\s*(?:original|исходное|пересланное|пересылаемое|forwarded"
    r"|конец|начало|reply|ответ)\b.*|_{10,}|-{10,}|begin forwarded message:?"
    r"|(?:original|forwarded|исходное|пересылаемое)\s+(?:message|сообщение):?)\s*$",
    re.IGNORECASE,
)
_FIELD = re.compile(
    r"\s*\*?(?:от|от кого|кому|копия|тема|дата|отправлено|from|sent|to|cc|subject|date"
    r"|reply-to)\*?\s*:\s*\*?",
    re.IGNORECASE,
)
_DASHES = re.compile(r"\s*(?:--|—|––)\s*$")
_MOBILE = re.compile(
    r"\s*(?:отправлен[оа]\s+(?:из|с|через|от|при помощи)\b|послано\s+(?:из|с)\b"
    r"|написано\s+(?:из|с)\b"
    r"|sent\s+(?:from|via|with|by)\s+(?:my|the|mail|yahoo|outlook|gmail|yandex|proton|samsung|i)"
    r"|get outlook for|скачать outlook|получить outlook|отправлено\s*$"
    r"|яндекс\.?почта|yandex\.?mail)",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"\s*(?:с\s+(?:наилучшими\s+пожеланиями|уважением|любовью)"
    r"|(?:best|kind|warm)\s+(?:regards|wishes)|regards|sincerely|всего\s+доброго"
    r"|всего\s+хорошего)\W*(?:[A-ZА-ЯЁ]\w+.{0,60})?$",
    re.IGNORECASE,
)


def own_words(text: str, sent: str = "") -> str:
    """Return what a person wrote in a letter, line by line.

    `sent` is the text of the letter that was answered, where it is at hand: lines of it
    are quoted even where nothing marks them.
    """
    lines = [line.replace(NBSP, " ").rstrip() for line in text[:LONGEST].splitlines()]
    return "\n".join(_without_ours(_kept(lines), sent)).strip()


def _kept(lines: Sequence[str]) -> list[str]:
    kept: list[str] = []
    place = 0
    while place < len(lines):
        line = lines[place]
        if _MARKED.match(line):
            place += 1
            continue
        if length := _who_wrote(lines, place):
            if not _quoted_from(lines, place + length):
                break
            place += length
            continue
        if _RULE.fullmatch(line) or _fields(lines, place):
            break
        if _DASHES.fullmatch(line) or _CLOSING.fullmatch(line):
            place = _next_quoted(lines, place)
            continue
        if not _MOBILE.match(line):
            kept.append(line)
        place += 1
    return kept


def _who_wrote(lines: Sequence[str], place: int) -> int:
    """Return how many lines say who wrote what follows, as «… пишет:»; they are wrapped."""
    line = lines[place]
    if not line.strip() or len(line) > 300:
        return 0
    if _WHO.fullmatch(line):
        return 1
    if not _WHO_BEGINS.match(line):
        return 0
    for length in (2, 3):
        if _WHO.fullmatch(
            " ".join(part.strip() for part in lines[place : place + length])
        ):
            return length
    return 0


def _quoted_from(lines: Sequence[str], place: int) -> bool:
    """Say whether the next line with words is marked as quoted."""
    following = (line for line in lines[place:] if line.strip())
    return bool(_MARKED.match(next(following, "")))


def _fields(lines: Sequence[str], place: int) -> bool:
    """Say whether a block of header fields begins here."""
    block = [line for line in lines[place : place + 6] if line.strip()]
    return (
        bool(block)
        and bool(_FIELD.match(lines[place]))
        and (sum(bool(_FIELD.match(line)) for line in block) >= 3)
    )


def _next_quoted(lines: Sequence[str], place: int) -> int:
    """Pass over a signature: up to what is quoted behind it."""
    while place < len(lines) and not _MARKED.match(lines[place]):
        place += 1
    return place


def _without_ours(lines: Sequence[str], sent: str) -> list[str]:
    """Drop the lines of our own letter, once there are enough of them to be sure."""
    ours = {_plain(line) for line in sent.splitlines()} - {""}
    known = [
        line for line in lines if len(_plain(line)) >= LONG and _plain(line) in ours
    ]
    if len(known) < SURE:
        return list(lines)
    return [line for line in lines if _plain(line) not in ours]


def _plain(line: str) -> str:
    return " ".join(line.replace(NBSP, " ").split()).lower()
