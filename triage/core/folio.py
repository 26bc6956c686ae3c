"""What lies in an order's folder, and under which names: none of them leads elsewhere."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from triage.core.act import Act, ActKind
from triage.core.event import Stream
from triage.core.pack import Packs

_SAFE = re.compile(r"[\w-]+(?:\.[\w-]+)*", re.ASCII)
_UNSAFE = re.compile(r"[^\w-]+", re.ASCII)
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
_LONGEST = 80
_KINDS = (
    *(
        "avif bmp csv doc docx eml gif heic jpeg jpg m4a md mov mp3 mp4 odt ogg pdf".split()
    ),
    *("png rtf tif tiff txt wav webm webp xls xlsx".split()),
)
"""Endings that a file keeps; none of them is opened by a browser as a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A letter in the order's folder."""

    evidence: str
    name: str  # of its files, without the ending; "" for one that is kept back
    at: datetime  # in the owner's zone
    sender: str
    domain: str  # who vouches for the sender; "" when nobody does
    subject: str
    outcome: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file that the owner added."""

    evidence: str
    file: str  # its name in the folder
    title: str  # the owner's name for it
    on: date
    case: str | None


def folder_of(order: str, pack: str, packs: Packs) -> str:
    """Name the folder of an order: no name leads elsewhere, and no two orders share one."""
    known = [m for m in packs.marketplaces if m.identifiers.order.fullmatch(order)]
    name = order if len(known) < 2 else f"{pack}-{order}"
    if (
        _SAFE.fullmatch(name)
        and len(name) <= _LONGEST
        and not _RESERVED.fullmatch(name)
    ):
        return name
    plain = _UNSAFE.sub("_", name).strip("_")[:_LONGEST]
    return f"{plain}-{hashlib.sha256(order.encode()).hexdigest()[:12]}"


def leaf(row: Mapping[str, object], warnings: Iterable[str], zone: ZoneInfo) -> Leaf:
    """Make the leaf of a letter's index row; one with a sign-in code is kept back."""
    evidence = str(row["evidence"])
    at = datetime.fromisoformat(str(row["received_at"])).astimezone(zone)
    secret = row["stream"] == Stream.SECURITY_CODE
    return Leaf(
        evidence=evidence,
        name="" if secret else f"{at:%Y-%m-%d_%H%M}_{evidence[:12]}",
        at=at,
        sender=str(row["sender"]),
        domain=str(row["authenticated_domain"]),
        subject=str(row["subject"]),
        outcome=str(row["outcome"]),
        warnings=tuple(warnings),
    )


def enclosures(acts: Iterable[Act], zone: ZoneInfo) -> tuple[Enclosure, ...]:
    """List the files the owner added, each once, oldest first; `acts` are in effect."""
    found: dict[str, Enclosure] = {}
    for act in acts:
        if act.kind is not ActKind.ATTACHED or act.data["sha256"] in found:
            continue
        on, title = act.at.astimezone(zone).date(), act.data.get("name", "")
        found[act.data["sha256"]] = Enclosure(
            evidence=act.data["sha256"],
            file=f"{on}_{act.data['sha256'][:12]}{_ending(title)}",
            title=title,
            on=on,
            case=act.case,
        )
    return tuple(found.values())


def _ending(name: str) -> str:
    """Return the ending a file may keep: a page with a script in it must not run."""
    _, _, ending = name.lower().rpartition(".")
    return f".{ending}" if ending in _KINDS else ".bin"
