"""Read a law pack's `facts.toml`: what the owner may tell, and how the rest comes about."""

from collections.abc import Mapping
from string import Template

from triage.core.form import FactBook, Form
from triage.core.letter import conditions
from triage.core.step import Ladder
from triage.edges.tables import Table, nearest

FILE = "facts.toml"
REFUSED = (
    *("shape", "ahead", "long_ago", "card", "code"),
    *("unknown", "derived", "step", "settings"),
)
COUNTED = (
    *("term", "shifted", "unshifted", "own", "none", "floor", "pressing"),
    *("opened", "done", "end", "fact", "no_step", "no_fact"),
    *("received", "taken", "soonest"),
)
INPUTS = frozenset({"stake", "repaid"})
"""What an explanation may name beside facts."""


def read_facts(name: str, data: bytes, ladder: Ladder, problems: list[str]) -> FactBook:
    """Make a book of a file; each fault becomes a line of `problems`."""
    file = Table.of(f"{name}/{FILE}", data, problems)
    rows = file.table("told")
    told: dict[str, Form] = {}
    choices: dict[str, tuple[str, ...]] = {}
    for fact in rows:
        _known(rows, fact, ladder)
        words = rows.texts(fact)
        if len(words) > 1:
            told[fact], choices[fact] = Form.CHOICE, words
        elif words and (form := rows.look_up(words[0], Form, "form")):
            told[fact] = form
    forms = file.table("form")
    says, examples = {}, {}
    for form in Form:
        row = forms.table(form.value)
        says[form] = row.text("says")
        examples[form] = row.text("example", needed=False)
        row.done()
    refused, derived = file.table("refused"), file.table("derived")
    counted = file.table("counted")
    book = FactBook(
        told=told,
        choices=choices,
        more=_chosen_by(ladder),
        says=says,
        examples=examples,
        refused={key: refused.text(key) for key in REFUSED},
        derived={key: derived.text(key).strip() for key in derived},
        counted={key: counted.text(key) for key in COUNTED},
    )
    for fact, text in book.derived.items():
        _known(derived, fact, ladder)
        if not Template(text).is_valid():
            derived.problem(f"{fact}: a lone $ in the text")
            continue
        for used in {*Template(text).get_identifiers(), *conditions(text)} - INPUTS:
            _known(derived, used, ladder)
    for table in (rows, forms, refused, derived, counted, file):
        table.done()
    return book


def _known(table: Table, fact: str, ladder: Ladder) -> None:
    if fact not in ladder.fact_names:
        table.problem(f"unknown fact {fact!r}{nearest(fact, ladder.fact_names)}")


def _chosen_by(ladder: Ladder) -> Mapping[str, frozenset[str]]:
    """List by fact the words that choose between the variants of steps."""
    found: dict[str, frozenset[str]] = {}
    for plan in ladder.plans.values():
        for step in plan:
            for variant in step.variants:
                known = found.get(variant.fact, frozenset())
                found[variant.fact] = known | {*variant.words}
    return found
