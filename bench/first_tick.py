"""First tick over a large mailbox: select, fetch, archive, read, index.

    python bench/first_tick.py 20000 0.02     # 2 % of the letters are a marketplace's
    python bench/first_tick.py 2000 1.0

Prints seconds of a fresh `triage tick`, of a plain imapclient loop that fetches the same
letters and fsyncs each, and of mbsync mirroring the mailbox, with the ratios. Every
client sees a server whose caches are cold: each has a user of its own.
"""

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
sys.path.insert(0, str(Path(__file__).parent))

from dovecot import PASSWORD, Dovecot
from letters import fill_maildir
from peers import mbsync, plain_loop

TRIAGE = Path(sys.executable).with_name("triage")
CONFIG = """
home = "{home}"
timezone = "Europe/Moscow"
[[account]]
name = "main"
host = "localhost"
port = {port}
ca_file = "{ca}"
user = "{user}"
password_file = "{secret}"
authserv_id = "mx.example.org"
[smtp]
host = "localhost"
port = 9
tls = "none"
user = ""
from = "me@example.org"
[digest]
to = "me@example.org"
at = "23:59"
[packs]
marketplaces = ["ozon"]
ladder = "ru"
"""


def tick(server: Dovecot, user: str, folder: Path) -> tuple[float, int]:
    """Run a fresh tick; return its seconds and its largest resident set in kB."""
    secret = folder / "secret"
    secret.write_text(PASSWORD)
    secret.chmod(0o600)
    config = folder / "config.toml"
    config.write_text(
        CONFIG.format(
            home=folder / "home",
            port=server.tls,
            ca=server.ca_file,
            user=user,
            secret=secret,
        )
    )
    started = time.perf_counter()
    done = subprocess.run(
        [TRIAGE, "--config", config, "--now", "2026-11-23T09:00:00+03:00", "tick"],
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - started
    assert done.returncode == 0, done.stderr
    return seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss


def measure(runs: int, work: Callable[[Path], float]) -> float:
    times = []
    for _ in range(runs):
        folder = Path(tempfile.mkdtemp(prefix="bench"))
        times.append(work(folder))
        shutil.rmtree(folder)
    return statistics.median(times)


def main() -> None:
    count, share = int(sys.argv[1]), float(sys.argv[2])
    runs = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    kept: list[int] = []
    with Dovecot() as server:
        template = server.folder / "template"
        size = fill_maildir(template, count, share)

        def user() -> str:
            name = server.user()
            home = server.folder / "mail" / name
            shutil.copytree(template, home / "Maildir")
            server._own(home)
            os.sync()
            return name

        def ours(folder: Path) -> float:
            seconds, peak = tick(server, user(), folder)
            kept.append(peak)
            return seconds

        def loop(folder: Path) -> float:
            name = user()
            started = time.perf_counter()
            plain_loop(
                "localhost",
                server.tls,
                server.ca_file,
                name,
                "sender.ozon.ru",
                folder / "out",
            )
            return time.perf_counter() - started

        def mirror(folder: Path) -> float:
            return mbsync("localhost", server.tls, server.ca_file, user(), folder / "m")

        a, b, c = (measure(runs, each) for each in (ours, loop, mirror))
    print(
        json.dumps(
            {
                "letters": count,
                "share": share,
                "megabytes": round(size / 1e6),
                "triage_s": round(a, 2),
                "imapclient_loop_s": round(b, 2),
                "mbsync_s": round(c, 2),
                "to_loop": round(a / b, 2),
                "to_mbsync": round(a / c, 3),
                "peak_mb_of_any_child": round(max(kept) / 1024),
            }
        )
    )


if __name__ == "__main__":
    main()
