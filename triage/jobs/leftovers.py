"""What earlier versions left in the orders/ folder, and other names of orders.

Only what this program wrote is taken away: a folder or a file of the owner's stays.
"""

import re
import shutil
from collections.abc import Collection
from pathlib import Path

from triage.edges import disk

_OURS = frozenset({"index.html", "SHA256SUMS", "letters", "attachments", "prepared"})
_OF_OLD = re.compile(r"dossier\.txt|\d{4}-\d\d-\d\d_\d{4}_[0-9a-f]{12}\.eml")
"""Where letters lay beside the dossier, which was a text."""


def clear_files(home: Path) -> None:
    """Take the files of the old layout out of an order's folder."""
    for path in home.iterdir():
        if _OF_OLD.fullmatch(path.name) and (path.is_file() or path.is_symlink()):
            path.unlink()


def clear_folders(orders: Path, kept: Collection[str]) -> int:
    """Remove the folders of orders that have another name now, and count them."""
    if not orders.is_dir():
        return 0
    with disk.speaking(orders):
        gone = [p for p in orders.iterdir() if p.name not in kept and _is_ours(p)]
        for path in gone:
            shutil.rmtree(path)
    return len(gone)


def _is_ours(path: Path) -> bool:
    if path.is_symlink() or not path.is_dir():
        return False
    names = {each.name for each in path.iterdir()}
    marked = {"index.html", "SHA256SUMS"} <= names or "dossier.txt" in names
    return marked and all(n in _OURS or _OF_OLD.fullmatch(n) for n in names)
