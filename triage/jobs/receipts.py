"""Read the receipts the owner gave as files, and give receipts to the orders they are of.

A receipt belongs to the order that it names, or to which the owner attached it; else to
the one order whose sum and day it fits, as a guess; else to none, and stays in sight.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from triage.core.act import Act, ActKind, effective
from triage.core.event import Certainty, Event
from triage.core.record import event_of, event_row
from triage.core.tying import FURTHEST, tie
from triage.edges import cases, messages, receipts
from triage.edges.archive import Archive
from triage.edges.receipts import Read
from triage.edges.store import Store
from triage.edges.worker import Pool
from triage.jobs.tasks import file_task

log = logging.getLogger(__name__)

PDF = "application/pdf"


def take_in(store: Store, archive: Archive, pool: Pool) -> None:
    """Bring the events of receipts up to the letters, the files and the owner's acts.

    What comes of it depends on them alone, not on the order in which they came.
    """
    given = _given(store)
    if unread := given.keys() - receipts.of_files(store).keys():
        receipts.add_files(store, _read(archive, pool, {e: given[e] for e in unread}))
    told = [*_named(store, given), *_tied(store, _untied(store, given))]
    changed = receipts.replace_events(
        store, {event.id: event_row(event) for event in told}
    )
    cases.mark_dirty(store, changed)


@dataclass(frozen=True, slots=True)
class Untied:
    """A receipt, or a file in which none can be seen, of which no order is known."""

    evidence: str
    name: str  # of the file; "" for a letter
    receipt: Event | None
    problem: str


def untied(store: Store) -> list[Untied]:
    """List what was read and belongs to no order, oldest receipt first."""
    given = _given(store)
    tied = {event.evidence for event in _tied(store, _untied(store, given))}
    found = [
        Untied(event.evidence, _name(given.get(event.evidence, ())), event, "")
        for event in _untied(store, given)
        if event.evidence not in tied
    ]
    found += [
        Untied(read.evidence, _name(given[read.evidence]), None, read.problem)
        for read in receipts.of_files(store).values()
        if read.problem and read.evidence in given
    ]
    return sorted(found, key=lambda one: (_at(one), one.evidence))


def of_file(store: Store, sha256: str) -> Untied | None:
    """Say what was made of a PDF of the owner's, whatever order it went to."""
    read = receipts.of_files(store).get(sha256)
    if read is None:
        return None
    event = read.receipt and event_of(read.receipt)
    return Untied(sha256, "", event or None, read.problem)


def _at(one: Untied) -> str:
    return one.receipt.at.isoformat() if one.receipt else ""


def _name(acts: Iterable[Act]) -> str:
    return next((act.data.get("name", "") for act in acts), "")


def _given(store: Store) -> dict[str, list[Act]]:
    """Return the acts by which the owner gave each PDF, by its checksum."""
    found: dict[str, list[Act]] = {}
    acts = cases.acts_of_kind(store, ActKind.ATTACHED, ActKind.UNDONE)
    for act in effective(acts):
        if act.data.get("media_type") == PDF:
            found.setdefault(act.data["sha256"], []).append(act)
    return found


def _read(
    archive: Archive, pool: Pool, given: Mapping[str, list[Act]]
) -> Iterable[Read]:
    tasks = [
        file_task(
            evidence,
            archive.attachment_path(evidence),
            acts[0].data.get("name", ""),
            acts[0].at.isoformat(),
        )
        for evidence, acts in sorted(given.items())
    ]
    for task, answer, problem in pool.map(tasks):
        found = answer or {"problem": problem}
        if found["problem"]:
            log.warning("file %.12s: %s", task["evidence"], found["problem"])
        orders = [(p, o) for p, named in found.get("orders", {}).items() for o in named]
        yield Read(
            evidence=task["evidence"],
            receipt=found.get("receipt"),
            orders=tuple(orders),
            problem=found["problem"],
        )


def _named(store: Store, given: Mapping[str, list[Act]]) -> Iterable[Event]:
    """Yield the receipts of files whose order the owner or the file names."""
    for evidence, read in receipts.of_files(store).items():
        if read.receipt is None or evidence not in given:
            continue
        event = event_of(read.receipt)
        for pack, order, posting in _orders(read, given[evidence]):
            own = event.pack == pack  # else it is another company's receipt
            yield replace(
                event,
                pack=pack,
                order=order,
                posting=posting,
                certainty=event.certainty if own else Certainty.GUESS,
            )


def _orders(read: Read, acts: Iterable[Act]) -> Iterable[tuple[str, str, str | None]]:
    told = {(a.data["pack"], a.order, a.posting) for a in acts if a.order}
    if told:
        # one file attached to a parcel and to its order is of the parcel
        whole = {(pack, order) for pack, order, posting in told if posting}
        return sorted(t for t in told if t[2] or (t[0], t[1]) not in whole)
    return [(*read.orders[0], None)] if len(read.orders) == 1 else []


def _untied(store: Store, given: Mapping[str, list[Act]]) -> list[Event]:
    """List the receipts that name no order and that the owner gave to none."""
    files = [
        event_of(read.receipt)
        for evidence, read in receipts.of_files(store).items()
        if read.receipt and evidence in given and not _orders(read, given[evidence])
    ]
    letters = map(event_of, receipts.of_letters(store))
    return [*letters, *files]


def _tied(store: Store, untied: Iterable[Event]) -> list[Event]:
    """Give receipts to orders by sum and day."""
    waiting: dict[str, list[Event]] = {}
    for event in untied:
        waiting.setdefault(event.pack, []).append(event)
    found: list[Event] = []
    for pack, some in waiting.items():
        near = set[str]()
        for event in some:
            near |= receipts.orders_between(
                store, pack, event.at - FURTHEST, event.at + FURTHEST
            )
        own = {event.evidence for event in some}
        told = messages.events_of(store, pack, sorted(near))
        orders = {
            order: [event for event in events if event.evidence not in own]
            for order, events in told.items()
        }
        found += tie(some, orders).values()
    return found
