"""Tell in the next digest what became of the owner's answers, and how to take it back."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from string import Template
from typing import Self

from triage.core.act import Act, ActKind
from triage.core.button import Heeded, Replies, Unclear
from triage.core.deed import UNDOABLE, undoable
from triage.core.digest import Today
from triage.core.event import EventKind
from triage.core.news import Recognised
from triage.core.pack import Packs
from triage.core.phrasebook import Shown, Why
from triage.core.token import is_marked, letter_day
from triage.core.ways import NOT_RECEIVED, Ways
from triage.core.words import day, without_aside
from triage.edges import cases, replies
from triage.edges.messages import Span
from triage.edges.store import Store

MOST = 5  # refusals that are told at once
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Says what acts came to, in one language."""

    packs: Packs
    shown: Shown
    language: str
    numbers: Mapping[str | None, str]  # of cases

    @classmethod
    def of(cls, store: Store, packs: Packs, shown: Shown, language: str) -> Self:
        """Speak of the cases of an index by their numbers."""
        numbered = cases.acts_of_kind(store, ActKind.NUMBERED)
        numbers = {act.case: act.data["number"] for act in numbered}
        return cls(packs=packs, shown=shown, language=language, numbers=numbers)

    def line(self, act: Act, of: Mapping[str, Act]) -> str:
        """Say what an act did; `of` finds by id the one that it takes back."""
        data, kind = act.data, act.kind.value
        about = {"number": self.numbers.get(act.case, "?"), "order": act.order or ""}
        match act.kind:
            case ActKind.STEP_DONE | ActKind.STEP_UNDONE:
                about["step"] = self._step(act)
            case ActKind.SNOOZED:
                until = self.day(date.fromisoformat(data["until"]))
                about["until"] = until.removesuffix(".")  # «г.» also ends the sentence
            case ActKind.REPORTED:
                about["order"] = act.posting or act.order or ""
                about["report"] = self.packs.rule(data["pack"], data["report"]).title
            case ActKind.FACT:
                kind = "fact" if act.case else "fact_order"
                name = self.packs.ladder.fact_names.get(data["name"], data["name"])
                about |= {"name": without_aside(name), "value": data["value"]}
            case ActKind.ANSWERED:
                kind = f"answered_{data['answer']}"
            case ActKind.ATTACHED:
                kind = "attached" if act.case else "attached_order"
                about["name"] = data["name"]
            case ActKind.UNDONE:
                back = of.get(data["act"])
                about["what"] = self.line(back, of) if back else "?"
        return Template(self.shown.lines.get(kind, kind)).safe_substitute(about)

    def day(self, on: date) -> str:
        if self.language == "ru":
            return day(on)
        return f"{on.day} {_MONTHS[on.month - 1]} {on.year}"

    def _step(self, act: Act) -> str:
        rule = (act.case or "//").split("/")[1]
        steps = {step.id: step.title for step in self.packs.ladder.plan(rule)}
        return steps.get(act.data["step"], act.data["step"])


def with_answers(
    today: Today, store: Store, span: Span, ways: Ways, language: str
) -> Today:
    """Add the buttons of every case, and what was answered since the last digest.

    Without a key there are no buttons.
    """
    packs = today.packs
    buttons = {one.case.id: ways.of(one, packs) for one in today.standings}
    recognised = [_deniable(each, packs, ways) for each in today.letters.recognised]
    return replace(
        today,
        key=ways.key,
        letters=replace(today.letters, recognised=recognised),
        buttons=buttons if ways.key else {},
        replies=_replies(store, packs, span, ways, language),
    )


def _deniable(told: Recognised, packs: Packs, ways: Ways) -> Recognised:
    """Let the owner say at once that he has not got what a letter calls received."""
    if not ways.key or told.kind != EventKind.POSTING_DELIVERED:
        return told
    rules = packs.marketplace(told.pack).rules
    if not any(rule.id == NOT_RECEIVED and rule.report for rule in rules):
        return told
    return replace(
        told, button=ways.not_received(told.pack, told.posting or told.order)
    )


def _replies(
    store: Store, packs: Packs, span: Span, ways: Ways, language: str
) -> Replies:
    acts = cases.acts_of_kind(store, *UNDOABLE, ActKind.UNDONE)
    teller = Teller.of(store, packs, ways.shown, language)
    closed = [
        act
        for act in cases.acts_of_kind(store, ActKind.REPLIED)
        if span.since < act.at <= span.until
    ]
    unclear = [each for act in closed for each in _unclear(act, ways)]
    already = [
        Template(ways.shown.lines["already"]).safe_substitute(words=words)
        for act in closed
        for words in json.loads(act.data.get("already", "[]"))
    ]
    heeded = list(_heeded(acts, span, teller, ways))
    return Replies(
        heeded=[*heeded, *(Heeded(line=line) for line in already)],
        unclear=unclear,
        refused=_refused(store, span, teller),
        hints=ways.shown.hints if unclear else (),
        new_key=ways.shown.refused["new_key"] if _is_new(store, ways.key) else "",
    )


def _heeded(
    acts: Sequence[Act], span: Span, teller: Teller, ways: Ways
) -> Iterator[Heeded]:
    """Yield what answers did, but for what was taken back since."""
    by_id = {act.id: act for act in acts}
    standing = {act.id for act in undoable(acts)}
    for act in acts:
        if "reply" not in act.data or not span.since < act.at <= span.until:
            continue
        if act.kind is ActKind.UNDONE:
            yield Heeded(line=teller.line(act, by_id))
        elif act.id in standing:
            undo = ways.undo(act) if ways.key else None
            yield Heeded(line=teller.line(act, by_id), undo=undo)


def _unclear(act: Act, ways: Ways) -> Iterator[Unclear]:
    for words, why, detail in json.loads(act.data.get("lost", "[]")):
        yield Unclear(words=words, why=detail or ways.shown.why[Why(why)])


def _refused(store: Store, span: Span, teller: Teller) -> list[str]:
    lines = (
        Template(teller.shown.refused[row["reason"]]).safe_substitute(
            on=teller.day(datetime.fromisoformat(row["received_at"]).date())
        )
        for row in replies.refused(store, span.since, span.until)
    )
    return list(dict.fromkeys(lines))[:MOST]


def _is_new(store: Store, key: bytes) -> bool:
    """Say whether the last letter was signed with another key than there is now."""
    last = replies.last_letter(store)
    return bool(key) and is_marked(last) and letter_day(key, last) is None
