"""An order's life under the built-in packs: what letters and the owner tell, day by day."""

from functools import cache

from builders import MOSCOW, ORDER, an_act, an_event, on
from ladders import CONTACTS, OWNER

from triage.core.act import Act, effective
from triage.core.cases import assess
from triage.core.event import Event
from triage.core.ladder import stand
from triage.core.step import Standing
from triage.core.timeline import Timeline
from triage.edges import packs as pack_files


@cache
def packs():
    return pack_files.load(["ozon"], "ru", None)


def event(kind: str, when: str, **more: object) -> Event:
    return an_event(kind, when, pack="ozon", **more)


def act(kind: str, when: str, rule: str | None, **data: str) -> Act:
    case = rule and f"ozon/{rule}/{ORDER}"
    return an_act(kind, when, case, **{"pack": "ozon", **data})


def stands(events: list[Event], acts: list[Act], day: str) -> dict[str, Standing]:
    """Say by rule how the cases of the order stand on a day."""
    told = effective(a for a in acts if a.at.astimezone(MOSCOW).date() <= on(day))
    found = assess(
        Timeline.of(events),
        told,
        packs(),
        pack="ozon",
        order=ORDER,
        zone=MOSCOW,
        today=on(day),
    )
    return {
        case.rule: stand(
            case,
            1,
            told,
            events,
            packs().ladder,
            OWNER,
            on(day),
            zone=MOSCOW,
            contacts=CONTACTS,
        )
        for case in found.cases
    }
