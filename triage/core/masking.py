"""Write a letter so that nobody can be known by it: its wording stays, its data goes.

Only common words are kept; every other word, number, address and token is
replaced, whatever it may be. Order numbers and sums are replaced by the same one
everywhere, days are moved by the same number of weeks.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import parse_qsl, urlsplit

from triage.core.commonwords import SOFT, CommonWords
from triage.core.pack import Marketplace
from triage.core.words import normal, parse_date, short_day

NOWHERE = "https://example.invalid/"
ACCOUNT = "123456789012345"

_MONTH = "(?:янв|фев|мар|апр|мая|июн|июл|авг|сен|окт|ноя|дек)[а-я]*\\.?"
_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"'«»]+", re.IGNORECASE)
_TOKEN = re.compile(
    r"(?P<address>[^\s<>\"'«»(),;:]{1,256}@[^\s<>\"'«»(),;:]{1,256})"  # RFC 5321, 4.5.3.1
    rf"|(?P<day>(?<!\d)\d{{1,2}}(?:[ \u00a0]?(?:[-–—]|до|по)[ \u00a0]?\d{{1,2}})?[ \u00a0]{_MONTH}(?:[ \u00a0]\d{{4}})?"
    r"|(?<![\d.])\d{1,2}\.\d{1,2}\.\d{4}(?!\d|\.\d)|(?<![\d-])\d{4}-\d\d-\d\d(?![\d-]))"
    r"|(?P<time>(?<![\d:])\d{1,2}:\d\d(?::\d\d)?(?![\d:]))"
    r"|(?P<sum>\d[\d \u00a0\u2009\u202f]{0,30}(?:[.,]\d{1,2})?(?=[ \u00a0\u2009\u202f]?(?:₽|руб|р\.)))"
    r"|(?P<number>\d+)"
    rf"|(?P<word>[^\W\d_]+(?:[{SOFT}]+[^\W\d_]+)*)"
    r"|(?P<rest>[^\w]|_)",
    re.IGNORECASE,
)
_KEPT_SIGNS = frozenset(
    " \n\t\r\u00a0\u2009\u202f!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~«»„“”–—…№₽•·" + SOFT
)
_RUN = re.compile(r"\d+")
_ALNUM = re.compile(r"\w", re.ASCII)
_LETTERS = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-z]")


@dataclass(slots=True)
class Masker:
    """Masks the parts of one letter, the same thing always by the same."""

    common: CommonWords
    market: Marketplace
    written_on: date
    shift: timedelta  # whole weeks, so that weekdays stay right
    _orders: dict[str, str] = field(default_factory=dict)
    _parcels: dict[str, str] = field(default_factory=dict)
    _sums: dict[str, int] = field(default_factory=dict)

    def text(self, text: str) -> str:
        """Mask a text; its lines, signs and known words stay."""
        parts, end = [], 0
        for match in _LINK.finditer(text):
            parts += [self._plain(text[end : match.start()]), self.link(match[0])]
            end = match.end()
        return "".join([*parts, self._plain(text[end:])])

    def _plain(self, text: str) -> str:
        parts, end = [], 0
        for start, stop, fake in self._names(text):
            parts += [self._loose(text[end:start]), fake]
            end = stop
        return "".join([*parts, self._loose(text[end:])])

    def link(self, address: str) -> str:
        """Mask the address of a link: what the shop's own paths are called stays."""
        try:
            parts = urlsplit(address if "//" in address else f"https://{address}")
            host = self.domain(parts.hostname or "")
            query = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=100)
        except ValueError:
            return NOWHERE
        if not host:
            return NOWHERE
        path = "/".join(map(self._path, parts.path.split("/")))
        asked = "&".join(
            f"{key}={self._code(value)}"
            for key, value in query
            if key.lower() in self.common.paths
        )
        return f"https://{host}{path}" + (f"?{asked}" if asked else "")

    def domain(self, name: str) -> str:
        """Return what may be known of a host name: "" where it is not the shop's."""
        for domain in sorted(
            (*self.market.domains, *self.market.streams), key=len, reverse=True
        ):
            if name == domain:
                return domain
            if name.endswith(f".{domain}"):
                label = name.removesuffix(f".{domain}")
                known = label in self.common.paths or label in ("www", "m")
                return f"{label}.{domain}" if known else domain
        return ""

    def _path(self, segment: str) -> str:
        if segment.lower() in self.common.paths:
            return segment
        return self._code(segment)

    def _code(self, token: str) -> str:
        """Mask a token of a link: letters and digits alike, order numbers as everywhere."""
        parts, end = [], 0
        for match in self.market.identifiers.order.finditer(token):
            parts += [_blank(token[end : match.start()]), self._order(match[0])]
            end = match.end()
        return "".join([*parts, _blank(token[end:])])

    def _names(self, text: str) -> list[tuple[int, int, str]]:
        """Find the order numbers of a text and what stands for them."""
        plain, places = _seen(text)
        found: list[tuple[int, int, str]] = []
        for pattern in self.market.identifiers.text:
            for match in pattern.finditer(plain):
                start, end = places[match.start()], places[match.end() - 1] + 1
                if all(end <= a or start >= b for a, b, _ in found):
                    found.append((start, end, self._number(match)))
        return sorted(found)

    def _number(self, match: re.Match[str]) -> str:
        groups = match.groupdict()
        if order := groups.get("order"):
            before, _, behind = match[0].partition(order)
            parcel = self._counted(self._parcels, behind) if behind else ""
            return f"{_blank(before)}{self._order(order)}{parcel}"
        return self._counted(self._orders, match[0])

    def _order(self, order: str) -> str:
        return self._counted(self._orders, order)

    def _counted(self, known: dict[str, str], name: str) -> str:
        if name not in known:
            known[name] = _numbered(name, len(known) + 1)
        return known[name]

    def _loose(self, text: str) -> str:
        return "".join(self._token(match) for match in _TOKEN.finditer(text))

    def _token(self, match: re.Match[str]) -> str:
        kind = match.lastgroup or "rest"
        masks: dict[str, Callable[[str], str]] = {
            "address": lambda _: "someone@example.org",
            "day": self._day,
            "time": lambda _: "12:00",
            "sum": self._sum,
            "number": self._digits,
            "word": self._word,
            "rest": lambda sign: sign if sign in _KEPT_SIGNS else "",
        }
        return masks[kind](match[0])

    def _day(self, text: str) -> str:
        """Move a day, or a range of days to its last, by whole weeks."""
        plain = text.replace("\u00a0", " ")
        day = parse_date(plain, self.written_on)
        if day is None:
            return _RUN.sub(_zeros, text)
        moved = day + self.shift
        if "." in plain and plain[0].isdigit() and plain.replace(".", "").isdigit():
            return f"{moved:%d.%m.%Y}"
        if plain[:4].isdigit():
            return moved.isoformat()
        year = f" {moved.year}" if re.search(r"\d{4}$", plain) else ""
        return f"{short_day(moved)}{year}"

    def _sum(self, text: str) -> str:
        """Replace a sum by another that is written in the same way."""
        whole = text.replace(",", ".").partition(".")[0]
        digits = "".join(c for c in whole if c.isdigit())
        number = self._sums.setdefault(digits, len(self._sums) + 1)
        new = iter(f"{10 ** (len(digits) - 1) + number:0{len(digits)}}"[-len(digits) :])
        shown = "".join(next(new) if c.isdigit() else c for c in text[: len(whole)])
        return shown + _RUN.sub(_zeros, text[len(whole) :])

    def _digits(self, text: str) -> str:
        return text if text in self.common.numbers else "0" * len(text)

    def _word(self, word: str) -> str:
        if self.common.has(word):
            return word
        sign = "x" if _LATIN.search(word) else "х"
        if word.isupper() and len(word) > 1:
            return sign.upper() * 5
        return (sign.upper() if word[0].isupper() else sign) + sign * 4


def _seen(text: str) -> tuple[str, list[int]]:
    """Write a text as recognisers see it, with the place that each character had."""
    signs = [(normal(sign) or " ", place) for place, sign in enumerate(text)]
    kept = [one for one in signs if text[one[1]] not in SOFT]
    return "".join(sign[0] for sign, _ in kept), [place for _, place in kept]


def _zeros(match: re.Match[str]) -> str:
    return "0" * len(match[0])


def _blank(token: str) -> str:
    """Write a code of nothing: letters and digits become 0, other signs - or nothing."""
    return "".join("0" if _ALNUM.match(c) and c != "_" else "-" for c in token)


def _numbered(name: str, number: int) -> str:
    """Write a number of the same form: made-up digits first, a count last."""
    runs = list(_RUN.finditer(name))
    text = _LETTERS.sub(
        lambda run: run[0] if len(run[0]) == 1 else "0" * len(run[0]), name
    )
    for place, run in reversed(list(enumerate(runs))):
        length = len(run[0])
        fake = ("0" + ACCOUNT if run[0][0] == "0" else ACCOUNT)[:length]
        if len(runs) == 1 and length > 4:
            fake = fake[:-3] + f"{number:03}"[-3:]
        elif place == len(runs) - 1:
            fake = f"{number:0{length}}"[-length:]
        text = text[: run.start()] + fake + text[run.end() :]
    return text
