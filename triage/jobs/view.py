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
import shutil
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from triage.core.act import Act
from triage.core.catalogue import Line, line_of
from triage.core.chain import Proof
from triage.core.dossier import Dossier, dossier
from triage.core.folio import folder_of, leaf
from triage.core.step import Standing
from triage.edges import cases, catalogue, disk, messages
from triage.edges.archive import Archive
from triage.edges.dossiers import Press
from triage.edges.store import Store
from triage.edges.worker import Pool
from triage.errors import EvidenceError
from triage.jobs.assess import Bench, batches, standings
from triage.jobs.gallery import Gallery
from triage.jobs.prepare import texts
from triage.jobs.tasks import SHOWING

log = logging.getLogger(__name__)

SHOWN = "view.shown"  # by which version of `jobs.showing` the letters were written
AT_ONCE = 100  # orders that are gathered together
AHEAD = 128  # letters that are looked into while their folders wait
OURS = frozenset({"index.html", "SHA256SUMS", "letters", "attachments", "prepared"})
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

        A letter that was written out stays as it is, but for `anew`. Letters are written
        out by other processes, and further folders meanwhile; the page of an order is
        written when all is there that it leads to.
        """
        gallery = Gallery(self.pool, self.archive, self.press)
        begun: deque[tuple[str, Dossier, int]] = deque()
        for pack, batch in batches(sorted(orders), AT_ONCE):
            for made, rows in self._gather(pack, batch):
                self._begin(gallery, made, rows, anew=anew)
                begun.append((pack, made, gallery.given))
                gallery.settle(AHEAD)
                yield from self._finish(begun, gallery)
        gallery.settle(0)
        yield from self._finish(begun, gallery)

    def _begin(
        self,
        gallery: Gallery,
        made: Dossier,
        rows: Mapping[str, dict[str, Any]],
        *,
        anew: bool,
    ) -> None:
        """Write all of a folder but the page, and hand in the letters to be looked at."""
        home = self.folder / made.folder
        self._clear(home, made, anew=anew)
        for one in made.leaves:
            if one.name and not (home / "letters" / f"{one.name}.html").exists():
                gallery.give(home / "letters", made.order, one, rows[one.evidence])
        self._files(home, made)

    def _finish(
        self, begun: deque[tuple[str, Dossier, int]], gallery: Gallery
    ) -> Iterator[tuple[str, Line]]:
        """Write the pages of the orders whose letters can all be looked at."""
        while begun and begun[0][2] <= gallery.hung:
            pack, made, _ = begun.popleft()
            page = self.press.order(made).encode()
            disk.put_file(self.folder / made.folder / "index.html", page)
            yield pack, line_of(made)

    def index(self, lines: Iterable[Line]) -> None:
        """Write the list of all orders."""
        page = self.press.orders(list(lines), self.now.astimezone(self.bench.zone))
        with disk.speaking(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
        disk.put_file(self.folder / "index.html", page.encode())

    def dossiers(self, orders: Iterable[tuple[str, str]]) -> Iterator[Dossier]:
        """Gather the dossiers of some orders and write nothing."""
        for pack, batch in batches(sorted(orders), AT_ONCE):
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
            "letters": letters,
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
                    keep = names if not anew else ()
                    for path in folder.iterdir():
                        if path.is_symlink() or path.name not in keep:
                            path.unlink()

    def _files(self, home: Path, made: Dossier) -> None:
        """Copy what is not there yet of the evidence, and write what is ready."""
        sums: list[tuple[str, str]] = []
        for one in made.leaves:
            if one.name:
                sums.append((one.evidence, name := f"letters/{one.name}.eml"))
                self._copy(home / name, one.evidence, self.archive.raw)
        for each in made.enclosures:
            sums.append((each.evidence, name := f"attachments/{each.file}"))
            self._copy(home / name, each.evidence, self.archive.attachment)
        for matter in made.matters:
            if matter.file:
                disk.put_file(home / "prepared" / matter.file, matter.text.encode())
        text = "".join(f"{sha256}  {name}\n" for sha256, name in sums)
        disk.put_file(home / "SHA256SUMS", text.encode())

    def _copy(self, path: Path, sha256: str, read: Callable[[str], bytes]) -> None:
        if path.exists():
            return
        try:
            disk.put_file(path, read(sha256))
        except EvidenceError:
            what = "letter" if path.suffix == ".eml" else "file"
            log.warning("%s %.12s is damaged: see `triage verify`", what, sha256)


def refresh(shelf: Shelf, orders: Iterable[tuple[str, str]]) -> int:
    """Write the folders of some orders and the list of all; return how many were written.

    What was being written when the power went may be empty under its name: the letters
    of the orders that are written next are then written anew, as after a new version.
    """
    store = shelf.store
    anew = store.meta(SHOWN) != SHOWING
    if anew:  # another version, or an index that was made again
        packs = shelf.bench.packs
        names = {
            folder_of(order, pack, packs) for pack, order in cases.all_orders(store)
        }
        _clear_folders(shelf.folder, names)
    store.set_meta(SHOWN, "")
    lines = list(shelf.write(orders, anew=anew))
    catalogue.save(store, lines)
    if lines:
        shelf.index(catalogue.lines(store))
        disk.sync_all(shelf.folder)
        log.info("orders view: %d folders written", len(lines))
    store.set_meta(SHOWN, SHOWING)
    return len(lines)


def _clear_folders(orders: Path, kept: Collection[str]) -> None:
    """Remove the folders of orders that have another name now; what is not ours stays."""
    if not orders.is_dir():
        return
    with disk.speaking(orders):
        for path in list(orders.iterdir()):
            if path.name not in kept and _is_ours(path):
                shutil.rmtree(path)


def _is_ours(path: Path) -> bool:
    if path.is_symlink() or not path.is_dir():
        return False
    names = {each.name for each in path.iterdir()}
    return {"index.html", "SHA256SUMS"} <= names <= OURS


def _of_pack(acts: Iterable[Act], pack: str) -> list[Act]:
    return [act for act in acts if act.data.get("pack", pack) == pack]
