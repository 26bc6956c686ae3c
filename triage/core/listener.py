"""Understands what the owner asks for in a reply, in his own short words.

A text is cut into requests, each with one verb. A request is understood whole or not at
all: a denial, a condition, a question or a word too many sends it back with its words.
Nothing here knows which cases there are.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise

from triage.core.dayword import find_day
from triage.core.phrasebook import Phrase, Phrases, Verb, Why, one_slip
from triage.core.told import names_of, said, tell
from triage.core.wish import Lost, Numbered, ReadNumber, Wish
from triage.core.words import normal

MOST = 30  # requests in one reply
LONGEST = 120  # characters of a request that are shown again
LONGEST_VALUE = 1000
LONGEST_LINE = 1500  # characters: what is longer tells a story and asks for nothing
LONGEST_NOTE = 200
SPELT = 6  # letters of a word that may hold one slip

_SUM = re.compile(r"\d[\d ]*(?:[.,]\d{1,2})? ?(?:₽|руб\w*\.?|р\.)", re.IGNORECASE)
_BREAK = re.compile(r"[,.;!]")
_END = re.compile(r"[.!?]\s")
_EXACT = frozenset({"да", "нет", "yes", "no"})
_STEADY = frozenset({Verb.NOT_RECEIVED, Verb.YES, Verb.NO, Verb.UNDONE, Verb.HELP})
"""Requests that no other word may stand beside: it would change what they say."""

_STEPPED = frozenset({Verb.DONE, Verb.SENT})
_RUNG_LETTERS = {"c": "c", "с": "c"}  # the second is Cyrillic


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Understands requests of one day."""

    heard: Phrases
    today: date
    read_number: ReadNumber  # an order's or a parcel's number, None of anything else
    facts: Mapping[str, str]  # name of a fact -> what it is called
    _at: dict[Phrase, tuple[int, Verb] | None] = field(default_factory=dict, init=False)

    def listen(self, text: str) -> list[Wish | Lost]:
        """Return what is asked for and what was not understood, in order, each once."""
        found: dict[object, Wish | Lost] = {}
        for line in normal(text).splitlines():
            for one in self._requests(line):
                key = replace(one, words="") if isinstance(one, Wish) else one
                found.setdefault(key, one)
        return list(found.values())[:MOST]

    def _requests(self, line: str) -> Iterator[Wish | Lost]:
        if len(line) > LONGEST_LINE:
            yield Lost(line[:LONGEST], Why.UNKNOWN)
            return
        parts = self._cut(line)
        for place, part in enumerate(parts):
            words = said(part)
            plain = [word for word, _, _ in words]
            if not plain or (" ".join(plain) in _EXACT and place + 1 < len(parts)):
                continue  # «да, готово 3»
            verb = self._verb(plain)
            if verb is None and "?" not in part and self._says_nothing(plain):
                continue
            if verb and verb[2] is Verb.FACT:
                yield from self._facts(part, words[verb[1] - 1][2])
            else:
                yield self._request(part)

    def _cut(self, line: str) -> list[str]:
        """Cut a line where a second request begins."""
        words = said(line)
        plain = [word for word, _, _ in words]
        cuts, begun = [], 0
        for place in range(1, len(words)):
            gap = line[words[place - 1][2] : words[place][1]]
            if self._splits(plain, begun, place, gap):
                cuts.append(words[place][1])
                begun = place
        return [line[a:b].strip() for a, b in pairwise([0, *cuts, len(line)])]

    def _splits(self, words: Sequence[str], begun: int, place: int, gap: str) -> bool:
        """Say whether a new request begins at a word, with another one before it."""
        start = place
        while start < len(words) and words[start] in self.heard.joints:
            start += 1
        numbers = start
        while numbers < len(words) and (
            words[numbers].isdigit() or words[numbers] in self.heard.case
        ):
            numbers += 1
        found, ended = self._verb_at(words, numbers), _END.search(gap)
        if ";" in gap or not (found or ended):
            return ";" in gap
        before = self._verb(words[begun:place])
        if before is None or (found is None and before[2] is Verb.FACT):
            return False
        if found is None or (ended and before[2] is not Verb.FACT):
            return True
        length, verb = found
        joined = bool(_BREAK.search(gap)) or words[place] in self.heard.joints
        named = numbers > start or self._names(words, numbers + length)
        if verb is before[2] and not self._names_any(words[begun:place]):
            return False
        if not joined:
            return numbers == start and named and self._names_any(words[begun:place])
        return named or (verb is not before[2] and verb is not Verb.SENT)

    def _names(self, words: Sequence[str], place: int) -> bool:
        """Say whether a case or an order is named right behind a verb."""
        rest = [w for w in words[place:] if w not in self.heard.fillers][:1]
        return bool(rest) and rest[0][0].isdigit()

    def _names_any(self, words: Sequence[str]) -> bool:
        return any(word[0].isdigit() for word in words)

    def _says_nothing(self, words: Sequence[str]) -> bool:
        return all(word in self.heard.fillers for word in words)

    def _verb(self, words: Sequence[str]) -> tuple[int, int, Verb] | None:
        """Find the first verb with its place and end."""
        for place in range(len(words)):
            if found := self._verb_at(words, place):
                return place, place + found[0], found[1]
        return None

    def _verb_at(self, words: Sequence[str], place: int) -> tuple[int, Verb] | None:
        """Find the longest verb that begins at a word, a slip in a long word forgiven."""
        ahead = tuple(words[place : place + self.heard.longest])
        if ahead not in self._at:
            self._at[ahead] = self._looked_up(ahead)
        return self._at[ahead]

    def _looked_up(self, words: Phrase) -> tuple[int, Verb] | None:
        for length in range(len(words), 0, -1):
            if verb := self.heard.verbs.get(words[:length]):
                return length, verb
        for phrase, verb in self.heard.verbs.items():
            heard = words[: len(phrase)]
            if len(heard) == len(phrase) and self._almost(heard, phrase):
                return len(phrase), verb
        return None

    def _almost(self, heard: Phrase, phrase: Phrase) -> bool:
        slips = [pair for pair in zip(heard, phrase, strict=True) if pair[0] != pair[1]]
        known = self.heard.doubts | self.heard.fillers
        return len(slips) == 1 and all(
            len(meant) >= SPELT and word not in known and one_slip(word, meant)
            for word, meant in slips
        )

    def _request(self, part: str) -> Wish | Lost:
        words = [word for word, _, _ in said(_SUM.sub(" ", part))]
        if (verb := self._verb(words)) is None or "?" in part:
            return Lost(part[:LONGEST], Why.QUESTION if "?" in part else Why.UNKNOWN)
        start, end, meant = verb
        rest = words[:start] + words[end:]
        while (again := self._verb(rest)) and again[2] is meant:
            rest = rest[: again[0]] + rest[again[1] :]  # «решено, деньги пришли»
        rung, rest = self._rung(rest) if meant in _STEPPED else ("", rest)
        on, rest = self._day(rest, meant)
        numbers, orders, rest = self._named(rest)
        wish = Wish(
            verb=Verb.DONE if meant is Verb.SENT else meant,
            words=part[:LONGEST],
            numbers=numbers,
            orders=orders,
            on=on,
            rung=rung,
        )
        idle = self.heard.joints | self.heard.case | self.heard.step
        idle |= self.heard.fillers if meant is not Verb.UNDONE else frozenset()
        more = [word for word in rest if word not in idle]
        two = again is not None and Verb.SENT not in (again[2], meant)
        if why := self._objection(meant, wish, more, two=two):
            return Lost(wish.words, why)
        return replace(wish, note=part[:LONGEST_NOTE] if more else "")

    def _objection(
        self, verb: Verb, wish: Wish, more: Sequence[str], *, two: bool
    ) -> Why | None:
        """Say why a request is not heeded, from the words that are left of it."""
        named = bool(wish.numbers or wish.orders)
        if self.heard.doubts & {*more}:
            return Why.DOUBT
        if two and verb is not Verb.ATTACHED:
            return Why.TWO
        if verb is Verb.SNOOZED and wish.on is None and more:
            return Why.NO_DATE
        if more and verb in _STEADY:
            return Why.UNKNOWN
        if not named and (more or verb is Verb.SENT):
            return Why.NUMBER
        return None

    def _day(self, words: list[str], verb: Verb) -> tuple[date | None, list[str]]:
        """Take the day out of the words of a request that may name one."""
        ahead = verb is Verb.SNOOZED
        if verb not in (Verb.SNOOZED, Verb.DONE, Verb.SENT, Verb.NOT_RECEIVED):
            return None, words
        day = find_day(words, self.heard, self.today, ahead=ahead)
        if day is None or (not ahead and day.on and day.on > self.today):
            return None, words
        if day.on is None:
            return None, [*words[: day.start], _IMPOSSIBLE, *words[day.end :]]
        return day.on, [*words[: day.start], *words[day.end :]]

    def _rung(self, words: list[str]) -> tuple[str, list[str]]:
        """Take «шаг 2c» out of the words of a request."""
        for place, word in enumerate(words[:-1]):
            if word in self.heard.step and words[place + 1].isdigit():
                letter = "".join(words[place + 2 : place + 3])
                end = place + 2 + (letter in _RUNG_LETTERS)
                rung = words[place + 1] + _RUNG_LETTERS.get(letter, "")
                return rung, words[:place] + words[end:]
        return "", words

    def _named(
        self, words: Sequence[str]
    ) -> tuple[tuple[int, ...], tuple[Numbered, ...], list[str]]:
        """Take the cases and orders out of the words of a request."""
        marked = any(a in self.heard.case and b.isdigit() for a, b in pairwise(words))
        numbers: dict[int, None] = {}
        orders: dict[Numbered, None] = {}
        rest: list[str] = []
        inside = False  # a list of numbers behind «дела»
        for word in words:
            if order := self.read_number(word):
                orders[order] = None
            elif word.isdigit() and len(word) < 5 and (inside or not marked):
                numbers[int(word)] = None
            else:
                inside = word in self.heard.case or (
                    inside and word in self.heard.joints
                )
                rest.append(word)
        return tuple(numbers), tuple(orders), rest

    def _facts(self, part: str, start: int) -> Iterator[Wish | Lost]:
        """Read «факт 3 продавец ООО «Пример», ИНН 7704217370»: a name, then a value."""
        shown, rest = part[:LONGEST], part[start:]
        words = said(rest)
        place = 0
        while place < len(words) and (
            words[place][0][0].isdigit()
            or words[place][0] in self.heard.case | self.heard.joints
        ):
            place += 1
        numbers, orders, _ = self._named([word for word, _, _ in words[:place]])
        wish = Wish(verb=Verb.FACT, words=shown, numbers=numbers, orders=orders)
        told = rest[words[place][1] :] if place < len(words) else ""
        names = {**self.heard.facts, **names_of(self.facts)}
        for name, value in tell(told, names, frozenset(self.facts)):
            if name and value:
                yield replace(wish, fact=name, value=value[:LONGEST_VALUE])
            else:
                yield Lost(shown, Why.NO_VALUE if name else Why.NO_FACT)


_IMPOSSIBLE = "\0"  # stands for a day that does not exist
