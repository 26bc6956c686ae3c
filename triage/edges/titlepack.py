"""Read what things are called in the letter of the day, in its own language.

titles.toml    what events, cases, steps and facts are called, sentence by sentence
letters/*.txt  letters of the law pack that go to the owner himself
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from string import Template
from typing import Any

from triage.core.event import EventKind
from triage.core.pack import Packs
from triage.core.step import Step
from triage.core.tongue import Tongue
from triage.edges.tables import Table, nearest

FILE = "titles.toml"
LETTERS = "letters/"
SPOKEN = ("title", "action", "after", "channel", "lock_reason")
"""What of a step only the owner reads; whom it is sent to stands in letters as well."""


def words_of(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Choose the files of a language that are read here; none where it has no titles."""
    names = (name for name in files if name == FILE or name.startswith(LETTERS))
    return {name: files[name] for name in names} if FILE in files else {}


def in_words_of(
    packs: Packs, language: str, files: Mapping[str, bytes], problems: list[str]
) -> Packs:
    """Put the words of a language in place of those of the packs.

    What the language has no words for keeps its own. What others read is let be.
    """
    file = Table.of(f"{language}/{FILE}", files[FILE], problems)
    events = file.table("events")
    called = {kind.value: events.text(kind.value) for kind in EventKind}
    events.done()
    guess = file.table("question")
    question = guess.text("guess")
    guess.done()
    days = file.table("day")
    day = days.text("format")
    days.done()
    rules, asks, kinds, facts, said, happened = (
        _words(file, name)
        for name in ("rules", "asks", "kinds", "facts", "said", "happened")
    )
    file.done()
    memos = dict(_memos(packs, language, files, problems))
    tongue = Tongue(said=said, happened=happened, memos=memos, day=day)
    if "{event}" not in question:
        problems.append(f"{language}/{FILE}: question: guess has no {{event}}")
    markets = tuple(
        replace(
            market,
            rules=tuple(
                replace(
                    rule,
                    title=rules.get(rule.id, rule.title),
                    asks=rule.asks and asks.get(rule.id, rule.asks),
                )
                for rule in market.rules
            ),
        )
        for market in packs.marketplaces
    )
    ladder = replace(
        packs.ladder,
        kinds={**packs.ladder.kinds, **kinds},
        fact_names={**packs.ladder.fact_names, **facts},
        plans={
            rule: tuple(_spoken(step, tongue) for step in plan)
            for rule, plan in packs.ladder.plans.items()
        },
    )
    return replace(
        packs,
        marketplaces=markets,
        ladder=ladder,
        events=called,
        question=question,
        tongue=tongue,
    )


def _memos(
    packs: Packs, language: str, files: Mapping[str, bytes], problems: list[str]
) -> Iterator[tuple[str, str]]:
    """Yield the letters to the owner himself; each stands for one of the law pack."""
    for path in sorted(files.keys() - {FILE}):
        name = path.removeprefix(LETTERS).removesuffix(".txt")
        try:
            text = files[path].decode("utf-8")
        except UnicodeDecodeError:
            problems.append(f"{language}/{path}: not text in UTF-8")
            continue
        if name not in packs.ladder.letters:
            near = nearest(name, packs.ladder.letters)
            problems.append(f"{language}/{path}: the law pack has no such letter{near}")
        elif not Template(text).is_valid():
            problems.append(f"{language}/{path}: a lone $ in the text")
        yield name, text


def _spoken(step: Step, tongue: Tongue) -> Step:
    """Put what the owner reads of a step into other words, in its variants too."""
    variants = tuple(
        replace(
            each,
            changes={
                name: tongue.of(value) if name in SPOKEN else value
                for name, value in each.changes.items()
            },
        )
        for each in step.variants
    )
    own: dict[str, Any] = {n: tongue.of(getattr(step, n)) for n in SPOKEN}
    return replace(step, **own, variants=variants)


def _words(file: Table, name: str) -> Mapping[str, str]:
    table = file.table(name)
    found = {key: table.text(key) for key in table}
    table.done()
    return found
