"""Read `replies.toml` of each language: what the owner can say by mail, and the answers."""

from importlib import resources
from pathlib import Path

from triage.core.phrasebook import (
    Phrase,
    Phrasebook,
    Phrases,
    Shown,
    Verb,
    Why,
    together,
)
from triage.core.words import fold
from triage.edges.tables import Table
from triage.errors import ConfigError

FILE = "replies.toml"
LANGUAGES = ("ru", "en")
BUTTONS = (
    *("done", "snoozed", "resolved", "settled", "not_received", "yes", "no", "undone"),
    "body",
)
SUBJECTS = ("done", "snoozed", "resolved", "not_received", "yes", "no", "undone")
LINES = (
    *(
        "step_done",
        "step_undone",
        "snoozed",
        "resolved",
        "reopened",
        "reported",
        "fact",
    ),
    *(
        "answered_yes",
        "answered_no",
        "attached",
        "attached_order",
        "fact_order",
        "undone",
        "already",
    ),
)
REFUSED = ("unproved", "stranger", "new_key")


def read_phrasebook(language: str, own: Path | None = None) -> Phrasebook:
    """Read what is understood in every language, and what is written in one.

    A file `<own>/<language>/replies.toml` stands in place of the built-in one.

    Raises:
        ConfigError: with every fault of every file.
    """
    problems: list[str] = []
    parts = {name: _part(name, own, problems) for name in LANGUAGES}
    if problems:
        raise ConfigError("пакеты не годятся:", problems)
    heard = together(part[0] for part in parts.values())
    return Phrasebook(heard, parts[language][1])


def read_phrases(own: Path | None = None) -> Phrases:
    """Read what is understood, in every language.

    Raises:
        ConfigError: with every fault of every file.
    """
    return read_phrasebook(LANGUAGES[0], own).heard


def _part(name: str, own: Path | None, problems: list[str]) -> tuple[Phrases, Shown]:
    file = Table.of(f"{name}/{FILE}", _bytes(name, own), problems)
    part = _heard(file), _shown(file)
    file.done()
    return part


def _bytes(name: str, own: Path | None) -> bytes:
    if own is not None and (mine := own / name / FILE).is_file():
        return mine.read_bytes()
    return (resources.files("triage") / "packs" / name / FILE).read_bytes()


def _heard(file: Table) -> Phrases:
    verbs, words, facts = map(file.table, ("verbs", "words", "facts"))

    def some(key: str) -> frozenset[str]:
        return frozenset(map(_plain, words.texts(key)))

    relative = {"today": 0, "tomorrow": 1, "aftermorrow": 2, "yesterday": -1}
    heard = Phrases(
        verbs={
            phrase(text): verb
            for verb in Verb
            for text in verbs.texts(verb.value, needed=True)
        },
        facts={phrase(text): name for name in facts for text in facts.texts(name)},
        fillers=some("fillers"),
        doubts=some("doubts"),
        joints=some("joints"),
        case=some("case"),
        step=some("step"),
        relative={word: n for key, n in relative.items() for word in some(key)},
        days=some("day"),
        weeks=some("week"),
        months_long=some("month"),
        until=some("until"),
        before=some("before"),
        weekdays=_ranks(words, "weekdays", 0),
        months=_ranks(words, "months", 1),
        forwarded=some("forwarded"),
        machines=some("machines"),
    )
    for table in (verbs, words, facts):
        table.done()
    return heard


def _shown(file: Table) -> Shown:
    keys = {"buttons": BUTTONS, "subjects": SUBJECTS, "lines": LINES, "why": tuple(Why)}
    tables = {name: file.table(name) for name in (*keys, "refused", "hints")}
    texts = {
        name: {key: tables[name].text(key) for key in (*wanted,)}
        for name, wanted in {**keys, "refused": REFUSED}.items()
    }
    hints = tables["hints"].texts("lines", needed=True)
    for table in tables.values():
        table.done()
    return Shown(
        buttons=texts["buttons"],
        subjects=texts["subjects"],
        lines=texts["lines"],
        why={why: texts["why"][why] for why in Why},
        refused=texts["refused"],
        hints=hints,
    )


def phrase(text: str) -> Phrase:
    """Bring a phrase into the form in which phrases are compared."""
    return tuple(_plain(text).split())


def _plain(text: str) -> str:
    return fold(text).lower()


def _ranks(words: Table, key: str, first: int) -> dict[str, int]:
    return {_plain(text): n for n, text in enumerate(words.texts(key), first)}
