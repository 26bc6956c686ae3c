"""The dossier of one order in plain text: what happened, from which letter, what is open."""

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from triage.core.event import Certainty, Event
from triage.core.ladder import Standing
from triage.core.words import day, normal, roubles

SURE = {
    Certainty.GUESS: "догадка",
    Certainty.TAUGHT: "подтверждено вами",
    Certainty.PINNED: "точно",
}


def dossier(
    order: str,
    *,
    market: str,
    titles: Mapping[str, str],
    events: Sequence[Event],
    standings: Sequence[Standing],
    letters: Sequence[tuple[str, str]],
    zone: ZoneInfo,
) -> str:
    """Write the dossier. `letters` are (file name, SHA-256), oldest first."""
    files = {evidence: name for name, evidence in letters}
    lines = [f"Заказ {order}, {market}", "", "Что произошло"]
    for event in sorted(events, key=lambda e: (e.at, e.id)):
        when = day(event.at.astimezone(zone).date())
        what = titles.get(event.kind, event.kind)
        parcel = f", отправление {event.posting}" if event.posting else ""
        lines.append(f"- {when}: {what}{parcel} ({SURE[event.certainty]})")
        if event.quote:
            lines.append(f"  «{normal(event.quote)}»")
        lines.append(f"  письмо {files.get(event.evidence, event.evidence)}")
    if not events:
        lines.append("- писем об этом заказе ещё не было")
    lines += ["", "Дела"]
    for standing in standings:
        lines += _case(standing)
    if not standings:
        lines.append("- открытых вопросов нет")
    lines += ["", "Письма (SHA-256)"]
    lines += [f"- {name}  {evidence}" for name, evidence in letters] or ["- нет"]
    return "\n".join(lines) + "\n"


def _case(standing: Standing) -> list[str]:
    case = standing.case
    money = f", {roubles(case.amount)}" if case.amount is not None else ""
    number = f"№ {standing.number}. " if standing.number else ""
    lines = [f"- {number}{case.title}{money}"]
    lines.append(f"  открыто {day(case.opened_on)}")
    if case.closed_on:
        lines.append(f"  закрыто {day(case.closed_on)}")
    if case.asks:
        lines.append(f"  вопрос: {case.asks}")
    if standing.step is not None and case.closed_on is None:
        step = standing.step.step
        lines.append(f"  ступень {step.rung}: {step.title}")
        if standing.step.deadline_on:
            lines.append(f"  срок: {day(standing.step.deadline_on)}")
    return lines
