"""The chain that makes a log tamper-evident: every line names the checksum of the last.

Line `n` is one JSON object without a newline inside; its `prev` is the SHA-256 of line
`n - 1` as it stands in the file, without the newline, and of nothing for the first.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Self

NO_LINE = "0" * 64
"""What the first line has for `prev`."""

_CONTROLS = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_HEAD = re.compile(r"(\d+):([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: the number of its last line and that line's checksum."""

    count: int
    sha256: str

    def __str__(self) -> str:
        return f"{self.count}:{self.sha256}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "214:ab12…", as `str()` writes it.

        Raises:
            ValueError: the text is nothing of the kind.
        """
        match = _HEAD.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"not a chain head: {text!r}")
        return cls(int(match[1]), match[2])


START = Head(0, NO_LINE)
"""The head of a log that has no line yet."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What is known at some time of how sound the logs and the archive are."""

    heads: Mapping[str, Head]
    checked_on: date | None = None  # the last time every byte was read
    problem: str = ""  # what that found


def line_of(entry: Mapping[str, object], n: int, prev: str) -> str:
    """Write an entry as line `n`: compact JSON, sorted keys, control characters escaped."""
    text = json.dumps(
        {**entry, "n": n, "prev": prev},
        ensure_ascii=False,
        allow_nan=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return _CONTROLS.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def hash_of(line: str | bytes) -> str:
    """Return the checksum by which the next line names this one."""
    raw = line.encode() if isinstance(line, str) else line
    return hashlib.sha256(raw).hexdigest()


def entry_of(line: bytes) -> dict[str, Any]:
    """Read a line.

    Raises:
        ValueError: it is not a JSON object with a number and a `prev`.
    """
    try:
        entry = json.loads(line.decode())
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    if not isinstance(entry, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 - bad data
    n, prev = entry.get("n"), entry.get("prev")
    if not isinstance(n, int) or isinstance(n, bool) or not isinstance(prev, str):
        raise ValueError("no `n` or no `prev`")  # noqa: TRY004 - bad data
    return entry


def instant(at: datetime) -> str:
    """Write an instant as RFC 3339 in UTC.

    Raises:
        ValueError: it has no zone.
    """
    if at.tzinfo is None:
        raise ValueError("an instant without a zone")
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def read_instant(text: str) -> datetime:
    """Read what `instant` wrote.

    Raises:
        ValueError: it is no instant, or has no zone.
    """
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("an instant without a zone")
    return at.astimezone(UTC)


def write_heads(heads: Mapping[str, Head]) -> str:
    """Write the heads of several logs for an act: "journal=57:cd34… manifest=214:ab12…"."""
    return " ".join(f"{name}={head}" for name, head in sorted(heads.items()))


def read_heads(text: str) -> dict[str, Head]:
    """Read what `write_heads` wrote.

    Raises:
        ValueError: the text is nothing of the kind.
    """
    named = (word.partition("=") for word in text.split())
    return {name: Head.parse(head) for name, _, head in named}
