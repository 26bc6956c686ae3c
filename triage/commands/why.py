"""Why a case stands as it does: each day and each word with what it rests on."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import click

from triage.commands.desk import JSON, Desk, command, option
from triage.commands.shapes import (
    Shape,
    case_shape,
    event_shape,
    ladder_shape,
    listing,
)
from triage.commands.standing import show_case
from triage.commands.wording import CERTAINTIES, WHO, when
from triage.core.case import Fact
from triage.core.counted import Counted, deadline, due, in_words
from triage.core.message import Where
from triage.core.particulars import written
from triage.core.reasons import Reason, Source
from triage.core.step import Norm, StepNow
from triage.core.words import day, without_aside
from triage.jobs.explain import Explained, explain

EXACTLY = {
    "V": "дословно",
    "S": "по пересказу",
    "K": "по общему знанию",
    "T": "посчитано",
}
"""How a norm was read, for the letters of law.toml."""


@command(
    "why",
    "Объяснить дело: откуда каждый факт и срок, слова писем, нормы.",
    "Explain a case: where each fact and day comes from, letters, norms.",
    click.argument("case"),
    option("--step", default="", both=("письма одного шага", "letters of one step")),
    option("--letter", default="", both=("одно письмо", "one letter")),
    JSON,
)
def why(desk: Desk, case: str, *, step: str, letter: str, as_json: bool) -> None:
    bench = desk.place.bench
    with desk.place.store() as store:
        found = explain(store, bench, desk.now, case, step=step, letter=letter)
    if as_json:
        desk.terminal.json(_shape(desk, found))
        return
    rule = bench.packs.rule(found.standing.case.pack, found.standing.case.rule)
    show_case(desk, found.standing)
    desk.say("\nПравило", "\nRule", style="bold")
    desk.terminal.say(f"  {rule.title}. {rule.basis}")
    desk.say(f"  Молчит, когда {rule.quiet_when}", f"  Quiet when {rule.quiet_when}")
    if not (step or letter):
        _say_days(desk, found)
    _say_facts(desk, found, whole=not (step or letter))
    _say_norms(desk, found)
    if not (step or letter):
        _say_events(desk, found)


# --- days


def _steps(found: Explained) -> Iterator[StepNow]:
    yield from (now for now in found.standing.steps if not now.step.background)


def _due(desk: Desk, found: Explained, now: StepNow) -> list[str]:
    """Say from when a step is due, and what moved that day."""
    words, each = desk.place.bench.packs.facts.counted, []
    ends = []
    for one in due(now.step, found.anchors, words):
        each.append(one if isinstance(one, str) else in_words(one, words))
        ends += [one.ends_on] if isinstance(one, Counted) and one.ends_on else []
    if now.due_on and ends and now.due_on > max(ends):
        each.append(words["floor"])
    elif now.due_on and (not ends or now.due_on < max(ends)):
        each.append(words["pressing"])
    return each


def _say_days(desk: Desk, found: Explained) -> None:
    desk.say("\nСроки", "\nDays", style="bold")
    words = desk.place.bench.packs.facts.counted
    for now in _steps(found):
        desk.terminal.say(f"  {now.step.rung:>2}  {now.step.title}")
        if now.done_on:
            desk.say(f"      сделано {day(now.done_on)}", f"      done {now.done_on}")
        else:
            on = f"{when(desk, now.due_on)}: " if now.due_on else ""
            since = desk.words("с ", "from ") if on else ""
            desk.terminal.say(f"      {since}{on}{'; '.join(_due(desk, found, now))}")
        if counted := deadline(now, found.anchors, words):
            kinds = desk.place.bench.packs.ladder.kinds
            norm = counted.norm
            kind = f" ({kinds.get(norm.kind, norm.kind)})" if norm else ""
            russian = "ваш последний день" if counted.owners else "срок ответа"
            english = "your last day" if counted.owners else "their answer"
            label = desk.words(russian, english)
            cite = f"; {norm.cite}" if norm and norm.cite else ""
            desk.terminal.say(f"      {label}: {in_words(counted, words)}{kind}{cite}")
        if now.locked:
            desk.terminal.say(f"      {now.step.lock_reason}")


# --- facts


def _say_facts(desk: Desk, found: Explained, *, whole: bool) -> None:
    letters = [r.fact for r in found.reasons.values() if r.source is Source.LETTER]
    if whole:
        letters = list(found.standing.case.facts)
    by_letter: dict[str, list[Fact]] = {}
    for fact in letters:
        by_letter.setdefault(fact.evidence, []).append(fact)
    if by_letter:
        desk.say("\nИз писем", "\nFrom letters", style="bold")
    for evidence, facts in by_letter.items():
        _say_letter(desk, found, evidence, facts)
    headings = {
        Source.OWNER: ("\nВаши слова", "\nYour own words"),
        Source.CONFIG: ("\nИз настроек", "\nFrom the settings"),
        Source.PACK: ("\nО площадке", "\nAbout the marketplace"),
        Source.DERIVED: ("\nПосчитано", "\nWorked out"),
    }
    for source, heading in headings.items():
        rows = [r for r in found.reasons.values() if r.source is source]
        if rows:
            desk.say(*heading, style="bold")
        for reason in rows:
            _say_reason(desk, found, reason)


def _say_letter(
    desk: Desk, found: Explained, evidence: str, facts: Iterable[Fact]
) -> None:
    origin = found.origins.get(evidence)
    if origin:
        at = origin.received_at
        on = f"{when(desk, at.astimezone(desk.config.timezone).date())}  " if at else ""
        desk.terminal.say(f"  {on}«{origin.subject}»  {evidence[:12]}")
    desk.terminal.say(f"      {_path(desk, found, evidence)}")
    quoted = ""
    for fact in dict.fromkeys(replace(fact, on=None) for fact in facts):
        value = WHO.get(fact.value) or written(fact, desk.today).value
        desk.terminal.say(f"      {_title(desk, fact.name)}: {value}")
        if fact.quote and fact.quote != quoted:
            quoted = fact.quote
            desk.terminal.say(f"          «{fact.quote}»")


def _path(desk: Desk, found: Explained, evidence: str) -> str:
    archive, origin = desk.place.archive, found.origins.get(evidence)
    of_file = origin.is_file if origin else evidence in _files(found)
    return str((archive.attachment_path if of_file else archive.path)(evidence))


def _files(found: Explained) -> set[str]:
    return {event.evidence for event in found.events if event.where is Where.FILE}


def _title(desk: Desk, name: str) -> str:
    return without_aside(desk.place.bench.packs.ladder.fact_names.get(name, name))


def _say_reason(desk: Desk, found: Explained, reason: Reason) -> None:
    fact = reason.fact
    value = fact.value.split("\n")[0] + (" …" if "\n" in fact.value else "")
    desk.terminal.say(f"  {_title(desk, fact.name)}: {value}".rstrip(": "))
    if told := found.told.get(fact.name):
        on = when(desk, told.act.at.astimezone(desk.config.timezone).date())
        desk.say(
            f"      сообщили {on}, журнал, строка {told.line}",
            f"      told {on}, journal, line {told.line}",
        )
    if reason.how:
        desk.terminal.say(f"      {reason.how}")


# --- norms and letters


def _norms(desk: Desk, found: Explained) -> list[Norm]:
    words = desk.place.bench.packs.facts.counted
    terms = [deadline(now, found.anchors, words) for now in _steps(found)]
    every = [norm for reason in found.reasons.values() for norm in reason.norms]
    every += [term.norm for term in terms if term and term.norm]
    return list({norm.id: norm for norm in every}.values())


def _say_norms(desk: Desk, found: Explained) -> None:
    norms = [norm for norm in _norms(desk, found) if norm.cite]  # not our own choices
    if norms:
        desk.say("\nНормы", "\nNorms", style="bold")
    for norm in norms:
        kind = desk.place.bench.packs.ladder.kinds.get(norm.kind, norm.kind)
        how = EXACTLY.get(norm.confidence, norm.confidence)
        desk.terminal.say(f"  {norm.cite} ({kind})")
        desk.say(
            f"      сверено {day(norm.checked)}, {how}; {norm.source}",
            f"      checked {norm.checked}, {norm.confidence}; {norm.source}",
        )


def _say_events(desk: Desk, found: Explained) -> None:
    desk.say("\nЧто сказали письма", "\nWhat the letters say", style="bold")
    titles = desk.place.bench.packs.events
    shown = {fact.evidence for fact in found.standing.case.facts}
    for event in found.events:
        on = event.at.astimezone(desk.config.timezone).date()
        words = desk.words(*CERTAINTIES[event.certainty])
        title = titles.get(event.kind, event.kind.value)
        desk.terminal.say(f"  {when(desk, on)}  {title} ({words}), {event.recogniser}")
        desk.terminal.say(f"      «{event.quote}»")
        if thread := event.attributes.get("thread"):
            desk.say(
                f"      номера в письме нет: это ответ на ваше письмо {thread[:12]}",
                f"      it names no order: it answers your letter {thread[:12]}",
            )
        if event.evidence not in shown:
            shown.add(event.evidence)
            desk.terminal.say(f"      {_path(desk, found, event.evidence)}")


# --- JSON


def _shape(desk: Desk, found: Explained) -> Shape:
    case = found.standing.case
    rule = desk.place.bench.packs.rule(case.pack, case.rule)
    return {
        **listing(desk.now, "cases", [case_shape(found.standing)]),
        "basis": rule.basis,
        "quiet_when": rule.quiet_when,
        "steps": ladder_shape(found.standing),
        "events": [event_shape(event) for event in found.events],
        "days": [_days_shape(desk, found, now) for now in _steps(found)],
        "reasons": [
            _reason_shape(desk, found, reason) for reason in found.reasons.values()
        ],
        "norms": [_norm_shape(norm) for norm in _norms(desk, found)],
    }


def _days_shape(desk: Desk, found: Explained, now: StepNow) -> Shape:
    words = desk.place.bench.packs.facts.counted
    counted = deadline(now, found.anchors, words)
    return {
        "step": now.step.id,
        "due_on": now.due_on and now.due_on.isoformat(),
        "due": _due(desk, found, now),
        "deadline_on": now.deadline_on and now.deadline_on.isoformat(),
        "deadline": counted and in_words(counted, words),
        "start_on": counted and counted.start_on.isoformat(),
        "norm": counted.norm.id if counted and counted.norm else None,
    }


def _reason_shape(desk: Desk, found: Explained, reason: Reason) -> Shape:
    fact = reason.fact
    letter = reason.source is Source.LETTER
    origin, told = found.origins.get(fact.evidence), found.told.get(fact.name)
    at = origin.received_at if origin and letter else None
    return {
        "name": fact.name,
        "title": desk.place.bench.packs.ladder.fact_names.get(fact.name, fact.name),
        "value": fact.value,
        "source": reason.source.value,
        "how": reason.how or None,
        "inputs": list(reason.inputs),
        "norms": [norm.id for norm in reason.norms],
        "evidence": fact.evidence if letter else None,
        "quote": fact.quote if letter else None,
        "received_at": at.isoformat() if at else None,
        "subject": origin.subject if origin and letter else None,
        "path": _path(desk, found, fact.evidence) if letter else None,
        "told_at": told.act.at.isoformat() if told else None,
        "journal_line": told.line if told else None,
    }


def _norm_shape(norm: Norm) -> Shape:
    return {
        "id": norm.id,
        "cite": norm.cite,
        "kind": norm.kind,
        "source": norm.source,
        "checked": norm.checked.isoformat(),
        "confidence": norm.confidence,
    }
