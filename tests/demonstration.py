"""`triage demo` as a program of its own: it takes many seconds, so it is played seldom."""

import subprocess
import sys
from pathlib import Path
from typing import NamedTuple


class Demonstration(NamedTuple):
    """The folder that was made, and what the program printed."""

    out: Path
    printed: str


def play(out: Path, *words: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "triage", *words, "demo", "--out", out],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
        env={"PATH": "/usr/bin:/bin", **environment},
    )


def told(out: Path) -> dict[str, bytes]:
    """What must not depend on the machine: evidence, texts, dossiers."""
    wanted = [
        *out.glob("evidence/*.jsonl"),
        *out.glob("digests/*.txt"),
        *out.glob("orders/*/index.html"),
    ]
    return {str(path.relative_to(out)): path.read_bytes() for path in wanted}
