"""What the reading processes are asked to do, as JSON; what they do is `jobs.reading`.

Who asks imports nothing of what reads a letter.
"""

from pathlib import Path
from typing import Any

from triage.core.entry import sighting_entry
from triage.core.message import Sighting

WORDS = "words"  # of a reply, and not one of its files
SHOWING = "1"  # version of `jobs.showing`: letters written by another are written anew


def task_of(sighting: Sighting, path: Path) -> dict[str, Any]:
    """Describe a letter to a child, as JSON: its line of the manifest, and where it lies."""
    return {"sighting": sighting_entry(sighting), "path": str(path)}


def file_task(evidence: str, path: Path, name: str, given_at: str) -> dict[str, Any]:
    """Describe a file to a child, as JSON; `name` is the owner's for it."""
    told = {"evidence": evidence, "name": name, "given_at": given_at}
    return {"file": str(path), **told}


def showing_task(pack: str, outcome: str) -> dict[str, str]:
    """Say how a letter is to be shown: by which pack, and what became of it."""
    return {"pack": pack, "outcome": outcome}
