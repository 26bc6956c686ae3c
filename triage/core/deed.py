"""What comes of the owner's requests: acts for the journal, or the reason why not.

«Готово 3» is about the step that the digest showed, not about one that came due since. A
request without a number counts where only one case can be meant. Whatever is done here
can be taken back.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from triage.core.act import Act, ActKind, effective
from triage.core.byword import is_report_of
from triage.core.case import State
from triage.core.form import kept
from triage.core.pack import Packs
from triage.core.phrasebook import Verb, Why
from triage.core.step import Standing
from triage.core.ways import NOT_RECEIVED, PAUSE, question_of
from triage.core.wish import Lost, Numbered, Wish
from triage.errors import UsageError

LONGEST_PAUSE = timedelta(days=366)
UNDOABLE = frozenset(
    {
        *(ActKind.STEP_DONE, ActKind.STEP_UNDONE, ActKind.SNOOZED, ActKind.RESOLVED),
        *(ActKind.REOPENED, ActKind.REPORTED, ActKind.FACT, ActKind.ANSWERED),
        ActKind.ATTACHED,
    }
)
"""What the owner does, all of which can be taken back."""


@dataclass(frozen=True, slots=True)
class Already:
    """Something that was so before."""

    words: str


@dataclass(frozen=True, slots=True)
class Given:
    """A file of a reply, safe in the archive."""

    name: str
    sha256: str
    media_type: str


Deed = Act | Already | Lost


def undoable(acts: Iterable[Act]) -> list[Act]:
    """List what the owner did and has not taken back, oldest first."""
    return [act for act in effective(acts) if act.kind in UNDOABLE]


def taking_back(act: Act, at: datetime) -> Act:
    """Take an act back."""
    told = {"act": act.id} | {k: v for k, v in act.data.items() if k == "pack"}
    return Act(
        at=at,
        kind=ActKind.UNDONE,
        case=act.case,
        order=act.order,
        posting=act.posting,
        data=told,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Docket:
    """All that decides what a request of one reply comes to."""

    now: Mapping[str, Standing]  # by case, as they stand
    then: Mapping[str, Standing]  # as the digest told of them
    orders: frozenset[tuple[str, str]]  # (pack, order) that letters have named
    done: Sequence[Act] = field(hash=False)  # what the owner did, oldest first
    packs: Packs
    said_on: date  # the day of the reply
    at: datetime

    def heed(self, wish: Wish, step: str = "") -> list[Deed]:
        """Return what a request comes to, one deed for each case it names."""
        if wish.verb is Verb.HELP:
            return [Lost(wish.words, Why.HELP)]
        if wish.verb is Verb.UNDONE:
            return [self._undo(wish)]
        if wish.verb is Verb.NOT_RECEIVED and wish.orders:
            return [self._report(wish, order) for order in wish.orders]
        chosen = self.cases(wish)
        if isinstance(chosen, Lost):
            return [chosen]
        if wish.verb is Verb.ATTACHED:
            return []
        deeds: Mapping[Verb, Callable[[Wish, Standing], Deed]] = {
            Verb.DONE: lambda wish, case: self._done(wish, case, step),
            Verb.SNOOZED: self._snooze,
            Verb.RESOLVED: self._resolve,
            Verb.REOPENED: self._reopen,
            Verb.YES: self._answer,
            Verb.NO: self._answer,
            Verb.FACT: self._fact,
            Verb.NOT_RECEIVED: lambda wish, case: self._report(
                wish, (case.case.pack, case.case.order, case.case.posting)
            ),
        }
        return [deeds[wish.verb](wish, case) for case in chosen]

    def cases(self, wish: Wish) -> list[Standing] | Lost:
        """Find the cases a request is about; one that is not named must be the only one."""
        if wish.numbers:
            named = [
                [one for one in self.now.values() if one.number == number]
                for number in wish.numbers
            ]
            if not all(named):
                return Lost(wish.words, Why.NO_CASE)
            return [found[0] for found in named]
        fitting = [one for one in self.now.values() if self._fits(wish.verb, one)]
        if wish.orders:
            fitting = [
                one
                for one in fitting
                if any(_concerns(one, order) for order in wish.orders)
            ]
        if len(fitting) != 1:
            return Lost(wish.words, Why.NUMBER if fitting else Why.NO_CASE)
        return fitting

    def attach(self, file: Given, cases: Sequence[Standing]) -> Deed:
        """Give a file to the one case that a reply is about, or that there is."""
        alive = [one for one in self.now.values() if self._fits(Verb.ATTACHED, one)]
        chosen = list(cases) or alive
        if len(chosen) != 1:
            return Lost(file.name, Why.FILE_CASE)
        before = (
            act
            for act in self.done
            if act.kind is ActKind.ATTACHED and act.case == chosen[0].case.id
        )
        if any(act.data["sha256"] == file.sha256 for act in before):
            return Already(file.name)
        told = {"sha256": file.sha256, "name": file.name, "media_type": file.media_type}
        return self._act(chosen[0], ActKind.ATTACHED, **told)

    def _fits(self, verb: Verb, standing: Standing) -> bool:
        """Say whether a request without a number may mean a case."""
        seen = self.then.get(standing.case.id, standing)
        match verb:
            case Verb.DONE:
                return seen.state is State.OPEN and not seen.case.asks
            case Verb.YES | Verb.NO:
                return bool(seen.case.asks)
            case Verb.REOPENED:
                return standing.state is State.RESOLVED
            case Verb.NOT_RECEIVED:
                rule = self.packs.rule(standing.case.pack, standing.case.rule)
                return NOT_RECEIVED in rule.gives_way_to
            case Verb.SNOOZED:
                return seen.state is State.OPEN
            case _:
                return standing.state is not State.RESOLVED

    def _done(self, wish: Wish, standing: Standing, step: str) -> Deed:
        seen = self.then.get(standing.case.id, standing)
        if wish.rung:
            named = (one.step.id for one in seen.steps if one.step.rung == wish.rung)
            step = next(named, "")
            if not step:
                return Lost(wish.words, Why.NO_STEP)
        elif not step:
            if seen.step is None or seen.state is State.WAITING or seen.step.done_on:
                return Lost(wish.words, Why.NO_STEP)
            step = seen.step.step.id
        now = standing.step
        again = now is not None and now.step.id == step and now.done_on is None
        if not again and any(s.step.id == step and s.done_on for s in standing.steps):
            return Already(wish.words)
        told = {"step": step, "on": (wish.on or self.said_on).isoformat()}
        return self._act(standing, ActKind.STEP_DONE, **told, note=kept(wish.note))

    def _snooze(self, wish: Wish, standing: Standing) -> Deed:
        until = wish.on or self.said_on + timedelta(days=PAUSE)
        if standing.state is State.RESOLVED:
            return Lost(wish.words, Why.NO_STEP)
        if until <= standing.today:
            return Lost(wish.words, Why.PAST)
        if until > standing.today + LONGEST_PAUSE:
            return Lost(wish.words, Why.TOO_FAR)
        if standing.state is State.SNOOZED and standing.back_on == until:
            return Already(wish.words)
        return self._act(standing, ActKind.SNOOZED, until=until.isoformat())

    def _resolve(self, wish: Wish, standing: Standing) -> Deed:
        if standing.state is State.RESOLVED:
            return Already(wish.words)
        return self._act(standing, ActKind.RESOLVED, how=kept(wish.note))

    def _reopen(self, wish: Wish, standing: Standing) -> Deed:
        if standing.state is not State.RESOLVED:
            return Already(wish.words)
        return self._act(standing, ActKind.REOPENED)

    def _answer(self, wish: Wish, standing: Standing) -> Deed:
        case, seen = standing.case, self.then.get(standing.case.id, standing).case
        if not case.asks:
            return Lost(wish.words, Why.NO_QUESTION)
        if question_of(case) != question_of(seen):
            return Lost(wish.words, Why.OTHER_QUESTION)
        return self._act(
            standing,
            ActKind.ANSWERED,
            question=case.asks,
            about=" ".join(case.asks_about),
            answer="yes" if wish.verb is Verb.YES else "no",
        )

    def _fact(self, wish: Wish, standing: Standing) -> Deed:
        on = self.said_on
        title = self.packs.ladder.fact_names.get(wish.fact, wish.fact)
        if wish.fact not in self.packs.facts.told:
            return Lost(wish.words, Why.NO_FACT)
        try:
            value = self.packs.facts.settle(
                wish.fact, wish.value, title=title, on=on, today=on
            )
        except UsageError as error:
            return Lost(title, Why.NO_VALUE, str(error))
        told = {"name": wish.fact, "value": value}
        before = [
            act.data
            for act in self.done
            if act.kind is ActKind.FACT
            and act.case == standing.case.id
            and act.data["name"] == wish.fact
        ]
        if before and before[-1]["value"] == value:
            return Already(wish.words)
        return self._act(standing, ActKind.FACT, **told, on=on.isoformat())

    def _report(self, wish: Wish, about: Numbered) -> Deed:
        pack, order, posting = about
        if (pack, order) not in self.orders:
            return Lost(wish.words, Why.NO_ORDER)
        kinds = (rule.id for rule in self.packs.marketplace(pack).rules if rule.report)
        if NOT_RECEIVED not in kinds:
            return Lost(wish.words, Why.UNKNOWN)
        for act in self.done:
            same = (act.order, act.posting) == (order, posting)
            if same and act.data.get("report") == NOT_RECEIVED:
                return Already(wish.words)
        return Act(
            at=self.at,
            kind=ActKind.REPORTED,
            order=order,
            posting=posting,
            data={
                "pack": pack,
                "report": NOT_RECEIVED,
                "on": (wish.on or self.said_on).isoformat(),
            },
        )

    def _undo(self, wish: Wish) -> Deed:
        chosen: Sequence[Act] = self.done
        if wish.numbers:
            mine = [s.case for s in self.now.values() if s.number in wish.numbers]
            chosen = [
                act
                for act in chosen
                if any(act.case == case.id or is_report_of(act, case) for case in mine)
            ]
        if wish.orders:
            orders = {order for _, order, _ in wish.orders}
            chosen = [act for act in chosen if act.order in orders]
        if not chosen:
            return Lost(wish.words, Why.NO_ACT)
        return taking_back(chosen[-1], self.at)

    def _act(self, standing: Standing, kind: ActKind, **told: str) -> Act:
        case = standing.case
        data = {"pack": case.pack} | {k: v for k, v in told.items() if v}
        return Act(
            at=self.at,
            kind=kind,
            case=case.id,
            order=case.order,
            posting=case.posting,
            data=data,
        )


def _concerns(standing: Standing, about: Numbered) -> bool:
    """Say whether a case is about an order, or about that parcel of it."""
    pack, order, posting = about
    case = standing.case
    return (case.pack, case.order) == (pack, order) and (
        posting is None or case.posting in (None, posting)
    )
