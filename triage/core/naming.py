"""Which orders, parcels, returns and receipts a text or a link names."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from triage.core.hearing import Heard, Spoken
from triage.core.line import phrases
from triage.core.message import Where
from triage.core.pack import Identifiers
from triage.core.stems import lower
from triage.core.voice import Voice

_LONG_NUMBER = re.compile(r"[0-9][0-9]{3,}")  # every number worth a name has such a run
ROOM = 64  # characters around it that may belong to the number or fend it off


@dataclass(frozen=True, slots=True)
class Name:
    """What one place names; "" for what it does not."""

    order: str = ""
    posting: str = ""
    shipment: str = ""
    return_number: str = ""
    receipt: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """All that is named, first mention first."""

    all: tuple[Name, ...] = ()

    @property
    def orders(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name.order for name in self.all if name.order))

    def postings(self, order: str) -> tuple[str, ...]:
        named = (name.posting for name in self.all if name.order == order)
        return tuple(dict.fromkeys(filter(None, named)))

    def only(self, what: str, order: str) -> str:
        """Return the one shipment, return or receipt named for an order, else ""."""
        found = {getattr(n, what) for n in self.all if n.order in ("", order)} - {""}
        return str(found.pop()) if len(found) == 1 else ""

    @property
    def are_several(self) -> bool:
        """Say whether more than one order, parcel or return is named."""
        return any(
            len({getattr(name, what) for name in self.all} - {""}) > 1
            for what in ("order", "posting", "return_number")
        )

    def __add__(self, other: "Names") -> "Names":
        return Names(self.all + other.all)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a voice that speaks of the same parcels, returns or orders."""

    start: int
    end: int
    names: Names


@lru_cache(maxsize=16)  # of one letter, whose texts are asked about again and again
def in_text(text: str, numbers: Identifiers) -> Names:
    """Find the names in a normalised text, in its order."""
    return Names(tuple([name for _, name in _located(text, numbers)]))


@lru_cache(maxsize=16)
def _located(text: str, numbers: Identifiers) -> list[tuple[int, Name]]:
    found = [
        (match.start(), _name([match]))
        for start, end in _around_digits(text)
        for pattern in numbers.text
        for match in pattern.finditer(text, start, end)
    ]
    return sorted(found, key=lambda one: one[0])


@lru_cache(maxsize=4)
def stretches(voice: Voice, numbers: Identifiers) -> tuple[Stretch, ...]:
    """Part a voice that speaks of several things by the sentences that name them.

    None where it speaks of one thing only; what stands before the first name belongs
    to no stretch.
    """
    if not in_text(voice.text, numbers).are_several:
        return ()
    starts: dict[int, list[Name]] = {}
    for at, name in _located(voice.text, numbers):
        starts.setdefault(voice.sentence(at, at + 1)[0], []).append(name)
    ends = [*list(starts)[1:], len(voice.text)]
    return tuple(
        Stretch(start, end, Names(tuple(starts[start])))
        for start, end in zip(starts, ends, strict=True)
    )


def _around_digits(text: str) -> Iterator[tuple[int, int]]:
    """Yield the stretches of a text in which a number may stand, with some room."""
    start = end = 0
    for match in _LONG_NUMBER.finditer(text):
        if match.start() - ROOM > end:
            if end:
                yield start, end
            start = max(match.start() - ROOM, 0)
        end = min(match.end() + ROOM, len(text))
    if end:
        yield start, end


def in_links(links: Iterable[str], numbers: Identifiers) -> Names:
    """Find the names in links; what stands in one link belongs together."""
    links = tuple(links)
    if not links:
        return Names()
    small = lower("\n".join(links))
    every = [one for one in phrases(numbers.links)[0] if one.may_match(small)]
    found = ([m for one in every if (m := one.search(link))] for link in links)
    return Names(tuple(_name(matches) for matches in found if matches))


def in_letter(letter: Spoken, numbers: Identifiers) -> Names:
    """Find all names of a letter: links first, then subject, text and HTML."""
    texts = (in_text(voice.text, numbers).all for voice in letter.voices)
    return in_links(letter.links, numbers) + Names(tuple(chain(*texts)))


def meant(heard: Heard, letter: Spoken, numbers: Identifiers, whole: Names) -> Names:
    """Find what a recognised phrase speaks of; nothing where that cannot be told.

    The links it rests on come first, then its own words, then the stretch of the letter
    in which it stands, then the subject; a letter that names one order only speaks of
    that.
    """
    subjects = (in_text(voice.text, numbers) for voice in letter.of(Where.SUBJECT))
    own = in_text(heard.said, numbers)
    around = stretch_of(heard, numbers)
    places = [in_links(heard.links, numbers), own, *([around.names] if around else ())]
    every: Iterable[Names] = chain(places, subjects)
    for names in every:
        if names.orders:
            return names
    if len(whole.orders) != 1:
        return Names()
    returns = own if own.all else around.names if around else Names()
    return returns + Names((Name(order=whole.orders[0]),)) if returns.all else whole


def stretch_of(heard: Heard, numbers: Identifiers) -> Stretch | None:
    """Return the stretch of its voice in which a phrase stands."""
    if heard.voice is None:
        return None
    parts = stretches(heard.voice, numbers)
    return next((p for p in parts if p.start <= heard.start < p.end), None)


def _name(matches: Iterable[re.Match[str]]) -> Name:
    groups: dict[str, str] = {}
    for match in matches:
        for group, value in match.groupdict().items():
            if value:
                groups.setdefault(group, value)
    return Name(**groups)
