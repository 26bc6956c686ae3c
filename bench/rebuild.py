"""Make the index again from an archive, on all cores, and the folders of all orders.

    python bench/rebuild.py 10000             # letters

Nearly every letter is of an order of its own. How many cores were used can be told on an
idle machine only: `others` says how many were busy with something else meanwhile.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from bulk import letters
from goals import Goal, report
from installed import configured, run
from mails import an_arrival

from triage.edges.archive import Archive, Arrival

AT = datetime(2026, 11, 1, tzinfo=UTC)
VOUCHED = {"domain": "ozon.ru", "result": "pass", "reason": "dkim"}


class Nowhere:
    """A server that is never asked."""

    tls, ca_file = 993, "/dev/null"


def arrivals(count: int) -> Iterator[Arrival]:
    for uid, raw in enumerate(letters(count, 1.0), 1):
        yield an_arrival(raw, uid, received_at=AT, authentication=VOUCHED)


def busy() -> float:
    """Return for how many seconds the cores of this machine have been at work (Linux)."""
    user, nice, system, _, _, *interrupts = map(
        int, Path("/proc/stat").read_text().split("\n")[0].split()[1:8]
    )
    return (user + nice + system + sum(interrupts)) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    count = int(sys.argv[1])
    folder = Path(tempfile.mkdtemp(prefix="bench"))
    command = configured(Nowhere(), "me", folder)
    archive = Archive(folder / "home" / "evidence")
    (folder / "home").mkdir()
    source = arrivals(count)
    while batch := list(islice(source, 500)):
        archive.keep(batch, AT)
    before = busy()
    done = run([*command, "rebuild"])
    others = (busy() - before - done.cpu) / done.seconds
    shutil.rmtree(folder)
    cores = round(done.cpu / done.seconds, 2)
    result = {
        "letters": count,
        "seconds": round(done.seconds, 1),
        "letters_a_second": round(count / done.seconds),
        "cpu_s": round(done.cpu, 1),
        "peak_mb": round(done.peak_mb),
        "others": round(others, 2),
    }
    report(result, Goal("cores used", cores, 1.5, at_least=True))


if __name__ == "__main__":
    main()
