"""Read a law pack: norms, calendar, plans and letters. What is wrong is said all at once.

    law.toml       [kinds], [phrases], [norm.<id>], [key_rate]
    calendar.toml  [[year]]
    ladder.toml    [documents], [facts], [letters], [plan.<rule>]
    letters/*.txt  the texts named in [letters]

The keys are explained in docs/ladder.md.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from triage.core.deadline import Calendar, Term, Unit
from triage.core.faults import DEFAULT, faults
from triage.core.step import KeyRate, Ladder, Letter, Norm, Penalty, Step, When
from triage.edges.tables import Table, nearest

FILES = ("law.toml", "calendar.toml", "ladder.toml")
CONFIDENCES = frozenset("VSKT")
ORDER = (
    *("check", "support", "claim", "documents"),
    *("social", "bank", "authority", "lawyer"),
)
"""The steps there are, from the lowest."""

NEEDED = ("rung", "title", "action")
TEXTS = (
    *NEEDED,
    *("lock_reason", "answer", "window", "window_from", "window_if", "again"),
    *("addressee", "channel", "letter", "after"),
)
LISTS = ("locked_by", "basis", "more_letters", "documents")
FLAGS = ("optional", "background")

_DUE = re.compile(r"(\??)([a-z]+(?::[a-z_]+)?) *\+ *([a-z0-9.-]+)")
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
        key_rate = _key_rate(law.table("key_rate"))
        law.done()
        file = self._file("ladder.toml")
        documents, facts = _words(file.table("documents")), _words(file.table("facts"))
        letters = dict(self._letters(file.table("letters")))
        plans = self._plans(file)
        file.done()
        return Ladder(
            id=name,
            plans={
                rule: tuple(self._steps(plan, plans)) for rule, plan in plans.items()
            },
            norms=self.norms,
            kinds=kinds,
            fact_names=facts,
            documents=documents,
            letters=letters,
            calendar=self._calendar(),
            texts={rule: _words(plan.table("texts")) for rule, plan in plans.items()},
            penalties={
                rule: _penalty(plan.table("penalty"))
                for rule, plan in plans.items()
                if "penalty" in plan
            },
            phrases=phrases,
            key_rate=key_rate,
        )

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
            table.problem(f"{path} is not named here")

    # --- plans

    def _plans(self, file: Table) -> dict[str, Table]:
        table = file.table("plan")
        if DEFAULT not in table:
            table.problem(f"the plan {DEFAULT!r} is missing")
        plans = {rule: table.table(rule) for rule in table}
        for plan in plans.values():
            for key in plan:
                if key not in {*ORDER, "steps", "texts", "penalty"}:
                    plan.problem(f"unknown key {key!r}{nearest(key, ORDER)}")
        return plans

    def _steps(self, plan: Table, plans: Mapping[str, Table]) -> Iterator[Step]:
        default = plans.get(DEFAULT, plan)
        for step_id in plan.texts("steps") or ORDER:
            if step_id in ORDER:
                own = plan.table(step_id)
                yield self._step(step_id, own, default.table(step_id))
                own.done()
            else:
                plan.problem(f"steps: unknown {step_id!r}{nearest(step_id, ORDER)}")

    def _step(self, step_id: str, own: Table, default: Table) -> Step:
        """Read a step key by key from the rule's own plan, else from the default one."""

        def table(key: str) -> Table:
            return own if key in own else default

        values: dict[str, Any] = {
            **{key: table(key).text(key, needed=False) for key in TEXTS},
            **{key: table(key).texts(key) for key in LISTS},
            **{key: table(key).flag(key) for key in FLAGS},
        }
        for key in NEEDED:
            if not values[key].strip():
                own.problem(f"{key} is missing")
        due = [self._when(own, text) for text in table("due").texts("due")]
        values["window_from"] = values["window_from"] or "opened"
        return Step(id=step_id, due=tuple(filter(None, due)), **values)

    def _when(self, row: Table, text: str) -> When | None:
        match = _DUE.fullmatch(text)
        if match is None:
            row.problem(f"due: not «anchor + days»: {text!r}")
            return None
        maybe, anchor, length = match.groups()
        if length.isdigit():
            return When(anchor=anchor, term=Term(int(length)), maybe=bool(maybe))
        norm = self.norms.get(length)
        if norm is None or norm.term is None:
            row.problem(f"due: unknown term {length!r}{nearest(length, self.norms)}")
            return None
        return When(anchor=anchor, term=norm.term, maybe=bool(maybe))


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


def _penalty(row: Table) -> Penalty:
    penalty = Penalty(norm=row.text("norm"), anchor=row.text("from"))
    row.done()
    return penalty


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
    table.done()
    return KeyRate(rows=tuple(rows), confirmed_through=confirmed)


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
