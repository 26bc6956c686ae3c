"""Write a masked letter for the authors of recognisers, with what it is read as."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from triage.core.entry import sighting_of
from triage.edges.archive import Archive
from triage.errors import DiskError, UsageError, reason
from triage.jobs.learn import Readers
from triage.jobs.tasks import task_of

SAMPLER = "triage.jobs.sample:sampler"


@dataclass(frozen=True, slots=True)
class Donation:
    """A masked letter that was written to files."""

    files: tuple[Path, ...]
    text: str  # what a reader of it sees


def donate(
    archive: Archive,
    readers: Readers,
    row: Mapping[str, Any],
    out: Path,
    *,
    keep: Sequence[str] = (),
) -> Donation:
    """Write `<out>/<pack>/<recogniser>/<name>.eml` and `.expected.json` beside it.

    `keep` are words that may stay though no list has them.

    Raises:
        UsageError: it cannot be masked so that it is read as it was.
        DiskError: the folder cannot be written.
    """
    sighting = sighting_of(row)
    with readers.apart(SAMPLER, {}) as pool:
        task = task_of(sighting, archive.path(sighting.sha256)) | {"keep": list(keep)}
        [(_, answer, problem)] = pool.map([task])
    if answer is None:
        raise UsageError(f"письмо {sighting.sha256[:12]} не читается: {problem}")
    if not answer["same"]:
        raise UsageError(
            f"письмо {sighting.sha256[:12]}: без личного оно читается иначе, поэтому"
            " как образец не годится"
        )
    letter = base64.b64decode(answer["eml"])
    name = hashlib.sha256(letter).hexdigest()[:12]  # of what is given away, no more
    folder = out / answer["pack"] / answer["folder"]
    expected = json.dumps(answer["expected"], ensure_ascii=False, indent=2) + "\n"
    files = {
        folder / f"{name}.eml": letter,
        folder / f"{name}.expected.json": expected.encode(),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, content in files.items():
            path.write_bytes(content)
    except OSError as error:
        raise DiskError(f"{folder}: {reason(error)}") from error
    return Donation(tuple(files), answer["text"])
