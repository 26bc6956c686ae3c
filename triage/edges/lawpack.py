"""Read a law pack: norms, calendar, plans and letters. What is wrong is said all at once.

    law.toml       [kinds], [phrases], [norm.<id>], [key_rate]
    calendar.toml  [[year]]
    ladder.toml    [documents], [facts], [letters], [chronology], [plan.<rule>]
    letters/*.txt  the texts named in [letters]

The keys are explained in docs/ladder.md.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from triage.core.deadline import Calendar, Term, Unit
from triage.core.faults import faults
from triage.core.interest import KeyRate
from triage.core.step import Accrual, Ladder, Letter, Norm
from triage.edges.plans import ORDER, Plans
from triage.edges.tables import Table, nearest

FILES = ("law.toml", "calendar.toml", "ladder.toml")
CONFIDENCES = frozenset("VSKT")
ACCRUALS = ("penalty", "interest")
"""The tables of a plan that say what grows, in the order in which they are tried."""

_FRACTION = re.compile(r"0\.\d+")
_ROUBLES = re.compile(r"\d{1,12}(?:\.\d{1,2})?")


def read_ladder(
    files: Mapping[str, bytes], problems: list[str], name: str = "ladder"
) -> Ladder | None:
    """Read the files of a law pack; None when something is wrong.

    Every fault is added to `problems` as `file: where: what`.
    """
    found: list[str] = []
    for missing in [file for file in FILES if file not in files]:
        found.append(f"{missing}: the file is missing")
    ladder = None if found else _Reader(files, found).ladder(name)
    if ladder is not None:
        found.extend(faults(ladder, ORDER, nearest))
    problems.extend(dict.fromkeys(found))
    return None if found else ladder


class _Reader:
    """The files while they are read."""

    def __init__(self, files: Mapping[str, bytes], problems: list[str]) -> None:
        self.files = files
        self.problems = problems
        self.norms: dict[str, Norm] = {}

    def ladder(self, name: str) -> Ladder:
        law = self._file("law.toml")
        rows = law.table("norm")
        self.norms = {norm_id: _norm(norm_id, rows.table(norm_id)) for norm_id in rows}
        kinds, phrases = _words(law.table("kinds")), _words(law.table("phrases"))
        granted_by = self._granted_by(law.table("granted_by"), kinds)
        key_rate = _key_rate(law.table("key_rate"))
        law.done()
        file = self._file("ladder.toml")
        documents, facts = _words(file.table("documents")), _words(file.table("facts"))
        letters = dict(self._letters(file.table("letters")))
        chronology = _words(file.table("chronology"))
        plans = Plans(file, self.norms)
        file.done()
        return Ladder(
            id=name,
            plans={rule: tuple(plans.steps(rule)) for rule in plans.plans},
            norms=self.norms,
            kinds=kinds,
            granted_by=granted_by,
            fact_names=facts,
            documents=documents,
            letters=letters,
            chronology=chronology,
            calendar=self._calendar(),
            texts={rule: plans.texts(rule) for rule in plans.plans},
            accruals={
                rule: tuple(
                    _accrual(table, yearly=key == "interest")
                    for key in ACCRUALS
                    if (table := plans.own(rule, key))
                )
                for rule in plans.plans
            },
            phrases=phrases,
            key_rate=key_rate,
        )

    def _granted_by(self, table: Table, kinds: Mapping[str, str]) -> dict[str, str]:
        granted = _words(table)
        for kind in granted.keys() - kinds.keys():
            table.problem(f"unknown kind {kind!r}{nearest(kind, kinds)}")
        return granted

    def _file(self, name: str) -> Table:
        return Table.of(name, self.files[name], self.problems)

    def _calendar(self) -> Calendar:
        file = self._file("calendar.toml")
        years: set[int] = set()
        off: set[date] = set()
        worked: set[date] = set()
        for row in file.tables("year"):
            year = row.number("year")
            years.add(year)
            for key, days in (("days_off", off), ("working_weekends", worked)):
                for text in row.texts(key):
                    try:
                        days.add(date.fromisoformat(f"{year:04d}-{text}"))
                    except ValueError:
                        row.problem(f"{key}: not a day of {year}: {text!r}")
            row.done()
        file.done()
        return Calendar(frozenset(years), frozenset(off), frozenset(worked))

    def _letters(self, table: Table) -> Iterator[tuple[str, Letter]]:
        paths = {path for path in self.files if path.startswith("letters/")}
        named = [f"letters/{letter_id}.txt" for letter_id in table]
        for letter_id in table:
            path = f"letters/{letter_id}.txt"
            title = table.text(letter_id)
            if path not in paths:
                table.problem(f"{path} is missing")
                continue
            paths.remove(path)
            try:
                text = self.files[path].decode("utf-8")
            except UnicodeDecodeError:
                self.problems.append(f"{path}: not text in UTF-8")
                continue
            yield letter_id, Letter(id=letter_id, title=title, text=text)
        for path in sorted(paths):
            table.problem(f"{path} is not named here{nearest(path, named)}")


def _norm(norm_id: str, row: Table) -> Norm:
    confidence = row.text("confidence")
    if confidence and confidence not in CONFIDENCES:
        row.problem("confidence must be V, S, K or T")
    norm = Norm(
        id=norm_id,
        term=_term(row) if "value" in row else None,
        rate_per_day=row.text("rate_per_day", needed=False),
        base=row.text("base", needed=False),
        cap=row.text("cap", needed=False),
        cap_from=_day(row, "cap_from"),
        limit=_amount(row, "limit"),
        start=row.text("start", needed="value" in row),
        kind=row.text("kind"),
        cite=row.text("cite", needed=False),
        fallback=row.text("fallback", needed=False),
        valid_from=_day(row, "valid_from"),
        valid_to=_day(row, "valid_to"),
        checked=_day(row, "checked", needed=True) or date.min,
        source=row.text("source"),
        confidence=confidence,
        recheck=row.number("recheck", 180),
        then=row.text("then", needed=False),
        warn=row.number("warn"),
        warning=row.text("warning", needed=False),
    )
    if norm.rate_per_day and not _FRACTION.fullmatch(norm.rate_per_day):
        row.problem("rate_per_day must be a fraction such as '0.005'")
    if bool(norm.warn) != bool(norm.warning):
        row.problem("warn and warning go together")
    row.done()
    return norm


def _accrual(row: Table, *, yearly: bool) -> Accrual:
    accrual = Accrual(
        norm=row.text("norm"),
        yearly=yearly,
        anchor=row.text("from"),
        after=row.text("after", needed=False),
        until=row.text("until", needed=False),
        only_if=row.text("if", needed=False),
        unless=row.text("unless", needed=False),
        moved=row.text("moved", needed=False),
        base=row.text("base", needed=False),
        alone=row.flag("alone"),
    )
    row.done()
    return accrual


def _words(table: Table) -> dict[str, str]:
    words = {key: table.text(key, needed=False).strip() for key in table}
    table.done()
    return words


def _term(row: Table) -> Term:
    text = row.text("unit", needed=False) or Unit.DAYS.value
    unit = row.look_up(text, Unit, "unit") or Unit.DAYS
    shift = row.text("shift")
    if shift and shift not in {"debtor", "never"}:
        row.problem("shift must be debtor or never")
    return Term(row.number("value"), unit, shift == "debtor")


def _key_rate(table: Table) -> KeyRate:
    rows = []
    for text in table.texts("rows"):
        on, _, rate = text.partition(" ")
        try:
            rows.append((date.fromisoformat(on), Decimal(rate)))
        except (ValueError, InvalidOperation):
            table.problem(f"rows: not «day rate»: {text!r}")
    if rows != sorted(rows):
        table.problem("rows must stand in order of time")
    confirmed = _day(table, "confirmed_through")
    _day(table, "checked")
    table.text("confidence", needed=False)
    told_for = table.number("told_for")
    table.done()
    return KeyRate(rows=tuple(rows), confirmed_through=confirmed, told_for=told_for)


def _amount(row: Table, key: str) -> Decimal | None:
    text = row.text(key, needed=False)
    if text and not _ROUBLES.fullmatch(text):
        row.problem(f"{key}: not a sum such as '100000' or '0.50': {text!r}")
        return None
    return Decimal(text) if text else None


def _day(row: Table, key: str, *, needed: bool = False) -> date | None:
    text = row.text(key, needed=needed)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        row.problem(f"{key}: not a date such as 2026-11-23: {text!r}")
        return None
