"""What the owner said of letters, worked out from the journal: a lesson for each shape."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from triage.core.act import Act, ActKind, effective
from triage.core.event import EventKind, Stream

KINDS = frozenset(EventKind)
NOTHING = "nothing"
"""What the owner says of letters that tell nothing about an order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What letters of one shape say, by the owner's word."""

    says: str = ""
    """An event kind, a stream or NOTHING; "" where only denials are known."""
    denied: frozenset[str] = frozenset()  # event kinds that they are not
    asked: frozenset[str] = frozenset()
    """The letters about which a denial was given: there the guess stays, answered."""

    @property
    def kind(self) -> EventKind | None:
        return EventKind(self.says) if self.says in KINDS else None

    @property
    def stream(self) -> Stream | None:
        return Stream(self.says) if self.says in set(Stream) else None


Lessons = Mapping[str, Lesson]
"""Lessons by the name of a shape; by the letter's where its shape is too general."""


def lessons(acts: Iterable[Act], shapes: Mapping[str, str]) -> dict[str, Lesson]:
    """Work out what holds: the last word on a shape counts, and what was undone not.

    `acts` are all acts that teach, answer or take back, in the journal's order; `shapes`
    are the shapes of the letters they are about, as far as these are known.
    """
    found: dict[str, Lesson] = {}

    def key(evidence: str, otherwise: str = "") -> str:
        return shapes.get(evidence) or otherwise or evidence

    for act in effective(acts):
        data = act.data
        if act.kind is ActKind.TAUGHT and data.get("evidence"):
            name = key(data["evidence"], data.get("shape", ""))
            found[name] = Lesson(says=data["says"])
        elif act.kind is ActKind.ANSWERED:
            for about in data.get("about", "").split():
                evidence, _, kind = about.partition(":")
                if kind not in KINDS:
                    continue  # a rule's own question says nothing of a letter
                name = key(evidence)
                before = found.get(name, Lesson())
                found[name] = _answered(
                    before, kind, evidence, yes=data.get("answer") == "yes"
                )
    return {name: one for name, one in found.items() if one != Lesson()}


def _answered(before: Lesson, kind: str, evidence: str, *, yes: bool) -> Lesson:
    if yes:
        return Lesson(says=kind)
    return Lesson(
        says="" if before.says == kind else before.says,
        denied=before.denied | {kind},
        asked=before.asked | {evidence},
    )


def lessons_entry(found: Lessons) -> dict[str, list[Any]]:
    """Write lessons as JSON values."""
    return {
        name: [one.says, sorted(one.denied), sorted(one.asked)]
        for name, one in sorted(found.items())
    }


def read_lessons(entry: Mapping[str, list[Any]]) -> dict[str, Lesson]:
    """Read what `lessons_entry` wrote."""
    return {
        name: Lesson(says=says, denied=frozenset(denied), asked=frozenset(asked))
        for name, (says, denied, asked) in entry.items()
    }
