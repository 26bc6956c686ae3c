"""Turn timelines into cases and set each on its rung of the ladder."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from triage.core.act import Act, ActKind, effective
from triage.core.case import State
from triage.core.cases import assess as cases_of
from triage.core.event import Event
from triage.core.ladder import stand
from triage.core.pack import Packs
from triage.core.step import Standing
from triage.core.timeline import Timeline
from triage.edges import cases, messages
from triage.edges.journal import Journal
from triage.edges.store import Store
from triage.jobs.act import record

log = logging.getLogger(__name__)

BATCH = 400  # orders whose events are in memory at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What every assessment needs beside the order itself."""

    packs: Packs
    zone: ZoneInfo
    owner: Mapping[str, str]  # name, email, phone, address: for letters only

    def today(self, now: datetime) -> date:
        return now.astimezone(self.zone).date()


def assess(
    store: Store, journal: Journal, bench: Bench, now: datetime
) -> list[tuple[str, str]]:
    """Assess what is new or due today and return which (pack, order) that were.

    A case gets its number here, once: the number is journalled before the index has
    it, so that a rebuild gives the same one.
    """
    today = bench.today(now)
    touched = cases.orders_to_assess(store, today)
    for pack, batch in batches(touched):
        assessed = list(_standings(store, bench, now, pack, batch))
        fresh = sorted(
            (s for _, standings, _ in assessed for s in standings if _wants_number(s)),
            key=lambda s: (s.case.opened_on, s.case.id),
        )
        numbers = _number(store, journal, fresh, now)
        with store.transaction():
            for order, standings, look_again_on in assessed:
                numbered = [_numbered(s, numbers) for s in standings]
                cases.save_assessment(store, pack, order, numbered, look_again_on)
    if touched:
        log.info("assessed %d orders", len(touched))
    cases.remember_day(store, today)
    return touched


def standings(
    store: Store,
    bench: Bench,
    now: datetime,
    orders: Iterable[tuple[str, str]] | None = None,
) -> list[Standing]:
    """Say how cases stand at an instant, past or future, without writing anything.

    `orders` are the (pack, order) to look at; all of them when it is left out.
    """
    chosen = sorted(cases.all_orders(store) if orders is None else set(orders))
    found = [
        standing
        for pack, batch in batches(chosen)
        for _, standings, _ in _standings(store, bench, now, pack, batch)
        for standing in standings
    ]
    return sorted(found, key=lambda s: (s.number or 1 << 30, s.case.id))


def _standings(
    store: Store, bench: Bench, now: datetime, pack: str, orders: Sequence[str]
) -> Iterable[tuple[str, list[Standing], date | None]]:
    events = messages.events_of(store, pack, orders)
    acts = cases.acts_of(store, orders)
    for order in orders:
        told, done = events.get(order, []), acts.get(order, [])
        found, look_again_on = _stand(
            bench,
            (pack, order),
            events=[event for event in told if event.at <= now],
            acts=[act for act in done if act.at <= now],
            numbers={
                act.case: int(act.data["number"])
                for act in done  # a number holds at every instant
                if act.kind is ActKind.NUMBERED
            },
            today=bench.today(now),
        )
        # a server whose clock is ahead of ours dates a letter later than now
        dated = [*(event.at for event in told), *(act.at for act in done)]
        ahead = [bench.today(at) for at in dated if at > now]
        yield order, found, min([*filter(None, [look_again_on]), *ahead], default=None)


def _stand(
    bench: Bench,
    subject: tuple[str, str],
    *,
    events: Sequence[Event],
    acts: Sequence[Act],
    numbers: Mapping[str | None, int],
    today: date,
) -> tuple[list[Standing], date | None]:
    pack, order = subject
    timeline = Timeline.of(events) if events else None
    assessment = cases_of(
        timeline,
        acts,
        bench.packs,
        pack=pack,
        order=order,
        zone=bench.zone,
        today=today,
    )
    kept = effective(acts)
    found = [
        stand(
            case,
            numbers.get(case.id, 0),
            kept,
            events,
            bench.packs.ladder_of(pack),
            bench.owner,
            today,
            zone=bench.zone,
            contacts=bench.packs.marketplace(pack).contacts,
        )
        for case in assessment.cases
    ]
    looks = [assessment.look_again_on, *(s.look_again_on for s in found)]
    return found, min((day for day in looks if day), default=None)


def _wants_number(standing: Standing) -> bool:
    """Say whether the owner will hear of a case; one that is long over stays unnamed."""
    return not standing.number and standing.state is not State.RESOLVED


def _number(
    store: Store, journal: Journal, fresh: Sequence[Standing], now: datetime
) -> dict[str, int]:
    """Give each new case the next number and write that to the journal."""
    taken = [int(a.data["number"]) for a in cases.acts_of_kind(store, ActKind.NUMBERED)]
    first = max(taken, default=0) + 1
    numbers = {s.case.id: number for number, s in enumerate(fresh, first)}
    acts = [
        Act(
            at=now,
            kind=ActKind.NUMBERED,
            case=s.case.id,
            order=s.case.order,
            data={"number": str(numbers[s.case.id]), "pack": s.case.pack},
        )
        for s in fresh
    ]
    if acts:
        record(store, journal, *acts)
    return numbers


def _numbered(standing: Standing, numbers: Mapping[str, int]) -> Standing:
    return replace(standing, number=numbers.get(standing.case.id, standing.number))


def batches(
    orders: Iterable[tuple[str, str]], size: int = BATCH
) -> Iterable[tuple[str, list[str]]]:
    """Group sorted (pack, order) into batches that fit in memory, each of one pack."""
    for pack, group in groupby(orders, key=lambda pair: pair[0]):
        names = [order for _, order in group]
        for start in range(0, len(names), size):
            yield pack, names[start : start + size]
