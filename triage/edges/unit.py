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
    wanted = [
        ("systemctl", "--user", "daemon-reload"),
        ("systemctl", "--user", "enable", NAME),
        ("systemctl", "--user", "restart", NAME),
    ]
    if not _lingers():
        wanted.append(("loginctl", "enable-linger"))
    told = [(words, _call(*words)) for words in wanted]
    return [f"{' '.join(words)}: {problem}" for words, problem in told if problem]


def _lingers() -> bool:
    """Say whether the owner's units run on already while nobody is logged in.

    Setting it again would want polkit, which small servers do without.
    """
    words = ("loginctl", "show-user", str(os.getuid()), "--property=Linger")
    try:
        return _run(*words).stdout.strip() == "Linger=yes"
    except (OSError, subprocess.TimeoutExpired):
        return False


def _call(*words: str) -> str:
    """Run a command; return what it complained of, "" when all went well."""
    try:
        done = _run(*words)
    except OSError as error:
        return reason(error)
    except subprocess.TimeoutExpired:
        return f"нет ответа за {SECONDS} с"
    if not done.returncode:
        return ""
    lines = done.stderr.strip().splitlines()
    return lines[-1][:200] if lines else f"код выхода {done.returncode}"


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=SECONDS,
        check=False,
        text=True,
        errors="replace",
    )
