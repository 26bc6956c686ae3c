"""Follow every word of a case's letters to where it comes from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from triage.core.act import Act, ActKind, effective
from triage.core.anchors import Anchors
from triage.core.event import Event
from triage.core.progress import progress
from triage.core.reasons import Reason, Source, reasons
from triage.core.step import Letter, Standing, Step
from triage.edges import cases, messages
from triage.edges.store import Store
from triage.errors import UsageError
from triage.jobs.assess import Bench
from triage.jobs.known import letters_of
from triage.jobs.look import find_case, order_events
from triage.jobs.prepare import facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A letter or a file that a fact rests on."""

    subject: str  # of a letter; the name of a file
    received_at: datetime | None
    is_file: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An act of the owner's, with its line in the journal."""

    act: Act
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A case, and where the facts of its letters come from."""

    standing: Standing
    anchors: Anchors
    events: Sequence[Event]
    reasons: Mapping[str, Reason]
    origins: Mapping[str, Origin]  # by evidence
    told: Mapping[str, Told]  # by the name of the fact


def explain(
    store: Store,
    bench: Bench,
    now: datetime,
    name: str,
    *,
    step: str = "",
    letter: str = "",
) -> Explained:
    """Explain all letters of a case, or those of a step, or one.

    Raises:
        UsageError: there is no such case, step or letter.
    """
    standing = find_case(store, bench, now, name)
    case = standing.case
    place = (case.pack, case.order)
    events = order_events(store, [place], now).get(place, [])
    acts = effective(cases.acts_of(store, [case.order], now).get(case.order, []))
    ladder = bench.packs.ladder_of(case.pack)
    done = progress(case, acts, events, bench.zone, standing.today)
    anchors = Anchors.of(case, done, ladder, standing.today, number=standing.number)
    contacts = bench.packs.marketplace(case.pack).contacts
    found = {
        fact.name: Reason(fact=fact, source=Source.LETTER)
        for fact in (() if step or letter else case.facts)
    }
    for one, text in _chosen(standing, bench, step, letter):
        known = facts(standing, acts, bench, one.id)
        found |= reasons(text, known, anchors, one, bench.packs.facts, contacts)
    return Explained(
        standing=standing,
        anchors=anchors,
        events=sorted(events, key=lambda each: (each.at, each.id)),
        reasons=found,
        origins=_origins(store, case.order, acts),
        told=_told(found, acts, cases.lines_of(store, case.order)),
    )


def _chosen(
    standing: Standing, bench: Bench, step: str, letter: str
) -> list[tuple[Step, Letter]]:
    every = list(letters_of(standing, bench))
    found = [
        (one, text)
        for one, text in every
        if step in ("", one.id, one.rung) and letter in ("", text.id)
    ]
    if not found:
        known = [
            f"{one.rung} {one.id}: {text.id} — {text.title}" for one, text in every
        ]
        raise UsageError(f"нет такого письма: {step or letter}", known)
    return found


def _origins(store: Store, order: str, acts: Sequence[Act]) -> dict[str, Origin]:
    """Say of each letter and file of an order what it is called and when it came."""
    rows = messages.letters_of(store, [order]).get(order, [])
    found = {
        row["evidence"]: Origin(
            subject=row["subject"],
            received_at=datetime.fromisoformat(row["received_at"]),
        )
        for row in rows
    }
    for act in acts:
        if act.kind is ActKind.ATTACHED:
            found[act.data["sha256"]] = Origin(
                subject=act.data.get("name", ""), received_at=act.at, is_file=True
            )
    return found


def _told(
    found: Mapping[str, Reason],
    acts: Sequence[Act],
    lines: Mapping[str, int],
) -> dict[str, Told]:
    """Find the act by which the owner told each fact, or took a step."""
    told: dict[str, Told] = {}
    for name, reason in found.items():
        if reason.source is not Source.OWNER:
            continue
        kind = ActKind.STEP_DONE if reason.step else ActKind.FACT
        key, value = ("step", reason.step) if reason.step else ("name", name)
        mine = [a for a in acts if a.kind is kind and a.data.get(key) == value]
        if mine:
            act = mine[0] if reason.step else mine[-1]
            told[name] = Told(act=act, line=lines.get(act.id, 0))
    return told
