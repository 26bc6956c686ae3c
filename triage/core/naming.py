"""Which orders, parcels, returns and receipts a text or a link names."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from triage.core.hearing import Heard, Spoken
from triage.core.message import Where
from triage.core.pack import Identifiers

_LONG_NUMBER = re.compile(r"[0-9]{4,}")  # every number worth a name has such a run
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

    def __add__(self, other: "Names") -> "Names":
        return Names(self.all + other.all)


def in_text(text: str, numbers: Identifiers) -> Names:
    """Find the names in a normalised text, in its order."""
    found = [
        (match.start(), _name([match]))
        for start, end in _around_digits(text)
        for pattern in numbers.text
        for match in pattern.finditer(text, start, end)
    ]
    return Names(tuple(name for _, name in sorted(found, key=lambda one: one[0])))


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
    found = []
    for link in links:
        matches = [match for p in numbers.links if (match := p.search(link))]
        if matches:
            found.append(_name(matches))
    return Names(tuple(found))


def in_letter(letter: Spoken, numbers: Identifiers) -> Names:
    """Find all names of a letter: links first, then subject, text and HTML."""
    texts = (in_text(voice.text, numbers).all for voice in letter.voices)
    return in_links(letter.links, numbers) + Names(tuple(chain(*texts)))


def meant(heard: Heard, letter: Spoken, numbers: Identifiers, whole: Names) -> Names:
    """Find what a recognised phrase speaks of; nothing where that cannot be told.

    The links it rests on come first, then its own sentence, then the subject; a letter
    that names one order only speaks of that.
    """
    places = [
        in_links(heard.links, numbers),
        in_text(heard.sentence, numbers),
        *(in_text(voice.text, numbers) for voice in letter.of(Where.SUBJECT)),
    ]
    for names in places:
        if names.orders:
            return names
    return whole if len(whole.orders) == 1 else Names()


def _name(matches: Iterable[re.Match[str]]) -> Name:
    groups: dict[str, str] = {}
    for match in matches:
        for group, value in match.groupdict().items():
            if value:
                groups.setdefault(group, value)
    return Name(**groups)
