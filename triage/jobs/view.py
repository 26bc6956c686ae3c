"""The orders/ folder: a view for people, made again at will from index and archive.

orders/index.html                  all orders, those first that want something
orders/<order>/index.html          the dossier: nothing remote, no script
orders/<order>/letters/*.eml       copies of the letters; *.html beside them to look at
orders/<order>/attachments/*       copies of what the owner added
orders/<order>/prepared/*.txt      letters that are ready to be sent
orders/<order>/SHA256SUMS          for `sha256sum -c`
"""

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from triage.core.act import Act
from triage.core.catalogue import Line, line_of
from triage.core.dossier import Dossier, Proof, dossier
from triage.core.entry import sighting_of
from triage.core.folio import Leaf, leaf
from triage.core.ladder import Standing
from triage.edges import cases, catalogue, disk, messages
from triage.edges.archive import Archive
from triage.edges.dossiers import Press
from triage.edges.store import Store
from triage.edges.worker import Pool
from triage.errors import EvidenceError
from triage.jobs import reading, showing
from triage.jobs.assess import Bench, batches, standings
from triage.jobs.prepare import texts

log = logging.getLogger(__name__)

SHOWN = "view.shown"  # by which version of `jobs.showing` the letters were written
CUT_SHORT = "[0-9a-f]" * 16  # the name of a file that a killed process left


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Writes the folders of orders. Letters are copies: the evidence stays as it is."""

    folder: Path
    store: Store
    archive: Archive
    bench: Bench
    press: Press
    pool: Callable[[], Pool]  # asked only when a letter must be looked into
    proof: Proof
    now: datetime

    def write(
        self, orders: Iterable[tuple[str, str]], *, anew: bool = False
    ) -> Iterator[tuple[str, Line]]:
        """Write the folders of some orders, and yield the pack and the line of each.

        A letter that was written out stays as it is, but for `anew`.
        """
        for pack, batch in batches(sorted(orders)):
            for made, rows in self._gather(pack, batch):
                home = self.folder / made.folder
                self._clear(home, made, anew=anew)
                self._letters(home / "letters", made, rows)
                self._files(home, made)
                yield pack, line_of(made)

    def index(self, lines: Iterable[Line]) -> None:
        """Write the list of all orders."""
        page = self.press.orders(list(lines), self.now.astimezone(self.bench.zone))
        with disk.speaking(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
        disk.put_file(self.folder / "index.html", page.encode())

    def dossiers(self, orders: Iterable[tuple[str, str]]) -> Iterator[Dossier]:
        """Gather the dossiers of some orders and write nothing."""
        for pack, batch in batches(sorted(orders)):
            for made, _ in self._gather(pack, batch):
                yield made

    def _gather(
        self, pack: str, batch: list[str]
    ) -> Iterator[tuple[Dossier, Mapping[str, dict[str, Any]]]]:
        events = messages.events_of(self.store, pack, batch, self.now)
        letters = messages.letters_of(self.store, batch)
        acts = cases.acts_of(self.store, batch, self.now)
        found: dict[str, list[Standing]] = {}
        pairs = [(pack, order) for order in batch]
        for standing in standings(self.store, self.bench, self.now, pairs):
            found.setdefault(standing.case.order, []).append(standing)
        ready = texts(
            self.store,
            [s for some in found.values() for s in some],
            self.bench,
            self.now,
        )
        for order in batch:
            rows = {row["evidence"]: row for row in letters.get(order, [])}
            made = dossier(
                order,
                self.bench.packs.marketplace(pack),
                self.bench.packs,
                events=events.get(order, []),
                acts=_of_pack(acts.get(order, []), pack),
                standings=found.get(order, []),
                texts=ready,
                leaves=[
                    leaf(row, json.loads(row["warnings"]), self.bench.zone)
                    for row in rows.values()
                ],
                proof=self.proof,
                now=self.now,
                zone=self.bench.zone,
            )
            yield made, rows

    def _clear(self, home: Path, made: Dossier, *, anew: bool) -> None:
        """Make the folder, and take out of it what does not belong there any more."""
        letters = {
            f"{one.name}.{end}" for one in made.leaves for end in ("eml", "html")
        }
        wanted = {
            "letters": letters if not anew else {n for n in letters if n[-3:] == "eml"},
            "attachments": {one.file for one in made.enclosures},
            "prepared": {one.file for one in made.matters if one.file},
        }
        with disk.speaking(home):
            if home.is_symlink():
                home.unlink()
            home.mkdir(parents=True, exist_ok=True)
            for path in home.glob(CUT_SHORT):
                path.unlink()
            for name, names in wanted.items():
                folder = home / name
                if folder.is_symlink():
                    folder.unlink()
                if names:
                    folder.mkdir(exist_ok=True)
                if folder.is_dir():
                    for path in folder.iterdir():
                        if path.is_symlink() or path.name not in names:
                            path.unlink()

    def _letters(
        self, folder: Path, made: Dossier, rows: Mapping[str, dict[str, Any]]
    ) -> None:
        """Copy the letters that are not there yet, and write each out to be looked at."""
        unseen: list[Leaf] = []
        for one in made.leaves:
            if not one.name:
                continue
            if not (folder / f"{one.name}.html").exists():
                unseen.append(one)
            if not (path := folder / f"{one.name}.eml").exists():
                try:
                    disk.put_file(path, self.archive.raw(one.evidence))
                except (EvidenceError, OSError):
                    name = one.evidence
                    log.warning("letter %.12s is damaged: see `triage verify`", name)
        if not unseen:
            return
        tasks = [_task(rows[one.evidence], self.archive) for one in unseen]
        answers = self.pool().map(tasks)
        for one, (_, answer, failed) in zip(unseen, answers, strict=True):
            problem = failed or (answer or {}).get("problem", "")
            letter = None if problem else answer
            page = self.press.letter(made.order, one, letter, problem)
            disk.put_file(folder / f"{one.name}.html", page.encode())

    def _files(self, home: Path, made: Dossier) -> None:
        sums = [
            (one.evidence, f"letters/{one.name}.eml") for one in made.leaves if one.name
        ]
        for each in made.enclosures:
            sums.append((each.evidence, f"attachments/{each.file}"))
            if not (path := home / "attachments" / each.file).exists():
                try:
                    disk.put_file(path, self.archive.attachment(each.evidence))
                except (EvidenceError, OSError):
                    name = each.evidence
                    log.warning("file %.12s is damaged: see `triage verify`", name)
        for matter in made.matters:
            if matter.file:
                disk.put_file(home / "prepared" / matter.file, matter.text.encode())
        text = "".join(f"{sha256}  {name}\n" for sha256, name in sums)
        disk.put_file(home / "SHA256SUMS", text.encode())
        disk.put_file(home / "index.html", self.press.order(made).encode())


def refresh(shelf: Shelf, orders: Iterable[tuple[str, str]]) -> int:
    """Write the folders of some orders and the list of all; return how many were written."""
    store = shelf.store
    anew = store.meta(SHOWN) != showing.VERSION
    lines = list(shelf.write(orders, anew=anew))
    catalogue.save(store, lines)
    if lines:
        shelf.index(catalogue.lines(store))
        log.info("orders view: %d folders written", len(lines))
    if anew:
        store.set_meta(SHOWN, showing.VERSION)
    return len(lines)


def _of_pack(acts: Iterable[Act], pack: str) -> list[Act]:
    return [act for act in acts if act.data.get("pack", pack) == pack]


def _task(row: Mapping[str, Any], archive: Archive) -> dict[str, Any]:
    task = reading.task_of(sighting_of(row), archive.path(row["evidence"]))
    return {**task, "show": showing.task_of(row["pack"], row["outcome"])}
