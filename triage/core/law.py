"""How a norm may be printed on a day: its citation, its number of days, its doubts."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from triage.core.deadline import Term, Unit
from triage.core.step import Norm
from triage.core.words import day, days, plural

PHRASES = (
    *("within", "within_unsure"),
    *("caution_unsure", "caution_stale", "caution_lapsed", "caution_window_over"),
    *("caution_key_rate", "caution_cap", "caution_no_calendar", "caution_no_shift"),
    *("caution_unreceived", "caution_moved"),
    *("court_peace", "court_district", "duty_free"),
)
"""The words that a pack must bring for what this module and the ladder say."""

UNSURE = "K"  # general knowledge, not seen in a text of the norm


def is_stale(norm: Norm, today: date) -> bool:
    """Say whether the reading is too old to print numbers from.

    A norm without a citation is our own choice and never grows old.
    """
    return bool(norm.cite) and today - norm.checked > timedelta(norm.recheck)


def counts(norm: Norm, today: date) -> bool:
    """Say whether a number of the norm may be printed, or a sum counted from it."""
    return norm.holds_on(today) and not is_stale(norm, today)


def cite(norm: Norm, today: date) -> str:
    """Return what may be cited today: the norm while it is in force, else its fallback."""
    return norm.cite if norm.holds_on(today) else norm.fallback


def basis(norms: Iterable[Norm], today: date) -> str:
    """Join the citations of several norms, each once."""
    return "; ".join(dict.fromkeys(filter(None, (cite(n, today) for n in norms))))


def within(norm: Norm, today: date, phrases: Mapping[str, str]) -> str:
    """Write «в течение 10 дней», or the neutral words for a norm of which we are unsure."""
    if norm.term is None or not counts(norm, today):
        return phrases["within_unsure"]
    number = norm.term.value
    if norm.term.unit is Unit.HOURS:
        length = f"{number} {plural(number, 'часа', 'часов', 'часов')}"
    elif norm.term.unit is Unit.MONTHS:
        length = f"{number} {plural(number, 'месяца', 'месяцев', 'месяцев')}"
    elif norm.term.unit is Unit.WORKING_DAYS:
        length = (
            f"{number} {plural(number, 'рабочего дня', 'рабочих дней', 'рабочих дней')}"
        )
    else:
        length = f"{number} {plural(number, 'дня', 'дней', 'дней')}"
    return phrases["within"].format(length=length)


def length(norm: Norm) -> str:
    """Write the length of a term for a table: «10 дней», «15 рабочих дней»."""
    return "" if norm.term is None else length_of(norm.term)


def length_of(term: Term) -> str:
    """Write how long a term is."""
    number = term.value
    if term.unit is Unit.DAYS:
        return days(number)
    if term.unit is Unit.HOURS:
        return f"{number} {plural(number, 'час', 'часа', 'часов')}"
    if term.unit is Unit.MONTHS:
        return f"{number} {plural(number, 'месяц', 'месяца', 'месяцев')}"
    return f"{number} {plural(number, 'рабочий день', 'рабочих дня', 'рабочих дней')}"


def doubt(norm: Norm, today: date, phrases: Mapping[str, str]) -> str:
    """Say what the owner should check before relying on a norm, "" for nothing."""
    if not norm.cite:
        return ""
    if not norm.holds_on(today):
        return "" if norm.fallback else phrases["caution_lapsed"]
    if norm.confidence == UNSURE:
        return phrases["caution_unsure"]
    if is_stale(norm, today):
        return phrases["caution_stale"].format(checked=day(norm.checked))
    return ""


def uncounted(
    term: Term, end: date | None, year: int | None, phrases: Mapping[str, str]
) -> str:
    """Say that a term is not counted, or not shifted, for want of a year's calendar."""
    if year is None:
        return ""
    if term.unit is Unit.WORKING_DAYS:
        return phrases["caution_no_calendar"].format(year=year)
    return phrases["caution_no_shift"].format(year=year, end=day(end)) if end else ""


def cautions(doubts: Iterable[tuple[str, str]]) -> str:
    """Join pairs of a doubt and a citation, each doubt once with all it is about."""
    about: dict[str, dict[str, None]] = {}
    for words, cited in doubts:
        if words:
            about.setdefault(words, {})[cited] = None
    return "; ".join(
        ": ".join(filter(None, (words, ", ".join(filter(None, cited)))))
        for words, cited in about.items()
    )


_CITE = re.compile(r"((?:п\. \S+ )?ст\. \S+) ([^()]+?)( \(.+\))?")


def together(basis: str) -> str:
    """Name a law once where several of its articles stand in a row."""
    told: list[list[re.Match[str] | str]] = []
    law = ""
    for one in basis.split("; "):
        cite = _CITE.fullmatch(one)
        if cite and cite[2] == law:
            told[-1].append(cite)
        else:
            told.append([cite or one])
        law = cite[2] if cite else ""
    return "; ".join(map(_of_one_law, told))


def _of_one_law(cites: Sequence[re.Match[str] | str]) -> str:
    found = [one for one in cites if isinstance(one, re.Match)]
    if len(found) < 2:
        return "".join(one if isinstance(one, str) else one[0] for one in cites)
    return f"{', '.join(one[1] + (one[3] or '') for one in found)} {found[0][2]}"
