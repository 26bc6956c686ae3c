"""The packs of a home: built-in folders, each file of which the owner may replace whole.

Only names of files meet here. What stands in them is read by `marketpack` and `lawpack`.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from triage.core.event import EventKind
from triage.core.pack import Packs
from triage.edges.lawpack import read_ladder
from triage.edges.marketpack import read_marketplace
from triage.edges.tables import Table
from triage.errors import ConfigError

_NAME = re.compile(r"[a-z][a-z0-9-]*")
_EVENTS = "events.toml"


def load(marketplaces: Sequence[str], ladder: str, own: Path | None) -> Packs:
    """Read the packs of a home.

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
    events = _events(ladder, found[ladder], problems)
    if not marketplaces:
        problems.append("no marketplace is named")
    if law is not None:
        for market in filter(None, markets):
            problems.extend(
                f"{market.id}/rules.toml: rule {rule.id!r}: "
                f"the ladder {ladder!r} has no steps for it"
                for rule in market.rules
                if rule.id not in law.plans
            )
    if problems or law is None:
        raise ConfigError("пакеты не годятся:", problems)
    return Packs(
        marketplaces=tuple(filter(None, markets)),
        ladder=law,
        fingerprint=_fingerprint(found),
        events=events,
    )


def _files(name: str, own: Path | None, problems: list[str]) -> dict[str, bytes]:
    """Read all files of a pack, named by their path within it."""
    if not _NAME.fullmatch(name):
        problems.append(f"{name!r} is not the name of a pack")
        return {}
    found: dict[str, bytes] = {}
    places: list[Traversable] = [files("triage").joinpath("packs", name)]
    if own is not None:
        places.append(own / name)
    for place in places:
        try:
            found |= dict(_walk(place, ""))
        except OSError as fault:
            problems.append(f"{name}: cannot be read: {fault.strerror}")
    if not found:
        where = " or ".join(str(place) for place in places)
        problems.append(f"{name}: there is no such pack in {where}")
    return found


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


def _fingerprint(found: Mapping[str, Mapping[str, bytes]]) -> str:
    """Sum up all names and bytes, so that any change makes the index again."""
    total = hashlib.sha256()
    for pack in sorted(found):
        for name in sorted(found[pack]):
            content = hashlib.sha256(found[pack][name]).hexdigest()
            total.update(f"{pack}/{name}\0{content}\n".encode())
    return total.hexdigest()
