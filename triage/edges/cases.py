"""The index's tables of the owner's acts, the orders to look at, and the cases."""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from triage.core.act import Act, ActKind
from triage.core.step import Standing
from triage.edges.store import Store


def add_acts(store: Store, acts: Iterable[Act], first_line: int) -> None:
    """Copy journal lines into the index; `first_line` is the number of the first."""
    store.write_all(
        "acts",
        [
            {
                "line": first_line + i,
                "at": act.at.isoformat(),
                "kind": act.kind,
                "case_id": act.case,
                "order_number": act.order,
                "posting": act.posting,
                "data": json.dumps(act.data, ensure_ascii=False, sort_keys=True),
            }
            for i, act in enumerate(acts)
        ],
    )


def acts_of(
    store: Store, orders: Sequence[str], until: datetime | None = None
) -> dict[str, list[Act]]:
    """Return the acts on orders and their cases up to an instant, oldest first."""
    found: dict[str, list[Act]] = {}
    sql = "SELECT * FROM acts WHERE order_number IN ({}) ORDER BY line"
    for row in store.rows_among(sql, orders):
        act = _act(row)
        if until is None or act.at <= until:
            found.setdefault(row["order_number"], []).append(act)
    return found


def lines_of(store: Store, order: str) -> dict[str, int]:
    """Return in which line of the journal each act on an order stands, by its id."""
    rows = store.rows("SELECT * FROM acts WHERE order_number = ? ORDER BY line", order)
    return {_act(row).id: row["line"] for row in rows}


def acts_of_kind(store: Store, *kinds: ActKind) -> list[Act]:
    """Return all acts of some kinds, oldest first."""
    sql = "SELECT * FROM acts WHERE kind IN ({}) ORDER BY line"
    return list(map(_act, store.rows_among(sql, kinds)))


def mark_dirty(store: Store, orders: Iterable[tuple[str, str]]) -> None:
    """Note that these (pack, order) must be assessed again."""
    with store.transaction():
        for pack, order in orders:
            store.execute(
                "INSERT INTO orders VALUES (?, ?, 1, NULL)"
                " ON CONFLICT DO UPDATE SET dirty = 1",
                pack,
                order,
            )


_DAY = "assessed_on"


def remember_day(store: Store, today: date) -> None:
    """Note for which day the orders were assessed."""
    if store.meta(_DAY) != today.isoformat():
        store.set_meta(_DAY, today.isoformat())


def orders_to_assess(store: Store, today: date) -> list[tuple[str, str]]:
    """Return the (pack, order) that something new or time itself has touched.

    When the clock was ahead, no order is as it should be today.
    """
    if store.meta(_DAY) > today.isoformat():
        return all_orders(store)
    rows = store.rows(
        "SELECT pack, order_number FROM orders"
        " WHERE dirty = 1 OR look_again_on <= ? ORDER BY pack, order_number",
        today.isoformat(),
    )
    return [(row["pack"], row["order_number"]) for row in rows]


def all_orders(store: Store) -> list[tuple[str, str]]:
    """Return every (pack, order) that a letter or the owner has named."""
    rows = store.rows("SELECT pack, order_number FROM orders ORDER BY 1, 2")
    return [(row["pack"], row["order_number"]) for row in rows]


def orders_alive(store: Store) -> list[tuple[str, str]]:
    """Return the (pack, order) that have unresolved cases."""
    rows = store.rows(
        "SELECT DISTINCT pack, order_number FROM cases"
        " WHERE state <> 'resolved' ORDER BY 1, 2"
    )
    return [(row["pack"], row["order_number"]) for row in rows]


def save_assessment(
    store: Store,
    pack: str,
    order: str,
    standings: Sequence[Standing],
    look_again_on: date | None,
) -> None:
    """Write what an assessment of one order came to.

    An order of which no letter tells any more, nor the owner, is forgotten.
    """
    with store.transaction():
        store.execute(
            "DELETE FROM cases WHERE pack = ? AND order_number = ?", pack, order
        )
        store.write_all(
            "cases",
            [
                {
                    "id": s.case.id,
                    "number": s.number or None,
                    "pack": pack,
                    "order_number": order,
                    "rule": s.case.rule,
                    "state": s.state,
                    "opened_on": s.case.opened_on.isoformat(),
                }
                for s in standings
            ],
        )
        store.write(
            "orders",
            {
                "pack": pack,
                "order_number": order,
                "dirty": 0,
                "look_again_on": look_again_on and look_again_on.isoformat(),
            },
        )
        store.execute(
            "DELETE FROM orders WHERE pack = ? AND order_number = ?"
            " AND NOT EXISTS (SELECT 1 FROM acts WHERE order_number = ?)"
            " AND NOT EXISTS (SELECT 1 FROM events WHERE pack = ? AND order_number = ?)",
            *(pack, order, order, pack, order),
        )


def states_alive(store: Store) -> list[str]:
    """Return the unresolved cases with their states, one word each."""
    rows = store.rows(
        "SELECT id, state FROM cases WHERE state <> 'resolved' ORDER BY id"
    )
    return [f"{row['id']}={row['state']}" for row in rows]


def case_row(store: Store, name: str) -> dict[str, Any] | None:
    """Find a case by its number or its id."""
    found = store.rows("SELECT * FROM cases WHERE id = ? OR number = ?", name, name)
    return found[0] if found else None


def _act(row: dict[str, Any]) -> Act:
    return Act(
        at=datetime.fromisoformat(row["at"]),
        kind=ActKind(row["kind"]),
        case=row["case_id"],
        order=row["order_number"],
        posting=row["posting"],
        data=json.loads(row["data"]),
    )
