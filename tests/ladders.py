"""The built-in ladder, cases to put on it, and what their owner does."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from builders import MOSCOW, ORDER, an_act, on

from triage.core.act import Act
from triage.core.case import Case, Fact
from triage.core.deadline import Term, Unit
from triage.core.event import Certainty, Event
from triage.core.ladder import stand
from triage.core.step import Ladder, Standing
from triage.edges.lawpack import read_ladder

OWNER = {
    "name": "Иванова Анна Сергеевна",
    "email": "anna@example.org",
    "phone": "+7 900 000-00-00",
    "address": "101000, Москва, Тихий пер., д. 1",
}
CONTACTS = {
    "marketplace_name": "ООО «Лавка»",
    "marketplace_inn": "7700000000",
    "marketplace_address": "101000, Москва, Громкая ул., д. 2",
}
RULES = (
    *("delivery-overdue", "refund-missing", "refund-short", "return-unanswered"),
    *("return-refused", "return-refund-missing", "pickup-expiring", "not-received"),
    *("defective", "wrong-item", "incomplete", "damaged", "warranty-refused"),
    *("counterfeit", "account-blocked", "false-discount", "cancelled-by-seller"),
    *("storage-expired", "delivered-not-received", "charged-twice"),
    *("support-silent", "receipt-missing"),
)
STEPS = (
    *("check", "support", "claim", "documents"),
    *("social", "bank", "authority", "lawyer"),
)


@cache
def ru_files() -> dict[str, bytes]:
    """Read the built-in law pack as it stands on disk."""
    return dict(_walk(files("triage").joinpath("packs", "ru"), ""))


def _walk(folder: Traversable, prefix: str) -> list[tuple[str, bytes]]:
    found = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _walk(entry, f"{prefix}{entry.name}/")
        else:
            found.append((f"{prefix}{entry.name}", entry.read_bytes()))
    return found


@cache
def ru() -> Ladder:
    """Load the built-in ladder; its faults fail the test that asks."""
    problems: list[str] = []
    ladder = read_ladder(ru_files(), problems, "ru")
    assert ladder is not None, "\n".join(problems)
    return ladder


def in_worked_days() -> Ladder:
    """Give the bank worked days to answer in, as a pack may."""
    term = Term(15, Unit.WORKING_DAYS, shifts=True)
    waits = replace(ru().norms["bank-wait"], term=term)
    return replace(ru(), norms={**ru().norms, "bank-wait": waits})


def a_case(rule: str = "refund-missing", opened: str = "2026-11-12", **more: object):
    """Make a case; unknown keywords become its facts, as letters tell them."""
    named = {"amount", "asks", "certainty", "closed_on", "closed_by", "posting"}
    known = {name: more.pop(name) for name in named & more.keys()}
    values: dict[str, object] = {
        "posting": None,
        "amount": Decimal("12490.00"),
        "certainty": Certainty.PINNED,
        **known,
    }
    return Case(
        id=f"shop/{rule}/{ORDER}",
        pack="shop",
        rule=rule,
        title=rule,
        order=ORDER,
        opened_on=on(opened),
        facts=tuple(Fact(name, str(value), "ab12") for name, value in more.items()),
        **values,
    )


def did(case: Case, step: str, day: str) -> Act:
    """Let the owner take a step at noon."""
    return an_act("step_done", f"{day} 12:00", case.id, step=step, on=day)


def told(case: Case, name: str, value: str, day: str = "2026-11-12") -> Act:
    """Let the owner tell a fact."""
    return an_act("fact", f"{day} 12:00", case.id, name=name, value=value)


def standing(
    case: Case, day: str, *acts: Act, events: Sequence[Event] = (), number: int = 1
) -> Standing:
    """Place a case on the built-in ladder as of a day."""
    return stand(
        case,
        number,
        acts,
        events,
        ru(),
        OWNER,
        on(day),
        zone=MOSCOW,
        contacts=CONTACTS,
    )
