"""The dossier of one order: what happened, from which letter, what was done, what lacks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from triage.core.act import Act, ActKind, effective
from triage.core.case import State
from triage.core.chain import Proof
from triage.core.event import Certainty, Event, EventKind
from triage.core.folio import Enclosure, Leaf, enclosures, folder_of
from triage.core.pack import Marketplace, Packs
from triage.core.picture import Picture, draw
from triage.core.settlement import Settlement, settlement
from triage.core.step import Standing
from triage.core.timeline import STATUS, Timeline
from triage.core.words import normal

HANDED_OVER = "handed over"  # a status that only a receipt tells

DONE = (ActKind.STEP_DONE, ActKind.REPORTED, ActKind.RESOLVED, ActKind.REOPENED)
"""What the owner did that belongs in the course of things."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One line of the chronology."""

    at: datetime  # in the owner's zone
    kinds: tuple[tuple[str, str], ...]  # of events or of an act, each with its title
    posting: str | None = None
    certainty: str = ""  # "" for what the owner did
    quote: str = ""
    note: str = ""
    told: tuple[tuple[str, str | date | Decimal], ...] = ()
    leaf: Leaf | None = None
    enclosure: Enclosure | None = None

    @property
    def by_owner(self) -> bool:
        return not self.certainty


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """A case with what is prepared for it and what it lacks."""

    standing: Standing
    text: str = ""  # of the letter that is ready; "" when there is none
    file: str = ""  # its name in the folder
    lacks: tuple[str, ...] = ()  # facts, by their titles
    documents: tuple[str, ...] = ()  # to be kept and enclosed
    told: tuple[tuple[str, str], ...] = ()  # what the owner said: title, value


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A posting and where it stands."""

    posting: str | None
    status: str
    guess: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """All that is known of one order, on one day."""

    order: str
    folder: str
    market: str
    written_at: datetime  # in the owner's zone
    parcels: tuple[Parcel, ...]
    course: tuple[Happening, ...]
    matters: tuple[Matter, ...]
    money: Settlement
    leaves: tuple[Leaf, ...]
    enclosures: tuple[Enclosure, ...]
    proof: Proof
    picture: Picture | None

    @property
    def asks(self) -> tuple[str, ...]:
        return tuple(m.standing.case.asks for m in self.matters if m.standing.case.asks)


def dossier(
    order: str,
    market: Marketplace,
    packs: Packs,
    *,
    events: Sequence[Event],
    acts: Sequence[Act],
    standings: Sequence[Standing],
    texts: Mapping[str, str],
    leaves: Sequence[Leaf],
    proof: Proof,
    now: datetime,
    zone: ZoneInfo,
) -> Dossier:
    """Gather the dossier. `texts` are the letters that are ready, by case id."""
    timeline = Timeline.of(events) if events else None
    done = effective(acts)
    enclosed = enclosures(done, zone)
    papers: dict[str, Leaf | Enclosure] = {one.evidence: one for one in leaves}
    papers |= {one.evidence: one for one in enclosed}
    course = [
        *_together(_course(timeline, packs, papers, zone)),
        *_done(done, standings, packs, zone),
    ]
    books = settlement(events)
    return Dossier(
        order=order,
        folder=folder_of(order, market.id, packs),
        market=market.title,
        written_at=now.astimezone(zone),
        parcels=tuple(_parcels(timeline)),
        course=tuple(sorted(course, key=lambda one: one.at)),
        matters=tuple(_matter(s, done, packs, texts) for s in standings),
        money=books,
        leaves=tuple(leaves),
        enclosures=enclosed,
        proof=proof,
        picture=draw(timeline, standings, books, zone, now.astimezone(zone).date()),
    )


def _parcels(timeline: Timeline | None) -> Iterable[Parcel]:
    if timeline is None:
        return
    for posting in timeline.postings():
        yield Parcel(
            posting=posting,
            status=whereabouts(timeline, posting),
            guess=timeline.guess(posting),
        )


def whereabouts(timeline: Timeline, posting: str | None) -> str:
    """Say where a parcel stands; a receipt for the whole says that it was handed over."""
    sure = [e for e in timeline.of_posting(posting) if e.certainty > Certainty.GUESS]
    told = [e for e in sure if e.kind in STATUS or e.kind is EventKind.RECEIPT_FULL]
    if told and told[-1].kind is EventKind.RECEIPT_FULL:
        return HANDED_OVER
    return timeline.status(posting)


def _course(
    timeline: Timeline | None,
    packs: Packs,
    papers: Mapping[str, Leaf | Enclosure],
    zone: ZoneInfo,
) -> Iterable[Happening]:
    """Tell what the letters, and the files the owner gave, say."""
    order = list(EventKind)
    events = timeline.events if timeline else ()
    for event in sorted(events, key=lambda e: (e.at, order.index(e.kind))):
        paper = papers.get(event.evidence)
        yield Happening(
            at=event.at.astimezone(zone),
            kinds=((event.kind, packs.events.get(event.kind, "")),),
            posting=event.posting,
            certainty=event.certainty.word,
            quote=normal(event.quote),
            told=tuple(_values(event)),
            leaf=paper if isinstance(paper, Leaf) else None,
            enclosure=paper if isinstance(paper, Enclosure) else None,
        )


def _together(told: Iterable[Happening]) -> list[Happening]:
    """Tell once what the same words of a letter say at once: placed and paid."""
    found: list[Happening] = []
    for one in told:
        last = found[-1] if found else None
        if last and replace(last, kinds=one.kinds, told=one.told) == one:
            both = dict.fromkeys([*last.told, *one.told])
            found[-1] = replace(one, kinds=last.kinds + one.kinds, told=tuple(both))
        else:
            found.append(one)
    return found


def _done(
    acts: Iterable[Act], standings: Iterable[Standing], packs: Packs, zone: ZoneInfo
) -> Iterable[Happening]:
    """Tell what the owner did."""
    standings = list(standings)
    titles = {s.case.id: s.case.title for s in standings}
    titles |= {r.id: r.title for m in packs.marketplaces for r in m.rules}
    steps = {
        (s.case.id, now.step.id): f"{now.step.rung}. {now.step.title}"
        for s in standings
        for now in s.steps
    }
    for act in acts:
        if act.kind not in DONE:
            continue
        at, case, said = act.at.astimezone(zone), act.case or "", act.data
        if on := said.get("on"):
            at = datetime.combine(date.fromisoformat(on), at.timetz())
        about = said.get("report", case)
        if act.kind is ActKind.STEP_DONE:
            about = said.get("step", "")
        yield Happening(
            at=at,
            kinds=((act.kind, steps.get((case, about)) or titles.get(about, about)),),
            posting=act.posting,
            note=said.get("note") or said.get("how", ""),
        )


def _values(event: Event) -> Iterable[tuple[str, str | date | Decimal]]:
    """Read the attributes of an event as what they are; what names it only is left out."""
    for name, value in event.attributes.items():
        try:
            if name == "amount":
                yield name, Decimal(value)
            elif name.endswith("_on") or name == "keep_until":
                yield name, date.fromisoformat(value)
            elif name in (
                "cancelled_by",
                "return_number",
                "item",
                "seller",
                "seller_inn",
            ):
                yield name, value
        except (InvalidOperation, ValueError):
            yield name, value


def _matter(
    standing: Standing, acts: Sequence[Act], packs: Packs, texts: Mapping[str, str]
) -> Matter:
    case, now = standing.case, standing.step
    ladder = packs.ladder
    alive = standing.state is not State.RESOLVED
    names = ladder.fact_names
    text = texts.get(case.id, "") if alive else ""
    number = standing.number or case.rule
    return Matter(
        standing=standing,
        text=text,
        file=f"case-{number}-{now.step.id}.txt" if text and now else "",
        lacks=tuple(names.get(n, n) for n in now.lacks) if now and alive else (),
        documents=tuple(ladder.documents.get(d, d) for d in now.step.documents)
        if now and alive
        else (),
        told=tuple(
            (names.get(act.data["name"], act.data["name"]), act.data["value"])
            for act in acts
            if act.kind is ActKind.FACT and act.case == case.id
        ),
    )
