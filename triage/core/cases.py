"""From the life of an order to its cases: rules applied to a timeline on one day."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from triage.core.act import Act, ActKind
from triage.core.case import Case, case_id
from triage.core.episodes import OWNER, Episode, Question, doubt, episodes
from triage.core.event import Certainty
from triage.core.facts import at_stake, facts_of
from triage.core.pack import Packs
from triage.core.rule import Scope
from triage.core.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Assessment:
    """The cases of one order on one day, and when time alone may add to them."""

    cases: tuple[Case, ...]
    look_again_on: date | None


def assess(
    timeline: Timeline | None,
    acts: Sequence[Act],
    packs: Packs,
    *,
    pack: str,
    order: str,
    zone: ZoneInfo,
    today: date,
) -> Assessment:
    """Apply every rule of the order's marketplace to it.

    `acts` are the journal's acts on this order and on its cases, oldest first. A case
    that closed stays in the answer with `closed_on`. The result depends on nothing
    else: any order of arrival, and reading twice, give the same cases.
    """
    cases: list[Case] = []
    looks: list[date] = []
    answers = {
        about: act
        for act in acts
        if act.kind is ActKind.ANSWERED
        for about in act.data.get("about", "").split()
    }
    postings = timeline.postings() if timeline else (None,)
    for rule in packs.marketplace(pack).rules:
        for posting in postings if rule.scope is Scope.POSTING else (None,):
            name = case_id(pack, rule.id, order, posting)
            question = Question(
                rule=rule,
                events=tuple(timeline.of_posting(posting)) if timeline else (),
                reports=[a for a in acts if _reports(a, rule.id, posting)],
                acts=[a for a in acts if a.case == name],
                answers=answers,
                zone=zone,
                calendar=packs.ladder.calendar,
                titles=packs.events,
            )
            found = episodes(question)
            looks += [e.opens_on for e in found if e.opens_on > today]
            begun = [e for e in found if e.opens_on <= today]
            if begun:
                case = _case(
                    name, question, begun[-1], pack=pack, order=order, posting=posting
                )
                cases.append(_as_of(case, today))
    return Assessment(tuple(cases), min(looks, default=None))


def _reports(act: Act, rule: str, posting: str | None) -> bool:
    return (
        act.kind is ActKind.REPORTED
        and act.data.get("report") == rule
        and act.posting in (None, posting)
    )


def _case(
    name: str,
    question: Question,
    episode: Episode,
    *,
    pack: str,
    order: str,
    posting: str | None,
) -> Case:
    rule = question.rule
    closed_on, closed_by = _end(question, episode)
    certainty = max((e.certainty for e in episode.since), default=Certainty.PINNED)
    if certainty is Certainty.GUESS and question.believed(episode.since[0]):
        certainty = Certainty.TAUGHT
    doubtful = None if closed_on else _asks(question, episode, certainty)
    return Case(
        id=name,
        pack=pack,
        rule=rule.id,
        title=rule.title,
        order=order,
        posting=posting,
        opened_on=episode.opens_on,
        closed_on=closed_on,
        closed_by=closed_by,
        amount=at_stake(rule, question.events),
        certainty=certainty,
        asks=doubtful and doubtful[0],
        asks_about=doubtful[1] if doubtful else (),
        facts=tuple(facts_of(question.events, question.day)),
        evidence=tuple(dict.fromkeys(e.evidence for e in question.events)),
    )


def _asks(
    question: Question, episode: Episode, certainty: Certainty
) -> tuple[str, tuple[str, ...]] | None:
    """Phrase the question that guesses leave open, and name what it is about."""
    if episode.doubts:
        kind = episode.doubts[-1].kind
        doubted = [e for e in episode.doubts if e.kind is kind]
        words = ""
    elif certainty is Certainty.GUESS:
        doubted = list(episode.since)
        kind, words = doubted[0].kind, question.rule.asks
    else:
        return None
    text = words or f"Похоже, {question.titles.get(kind, kind)}. Верно?"
    return text, tuple(map(doubt, doubted))


def _end(question: Question, episode: Episode) -> tuple[date | None, str]:
    """Find what closed the case first: a letter, a lapsed day, or the owner's word."""
    ends = []
    if episode.closed_on is not None:
        ends.append((episode.closed_on, episode.closed_by))
    reopened = question.last(ActKind.REOPENED)
    resolved = question.last(ActKind.RESOLVED)
    if resolved and (reopened is None or resolved.at > reopened.at):
        day = question.day(resolved.at)
        if day >= episode.opens_on:
            ends.append((day, OWNER))
    denied = [
        question.answers[doubt(e)].at
        for e in episode.since
        if e.certainty is Certainty.GUESS and question.answer(e) is False
    ]
    if denied and len(denied) == len(episode.since):
        day = question.day(max(denied))
        ends.append((max(day, episode.opens_on), OWNER))
    return min(ends, default=(None, ""), key=lambda end: end[0] or date.max)


def _as_of(case: Case, today: date) -> Case:
    """Leave out an end that lies ahead: a reminder lapses only when its day is over."""
    if case.closed_on is None or case.closed_on <= today:
        return case
    return replace(case, closed_on=None, closed_by="")
