"""The buttons of a case: letters to the owner, written and signed, one for each answer."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from triage.core.act import Act
from triage.core.button import Button
from triage.core.case import Case, State
from triage.core.pack import Packs
from triage.core.phrasebook import Shown, Verb
from triage.core.step import Standing
from triage.core.token import Permit, token

PAUSE = 3  # days for which the button puts a case off
NOT_RECEIVED = "not-received"
"""The rule that only the owner's word opens: marked as received, and it is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How the owner can answer the digest of a day."""

    key: bytes
    to: str
    on: date
    shown: Shown

    def of(self, standing: Standing, packs: Packs) -> tuple[Button, ...]:
        """Return the buttons that fit a case as it stands."""
        return tuple(
            self._button(
                self._label(permit, standing.case),
                str(standing.number),
                permit,
            )
            for permit in permits(standing, packs, self.on)
        )

    def undo(self, act: Act) -> Button:
        """Return the button that takes an act back."""
        return self._button(
            self.shown.buttons[Verb.UNDONE], "", undoing(act.id, self.on)
        )

    def not_received(self, pack: str, number: str) -> Button:
        """Return the button of an order, or a parcel, that is told to have been received."""
        permit = reporting(f"{pack}/{number}", self.on)
        return self._button(self.shown.buttons[Verb.NOT_RECEIVED], number, permit)

    def _label(self, permit: Permit, case: Case) -> str:
        unpaid = permit.act == Verb.RESOLVED and case.amount is None
        return self.shown.buttons["settled" if unpaid else permit.act]

    def _button(self, label: str, about: str, permit: Permit) -> Button:
        said = (about, self.shown.subjects[permit.act], str(token(self.key, permit)))
        subject = " ".join(["triage", *filter(None, said)])
        return Button(label, mailto(self.to, subject, self.shown.buttons["body"]))


def permits(standing: Standing, packs: Packs, on: date) -> list[Permit]:
    """List what may be answered about a case, as buttons of a day."""
    case, step = standing.case, standing.step
    if standing.state is State.RESOLVED or not standing.number:
        return []
    allowed: dict[str, str] = {}
    if case.asks:
        allowed |= dict.fromkeys((Verb.YES, Verb.NO), question_of(case))
    elif step and step.done_on is None and standing.state is not State.WAITING:
        allowed[Verb.DONE] = step.step.id
    if NOT_RECEIVED in packs.rule(case.pack, case.rule).gives_way_to:
        allowed[Verb.NOT_RECEIVED] = ""
    if not case.asks:
        allowed[Verb.RESOLVED] = ""
    if standing.state is State.OPEN:
        allowed[Verb.SNOOZED] = str(PAUSE)
    return [
        Permit(case=case.id, act=act, detail=detail, on=on)
        for act, detail in allowed.items()
    ]


def question_of(case: Case) -> str:
    """Name what a case asks about, so that an answer goes to no other question."""
    return hashlib.sha256(" ".join(case.asks_about).encode()).hexdigest()[:12]


def undoing(act: str, on: date) -> Permit:
    """Allow an act to be taken back."""
    return Permit(case="", act=Verb.UNDONE, detail=act, on=on)


def reporting(subject: str, on: date) -> Permit:
    """Allow it to be said that `<pack>/<order or parcel>` did not come."""
    return Permit(case=subject, act=Verb.NOT_RECEIVED, detail="order", on=on)


def mailto(to: str, subject: str, body: str) -> str:
    """Write a link to a letter (RFC 6068): every sign that may mean something is encoded."""
    fields: Mapping[str, str] = {"subject": subject, "body": body}
    told = "&".join(f"{name}={quote(text, safe='')}" for name, text in fields.items())
    return f"mailto:{quote(to, safe='@')}?{told}"
