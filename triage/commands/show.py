"""What is known: orders, cases, the reasons behind them, the letters' words."""

from pathlib import Path

import click

from triage.commands.bundle import dossier_pdf
from triage.commands.desk import JSON, Desk, command, option
from triage.commands.find import find_orders
from triage.commands.money import say_settlement, say_untied, untied_shape
from triage.commands.paper import OUT
from triage.commands.shapes import case_shape, listing, order_shape
from triage.commands.standing import show_case, show_line
from triage.commands.wording import CERTAINTIES, status_of, when
from triage.core.timeline import Timeline
from triage.edges import cases as case_table
from triage.errors import UsageError
from triage.jobs.assess import standings
from triage.jobs.look import find_case, find_order, order_events
from triage.jobs.receipts import untied


@command(
    "orders",
    "Показать заказы или один заказ с его событиями.",
    "Show the orders, or one with its events.",
    click.argument("order", required=False),
    option(
        "--find",
        metavar="WORDS",
        both=(
            "найти заказы по словам писем, в любой форме слов",
            "find orders by words of their letters, in any form of the words",
        ),
    ),
    option(
        "--format",
        "kind",
        type=click.Choice(["pdf"]),
        both=("досье заказа файлом", "the dossier of an order as a file"),
    ),
    option("--out", type=OUT, both=("записать в файл", "write to a file")),
    JSON,
)
def orders(
    desk: Desk,
    order: str | None,
    find: str | None,
    kind: str | None,
    out: Path | None,
    *,
    as_json: bool,
) -> None:
    if kind or out:
        if not order:
            raise UsageError(
                "досье бывает у одного заказа: triage orders НОМЕР --format pdf"
            )
        dossier_pdf(desk, order, out)
        return
    if find is not None and order:
        raise UsageError(
            "--find ищет по всем заказам; несколько слов берут в кавычки: "
            f'triage orders --find "{f"{find} {order}".strip("«»")}"'
        )
    if find is not None:
        find_orders(desk, find, as_json=as_json)
        return
    with desk.place.store() as store:
        packs = desk.place.bench.packs
        chosen = (
            [find_order(store, packs, order)] if order else case_table.all_orders(store)
        )
        found = order_events(store, chosen, desk.now)
        loose = [] if order else untied(store)
    if as_json:
        shapes = [order_shape(name, told) for (_, name), told in found.items()]
        receipts = [untied_shape(one) for one in loose]
        told_now = listing(desk.now, "orders", shapes)
        desk.terminal.json(told_now if order else {**told_now, "receipts": receipts})
    elif order and not found:
        desk.say("Писем об этом заказе ещё не было.", "No letter about it so far.")
    elif order:
        for (_, name), told in found.items():
            _show_order(desk, name, Timeline.of(told))
    elif not found:
        desk.say("Писем о заказах пока нет.", "No letters about orders yet.")
    else:
        rows = [_order_row(desk, Timeline.of(told)) for told in found.values()]
        columns = [("Заказ", "Order"), ("Отправление", "Parcel"), ("Статус", "Status")]
        more = [("Последнее письмо", "Last letter")]
        desk.terminal.table(
            [desk.words(*each) for each in columns + more],
            [row for group in rows for row in group],
        )
    if not as_json:
        say_untied(desk, loose)


def _order_row(desk: Desk, timeline: Timeline) -> list[tuple[str, str, str, str]]:
    last = timeline.events[-1].at.astimezone(desk.config.timezone).date()
    return [
        (
            timeline.order,
            posting or "",
            status_of(desk, timeline, posting),
            when(desk, last),
        )
        for posting in timeline.postings()
    ]


def _show_order(desk: Desk, order: str, timeline: Timeline) -> None:
    market = desk.place.bench.packs.marketplace(timeline.pack)
    desk.say(f"Заказ {order}, {market.title}", f"Order {order}, {market.title}")
    titles = desk.place.bench.packs.events
    for event in timeline.events:
        on = event.at.astimezone(desk.config.timezone).date()
        title = titles.get(event.kind, event.kind.value)
        words = desk.words(*CERTAINTIES[event.certainty])
        parcel = f" {event.posting}" if event.posting else ""
        desk.terminal.say(f"  {when(desk, on)}  {title}{parcel} ({words})")
        if event.quote:
            desk.terminal.say(f"      «{event.quote}»")
    say_settlement(desk, timeline.events)


@command(
    "cases",
    "Показать дела или одно дело со всеми его шагами.",
    "Show the cases, or one with all its steps.",
    click.argument("case", required=False),
    JSON,
)
def cases(desk: Desk, case: str | None, *, as_json: bool) -> None:
    with desk.place.store() as store:
        bench = desk.place.bench
        if case:
            found = [find_case(store, bench, desk.now, case)]
        else:
            found = standings(store, bench, desk.now)
    if as_json:
        desk.terminal.json(listing(desk.now, "cases", map(case_shape, found)))
    elif case:
        show_case(desk, found[0])
    elif not found:
        desk.say("Дел нет.", "No cases.")
    else:
        for each in found:
            show_line(desk, each)
