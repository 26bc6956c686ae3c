"""The orders/ folder: a view for people, made again at will from index and archive."""

import logging
import re
import shutil
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from triage.core.dossier import dossier
from triage.edges import messages
from triage.edges.archive import Archive
from triage.edges.store import Store
from triage.jobs.assess import Bench, standings

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
    for pack, order in orders:
        if not SAFE.fullmatch(order):
            continue  # a pack's shapes are trusted to be safe; a path never is
        home = folder / order
        home.mkdir(parents=True, exist_ok=True)
        letters = messages.letters_of(store, order)
        names = {_name(row): row for row in letters}
        for old in home.glob("*.eml"):
            if old.name not in names:
                old.unlink()
        for name, row in names.items():
            if not (home / name).exists():
                shutil.copyfile(archive.path(row["evidence"]), home / name)
        events = messages.events_of(store, pack, [order], now).get(order, [])
        text = dossier(
            order,
            market=bench.packs.marketplace(pack).title,
            titles=bench.packs.events,
            events=events,
            standings=standings(store, bench, now, [(pack, order)]),
            letters=[(name, row["evidence"]) for name, row in names.items()],
            zone=bench.zone,
        )
        (home / "dossier.txt").write_text(text, encoding="utf-8")
        count += 1
    if count:
        log.info("orders view: %d folders written", count)
    return count


def _name(row: dict[str, Any]) -> str:
    at = datetime.fromisoformat(row["received_at"])
    return f"{at:%Y-%m-%d_%H%M}_{row['evidence'][:12]}.eml"
