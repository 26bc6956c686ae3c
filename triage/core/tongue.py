"""The owner's language, where it is not that of the packs: sentence by sentence."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, partial

from triage.core.case import Fact
from triage.core.words import parse_date

_HOLE = re.compile(r"\\\{([a-z]+)\\\}")
_DAY = re.compile(r"\d{1,2}\s[а-я]+\s\d{4}\sг\.")
_ANY_DAY = date(2000, 1, 1)  # what is read names its year itself


@dataclass(frozen=True)
class Tongue:
    """What the packs say to the owner, in other words; what has none stays as it is."""

    said: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Sentence -> the same; `{name}` stands for what differs."""
    happened: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Rule -> what happened, a text as in letters."""
    memos: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Letter -> its text, where it goes to nobody but the owner."""
    day: str = ""  # how a day is written: see strftime

    def of(self, text: str) -> str:
        """Say a sentence, or what was put together of several."""
        if (whole := self.said.get(text)) is not None:
            return whole
        for pattern, words in self._patterns:
            text = pattern.sub(partial(self._filled, words), text)
        return text

    def facts(self, known: Mapping[str, Fact]) -> dict[str, Fact]:
        """Write the days among facts as this language does."""
        return {n: replace(f, value=self._days(f.value)) for n, f in known.items()}

    def _filled(self, words: str, found: re.Match[str]) -> str:
        return words.format(**{n: self._days(v) for n, v in found.groupdict().items()})

    def _days(self, text: str) -> str:
        return _DAY.sub(self._day, text) if self.day else text

    def _day(self, found: re.Match[str]) -> str:
        on = parse_date(found[0], _ANY_DAY)
        return on.strftime(self.day) if on else found[0]

    @cached_property
    def _patterns(self) -> tuple[tuple[re.Pattern[str], str], ...]:
        return tuple(self._read())

    def _read(self) -> Iterator[tuple[re.Pattern[str], str]]:
        """Read each sentence as a pattern, the longest first."""
        for sentence in sorted(self.said, key=len, reverse=True):
            shape = _HOLE.sub(r"(?P<\1>.+?)", re.escape(sentence))
            end = r"(?=$|; |: )" if shape.endswith("+?)") else r"(?!\w)"
            yield re.compile(rf"(?<!\w){shape}{end}"), self.said[sentence]


PLAIN = Tongue()
"""The packs speak for themselves."""
