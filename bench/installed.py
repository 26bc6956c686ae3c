"""triage as it is installed, run as a process of its own against a server."""

import compileall
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from dovecot import PASSWORD, Dovecot

import triage

compileall.compile_dir(Path(triage.__file__).parent, quiet=2)  # as pip leaves it

TRIAGE = Path(sys.executable).with_name("triage")
NOW = "2026-11-23T09:00:00+03:00"
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


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of the program took."""

    seconds: float
    cpu: float  # seconds of both cores, its children included
    peak_mb: float  # the largest of its processes
    log: str


def configured(server: Dovecot, user: str, folder: Path, port: int = 0) -> list[str]:
    """Write a configuration into a folder and return the command that uses it."""
    secret, config = folder / "secret", folder / "config.toml"
    secret.write_text(PASSWORD)
    secret.chmod(0o600)
    config.write_text(
        CONFIG.format(
            home=folder / "home",
            port=port or server.tls,
            ca=server.ca_file,
            user=user,
            secret=secret,
        )
    )
    return [str(TRIAGE), "--config", str(config), "--now", NOW]


def run(command: list[str]) -> Run:
    """Run a command to its end and measure it alone."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stderr is not None
    log = process.stderr.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(log)
    return Run(
        seconds=time.perf_counter() - started,
        cpu=usage.ru_utime + usage.ru_stime,
        peak_mb=usage.ru_maxrss / 1024,
        log=log,
    )
