"""Assess many orders from a warm index; then again after one new letter.

python bench/assess.py 10000 10           # orders, events of each
"""

import json
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from triage.core.event import Certainty, Event, EventKind
from triage.core.record import event_row
from triage.edges import cases
from triage.edges.journal import Journal
from triage.edges.packs import load
from triage.edges.store import Store
from triage.jobs.assess import Bench, assess

KINDS = [
    EventKind.ORDER_PLACED,
    EventKind.ORDER_PAID,
    EventKind.POSTING_PACKED,
    EventKind.POSTING_SHIPPED,
    EventKind.READY_FOR_PICKUP,
    EventKind.POSTING_DELIVERED,
    EventKind.RECEIPT_FULL,
    EventKind.RETURN_REQUESTED,
    EventKind.RETURN_RECEIVED,
    EventKind.REFUND_PAID,
]
NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)


def an_event(order: int, place: int, each: int) -> Event:
    """Make one event; every twentieth order never sees its refund."""
    kind = KINDS[place % len(KINDS)]
    if kind is EventKind.REFUND_PAID and order % 20 == 0:
        kind = EventKind.RECEIPT_FULL
    at = NOW - timedelta(days=60 + order % 300) + timedelta(days=place * 40 // each)
    return Event(
        kind=kind,
        at=at,
        pack="ozon",
        order=f"12345678-{order:05d}",
        certainty=Certainty.PINNED,
        recogniser=kind,
        evidence=f"{order:032x}{place:032x}",
        attributes={"amount": "990.00"},
    )


def main() -> None:
    orders, each = int(sys.argv[1]), int(sys.argv[2])
    folder = Path(tempfile.mkdtemp(prefix="bench"))
    bench = Bench(
        packs=load(["ozon"], "ru", None), zone=ZoneInfo("Europe/Moscow"), owner={}
    )
    journal = Journal(folder / "evidence")
    with Store(folder / "index.sqlite3") as store:
        for order in range(orders):
            rows = [event_row(an_event(order, i, each)) for i in range(each)]
            store.write_all("events", rows)
            cases.mark_dirty(store, [("ozon", rows[0]["order_number"])])
        times, touched = [], []
        for _ in range(3):
            started = time.perf_counter()
            touched.append(len(assess(store, journal, bench, NOW)))
            times.append(time.perf_counter() - started)
            if len(times) == 2:
                extra = event_row(an_event(7, each, each))
                store.write_all("events", [extra])
                cases.mark_dirty(store, [("ozon", extra["order_number"])])
        found = store.rows("SELECT state, count(*) n FROM cases GROUP BY state")
    print(
        json.dumps(
            {
                "orders": orders,
                "events": orders * each,
                "cases": {row["state"]: row["n"] for row in found},
                "all_s": round(times[0], 2),
                "orders_touched_then": touched[1:],
                "nothing_new_s": round(times[1], 4),
                "one_new_letter_s": round(times[2], 4),
            }
        )
    )


if __name__ == "__main__":
    main()
