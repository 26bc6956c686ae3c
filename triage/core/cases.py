"""From the life of an order to its cases: rules applied to a timeline on one day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from triage.core.act import Act, ActKind, effective
from triage.core.byword import closed_by_word, is_fact_of
from triage.core.case import Case, Fact, case_id
from triage.core.episodes import episodes
from triage.core.event import Certainty, Event
from triage.core.facts import concerning, facts_of
from triage.core.overlap import Found, apart, hushed
from triage.core.owing import Owing, owing
from triage.core.pack import Marketplace, Packs
from triage.core.question import OWNER, WITHDRAWN, Episode, Question, answers_in, doubt
from triage.core.rule import Rule, Scope
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

    `acts` are the journal's acts on this order and on its cases, in its order, with those
    that were taken back. A case that closed stays in the answer with `closed_on`. The
    result depends on nothing else: any order of arrival, and reading twice, give the
    same cases.
    """
    found: list[Found] = []
    looks: list[date] = []
    kept = effective(acts)
    for name, posting, question in _questions(timeline, kept, packs, pack, order, zone):
        held = episodes(question)
        turns = [day for e in held for day in (e.opens_on, e.closed_on) if day]
        looks += [day for day in turns if day > today]
        begun = [e for e in held if e.opens_on <= today]
        if begun:
            case = _case(
                name,
                question,
                begun[-1],
                pack=pack,
                order=order,
                today=today,
                packs=packs,
            )
            if question.rule.scope is Scope.POSTING:
                case = replace(case, posting=posting or _only(timeline))
            found.append(Found(case, question, begun[-1]))
    cases = list(apart(found, kept))
    cases += _withdrawn(cases, acts, packs.marketplace(pack), order, zone)
    return Assessment(tuple(cases), min(looks, default=None))


def _questions(  # noqa: PLR0917 - one order, and all that is asked about it
    timeline: Timeline | None,
    acts: Sequence[Act],
    packs: Packs,
    pack: str,
    order: str,
    zone: ZoneInfo,
) -> Iterator[tuple[str, str | None, Question]]:
    """Yield what each rule asks, with the name of its case and the parcel."""
    answers = answers_in(acts)
    for rule in packs.marketplace(pack).rules:
        whole = case_id(pack, rule.id, order, None)
        for posting, reports in _subjects(rule, timeline, acts):
            name = case_id(pack, rule.id, order, posting)
            if hushed(rule, acts, name):
                continue
            mine = [
                a for a in acts if a.case in (name, whole) or is_fact_of(a, posting)
            ]
            question = Question(
                rule=rule,
                events=concerning(timeline, posting),
                reports=reports,
                acts=mine,
                answers=answers,
                zone=zone,
                calendar=packs.ladder.calendar,
                of_order=timeline.events if timeline else (),
            )
            yield name, posting, question


def _subjects(
    rule: Rule, timeline: Timeline | None, acts: Sequence[Act]
) -> Iterator[tuple[str | None, list[Act]]]:
    """Yield what a rule is asked about, and the owner's reports on that.

    It is the order, or each parcel once there are several: a case of an order with one
    parcel bears the order's name, so that it stays the same case when a letter names the
    parcel at last. What only the owner knows is about what he reported it of.
    """
    reports = [act for act in acts if _reports(act, rule)]
    told = {act.posting for act in reports}
    postings = set(timeline.postings() if timeline else ())
    if rule.scope is Scope.POSTING and not rule.since:
        subjects = told
    elif rule.scope is Scope.POSTING and len(postings) > 1:
        subjects = postings | (told - {None})
    else:
        yield None, reports
        return
    for posting in sorted(subjects, key=str):
        yield posting, [act for act in reports if act.posting in (None, posting)]


def _only(timeline: Timeline | None) -> str | None:
    """Name the parcel of an order that has one."""
    postings = timeline.postings() if timeline else (None,)
    return postings[0] if len(postings) == 1 else None


def _withdrawn(
    found: Sequence[Case],
    acts: Sequence[Act],
    market: Marketplace,
    order: str,
    zone: ZoneInfo,
) -> Iterator[Case]:
    """Yield as closed the cases the owner was told of that no rule finds any more.

    A letter that came to light later may show that there was nothing to open; what had
    a number must not vanish without a word. What the owner himself had reported, and took
    back, may.
    """
    rules = {rule.id: rule for rule in market.rules}
    alive = {case.id for case in found} | {
        case_id(case.pack, case.rule, order, None) for case in found
    }
    kept = effective(acts)
    for place, act in enumerate(acts):
        if act.kind is not ActKind.NUMBERED or not act.case or act.case in alive:
            continue
        rule = rules.get(act.case.split("/")[1])
        before = effective(acts[:place])
        if rule and not any(_reports(a, rule) and a not in kept for a in before):
            day = act.at.astimezone(zone).date()
            yield Case(
                id=act.case,
                pack=market.id,
                rule=rule.id,
                title=rule.title,
                order=order,
                posting=act.posting,
                opened_on=day,
                closed_on=day,
                closed_by=WITHDRAWN,
                certainty=Certainty.GUESS,
            )


def _reports(act: Act, rule: Rule) -> bool:
    return act.kind is ActKind.REPORTED and act.data.get("report") == rule.id


def _case(
    name: str,
    question: Question,
    episode: Episode,
    *,
    pack: str,
    order: str,
    today: date,
    packs: Packs,
) -> Case:
    rule = question.rule
    owed = owing(question, episode)
    closed_on, closed_by = _end(question, episode, owed)
    if closed_on and closed_on > today:  # a reminder lapses only when its day is over
        closed_on, closed_by = None, ""
    certainty = _certainty(question, episode)
    doubtful = None if closed_on else _asks(question, episode, certainty, packs)
    sure = [
        event
        for event in question.events
        if event not in episode.doubts and question.answer(event) is not False
    ]
    return Case(
        id=name,
        pack=pack,
        rule=rule.id,
        title=rule.title,
        order=order,
        posting=None,
        opened_on=episode.opens_on,
        closed_on=closed_on,
        closed_by=closed_by,
        amount=owed.left if owed else None,
        repaid=owed.repaid if owed else (),
        certainty=certainty,
        asks=doubtful and doubtful[0],
        asks_about=tuple(map(doubt, doubtful[1])) if doubtful else (),
        asks_from=_said(doubtful[1][-1]) if doubtful else None,
        facts=tuple(facts_of(sure, question.day)),
        evidence=tuple(dict.fromkeys(e.evidence for e in question.events)),
    )


def _asks(
    question: Question,
    episode: Episode,
    certainty: Certainty,
    packs: Packs,
) -> tuple[str, tuple[Event, ...]] | None:
    """Phrase the question that guesses leave open, and say which guesses it is about."""
    words = ""
    if episode.doubts:
        doubted: Sequence[Event] = episode.doubts
    elif certainty is Certainty.GUESS:
        guesses = [e for e in episode.also if not question.believed(e)]
        doubted, words = guesses or episode.since, question.rule.asks
    else:
        return None
    kind = doubted[-1].kind
    text = words or packs.question.format(event=packs.events.get(kind, kind))
    return text, tuple(e for e in doubted if e.kind is kind)


def _said(event: Event) -> Fact:
    return Fact(event.kind, "", event.evidence, event.quote)


def _certainty(question: Question, episode: Episode) -> Certainty:
    """Say how sure a case is: one good reason does, but all that it adds up must be."""

    def sure(event: Event) -> Certainty:
        confirmed = question.believed(event)
        return max(event.certainty, Certainty.TAUGHT if confirmed else Certainty.GUESS)

    reasons = [sure(e) for e in episode.since]
    return min([max(reasons, default=Certainty.PINNED), *map(sure, episode.also)])


def _end(
    question: Question, episode: Episode, owed: Owing | None
) -> tuple[date | None, str]:
    """Find what closed the case first: a letter, a lapsed day, or the owner's word."""
    ends = []
    if episode.closed_on is not None:
        ends.append((episode.closed_on, episode.closed_by))
    ends += [(day, OWNER) for day in closed_by_word(question, episode, owed)]
    denied, refuted = _denied(question, episode.since), _denied(question, episode.also)
    if refuted or (denied and len(denied) == len(episode.since)):
        day = question.day(max(refuted or denied))
        ends.append((max(day, episode.opens_on), OWNER))
    return min(ends, default=(None, ""), key=lambda end: end[0] or date.max)


def _denied(question: Question, events: Sequence[Event]) -> list[datetime]:
    """List when the owner said no to guesses."""
    return [
        question.answers[doubt(e)].at
        for e in events
        if e.certainty is Certainty.GUESS and question.answer(e) is False
    ]
