"""The packs of a home: built-in folders, each file of which the owner may replace whole.

Only names of files meet here. What stands in them is read by `marketpack` and `lawpack`.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from triage.core.event import EventKind
from triage.core.form import FactBook
from triage.core.pack import Packs
from triage.core.receipt import Shapes
from triage.core.step import Ladder
from triage.edges.factpack import FILE as FACTS
from triage.edges.factpack import read_facts
from triage.edges.lawpack import FILES as LAW_FILES
from triage.edges.lawpack import read_ladder
from triage.edges.marketpack import FILES as MARKET_FILES
from triage.edges.marketpack import read_marketplace
from triage.edges.receiptpack import FILE as RECEIPTS
from triage.edges.receiptpack import read_shapes
from triage.edges.tables import BuiltIn, Table, nearest
from triage.edges.titlepack import in_words_of, words_of
from triage.errors import ConfigError

_NAME = re.compile(r"[a-z][a-z0-9-]*")
_LETTER = re.compile(r"letters/[^/]+\.txt")
_EVENTS = "events.toml"
USUAL = (*MARKET_FILES, *LAW_FILES, _EVENTS, FACTS, RECEIPTS)
"""The files that packs have."""
_WORDS = "words.txt"


def load(
    marketplaces: Sequence[str],
    ladder: str,
    own: Path | None,
    language: str | None = None,
) -> Packs:
    """Read the packs of a home, with what things are called in a language.

    A file `<own>/<pack>/<name>` stands in place of the built-in one of that name, and
    a folder under `own` that is not built in is a pack like any other.

    Raises:
        ConfigError: with every fault of every file as `file: where: what`.
    """
    if own is not None and not own.is_dir():
        raise ConfigError(f"[packs] dir: папки {own} нет")
    problems: list[str] = []
    found = {name: _files(name, own, problems) for name in (*marketplaces, ladder)}
    markets = [
        read_marketplace(name, found[name], problems)
        for name in dict.fromkeys(marketplaces)
        if found[name]
    ]
    law = read_ladder(found[ladder], problems, ladder) if found[ladder] else None
    facts = _facts(ladder, found[ladder], law, problems)
    events = _events(ladder, found[ladder], problems)
    receipts = Shapes()  # a country may have no fiscal receipts
    if RECEIPTS in found[ladder]:
        receipts = read_shapes(ladder, found[ladder][RECEIPTS], problems)
    if not marketplaces:
        problems.append("no marketplace is named")
    problems += [
        f"{market.id}/rules.toml: rule {rule.id!r}: "
        f"the ladder {ladder!r} has no steps for it"
        for market in filter(None, markets)
        for rule in market.rules
        if law is not None and rule.id not in law.plans
    ]
    spoken: dict[str, bytes] = {}
    if language not in (None, ladder):
        spoken = words_of(_files(str(language), own, problems))
    if spoken:
        found[f"{language}/titles"] = spoken
    if problems or law is None:
        raise ConfigError("пакеты не годятся:", problems)
    packs = Packs(
        marketplaces=tuple(filter(None, markets)),
        ladder=law,
        fingerprint=_fingerprint(found),
        events=events,
        facts=facts,
        receipts=receipts,
        words=_words(found[ladder]),
    )
    if spoken:
        packs = in_words_of(packs, str(language), spoken, problems)
    if problems:
        raise ConfigError("пакеты не годятся:", problems)
    return packs


def _files(name: str, own: Path | None, problems: list[str]) -> dict[str, bytes]:
    """Read all files of a pack, named by their path within it."""
    if not _NAME.fullmatch(name):
        problems.append(f"{name!r} is not the name of a pack")
        return {}
    built_in: Traversable = files("triage").joinpath("packs", name)
    places = [built_in, *([own / name] if own is not None else [])]
    try:
        known, *replaced = [dict(_walk(place, "")) for place in places]
        known = {name: BuiltIn(data) for name, data in known.items()}
    except OSError as fault:
        problems.append(f"{name}: cannot be read: {fault.strerror}")
        return {}
    for mine in replaced:
        problems.extend(f"{name}/{fault}" for fault in _strays(mine, known))
        known |= mine
    if not known:
        where = " or ".join(str(place) for place in places)
        problems.append(f"{name}: there is no such pack in {where}")
    return known


def _strays(mine: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    """Name files of the owner's that stand in place of none; letters are in [letters].

    Notes (.md) are let be. A pack that is not built in has only names to go by.
    """
    built_in = [*known]
    expected = built_in or USUAL
    for name in sorted(mine):
        if name in expected or name.endswith(".md") or _LETTER.fullmatch(name):
            continue
        near = nearest(name, expected)
        if built_in or (near and "/" not in name):
            yield f"{name}: the pack has no such file{near}"


def _walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    if not folder.is_dir():
        return
    for entry in folder.iterdir():
        if entry.name.startswith((".", "__")):
            continue
        if entry.is_dir():
            yield from _walk(entry, f"{prefix}{entry.name}/")
        else:
            yield f"{prefix}{entry.name}", entry.read_bytes()


def _facts(
    ladder: str,
    found: Mapping[str, bytes],
    law: Ladder | None,
    problems: list[str],
) -> FactBook:
    """Read what the owner may tell of a case; nothing without the law that names it."""
    if law is None:
        return FactBook()
    if FACTS not in found:
        problems.append(f"{ladder}/{FACTS}: the file is missing")
        return FactBook()
    return read_facts(ladder, found[FACTS], law, problems)


def _events(
    ladder: str, found: Mapping[str, bytes], problems: list[str]
) -> Mapping[str, str]:
    """Read what each event is called in front of the owner."""
    if not found:
        return {}
    if _EVENTS not in found:
        problems.append(f"{ladder}/{_EVENTS}: the file is missing")
        return {}
    file = Table.of(f"{ladder}/{_EVENTS}", found[_EVENTS], problems)
    table = file.table("events")
    words = {kind.value: table.text(kind.value) for kind in EventKind}
    table.done()
    file.done()
    return words


def _words(found: Mapping[str, bytes]) -> frozenset[str]:
    """Read the words that a masked letter may keep; without the file there are none."""
    lines = found.get(_WORDS, b"").decode("utf-8", "replace").splitlines()
    kept = (line for line in lines if not line.startswith("#"))
    return frozenset(word for line in kept for word in line.split())


def _fingerprint(found: Mapping[str, Mapping[str, bytes]]) -> str:
    """Sum up all names and bytes, so that any change makes the index again."""
    total = hashlib.sha256()
    for pack in sorted(found):
        for name in sorted(found[pack]):
            content = hashlib.sha256(found[pack][name]).hexdigest()
            total.update(f"{pack}/{name}\0{content}\n".encode())
    return total.hexdigest()
