"""Read the plans of ladder.toml: step by step and key by key, from the nearest plan.

A rule's own plan comes first, then the one it is `like`, then the default one.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from triage.core.deadline import Term
from triage.core.faults import DEFAULT
from triage.core.step import Norm, Step, Variant, When
from triage.core.words import fold
from triage.edges.tables import Table, nearest

ORDER = (
    *("check", "support", "claim", "documents"),
    *("social", "bank", "authority", "lawyer"),
)
"""The steps there are, from the lowest."""

OTHERS = ("steps", "like", "texts", "penalty", "interest")
"""What a plan may hold beside its steps."""

NEEDED = ("rung", "title", "action")
TEXTS = (
    *NEEDED,
    *("lock_reason", "answer", "window", "window_from", "window_if", "again"),
    *("addressee", "channel", "letter", "after"),
)
LISTS = ("locked_by", "basis", "more_letters", "documents")
FLAGS = ("optional", "background")

_ANCHOR = r"[a-z]+(?::[a-z_]+)?"
_DUE = re.compile(rf"(\??)({_ANCHOR}(?:\|{_ANCHOR})*) *\+ *([a-z0-9.-]+)")


class Plans:
    """All plans of a file."""

    def __init__(self, file: Table, norms: Mapping[str, Norm]) -> None:
        self.norms = norms
        table = file.table("plan")
        if DEFAULT not in table:
            table.problem(f"the plan {DEFAULT!r} is missing")
        self.plans = {rule: table.table(rule) for rule in table}
        for rule, plan in self.plans.items():
            for key in plan:
                if key not in {*ORDER, *OTHERS}:
                    plan.problem(f"unknown key {key!r}{nearest(key, ORDER)}")
            other = plan.text("like", needed=False)
            known = self.plans.keys() - {rule}
            if other and (other not in known or "like" in self.plans[other]):
                plan.problem(f"like: no plan {other!r}{nearest(other, known)}")

    def chain(self, rule: str) -> list[Table]:
        """List the plans that a rule's steps are read from, the nearest first."""
        plan = self.plans[rule]
        names = (plan.text("like", needed=False), DEFAULT)
        behind = [self.plans[n] for n in names if n in self.plans and n != rule]
        return [plan, *behind]

    def own(self, rule: str, key: str) -> Table | None:
        """Return a table of a plan, or of the plan it is like; never the default's."""
        for plan in self.chain(rule):
            if key in plan and (plan is not self.plans.get(DEFAULT) or rule == DEFAULT):
                return plan.table(key)
        return None

    def texts(self, rule: str) -> dict[str, str]:
        """Return the wording of a plan, laid over that of the plan it is like."""
        mine, *behind = self.chain(rule)
        found: dict[str, str] = {}
        for plan in (*reversed(behind[:-1]), mine):
            found |= _words(plan.table("texts"))
        return found

    def steps(self, rule: str) -> Iterator[Step]:
        """Read the steps of a plan, in the order in which it names them."""
        chain = self.chain(rule)
        named = next((p.texts("steps") for p in chain if "steps" in p), ORDER)
        for step_id in named:
            if step_id not in ORDER:
                near = nearest(step_id, ORDER)
                chain[0].problem(f"steps: unknown {step_id!r}{near}")
                continue
            tables = [plan.table(step_id) for plan in chain]
            yield self._step(step_id, tables)
            tables[0].done()

    def _step(self, step_id: str, tables: list[Table]) -> Step:
        values = self._values(tables[0], tables)
        for key in NEEDED:
            if not values.get(key, "").strip():
                tables[0].problem(f"{key} is missing")
                values[key] = ""
        values["window_from"] = values.get("window_from") or "opened"
        texts: dict[str, str] = {}
        for table in reversed(tables):
            texts |= _words(table.table("texts"))
        rows = [row for table in tables for row in table.tables("when")]
        variants = tuple(map(self._variant, rows))
        return Step(
            id=step_id, **{"due": (), **values, "texts": texts, "variants": variants}
        )

    def _variant(self, row: Table) -> Variant:
        words = tuple(fold(word).lower() for word in row.texts("is", needed=True))
        changes = self._values(row, [row])
        if "texts" in row:
            changes["texts"] = _words(row.table("texts"))
        variant = Variant(
            fact=row.text("fact"), words=words, omit=row.flag("omit"), changes=changes
        )
        if variant.omit == bool(changes):
            row.problem("changes nothing: give keys of the step, or omit = true")
        row.done()
        return variant

    def _values(self, row: Table, tables: list[Table]) -> dict[str, Any]:
        """Read the keys that are given, each from the first table that has it."""
        values: dict[str, Any] = {}
        for key in (*TEXTS, *LISTS, *FLAGS, "due"):
            table = next((t for t in tables if key in t), None)
            if table is None:
                continue
            if key in TEXTS:
                values[key] = table.text(key, needed=False)
            elif key in FLAGS:
                values[key] = table.flag(key)
            elif key in LISTS:
                values[key] = table.texts(key)
            else:
                due = (self._when(row, text) for text in table.texts(key))
                values[key] = tuple(filter(None, due))
        return values

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


def _words(table: Table) -> dict[str, str]:
    words = {key: table.text(key, needed=False).strip() for key in table}
    table.done()
    return words
