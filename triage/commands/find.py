"""What a search over the letters found."""

from triage.commands.desk import Desk
from triage.commands.shapes import Shape, listing
from triage.commands.wording import when
from triage.edges.terminal import clean
from triage.jobs.search import Found, Hit, find


def find_orders(desk: Desk, text: str, *, as_json: bool) -> None:
    """Print the orders whose letters have the words, and what the letters say."""
    place = desk.place
    with place.store() as store:
        found = find(store, place.archive, place.pool, text, desk.now)
    if as_json:
        shapes = [_shape(one) for one in found]
        desk.terminal.json({"find": text, **listing(desk.now, "found", shapes)})
    elif not found:
        desk.say("Таких писем нет.", "No such letters.")
    for one in [] if as_json else found:
        order = one.order or desk.words("без номера заказа", "no order number")
        desk.terminal.say(
            f"{order}, {place.bench.packs.marketplace(one.pack).title}", style="bold"
        )
        for hit in one.hits:
            _show(desk, hit)


def _show(desk: Desk, hit: Hit) -> None:
    letter = hit.letter
    on = letter.sighting.received_at.astimezone(desk.config.timezone).date()
    titles = desk.place.bench.packs.events
    told = ", ".join(titles.get(kind, kind.value) for kind in letter.kinds)
    head = told or clean(letter.subject) or "—"
    desk.terminal.say(f"  {when(desk, on)}  {head}")
    if hit.snippet:
        desk.terminal.say(f"      «{clean(hit.snippet)}»")


def _shape(found: Found) -> Shape:
    return {
        "order": found.order or None,
        "marketplace": found.pack,
        "letters": [
            {
                "evidence": hit.letter.sighting.sha256,
                "received_at": hit.letter.sighting.received_at.isoformat(),
                "subject": hit.letter.subject,
                "events": [kind.value for kind in hit.letter.kinds],
                "snippet": hit.snippet,
            }
            for hit in found.hits
        ],
    }
