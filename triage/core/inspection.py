"""Reading a chain over: which lines were changed, dropped, moved, repeated or cut off."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from triage.core import chain
from triage.core.chain import Head
from triage.core.words import in_english, plural

Both = tuple[str, str]  # in Russian, in English


class Kind(StrEnum):
    """What can be wrong with the evidence."""

    CHANGED_LINE = "changed-line"
    NOT_A_LINE = "not-a-line"  # something that cannot be read stands there
    MISSING_LINES = "missing-lines"  # between others
    REORDERED = "reordered"  # stands elsewhere than its number says
    REPEATED = "repeated"
    CUT = "cut"  # the end of the log is gone
    DAMAGED = "damaged"  # a file that is not what its name says
    MISSING = "missing"  # a file that a log names
    EXTRA = "extra"  # a file that no log names


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something wrong with the lines `first` to `last` of a log."""

    kind: Kind
    first: int
    last: int
    what: Both


@dataclass(frozen=True, slots=True)
class _Line:
    n: int | None  # None: cannot be read
    prev: str
    sha256: str
    raw: bytes

    @classmethod
    def of(cls, raw: bytes) -> "_Line":
        try:
            entry = chain.entry_of(raw)
        except ValueError:
            return cls(None, "", chain.hash_of(raw), raw)
        return cls(entry["n"], entry["prev"], chain.hash_of(raw), raw)

    def pointing_to(self, prev: str) -> str:
        """Return the checksum that the line would have with another `prev`."""
        return chain.hash_of(self.raw.replace(self.prev.encode(), prev.encode(), 1))


class Inspection:
    """Follows one chain line by line, in memory that does not grow with an intact log.

    `known` are heads that are kept elsewhere: without one nobody can tell that the end
    was cut off, the last line changed, or everything written anew.
    """

    def __init__(self, known: Iterable[Head] = ()) -> None:
        self.head = chain.START  # the last line that stands in its place
        self._known: dict[int, set[str]] = defaultdict(set)
        for head in known:
            if head.count:
                self._known[head.count].add(head.sha256)
        self._waiting: _Line | None = None
        self._certain = True  # the last line has not been found fault with
        self._flaws: list[Flaw] = []
        self._gaps: list[range] = []
        self._strays: list[int] = []
        self._misnumbered: dict[int, int] = {}  # place -> the number the line there has
        self._moved: set[int] = set()
        self._refuted: list[int] = []  # numbers of known heads that do not hold

    def read(self, raw: bytes) -> None:
        """Take the next line of the file, without its newline."""
        line = _Line.of(raw)
        if self._waiting:
            self._judge(self._waiting, line)
        self._waiting = line

    def finish(self, torn: int = 0) -> list[Flaw]:
        """Name the flaws, by line; `torn` bytes without a newline stood at the end."""
        if self._waiting:
            self._judge(self._waiting, None)
            self._waiting = None
        self._say_where_strays_belong()
        self._say_which_heads_fail()
        if torn:
            n = self.head.count + 1
            octets = plural(torn, "байт", "байта", "байт")
            what = (
                f"в конце не целая строка: {torn} {octets}",
                f"no whole line stands at the end: {in_english(torn, 'byte')}",
            )
            self._flaws.append(Flaw(Kind.CUT, n, n, what))
        return sorted(self._flaws, key=lambda flaw: (flaw.first, flaw.last))

    def _judge(self, line: _Line, following: _Line | None) -> None:
        """Find the place of a line, knowing the one before and the one behind it."""
        place = self.head.count + 1
        after = following.n if following else None
        if line.n is None:
            what = "это не строка журнала", "this is no line of a log"
            self._flaws.append(Flaw(Kind.NOT_A_LINE, place, place, what))
            if after != place:  # else it was put between two others
                self._take(line, place, certain=False)
        elif line.n == place:
            certain = not (self._certain and line.prev != self.head.sha256)
            if not certain:
                certain = self._accuse(line, following)
            self._take(line, place, certain=certain)
        elif line.prev == self.head.sha256 or after == place + 1:
            self._misnumbered[place] = line.n
            self._take(line, place, certain=False)
        elif after == place or line.n < place:
            self._strays.append(line.n)
        else:
            self._gaps.append(range(place, line.n))
            self._take(line, line.n, certain=True)

    def _take(self, line: _Line, place: int, *, certain: bool) -> None:
        self.head = Head(place, line.sha256)
        self._certain = certain
        if self._known.get(place, set()) - {line.sha256}:
            self._refuted.append(place)

    def _accuse(self, line: _Line, following: _Line | None) -> bool:
        """Say which of two lines was changed that do not follow; is the second sound?"""
        n = self.head.count + 1
        witnesses = set(self._known.get(n, ()))
        if following and following.n == n + 1:
            witnesses.add(following.prev)
        if line.sha256 in witnesses:
            self._changed(n - 1, n - 1)
            return True
        if line.pointing_to(self.head.sha256) in witnesses:
            self._changed(n, n)
        else:
            self._changed(n - 1, n)
        return False

    def _changed(self, first: int, last: int) -> None:
        first = first or 1  # before the first line there is none to accuse
        last = last or 1
        what = "изменена после записи", "changed after it was written"
        if first < last:
            what = (
                "не следуют друг из друга: изменена одна из них или обе",
                "they do not follow each other: one of them was changed, or both",
            )
        self._flaws.append(Flaw(Kind.CHANGED_LINE, first, last, what))

    def _say_where_strays_belong(self) -> None:
        claims = {*self._strays, *self._misnumbered.values()}
        for place, claimed in self._misnumbered.items():
            if place not in claims:
                what = (
                    f"изменена после записи: называет себя строкой {claimed}",
                    f"changed after it was written: calls itself line {claimed}",
                )
                self._flaws.append(Flaw(Kind.CHANGED_LINE, place, place, what))
                claims -= {claimed} - {*self._strays}
        moved = self._moved = {
            n
            for n in claims
            if n > self.head.count
            or n in self._misnumbered
            or any(n in gap for gap in self._gaps)
        }
        for part in _runs(moved):
            what = (
                "стоит не там, где должна по номеру",
                "stands elsewhere than its number says",
            )
            self._flaws.append(Flaw(Kind.REORDERED, part[0], part[-1], what))
        for part in _runs({*self._strays} - moved):
            what = "стоит ещё раз", "stands there once more"
            self._flaws.append(Flaw(Kind.REPEATED, part[0], part[-1], what))
        for gap in self._gaps:
            for part in _runs_without(gap, moved):
                what = (
                    f"пропущено строк: {len(part)}",
                    f"lines that are missing: {len(part)}",
                )
                self._flaws.append(Flaw(Kind.MISSING_LINES, part[0], part[-1], what))

    def _say_which_heads_fail(self) -> None:
        for n in self._refuted:
            if any(flaw.first <= n <= flaw.last for flaw in self._flaws):
                continue
            russian = (
                "не та строка, что названа известным концом цепочки: переписана она "
                "или всё, начиная с более ранней"
            )
            english = (
                "not the line that a known chain head names: it was written anew, or "
                "all from an earlier one on"
            )
            what = russian, english
            self._flaws.append(Flaw(Kind.CHANGED_LINE, n, n, what))
            break  # what was written anew fails all the later heads as well
        gone = range(self.head.count + 1, max(self._known, default=0) + 1)
        for part in _runs_without(gone, self._moved):
            what = (
                f"отрезано с конца строк: {len(part)}, а было {gone[-1]}",
                f"lines cut off at the end: {len(part)}, of {gone[-1]}",
            )
            self._flaws.append(Flaw(Kind.CUT, part[0], part[-1], what))


def _runs(numbers: Iterable[int]) -> list[range]:
    """Put numbers together that follow one another."""
    runs: list[range] = []
    for n in sorted(numbers):
        if runs and runs[-1].stop == n:
            runs[-1] = range(runs[-1].start, n + 1)
        else:
            runs.append(range(n, n + 1))
    return runs


def _runs_without(whole: range, taken: set[int]) -> list[range]:
    """Return what is left of a range."""
    runs, start = [], whole.start
    for n in sorted(n for n in taken if n in whole):
        runs.append(range(start, n))
        start = n + 1
    return [run for run in [*runs, range(start, whole.stop)] if run]
