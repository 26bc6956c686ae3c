"""Find orders by the words of their letters. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from triage.core.findable import words
from triage.edges import search
from triage.edges.archive import Archive
from triage.edges.search import Listed
from triage.edges.stemmer import stem
from triage.edges.store import Store
from triage.edges.worker import Pool
from triage.errors import UsageError
from triage.jobs.tasks import task_of

MOST = 20  # orders in an answer
LETTERS = 3  # of one order


@dataclass(frozen=True, slots=True)
class Hit:
    """A letter that has some of the words, with the line that has most of them."""

    letter: Listed
    snippet: str


@dataclass(frozen=True, slots=True)
class Found:
    """An order whose letters have all the words between them; "" for a letter of none."""

    pack: str
    order: str
    hits: tuple[Hit, ...]


def find(
    store: Store, archive: Archive, pool: Pool, text: str, now: datetime
) -> list[Found]:
    """Find the orders whose letters have all the words in any of their forms.

    The newest come first, of each those letters that say most.

    Raises:
        UsageError: there is no word in the text.
    """
    stems = tuple(dict.fromkeys(map(stem, words(text))))
    if not stems:
        raise UsageError("искать можно слова из писем: triage orders --find «возврат»")
    having = {one: search.letters_with(store, one) for one in stems}
    if not all(having.values()):
        return []
    letters = search.listed(store, set().union(*having.values()), now)

    def has(letter: Listed) -> frozenset[str]:
        sha256 = letter.sighting.sha256
        return frozenset(one for one in stems if sha256 in having[one])

    groups: dict[tuple[str, str], list[Listed]] = {}
    for letter in letters:
        for order in letter.orders or ("",):
            place = (letter.pack, order or letter.sighting.sha256)
            groups.setdefault(place, []).append(letter)
    chosen: dict[tuple[str, str], list[Listed]] = {}
    for place, group in groups.items():
        if frozenset[str]().union(*map(has, group)) == frozenset(stems):
            best = sorted(group, key=lambda one: len(has(one)), reverse=True)
            chosen[place] = best[:LETTERS]
        if len(chosen) == MOST:
            break
    snippets = _snippets(archive, pool, chosen.values(), stems)
    return [
        Found(
            pack,
            order if shown[0].orders else "",
            tuple(Hit(one, snippets.get(one.sighting.sha256, "")) for one in shown),
        )
        for (pack, order), shown in chosen.items()
    ]


def _snippets(
    archive: Archive,
    pool: Pool,
    groups: Iterable[list[Listed]],
    stems: tuple[str, ...],
) -> dict[str, str]:
    """Read the letters that are shown once more: their text is kept nowhere else."""
    shown = {one.sighting.sha256: one for group in groups for one in group}
    tasks = [
        task_of(one.sighting, archive.path(sha256))
        | {"pack": one.pack, "find": list(stems)}
        for sha256, one in shown.items()
    ]
    answers = pool.map(tasks)
    return {
        sha256: str((answer or {}).get("snippet", ""))
        for sha256, (_, answer, _) in zip(shown, answers, strict=True)
    }
