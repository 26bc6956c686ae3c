"""Resident memory of the daemon: idle, and at work on letters of one size.

python bench/memory.py 35                 # megabytes of the largest letter
"""

import base64
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from goals import Goal, report
from installed import TRIAGE, Dovecot, configured
from mails import a_letter

WAIT = 600  # tenths of a second


def tree_mb(pid: int) -> tuple[float, float]:
    """Return the resident set of a process and the peak of it and its children."""
    threads = Path(f"/proc/{pid}/task").glob("*/children")
    children = [child for thread in threads for child in _read(thread).split()]
    peak = max((_field(int(p), "VmHWM") for p in children), default=0.0)
    return _field(pid, "VmRSS"), max(peak, _field(pid, "VmHWM"))


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # it ended meanwhile
        return ""


def _field(pid: int, name: str) -> float:
    lines = _read(Path(f"/proc/{pid}/status")).splitlines()
    return next((int(x.split()[1]) / 1024 for x in lines if x.startswith(name)), 0.0)


def main() -> None:
    size = int(sys.argv[1])
    folder = Path(tempfile.mkdtemp(prefix="bench"))
    with Dovecot() as server:
        user = server.user()
        server.put(user, [a_letter(text=f"Заказ 12345678-{i:04d}") for i in range(50)])
        command = configured(server, user, folder)
        config = Path(command[2])
        config.write_text(config.read_text() + "\n[schedule]\npoll_minutes = 1\n")
        log = (folder / "log").open("wb")
        daemon = subprocess.Popen(
            [str(TRIAGE), "--config", str(config), "run"], stderr=log, stdout=log
        )
        try:
            seen = 0.0
            for _ in range(WAIT):
                time.sleep(0.1)
                if b"orders view" in (folder / "log").read_bytes() or seen > 15:
                    break
                seen += 0.1
            time.sleep(2)
            idle, peak = tree_mb(daemon.pid)
            data = random.Random(1).randbytes(size * 3 // 4 << 20)
            body = base64.encodebytes(data)
            huge = a_letter(text="Заказ 12345678-0001").partition(b"\r\n\r\n")
            letter = huge[0] + b"\r\n\r\n" + body.replace(b"\n", b"\r\n")
            server.put(user, [letter])
            del data, body
            most = peak
            for _ in range(6000):
                time.sleep(0.02)
                most = max(most, tree_mb(daemon.pid)[1])
                if (folder / "log").read_bytes().count(b"indexed:") > 1:
                    break
            else:
                raise RuntimeError((folder / "log").read_text())
            after = tree_mb(daemon.pid)[0]
        finally:
            daemon.terminate()
            daemon.wait(30)
    above = round((most - idle) / (len(letter) / 1e6), 2)
    result = {
        "letter_mb": round(len(letter) / 1e6, 1),
        "idle_mb": round(idle),
        "largest_process_at_work_mb": round(most),
        "above_idle_per_letter": above,
        "idle_after_mb": round(after),
    }
    report(
        result,
        Goal("MB idle", round(max(idle, after)), 90),
        Goal("above that, in letters", above, 3),
    )


if __name__ == "__main__":
    main()
