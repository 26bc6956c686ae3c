"""Teach: find a letter, show what would be read, and say what the owner may teach."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from triage.core.act import Act, ActKind, effective
from triage.core.entry import read_sighting, sighting_of
from triage.core.event import EventKind, Stream
from triage.core.hearing import spoken
from triage.core.lesson import NOTHING, Lesson, lessons_entry
from triage.core.pack import Packs
from triage.core.shape import shape_of
from triage.edges import cases, shapes
from triage.edges.archive import Archive
from triage.edges.parser import parse
from triage.edges.store import Store
from triage.errors import UsageError
from triage.jobs.learn import Readers
from triage.jobs.reading import reader
from triage.jobs.tasks import task_of

EXAMINER = "triage.jobs.teach:examiner"
NOT_TAUGHT = frozenset({EventKind.SUPPORT_ASKED})  # the owner's own letters say it
STREAMS = (Stream.MARKETING, Stream.REVIEW_REQUEST)
_PREFIX = re.compile(r"[0-9a-f]{4,64}")

_REFUSED = {
    "unconfirmed": "отправителя этого письма никто не подтвердил, а учить можно только"
    " по подтверждённым письмам",
    "foreign": "это письмо не о покупках",
    "own": "это письмо самой программы",
    "reply": "это ваш ответ программе",
    "reply-refused": "это ответ программе с неподтверждённого адреса",
    "automatic": "это автоматический ответ или отчёт",
    "sent": "это письмо написали вы",
    "unreadable": "это письмо не удалось прочитать",
}


@dataclass(frozen=True, slots=True)
class Look:
    """A letter as it would be read."""

    letter: Mapping[str, Any]  # its row of the index
    events: tuple[Mapping[str, Any], ...]  # rows, as the lesson would have them
    reason: str  # why nothing would be told, in words
    wording: tuple[str, ...]  # by which letters like it are known, without its data


def examiner(
    settings: Mapping[str, Any],
) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """Make the function that reads a letter and finds its wording, masked of its data."""
    read = reader(settings)

    def examine_letter(task: Mapping[str, Any]) -> dict[str, Any]:
        sighting = read_sighting(task["sighting"])
        message = parse(Path(task["path"]).read_bytes(), sighting, "")
        return read(task) | {"wording": shape_of(spoken(message)).segments[1:]}

    return examine_letter


def find_letter(store: Store, name: str) -> dict[str, Any]:
    """Find a letter of the archive by the beginning of its checksum.

    Raises:
        UsageError: there is none, or there are several.
    """
    prefix = name.strip().lower()
    if not _PREFIX.fullmatch(prefix):
        raise UsageError(
            f"письмо называют первыми знаками, от четырёх: {name!r};"
            " они стоят в triage unrecognised"
        )
    found = shapes.letters_like(store, prefix)
    if not found:
        raise UsageError(f"нет такого письма: {name}; непонятые: triage unrecognised")
    if len(found) > 1:
        names = [row["evidence"][:12] for row in found]
        raise UsageError(f"так начинается не одно письмо: {name}", names)
    return found[0]


def refuse(row: Mapping[str, Any]) -> None:
    """Refuse what nobody may teach by: only an authenticated letter of the shop speaks.

    Raises:
        UsageError: with the reason.
    """
    if row["outcome"] in _REFUSED:
        raise UsageError(f"письмо {row['evidence'][:12]}: {_REFUSED[row['outcome']]}")
    if row["stream"] == Stream.SECURITY_CODE:
        raise UsageError(
            f"письмо {row['evidence'][:12]}: в нём коды входа или получения, оно"
            " остаётся закрытым"
        )
    if not row["heading"] and not row["shape"] and row["outcome"] == "stream":
        raise UsageError(
            f"письмо {row['evidence'][:12]}: с этого адреса о заказах не пишут"
        )


def meant(packs: Packs, text: str) -> str:
    """Read what the owner says of a letter: an event kind, its title, or nothing.

    Raises:
        UsageError: naming all that can be said.
    """
    said = " ".join(text.split()).casefold()
    known = {title.casefold(): says for says, title in choices(packs)}
    known |= {says: says for says in known.values()}
    if said not in known:
        listed = [f"{says}: {title}" for says, title in choices(packs)]
        raise UsageError(f"так о письме не скажешь: {text!r}", listed)
    return known[said]


def choices(packs: Packs) -> Iterator[tuple[str, str]]:
    """List what the owner may say of a letter, with what it is called."""
    for kind in EventKind:
        if kind not in NOT_TAUGHT:
            yield kind.value, packs.events.get(kind, kind.value)
    for stream in STREAMS:
        yield stream.value, _STREAMS[stream]
    yield NOTHING, "ничего о заказе"


_STREAMS = {Stream.MARKETING: "реклама", Stream.REVIEW_REQUEST: "просьба об отзыве"}


def examine(
    archive: Archive, readers: Readers, row: Mapping[str, Any], says: str
) -> Look:
    """Read a letter again as a lesson would have it; nothing is written.

    Raises:
        UsageError: it cannot be read.
    """
    taught = lessons_entry({row["evidence"]: Lesson(says=says)} if says else {})
    sighting = sighting_of(row)
    with readers.apart(EXAMINER, taught) as pool:
        task = task_of(sighting, archive.path(sighting.sha256))
        [(_, answer, problem)] = pool.map([task])
    if answer is None or "problem" in answer:
        words = problem or str((answer or {}).get("problem"))
        raise UsageError(f"письмо {sighting.sha256[:12]} не читается: {words}")
    letter = answer["letter"]
    return Look(
        letter, tuple(answer["events"]), letter["reason"], tuple(answer["wording"])
    )


def lesson_act(
    row: Mapping[str, Any], says: str, orders: list[str], at: datetime
) -> Act:
    """Write a lesson as the journal keeps it."""
    return Act(
        at=at,
        kind=ActKind.TAUGHT,
        order=orders[0] if orders else None,
        data={
            "pack": row["pack"],
            "evidence": row["evidence"],
            "shape": row["shape"],
            "says": says,
        },
    )


def taking_back(store: Store, row: Mapping[str, Any], at: datetime) -> Act:
    """Write down that the last lesson on letters like one is taken back.

    Raises:
        UsageError: none was given.
    """
    acts = cases.acts_of_kind(store, ActKind.TAUGHT, ActKind.UNDONE)
    lessons = [act for act in effective(acts) if act.kind is ActKind.TAUGHT]
    about = shapes.shapes_of(store, (act.data["evidence"] for act in lessons))
    for act in reversed(lessons):
        evidence = act.data["evidence"]
        alike = row["shape"] and about.get(evidence) == row["shape"]
        if alike or evidence == row["evidence"]:
            data = {"act": act.id, "pack": row["pack"]}
            return Act(at=at, kind=ActKind.UNDONE, order=act.order, data=data)
    raise UsageError(f"о письмах вида {row['evidence'][:12]} вы ничего не говорили")
