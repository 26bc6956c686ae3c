"""What leaves the home with the owner: the dossier of an order on paper, an export."""

from pathlib import Path

import click

from triage import __version__
from triage.commands.desk import Desk, command, option
from triage.commands.paper import OUT, write_file
from triage.core.words import plural
from triage.edges.dossiers import MARKUP
from triage.edges.typeset import set_type
from triage.jobs.export import export as export_bag
from triage.jobs.look import find_order


def dossier_pdf(desk: Desk, order: str, out: Path | None) -> None:
    """Write the dossier of an order as PDF."""
    place = desk.place
    with place.store() as store:
        found = find_order(store, place.bench.packs, order)
        shelf = place.scribe.shelf(store, place.home.orders)
        [made] = shelf.dossiers([found])
    values = shelf.press.plain(made)
    own = place.config.packs.dir
    data = set_type("dossier.typ", values, at=desk.now, folder=MARKUP, own=own)
    path = out or Path(f"order-{made.folder}.pdf")
    write_file(path, data)
    desk.say(f"Записано: {path}", f"Written: {path}")


@command(
    "export",
    "Собрать письма, журнал и досье в одну папку, которую можно проверить без triage.",
    "Gather letters, journal and dossiers in a folder that can be checked without triage.",
    click.argument("orders", nargs=-1),
    option(
        "--out",
        type=OUT,
        metavar="DIR",
        required=True,
        both=("новая папка", "a new folder"),
    ),
)
def export(desk: Desk, orders: tuple[str, ...], out: Path) -> None:
    place = desk.place
    with place.store() as store:
        packs = place.bench.packs
        chosen = {find_order(store, packs, order) for order in orders}
        done = export_bag(
            out,
            lambda folder: place.scribe.shelf(store, folder),
            chosen,
            agent=f"triage {__version__}",
            on=desk.today,
        )
    letters = plural(done.letters, "письмо", "письма", "писем")
    desk.say(
        f"Записано: {out}. Заказов {done.orders}, {letters}: {done.letters}.\n"
        f"Проверить: cd {out} && sha256sum -c manifest-sha256.txt",
        f"Written: {out}. Orders: {done.orders}, letters: {done.letters}.\n"
        f"To check: cd {out} && sha256sum -c manifest-sha256.txt",
    )
