"""First tick over a large mailbox: select, fetch, archive, read, index.

    python bench/first_tick.py 20000 0.02 shop      # 2 % of the letters are a shop's
    python bench/first_tick.py 2000 1.0 heavy       # all of them, and heavy with text

Prints the seconds of a fresh `triage tick`, of a plain imapclient loop in a process of its
own that fetches the same letters and fsyncs each, and of mbsync mirroring the mailbox:
medians of runs that take turns. Every run has a user of its own, whose index the server
has not built yet.

The goals speak of selecting, fetching, archiving, parsing, recognising and indexing: of
the time from the start of the process until all letters are in the index, which its log
tells. What a tick does beyond that (assess, compose, write the orders view) is in
`tick_s`. Letters are read while others are fetched, so `index` is only what is left then.
"""

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import bulk
import shop
from bulk import fill_maildir
from goals import Goal, report
from installed import Dovecot, Run, configured, run
from peers import mbsync

STAGES = ("collect", "index", "assess", "view")
_LINE = re.compile(
    r"([\d-]+ [\d:,]+) INFO triage\.jobs\.(\w+): (?:account|indexed|ass|ord)"
)


def stages(log: str, started: float) -> dict[str, float]:
    """Read from the log how long each stage took."""
    found, before = {}, started
    for when, job in _LINE.findall(log):
        at = datetime.strptime(when, "%Y-%m-%d %H:%M:%S,%f").timestamp()
        found[job] = round(at - before, 2)
        before = at
    return found


def measure(runs: int, *works: Callable[[Path], float]) -> list[float]:
    """Let several take turns, and return the median of each.

    What they write stays until all are done: for half a minute after files were deleted
    ext4 is thirty times slower to make others.
    """
    times: list[list[float]] = [[] for _ in works]
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        for _ in range(runs):
            for work, taken in zip(works, times, strict=True):
                taken.append(work(Path(tempfile.mkdtemp(dir=folder))))
    return [statistics.median(taken) for taken in times]


def main() -> None:
    count, share, kind = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3]
    runs = int(sys.argv[4]) if len(sys.argv) > 4 else 3
    ticks: list[tuple[Run, dict[str, float]]] = []
    with Dovecot() as server:
        template = server.folder / "template"
        ours = shop.letters(count) if kind == "shop" else None
        size = fill_maildir(template, bulk.letters(count, share, ours=ours))
        server._own(template)
        os.sync()

        def user() -> str:
            name = server.user()
            maildir = server.folder / "mail" / name / "Maildir"
            shutil.copytree(template, maildir, copy_function=os.link)
            for folder in (maildir.parent, maildir, *maildir.iterdir()):
                shutil.chown(folder, template.owner(), template.group())
            os.sync()
            return name

        def tick(folder: Path) -> float:
            command = configured(server, user(), folder)
            started = time.time()
            ticked = run([*command, "tick"])
            ticks.append((ticked, stages(ticked.log, started)))
            return ticked.seconds

        def loop(folder: Path) -> float:
            name, started = user(), time.perf_counter()
            words = ("localhost", str(server.tls), str(server.ca_file), name)
            peer = Path(__file__).with_name("peers.py")
            out = str(folder / "out")
            command = [sys.executable, str(peer), *words, "sender.ozon.ru", out]
            subprocess.run(command, check=True)
            return time.perf_counter() - started

        def mirror(folder: Path) -> float:
            return mbsync("localhost", server.tls, server.ca_file, user(), folder / "m")

        tick_s, loop_s, mbsync_s = measure(runs, tick, loop, mirror)
    median = statistics.median
    indexed_s = median(s["collect"] + s["index"] for _, s in ticks)
    result = {
        "letters": count,
        "share": share,
        "kind": kind,
        "megabytes": round(size / 1e6),
        "indexed_s": round(indexed_s, 2),
        "tick_s": round(tick_s, 2),
        "stages_s": {s: median(t[s] for _, t in ticks) for s in STAGES},
        "cpu_s": round(median(t.cpu for t, _ in ticks), 2),
        "peak_mb": round(max(t.peak_mb for t, _ in ticks)),
        "loop_s": round(loop_s, 2),
        "mbsync_s": round(mbsync_s, 2),
        "tick_to_loop": round(tick_s / loop_s, 2),
        "tick_to_mbsync": round(tick_s / mbsync_s, 2),
    }
    to_mbsync = Goal(
        "indexed, to mbsync", round(indexed_s / mbsync_s, 3), 2 if share == 1 else 1 / 8
    )
    to_loop = Goal("indexed, to a plain loop", round(indexed_s / loop_s, 2), 2)
    report(result, *([to_mbsync] if share == 1 else [to_loop, to_mbsync]))


if __name__ == "__main__":
    main()
