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
