"""The smallest valid things: each test says only what it is about."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from triage.core.act import Act, ActKind
from triage.core.deadline import Calendar, Term
from triage.core.event import Certainty, Event, EventKind
from triage.core.pack import Identifiers, Marketplace, Packs
from triage.core.pattern import Pattern
from triage.core.rule import Check, Grace, Rule, Scope
from triage.core.step import Ladder

MOSCOW = ZoneInfo("Europe/Moscow")
ORDER = "12345678-0001"
EVERY_DAY_WORKED = Calendar(frozenset(range(2020, 2035)), frozenset(), frozenset())


def at(text: str) -> datetime:
    """Read "2026-11-05" or "2026-11-05 18:30" as an instant in Moscow."""
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW).astimezone(UTC)


def on(text: str) -> date:
    return date.fromisoformat(text)


def an_event(kind: str, when: str, **more: object) -> Event:
    """Make an event; unknown keywords become its attributes."""
    named = {"pack", "order", "posting", "certainty", "evidence", "recogniser", "quote"}
    known = {name: more.pop(name) for name in named & more.keys()}
    values: dict[str, object] = {
        "pack": "shop",
        "order": ORDER,
        "certainty": Certainty.PINNED,
        "recogniser": kind,
        "evidence": f"{kind}-{when}".replace(" ", "-"),
        **known,
    }
    attributes = {name: str(value) for name, value in more.items()}
    return Event(kind=EventKind(kind), at=at(when), attributes=attributes, **values)


def an_act(kind: str, when: str, case: str | None = None, **data: str) -> Act:
    return Act(
        at=at(when),
        kind=ActKind(kind),
        case=case,
        order=ORDER,
        posting=data.pop("posting", None),
        data={"pack": "shop", **data},
    )


def a_rule(name: str, since: list[str], until: list[str], **more: object) -> Rule:
    values: dict[str, object] = {
        "title": name,
        "scope": Scope.ORDER,
        "grace": Grace(term=Term(3)),
        "basis": "",
        "quiet_when": "",
        "check": Check.NONE,
        **more,
    }
    return Rule(
        id=name,
        since=tuple(EventKind(kind) for kind in since),
        until=tuple(EventKind(kind) for kind in until),
        **values,
    )


def a_shop(*rules: Rule) -> Packs:
    """Make packs with one marketplace called "shop" and no steps on its ladder."""

    identifiers = Identifiers(order=Pattern(r"\d{8}-\d{4}"), text=(), links=())
    market = Marketplace(
        id="shop",
        title="Shop",
        domains=("shop.example",),
        streams={},
        needles=("shop",),
        support=(),
        identifiers=identifiers,
        recognisers=(),
        rules=rules,
        contacts={},
    )
    ladder = Ladder(
        id="ru",
        plans={},
        norms={},
        kinds={},
        fact_names={},
        documents={},
        letters={},
        calendar=EVERY_DAY_WORKED,
    )
    return Packs(marketplaces=(market,), ladder=ladder, fingerprint="", events={})
