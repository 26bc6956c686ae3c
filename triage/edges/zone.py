"""The time zone that this machine is set to, by name."""

import os
from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

NO_PLACE = frozenset({"UTC", "GMT", "Universal", "Zulu", "localtime", "UCT"})


def local_zone(
    environ: Mapping[str, str] = os.environ, etc: Path = Path("/etc")
) -> str:
    """Return the zone's name; "" for a machine that is set to none, as servers are."""
    told = environ.get("TZ", "").removeprefix(":")
    for name in (told, _linked(etc / "localtime"), _written(etc / "timezone")):
        if name and name.rpartition("/")[2] not in NO_PLACE and _is_known(name):
            return name
    return ""


def _linked(path: Path) -> str:
    try:
        return str(path.readlink()).partition("zoneinfo/")[2]
    except OSError:
        return ""


def _written(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _is_known(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return False
    return True
