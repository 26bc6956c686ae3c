"""What the owner tells of a case or an order, and what is still wanted."""

import difflib
from collections.abc import Sequence
from datetime import date

import click

from triage.commands.acts import (
    ON,
    Order,
    find,
    order_of,
    past,
    standings_of,
    write,
    write_order,
)
from triage.commands.desk import JSON, Desk, command
from triage.commands.shapes import Shape, listing
from triage.commands.standing import show_case, show_line
from triage.commands.wording import WHO, when
from triage.core.act import ActKind, effective
from triage.core.case import Fact
from triage.core.facts import facts_of
from triage.core.form import FactBook
from triage.core.particulars import CONFIG, written
from triage.core.progress import OWNER
from triage.core.words import without_aside
from triage.edges import cases as case_table
from triage.errors import UsageError
from triage.jobs.assess import standings
from triage.jobs.known import Known, known
from triage.jobs.look import find_case, order_events

SENT_ON = "_sent_on"
"""What ends the name of the day on which a step was taken."""


@command(
    "fact",
    "Сообщить факт; без него — что известно и чего не хватает.",
    "Tell a fact; without it, what is known and what lacks.",
    click.argument("about", metavar="CASE|ORDER"),
    click.argument("fact", metavar="[NAME=VALUE]", required=False),
    ON,
    JSON,
)
def fact(
    desk: Desk, about: str, fact: str | None, on: str | None, *, as_json: bool
) -> None:
    order = order_of(desk, about)
    if fact is None:
        if order:
            _show_order(desk, order, as_json=as_json)
        else:
            _show(desk, about, as_json=as_json)
        return
    standing = None if order else find(desk, about)
    name, equals, value = fact.partition("=")
    if not equals:
        raise UsageError(
            f"пишите так: triage fact {about} ИМЯ=ЗНАЧЕНИЕ; имена: triage fact {about}"
        )
    since = past(desk, on)
    told = settled(desk, about, name.strip(), value, since)
    data = {"name": name.strip(), "value": told, "on": since.isoformat()}
    if standing:
        write(desk, standing, ActKind.FACT, data)
    elif order:
        _tell_of(desk, order, data)


def settled(desk: Desk, about: str, name: str, value: str, since: date) -> str:
    """Return a value as it is written down.

    Raises:
        UsageError: no letter knows such a fact, or the value is not of its form; the
            message says what is.
    """
    packs = desk.place.bench.packs
    book, titles = packs.facts, packs.ladder.fact_names
    if name in book.told:
        title = without_aside(titles[name])
        return book.settle(name, value, title=title, on=since, today=desk.today)
    if name.endswith(SENT_ON):
        step = name.removesuffix(SENT_ON)
        raise book.refusal(
            "step", title=without_aside(titles[name]), case=about, step=step
        )
    if name.startswith("owner_") and name in titles:
        raise book.refusal("settings", title=without_aside(titles[name]))
    if name in titles:
        raise book.refusal("derived", title=without_aside(titles[name]))
    near = difflib.get_close_matches(name, book.told, n=1)
    raise UsageError(
        str(book.refusal("unknown", name=name)),
        [f"{each}: {titles[each]}" for each in near or sorted(book.told)],
    )


def how(book: FactBook, about: str, name: str) -> str:
    """Say how to give a fact."""
    if name in book.told:
        return f"triage fact {about} {name}={book.example(name)}"
    if name.endswith(SENT_ON):
        return f"triage done {about} {name.removesuffix(SENT_ON)}"
    return "config.toml, [owner]"


def _tell_of(desk: Desk, order: Order, data: dict[str, str]) -> None:
    """Record a fact of an order, and show the cases it has or has got by it."""
    write_order(desk, order, ActKind.FACT, data)
    found = standings_of(desk, order)
    for standing in found:
        show_case(desk, standing)
    if not found:
        desk.say("Дел об этом заказе нет.", "There is no case about this order.")


def _show_order(desk: Desk, order: Order, *, as_json: bool) -> None:
    """Print what letters and the owner say of an order, and its cases."""
    pack, number, _ = order
    zone, bench = desk.config.timezone, desk.place.bench
    with desk.place.store() as store:
        place = (pack, number)
        events = order_events(store, [place], desk.now).get(place, [])
        acts = case_table.acts_of(store, [number], desk.now).get(number, [])
        found = standings(store, bench, desk.now, [place])
    told = [
        Fact(
            a.data["name"], a.data["value"], OWNER, on=date.fromisoformat(a.data["on"])
        )
        for a in effective(acts)
        if a.kind is ActKind.FACT and a.case is None
    ]
    facts = [*facts_of(events, lambda at: at.astimezone(zone).date()), *told]
    if as_json:
        desk.terminal.json(listing(desk.now, "facts", map(_shape, facts)))
        return
    _say_known(desk, [written(each, desk.today) for each in facts])
    for standing in found:
        show_line(desk, standing)


def _show(desk: Desk, about: str, *, as_json: bool) -> None:
    """Print what is known of a case, what lacks, and how to give it."""
    bench = desk.place.bench
    with desk.place.store() as store:
        standing = find_case(store, bench, desk.now, about)
        acts = case_table.acts_of(store, [standing.case.order], desk.now)
    found = known(standing, acts.get(standing.case.order, []), bench)
    if as_json:
        desk.terminal.json(
            {
                **listing(desk.now, "facts", map(_shape, found.facts)),
                "lacks": [
                    {
                        "step": lack.step.id,
                        "letter": lack.letter.id,
                        "names": list(lack.names),
                    }
                    for lack in found.lacks
                ],
                "useful": list(found.useful),
            }
        )
        return
    show_line(desk, standing)
    _say_known(desk, found.facts)
    _say_lacks(desk, str(standing.number or about), found)


def _shape(fact: Fact) -> Shape:
    return {
        "name": fact.name,
        "value": fact.value,
        "evidence": fact.evidence,
        "quote": fact.quote,
        "on": fact.on.isoformat() if fact.on else None,
    }


def _say_known(desk: Desk, facts: Sequence[Fact]) -> None:
    desk.say("\nИзвестно", "\nKnown", style="bold")
    titles = desk.place.bench.packs.ladder.fact_names
    rows = [
        (
            without_aside(titles.get(fact.name, fact.name)),
            WHO.get(fact.value, fact.value),
            _source(desk, fact),
        )
        for fact in facts
    ]
    if rows:
        columns = [("Что", "What"), ("Значение", "Value"), ("Откуда", "Source")]
        desk.terminal.table([desk.words(*each) for each in columns], rows)
    else:
        desk.say("  пока ничего", "  nothing so far")


def _source(desk: Desk, fact: Fact) -> str:
    if fact.evidence == OWNER:
        on = f", {when(desk, fact.on)}" if fact.on else ""
        return desk.words("вы", "you") + on
    if fact.evidence == CONFIG:
        return desk.words("настройки", "settings")
    return desk.words("письмо", "letter") + f" {fact.evidence[:12]}"


def _say_lacks(desk: Desk, about: str, found: Known) -> None:
    packs = desk.place.bench.packs
    book, titles = packs.facts, packs.ladder.fact_names
    if found.lacks:
        desk.say("\nНе хватает", "\nLacking", style="bold")
        wanted: dict[str, list[str]] = {}
        for lack in found.lacks:
            for name in lack.names:
                title = f"{lack.step.rung} {lack.letter.title}"
                wanted.setdefault(name, []).append(title)
        columns = [("Что", "What"), ("Кому нужно", "For"), ("Как сообщить", "How")]
        desk.terminal.table(
            [desk.words(*each) for each in columns],
            [
                (titles.get(name, name), "; ".join(letters), how(book, about, name))
                for name, letters in wanted.items()
            ],
        )
    if found.useful:
        desk.say("\nМожно добавить", "\nMay be added", style="bold")
        columns = [("Имя", "Name"), ("Что это", "What it is")]
        desk.terminal.table(
            [desk.words(*each) for each in columns],
            [(name, titles.get(name, name)) for name in found.useful],
        )
    example = how(book, about, (*found.useful, "item")[0])
    desk.say(f"\nТак: {example}", f"\nSay it so: {example}")
