"""Reads an IMAP mailbox and never changes it: EXAMINE and BODY.PEEK[] only.

Nothing is decided here but how to ask. A letter that is not in an answer is not in the
result either: whether it is gone or was held back is for the caller to find out.
"""

import contextlib
import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Self, TypeVar

from triage.core.folder import Heading, Listed, Stamp, Status
from triage.core.imap_record import (
    Beginning,
    Others,
    Usual,
    body_of,
    heading_begins,
    headings_of,
    letter_begins,
    letters_of,
    listed_of,
    stamp_of,
    status_of,
)
from triage.core.selection import FIELDS, LONGEST_HEADER, header_block
from triage.core.server_words import CONTROL
from triage.edges.imap_line import (
    Dropped,
    ImapServer,
    Line,
    SaidNo,
    readable,
)
from triage.errors import ConfigError

log = logging.getLogger(__name__)
T = TypeVar("T")

WINDOW = 20_000
"""UIDs asked for in one SEARCH: no line of over 1,000,000 bytes is read."""
RANGE = 1 << 20  # bytes of a large letter asked for at once
REFUSALS = 64  # commands a server may refuse in one folder before we leave it alone
DROPS = 16  # lines it may drop when asked for headings before we leave it alone
LAST = 1 << 32  # UIDs have 32 bits (RFC 3501, 2.3.1.1)

_HEADING = (f"BODY.PEEK[HEADER.FIELDS ({' '.join(FIELDS)})]",)
_CHECK = ("BODY.PEEK[HEADER.FIELDS (AUTHENTICATION-RESULTS)]",)
_STAMP = ("RFC822.SIZE", "INTERNALDATE")
_STATUS = re.compile(rb"(UIDNEXT|UIDVALIDITY) (\d+)", re.IGNORECASE)


class ImapMailbox:
    """One login. Not for use by two threads at once."""

    def __init__(self, server: ImapServer) -> None:
        """Connect and log in; see `Line` for what it raises."""
        self._line = Line(server)
        self._name, self._uidvalidity = "", 0  # of the examined folder
        self._letters = 0  # in it
        self._refusals = self._drops = 0
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
                    found[name] = status_of({k.upper(): v for k, v in told})
        return found

    def examine(self, name: str) -> Status:
        """Open a folder for reading, over a new connection if the last one broke."""
        self._line.reopen()
        with self._talk() as client:
            self._came = None
            told = client.select_folder(_argument(name), readonly=True)
            status = status_of(told)
            if not all(0 < n <= LAST for n in (status.uidvalidity, status.uidnext)):
                raise ValueError("no UIDVALIDITY or UIDNEXT")
            self._letters, self._refusals = told.get(b"EXISTS", 0), 0
            self._name, self._uidvalidity = name, status.uidvalidity
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
            found = self._headings(uids, _HEADING)
        if then:
            with self._line.talk() as client:
                self._sent = then, client.ask(then, _HEADING)
        return dict(found)

    def sender_checks(self, uids: Sequence[int]) -> Mapping[int, Heading]:
        """Fetch what servers found of the senders of letters; a letter may be missing."""
        return self._headings(uids, _CHECK)

    def _headings(
        self, uids: Sequence[int], items: Sequence[str]
    ) -> Mapping[int, Heading]:
        """Fetch header fields; where one breaks the server, of long letters the beginning.

        A header of ten million bytes is more than the FETCH of Dovecot 2.3 survives.
        """
        try:
            return self._fetch(uids, items, heading_begins, headings_of)
        except Dropped as error:
            self._go_on(error)
            sizes = {uid: stamp.size for uid, stamp in self.stamps(uids).items()}
            long = {uid for uid, size in sizes.items() if size > RANGE}
            if not long:
                raise
        short = [uid for uid in uids if uid not in long]
        found = dict(self._fetch(short, items, heading_begins, headings_of))
        item = f"BODY.PEEK[]<0.{LONGEST_HEADER}>"
        for uid in sorted(long):
            told = self._fetch([uid], (item,), _nothing, _others).get(uid, {})
            if beginning := body_of(told, b"BODY[]"):
                found[uid] = Heading(uid, header_block(beginning))
        return found

    def _go_on(self, error: Dropped) -> None:
        """Take the folder up again over a new line."""
        self._drops += 1
        if self._drops > DROPS:
            raise error
        before = self._uidvalidity
        if self.examine(self._name).uidvalidity != before:
            raise error

    def stamps(self, uids: Sequence[int]) -> dict[int, Stamp]:
        """Fetch how long letters are and when they came in."""
        told = self._fetch(uids, _STAMP, _nothing, _others)
        return {uid: stamp_of(items) for uid, items in told.items()}

    def letters(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Fetch whole letters at once; a letter may be missing."""
        return dict(self._fetch(uids, ("BODY.PEEK[]",), letter_begins, letters_of))

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
            uids, tag = sent
            try:
                with contextlib.suppress(SaidNo), self._line.talk() as client:
                    found = headings_of(
                        *client.answer(tag, heading_begins, LONGEST_HEADER)
                    )
                    self._came = uids, {uid: found[uid] for uid in uids if uid in found}
            except Dropped as error:
                self._go_on(error)

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
            most = LONGEST_HEADER if begins is heading_begins else None
            with self._talk() as client:
                found = parse(*client.answer(client.ask(uids, items), begins, most))
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


def _others(_usual: Usual, others: Others) -> Others:
    return others


def _nothing(_line: bytes) -> None:
    """Leave every record to the full parser."""


def _argument(name: str) -> str:
    if CONTROL.search(name):  # a line break would begin a second command
        raise ConfigError("в имени папки есть управляющий символ")
    return name


def _listed(flags: Sequence[Any], delimiter: Any, name: Any) -> Listed | None:
    text = readable(name) if isinstance(name, bytes | str) else None
    return None if text is None else listed_of(text, delimiter, flags)
