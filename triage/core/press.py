"""What a pressed button permits: its token, held against everything it could be of."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from triage.core.act import Act
from triage.core.deed import Already, Deed, Docket, taking_back, undoable
from triage.core.phrasebook import Verb, Why
from triage.core.step import Standing
from triage.core.token import Permit, Token, allows
from triage.core.ways import PAUSE, question_of, reporting, undoing
from triage.core.wish import Lost, Numbered, Wish

LATELY = 1000  # acts among which the one is looked for that a button takes back


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """A letter that a button wrote."""

    shown: Token
    words: str  # its subject without the token
    about: str  # the number or id of a case that the subject names
    order: Numbered | None  # or the order


def press(
    pressed: Pressed,
    docket: Docket,
    acts: Sequence[Act],
    key: bytes,
    used: Collection[str],
) -> Deed:
    """Return what a button comes to. `acts` are all of the owner's, taken back or not."""
    permit, standing = _permit(pressed, docket, acts, key)
    if permit is None:
        return Lost(pressed.words, Why.WRONG)
    if str(pressed.shown) in used:
        return Lost(pressed.words, Why.USED)
    if permit.expired(docket.said_on):
        return Lost(pressed.words, Why.EXPIRED)
    if permit.act == Verb.UNDONE:
        return _undo(pressed, permit, docket, acts)
    wish = Wish(
        verb=Verb(permit.act),
        words=pressed.words,
        numbers=(standing.number,) if standing else (),
        orders=(pressed.order,) if pressed.order and not standing else (),
    )
    step = permit.detail if permit.act == Verb.DONE else ""
    return docket.heed(wish, step)[0]


def _permit(
    pressed: Pressed, docket: Docket, acts: Sequence[Act], key: bytes
) -> tuple[Permit | None, Standing | None]:
    """Find what a token was made for; (None, None) where it is of something else."""
    for permit, standing in _possible(pressed, docket, acts):
        if allows(key, pressed.shown, permit):
            return permit, standing
    return None, None


def _possible(
    pressed: Pressed, docket: Docket, acts: Sequence[Act]
) -> Iterator[tuple[Permit, Standing | None]]:
    on = pressed.shown.on
    for case, standing in docket.now.items():
        if pressed.about not in (case, str(standing.number)):
            continue
        plan = docket.packs.ladder_of(standing.case.pack)
        ways = [(Verb.DONE, step.id) for step in plan.plan(standing.case.rule)]
        ways += [(Verb.DONE, now.step.id) for now in standing.steps]
        question = question_of(standing.case)
        ways += [(Verb.YES, question), (Verb.NO, question)]
        ways += [(Verb.SNOOZED, str(PAUSE)), (Verb.RESOLVED, "")]
        ways += [(Verb.NOT_RECEIVED, "")]
        for way, detail in ways:
            yield Permit(case=case, act=way, detail=detail, on=on), standing
    if pressed.order:
        pack, order, posting = pressed.order
        yield reporting(f"{pack}/{posting or order}", on), None
    for act in reversed(acts[-LATELY:]):
        yield undoing(act.id, on), None


def _undo(
    pressed: Pressed, permit: Permit, docket: Docket, acts: Sequence[Act]
) -> Deed:
    for act in undoable(acts):
        if act.id == permit.detail:
            return taking_back(act, docket.at)
    return Already(pressed.words)
