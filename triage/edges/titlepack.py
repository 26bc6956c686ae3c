"""Read what things are called in the letter of the day, in its own language."""

from collections.abc import Mapping
from dataclasses import replace

from triage.core.event import EventKind
from triage.core.pack import Packs
from triage.edges.tables import Table

FILE = "titles.toml"


def in_words_of(packs: Packs, language: str, data: bytes, problems: list[str]) -> Packs:
    """Put the words of a language in place of those of the packs.

    A rule or a kind of term that the language has no words for keeps its own.
    """
    file = Table.of(f"{language}/{FILE}", data, problems)
    events = file.table("events")
    called = {kind.value: events.text(kind.value) for kind in EventKind}
    events.done()
    guess = file.table("question")
    question = guess.text("guess")
    guess.done()
    rules, asks, kinds = (_words(file, name) for name in ("rules", "asks", "kinds"))
    file.done()
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
    ladder = replace(packs.ladder, kinds={**packs.ladder.kinds, **kinds})
    return replace(
        packs, marketplaces=markets, ladder=ladder, events=called, question=question
    )


def _words(file: Table, name: str) -> Mapping[str, str]:
    table = file.table(name)
    found = {key: table.text(key) for key in table}
    table.done()
    return found
