"""Gather what is told of each case in the digest: what happened, and from which letter."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from triage.core.case import Fact, State
from triage.core.event import Certainty, Event, in_life
from triage.core.letter import lacking, render
from triage.core.pack import Packs
from triage.core.sheet import plain
from triage.core.step import Letter, Standing
from triage.core.story import Background, Happening, Telling, quoted
from triage.core.tongue import PLAIN, Tongue
from triage.edges import cases, messages
from triage.edges.store import Store
from triage.jobs.assess import Bench
from triage.jobs.prepare import facts

WHAT = Letter(id="what", title="", text="$what")
GROWS = ("penalty", "interest")


def background(
    store: Store,
    standings: Sequence[Standing],
    texts: Mapping[str, str],
    bench: Bench,
    now: datetime,
) -> Background:
    """Gather it for cases that are not resolved; `texts` are their ready letters."""
    alive = [s for s in standings if s.state is not State.RESOLVED]
    orders = sorted({s.case.order for s in alive})
    acts = cases.acts_of(store, orders, now)
    quotes = {s.case.id: fact for s in alive if (fact := quoted(s.case))}
    dated = messages.arrivals(store, {f.evidence for f in quotes.values()})
    tellings = {}
    for standing in alive:
        case = standing.case
        known = facts(standing, acts.get(case.order, ()), bench)
        quote = quotes.get(case.id)
        at = dated.get(quote.evidence) if quote else None
        tellings[case.id] = Telling(
            happened=_happened(known, case.rule, bench.packs.tongue),
            quoted_on=at.astimezone(bench.zone).date() if at else None,
            grown=_grown(known, texts.get(case.id, "")),
            grows=_grows(known),
        )
    return Background(tellings=tellings, lives=_lives(store, alive, bench, now))


def title(event: Event, packs: Packs) -> str:
    """Say what happened in the owner's words; a guess is told as a question."""
    said = packs.events.get(event.kind, event.kind)
    return f"{said}?" if event.certainty is Certainty.GUESS else said


def _happened(known: Mapping[str, Fact], rule: str, tongue: Tongue) -> str:
    """Write the passage that says what happened, where every fact of it is known."""
    what, facts = WHAT, known
    if tongue is not PLAIN:
        what = replace(WHAT, text=tongue.happened.get(rule, ""))
        facts = tongue.facts(known)
    if lacking(what, facts):
        return ""
    return " ".join(plain(render(what, facts)).split())


def _grown(known: Mapping[str, Fact], text: str) -> str:
    """Return the sum that has grown, where the ready letter demands it."""
    sums = (known[name].value for name in GROWS if name in known)
    return next((each for each in sums if each in text), "")


def _grows(known: Mapping[str, Fact]) -> bool:
    """Say whether tomorrow adds to what has grown."""
    through = known.get("calculation_through")
    over = "penalty" in known and through and through.value != known["today"].value
    return "calculation_cap" not in known and not over


def _lives(
    store: Store, standings: Iterable[Standing], bench: Bench, now: datetime
) -> dict[tuple[str, str], Sequence[Happening]]:
    """Tell the days of the orders that have several cases."""
    names = [(s.case.pack, s.case.order) for s in standings]
    several = sorted({name for name in names if names.count(name) > 1})
    found: dict[tuple[str, str], Sequence[Happening]] = {}
    for pack, of_pack in groupby(several, key=lambda name: name[0]):
        orders = [order for _, order in of_pack]
        for order, events in messages.events_of(store, pack, orders).items():
            told = [event for event in events if event.at <= now]
            found[pack, order] = tuple(_days(order, told, bench))
    return found


def _days(order: str, events: Iterable[Event], bench: Bench) -> Iterator[Happening]:
    ordered = sorted(events, key=in_life)
    for on, of_day in groupby(ordered, lambda e: e.at.astimezone(bench.zone).date()):
        told = dict.fromkeys(title(each, bench.packs) for each in of_day)
        yield Happening(on=on, order=order, titles=tuple(told))
