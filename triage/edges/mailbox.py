"""Reads an IMAP mailbox and never changes it: EXAMINE and BODY.PEEK[] only.

Nothing is decided here but how to ask. A letter that is not in an answer is not in the
result either: whether it is gone or was held back is for the caller to find out.
"""

import contextlib
import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Self, TypeVar

from triage.core.folder import Heading, Listed, Stamp, Status
from triage.core.imap_record import Beginning, heading_begins, letter_begins
from triage.core.selection import FIELDS
from triage.edges.imap_line import (
    CONTROL,
    ImapServer,
    Line,
    SaidNo,
    answer,
    ask,
    readable,
)
from triage.errors import ConfigError

log = logging.getLogger(__name__)
T = TypeVar("T")
Usual = Sequence[tuple[Beginning, bytes]]  # records of one literal
Others = Mapping[int, Mapping[bytes, Any]]

WINDOW = 20_000
"""UIDs asked for in one SEARCH: imaplib refuses an answer of over 1,000,000 bytes."""
RANGE = 1 << 20  # bytes of a large letter asked for at once
REFUSALS = 64  # commands a server may refuse in one folder before we leave it alone

_HEADING = (f"BODY.PEEK[HEADER.FIELDS ({' '.join(FIELDS)})]",)
_STAMP = ("RFC822.SIZE", "INTERNALDATE")
_STATUS = re.compile(rb"(UIDNEXT|UIDVALIDITY) (\d+)", re.IGNORECASE)


class ImapMailbox:
    """One login. Not for use by two threads at once."""

    def __init__(self, server: ImapServer) -> None:
        """Connect and log in; see `Line` for what it raises."""
        self._line = Line(server)
        self._letters = 0  # in the examined folder
        self._refusals = 0
        self._sent: tuple[Sequence[int], Any] | None = None  # headings on their way
        self._came: tuple[Sequence[int], Mapping[int, Heading]] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._line.close()

    def listed(self) -> list[Listed]:
        """List every folder by its readable name."""
        with self._talk() as client:
            client.folder_encode = False  # one bad name must not spoil the list
            try:
                rows = client.list_folders()
            finally:
                client.folder_encode = True
        listed = [_listed(*row) for row in rows]
        if odd := listed.count(None):
            log.warning("%d folders have names that cannot be used", odd)
        return [folder for folder in listed if folder]

    def status(self, names: Sequence[str]) -> dict[str, Status]:
        """Ask where folders stand, in one round trip; what is not there is left out."""
        found: dict[str, Status] = {}
        if not names:
            return found
        with self._talk() as client:
            # RFC 3501, 5.5: STATUS commands may be sent without waiting for answers.
            line, what = client._imap, "(UIDNEXT UIDVALIDITY)"
            quoted = [client._normalise_folder(_argument(name)) for name in names]
            commands: list[bytes] = []
            line.send = commands.append
            try:
                tags = [line._command("STATUS", name, what) for name in quoted]
            finally:
                del line.send
            line.send(b"".join(commands))
            for name, tag in zip(names, tags, strict=True):
                kind, data = line._command_complete("STATUS", tag)
                _, answers = line._untagged_response(kind, data, "STATUS")
                if kind == "OK" and isinstance(answers[-1], bytes):
                    told = _STATUS.findall(answers[-1].rpartition(b"(")[2])
                    found[name] = _status({k.upper(): v for k, v in told})
        return found

    def examine(self, name: str) -> Status:
        """Open a folder for reading, over a new connection if the last one broke."""
        self._line.reopen()
        with self._talk() as client:
            self._came = None
            told = client.select_folder(_argument(name), readonly=True)
            status = _status(told)
            if not (status.uidvalidity and status.uidnext):
                raise ValueError("no UIDVALIDITY or UIDNEXT")  # RFC 3501, 2.3.1.1
            self._letters, self._refusals = told.get(b"EXISTS", 0), 0
        return status

    def new_uids(self, after: int, uidnext: int) -> Iterator[list[int]]:
        """Yield the UIDs of the examined folder between the two, in order, in parts.

        Closed ranges only: `n:*` is never empty. What a server adds is left out.
        """
        step = WINDOW if self._letters > WINDOW else max(uidnext - after, 1)
        for first in range(after + 1, uidnext, step):
            last = min(first + step, uidnext) - 1
            with self._talk() as client:
                found = client.search(["UID", f"{first}:{last}"])
            yield sorted({uid for uid in found if first <= uid <= last})

    def present(self, uids: Sequence[int]) -> set[int]:
        """Say which of these UIDs the examined folder still holds."""
        if not uids:
            return set()
        with self._talk() as client:
            found = client.search(["UID", ",".join(map(str, uids))])
        return set(uids).intersection(found)

    def headings(
        self, uids: Sequence[int], then: Sequence[int] = ()
    ) -> dict[int, Heading]:
        """Fetch what the selection needs to know; a letter may be missing.

        `then` is asked for already, so that the server works while the caller does.
        """
        self._take_in()
        came, self._came = self._came, None
        found = came[1] if came and came[0] == uids else None
        if found is None:
            found = self._fetch(uids, _HEADING, heading_begins, _headings)
        if then:
            with self._line.talk() as client:
                self._sent = then, ask(client, then, _HEADING)
        return dict(found)

    def stamps(self, uids: Sequence[int]) -> dict[int, Stamp]:
        """Fetch how long letters are and when they came in."""
        told = self._fetch(uids, _STAMP, _nothing, _others)
        return {uid: _stamp(items) for uid, items in told.items()}

    def letters(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Fetch whole letters at once; a letter may be missing."""
        return dict(self._fetch(uids, ("BODY.PEEK[]",), letter_begins, _letters))

    def ranges(self, uid: int, size: int) -> Iterator[bytes]:
        """Fetch one letter in parts of bounded size.

        The announced size is no promise: an empty part ends the letter, or a short one
        that reaches that size.

        Raises:
            LookupError: the letter, or a part of it, is not in the answer.
        """
        start = 0
        while True:
            item = f"BODY.PEEK[]<{start}.{RANGE}>"
            told = self._fetch([uid], (item,), _nothing, _others).get(uid, {})
            part = told.get(b"BODY[]<%d>" % start)
            if start == 0 and part is None:
                part = told.get(b"BODY[]")  # a server that does not know ranges
            if not isinstance(part, bytes) or (start == 0 and not part):
                raise LookupError(uid)
            start += len(part)
            if part:
                yield part
            if not part or len(part) > RANGE or (len(part) < RANGE and start >= size):
                return

    @contextlib.contextmanager
    def _talk(self) -> Iterator[Any]:
        """Lend the line when no answer is on its way."""
        self._take_in()
        with self._line.talk() as client:
            yield client

    def _take_in(self) -> None:
        """Wait for the headings that were asked for early; refused ones are forgotten."""
        sent, self._sent = self._sent, None
        if sent is not None:
            with contextlib.suppress(SaidNo), self._line.talk() as client:
                uids, tag = sent
                found = _headings(*answer(client, tag, heading_begins))
                self._came = uids, {uid: found[uid] for uid in uids if uid in found}

    def _fetch(
        self,
        uids: Sequence[int],
        items: Sequence[str],
        begins: Callable[[bytes], Beginning | None],
        parse: Callable[[Usual, Others], Mapping[int, T]],
    ) -> Mapping[int, T]:
        """Fetch; where the server refuses, halve until only the refused letter lacks."""
        if not uids:
            return {}
        try:
            with self._talk() as client:
                found = parse(*answer(client, ask(client, uids, items), begins))
        except SaidNo:
            self._refusals += 1
            if self._refusals > REFUSALS:
                raise
            if len(uids) == 1:
                return {}
            half = len(uids) // 2
            first = self._fetch(uids[:half], items, begins, parse)
            return {**first, **self._fetch(uids[half:], items, begins, parse)}
        # what was not asked for is another program's business
        return {uid: found[uid] for uid in uids if uid in found}


def _headings(usual: Usual, others: Others) -> dict[int, Heading]:
    headings = {begun.uid: Heading(begun.uid, header) for begun, header in usual}
    for uid, told in others.items():
        header = _body(told, b"BODY[HEADER.FIELDS")
        if header is not None:
            headings[uid] = Heading(uid, header)
    return headings


def _stamp(told: Mapping[bytes, Any]) -> Stamp:
    size = told.get(b"RFC822.SIZE")
    known = size if isinstance(size, int) else 0
    return Stamp(known, _utc(told.get(b"INTERNALDATE")))


def _letters(usual: Usual, others: Others) -> dict[int, bytes]:
    """Return letters that have bytes."""
    letters = {begun.uid: raw for begun, raw in usual if raw}
    bodies = {uid: _body(told, b"BODY[]") for uid, told in others.items()}
    return letters | {uid: raw for uid, raw in bodies.items() if raw}


def _others(_usual: Usual, others: Others) -> Others:
    return others


def _nothing(_line: bytes) -> None:
    """Leave every record to the full parser."""


def _argument(name: str) -> str:
    if CONTROL.search(name):  # a line break would begin a second command
        raise ConfigError("в имени папки есть управляющий символ")
    return name


def _listed(flags: Sequence[Any], delimiter: bytes | None, name: Any) -> Listed | None:
    text = readable(name)
    if text is None:
        return None
    words = (bytes(flag).decode("ascii", "replace") for flag in flags)
    return Listed(
        text,
        (delimiter or b"").decode("ascii", "replace"),
        frozenset(word.lstrip("\\").lower() for word in words),
    )


def _status(answer: Mapping[bytes, Any]) -> Status:
    """Read UIDVALIDITY and UIDNEXT; what is not told is 0, which equals no cursor."""
    return Status(int(answer.get(b"UIDVALIDITY", 0)), int(answer.get(b"UIDNEXT", 0)))


def _body(answer: Mapping[bytes, Any], section: bytes) -> bytes | None:
    """Find a section in an answer; unasked answers and NIL hold none."""
    bodies = (
        value
        for key, value in answer.items()
        if key.startswith(section) and isinstance(value, bytes)
    )
    return next(bodies, None)


def _utc(value: datetime | None) -> datetime | None:
    if value is None:
        return None
    try:
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        return None
