"""One receipt is told by its e-check letter, by its operator and by a file: it counts once."""

from collections.abc import Iterable

from triage.core.event import Event, EventKind

RECEIPTS = frozenset(
    {
        EventKind.RECEIPT_PREPAYMENT,
        EventKind.RECEIPT_FULL,
        EventKind.RECEIPT_REFUND,
    }
)
NAMES = ("fiscal", "receipt")  # the attributes that name a receipt, each in its own way


def receipts_once(events: Iterable[Event]) -> tuple[Event, ...]:
    """Keep of several tellings of one receipt the surest, and all other events.

    Two tellings that name receipts in the same way are of one if the names are equal;
    two that do so in different ways are if their sums are. Of equally sure ones that
    with the fiscal numbers counts: it says most.
    """
    kept: list[Event | None] = []
    groups: list[tuple[int, list[Event]]] = []  # where in `kept`, and who tells
    for event in events:
        if event.kind not in RECEIPTS:
            kept.append(event)
            continue
        for place, tellings in groups:
            if _same(event, tellings):
                tellings.append(event)
                kept[place] = max(tellings, key=_weight)
                break
        else:
            groups.append((len(kept), [event]))
            kept.append(event)
    return tuple(event for event in kept if event)


def name_of(event: Event) -> str:
    """Name a receipt, by its letter where it has no name."""
    told = (event.attributes.get(name) for name in NAMES)
    return next(filter(None, told), event.evidence)


def _same(event: Event, tellings: list[Event]) -> bool:
    one = tellings[0]
    if event.kind is not one.kind or any(
        event.posting != other.posting and None not in (event.posting, other.posting)
        for other in tellings
    ):
        return False
    way = _way(event)
    alike = [other for other in tellings if _way(other) == way]
    if alike:
        return all(name_of(other) == name_of(event) for other in alike)
    amount = event.attributes.get("amount")
    return amount is not None and all(
        other.attributes.get("amount") == amount for other in tellings
    )


def _way(event: Event) -> str:
    """Say in which way a telling names its receipt, "" if in none."""
    return next((name for name in NAMES if event.attributes.get(name)), "")


def _weight(event: Event) -> tuple[int, bool]:
    return (int(event.certainty), "fiscal" in event.attributes)
