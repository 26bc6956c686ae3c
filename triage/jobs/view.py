"""The orders/ folder: a view for people, made again at will from index and archive."""

import logging
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from triage.core.dossier import dossier
from triage.core.ladder import Standing
from triage.edges import disk, messages
from triage.edges.archive import Archive
from triage.edges.store import Store
from triage.errors import EvidenceError
from triage.jobs.assess import Bench, batches, standings

log = logging.getLogger(__name__)

SAFE = re.compile(r"[\w-]+(?:\.[\w-]+)*", re.ASCII)


def refresh(
    folder: Path,
    store: Store,
    archive: Archive,
    bench: Bench,
    *,
    orders: Iterable[tuple[str, str]],
    now: datetime,
) -> int:
    """Write the folders of some orders anew and return how many were written.

    Letters are copies: whatever happens to the view, the evidence stays as it is.
    """
    count = 0
    for pack, batch in batches(sorted(orders)):
        events = messages.events_of(store, pack, batch, now)
        letters = messages.letters_of(store, batch)
        found: dict[str, list[Standing]] = {}
        for standing in standings(store, bench, now, [(pack, o) for o in batch]):
            found.setdefault(standing.case.order, []).append(standing)
        for order in batch:
            if not SAFE.fullmatch(order):
                continue  # a pack's shapes are trusted to be safe; a path never is
            named = {_name(row): row["evidence"] for row in letters.get(order, [])}
            text = dossier(
                order,
                market=bench.packs.marketplace(pack).title,
                titles=bench.packs.events,
                events=events.get(order, []),
                standings=found.get(order, []),
                letters=list(named.items()),
                zone=bench.zone,
            )
            _write(folder / order, named, text, archive)
            count += 1
    if count:
        log.info("orders view: %d folders written", count)
    return count


def _write(home: Path, letters: Mapping[str, str], text: str, archive: Archive) -> None:
    """Write one folder: whole files by rename, so that no link is ever written through."""
    with disk.speaking(home):
        if home.is_symlink():
            home.unlink()
        home.mkdir(parents=True, exist_ok=True)
        there = {path.name for path in home.glob("*.eml") if not path.is_symlink()}
        cut_short = home.glob("[0-9a-f]" * 16)  # what a killed process left
        for path in (*cut_short, *(home / name for name in there - letters.keys())):
            path.unlink()
    for name in letters.keys() - there:
        try:
            raw = archive.raw(letters[name])
        except (EvidenceError, OSError):
            log.warning("letter %.12s is damaged: see `triage verify`", letters[name])
            continue
        disk.put_file(home / name, raw)
    disk.put_file(home / "dossier.txt", text.encode())


def _name(row: dict[str, Any]) -> str:
    at = datetime.fromisoformat(row["received_at"])
    return f"{at:%Y-%m-%d_%H%M}_{row['evidence'][:12]}.eml"
