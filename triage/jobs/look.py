"""Find what the owner asks about: a case, an order. Reads only."""

import re
from datetime import datetime

from triage.core.act import ActKind
from triage.core.event import Event
from triage.core.pack import Packs
from triage.core.pattern import Pattern
from triage.core.step import Standing
from triage.edges import cases, messages
from triage.edges.store import Store
from triage.errors import UsageError
from triage.jobs.assess import Bench, standings


def find_case(store: Store, bench: Bench, now: datetime, name: str) -> Standing:
    """Find a case by its number or its id, as it stands at an instant.

    Raises:
        UsageError: there is none.
    """
    place = _place(store, name)
    for standing in standings(store, bench, now, [place] if place else None):
        if name in (standing.case.id, str(standing.number)):
            return standing
    raise UsageError(_no_case(store, bench, now, name))


def _no_case(store: Store, bench: Bench, now: datetime, name: str) -> str:
    """Say that nothing is called so; of an order, which cases it has."""
    try:
        pack, order, _ = parse_order(bench.packs, name)
    except UsageError:
        return f"нет такого дела: {name}; список дел: triage cases"
    found = standings(store, bench, now, [(pack, order)])
    numbers = ", ".join(str(each.number or each.case.id) for each in found)
    has = f"его дела: {numbers}" if numbers else "дел о нём нет"
    return f"{name} — номер заказа, а не дела; {has}"


def _place(store: Store, name: str) -> tuple[str, str] | None:
    """Say on which order a case is, where the index knows."""
    if row := cases.case_row(store, name):
        return row["pack"], row["order_number"]
    for act in cases.acts_of_kind(store, ActKind.NUMBERED):
        if act.order and name in (act.case, act.data.get("number")):
            return act.data["pack"], act.order
    return None


def find_order(store: Store, packs: Packs, text: str) -> tuple[str, str]:
    """Find the (pack, order) of an order number or a posting's that letters named.

    Raises:
        UsageError: it is no order number, or no letter has named it.
    """
    pack, order, _ = parse_order(packs, text)
    if (pack, order) not in cases.all_orders(store):
        raise UsageError(f"писем о заказе {order} нет; все заказы: triage orders")
    return pack, order


def parse_order(packs: Packs, text: str) -> tuple[str, str, str | None]:
    """Read what the owner typed as pack, order and, if it is one, posting.

    Raises:
        UsageError: no marketplace has numbers of that shape.
    """
    typed = text.strip()
    for market in packs.marketplaces:
        if market.identifiers.order.fullmatch(typed):
            return market.id, typed, None
        for pattern in market.identifiers.text:
            found = _whole(pattern, typed)
            if found and (order := found.groupdict().get("order")):
                posting = found.groupdict().get("posting")
                return market.id, order, posting
    example = "12345678-0001"
    raise UsageError(f"это не номер заказа: {typed!r}; пример номера: {example}")


def _whole(pattern: Pattern, text: str) -> re.Match[str] | None:
    found = pattern.search(text)
    return found if found and found.group().strip() == text else None


def order_events(
    store: Store, orders: list[tuple[str, str]], now: datetime
) -> dict[tuple[str, str], list[Event]]:
    """Return the events of orders up to an instant, those without any left out."""
    found: dict[tuple[str, str], list[Event]] = {}
    for pack in sorted({pack for pack, _ in orders}):
        names = [order for named, order in orders if named == pack]
        for order, events in messages.events_of(store, pack, names, now).items():
            found[pack, order] = events
    return dict(sorted(found.items()))
