"""What happened in a case, day by day, each with the letter that says so."""

from collections.abc import Iterable, Mapping
from datetime import date

from triage.core.case import Fact
from triage.core.progress import OWNER
from triage.core.words import day, parse_date

FROM_LETTER = "from_letter"  # phrase: a line with the letter's name in the archive
FROM_OWNER = "from_owner"  # phrase: a line that rests on the owner's word
RECKONED = "reckoned"  # phrase: a line for a day that was counted
FRAMES = (FROM_LETTER, FROM_OWNER, RECKONED)
SOURCES = {OWNER: FROM_OWNER, RECKONED: RECKONED}
MARK = 8  # signs of a letter's name that are enough to find it


def chronology(facts: Iterable[Fact], words: Mapping[str, str], anchor: date) -> str:
    """List the days of a case in order of time, a line each.

    `words` says how each fact is told: a fact that is a date tells of that day, any
    other of the day since which the owner says it is so. Of one fact of one day the
    first counts; `anchor` gives a date its missing year.
    """
    told: dict[tuple[date, str], str] = {}
    for fact in facts:
        phrase = words.get(fact.name)
        if phrase is None or fact.name in FRAMES:
            continue
        on = fact.on if "{value}" in phrase else parse_date(fact.value, anchor)
        if on is None:
            continue
        frame = words[SOURCES.get(fact.evidence, FROM_LETTER)]
        what = phrase.replace("{value}", " ".join(fact.value.split()))
        line = frame.format(day=day(on), what=what, mark=fact.evidence[:MARK])
        told.setdefault((on, fact.name), line)
    order = list(words)
    rows = sorted(told, key=lambda row: (row[0], order.index(row[1])))
    return "\n".join(f"— {told[row]}" for row in rows)
