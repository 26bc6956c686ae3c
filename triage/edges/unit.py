"""The systemd user unit: written for this program and these settings, and started."""

import os
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

from triage.edges import disk
from triage.errors import DiskError, reason

NAME = "triage.service"
SECONDS = 60


def can_run() -> bool:
    """Say whether a user's systemd answers here."""
    if not shutil.which("systemctl"):
        return False
    return not _call("systemctl", "--user", "show-environment")


def text_for(program: list[str], config: Path) -> str:
    """Write the unit out for a program, called with these settings."""
    text = files("triage").joinpath("edges", "triage-user.service").read_text("utf-8")
    words = [*program, "--config", str(config), "run"]
    line = f"ExecStart={' '.join(map(_quoted, words))}"
    lines = text.splitlines()
    kept = [line if each.startswith("ExecStart=") else each for each in lines]
    begins = kept.index("[Unit]")
    return "\n".join(["# Written by `triage setup`.", "", *kept[begins:], ""])


def _quoted(word: str) -> str:
    """Write a word of a command line as systemd.service(5) reads it."""
    text = word.replace("\\", "\\\\").replace('"', '\\"')
    text = text.replace("%", "%%").replace("$", "$$")
    return f'"{text}"' if any(c in " \t'\"\\;" for c in text) else text


def folder() -> Path:
    """Return where a user's own units lie."""
    told = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(told).expanduser() / "systemd" / "user"


def install(text: str) -> list[str]:
    """Write the unit and start it; return in words what did not work.

    Raises:
        DiskError: the unit cannot be written.
    """
    place = folder()
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DiskError(f"{place}: папку не создать: {reason(error)}") from None
    disk.replace_file(place / NAME, text.encode())
    problems = []
    for words in (
        ("systemctl", "--user", "daemon-reload"),
        ("systemctl", "--user", "enable", NAME),
        ("systemctl", "--user", "restart", NAME),
        ("loginctl", "enable-linger"),
    ):
        if problem := _call(*words):
            problems.append(f"{' '.join(words)}: {problem}")
    return problems


def _call(*words: str) -> str:
    """Run a command; return what it complained of, "" when all went well."""
    try:
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            text=True,
            errors="replace",
        )
    except OSError as error:
        return reason(error)
    except subprocess.TimeoutExpired:
        return f"нет ответа за {SECONDS} с"
    if not done.returncode:
        return ""
    lines = done.stderr.strip().splitlines()
    return lines[-1][:200] if lines else f"код выхода {done.returncode}"
