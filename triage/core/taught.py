"""What the owner taught: which letters, by their shape, tell what."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from triage.core.act import Act, ActKind, effective
from triage.core.choosing import chosen
from triage.core.event import Certainty, EventKind, Stream
from triage.core.hearing import Heard, Spoken
from triage.core.line import line
from triage.core.message import Where
from triage.core.pack import Marketplace
from triage.core.pattern import Patterns
from triage.core.recogniser import Recogniser
from triage.core.shape import wording
from triage.core.voice import Voice

TAUGHT = "taught"
"""Names the recogniser of a letter that nothing in the packs matches."""

KINDS = frozenset(EventKind)
NOTHING = "nothing"
"""What the owner says of letters that tell nothing about an order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What letters of one shape say, by the owner's word."""

    says: str = (
        ""  # an event kind, a stream or NOTHING; "" where only denials are known
    )
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


def without_denied(lesson: Lesson, market: Marketplace, evidence: str) -> Marketplace:
    """Leave out the guesses that the owner ruled out for letters of this shape."""
    if not lesson.denied or evidence in lesson.asked:
        return market
    kept = (
        one
        for one in market.recognisers
        if one.certainty > Certainty.GUESS or one.kind not in lesson.denied
    )
    return replace(market, recognisers=tuple(kept))


def taught_to_say(
    lesson: Lesson, found: list[Heard] | str, letter: Spoken, market: Marketplace
) -> list[Heard] | str:
    """Put the owner's word in the place of a guess, or of nothing; what is sure stays."""
    if isinstance(found, str):
        found = chosen(_sure_only(market), letter)
        if isinstance(found, str):
            return found  # two that are sure: the packs are wrong, and that is told
    if any(one.recogniser.certainty > Certainty.GUESS for one in found):
        return found
    if lesson.kind and found and found[0].recogniser.kind is lesson.kind:
        heard = found[0]
        sure = replace(heard.recogniser, certainty=Certainty.TAUGHT)
        return [replace(heard, recogniser=sure)]
    return [Heard(_recogniser(lesson, market), *_sentence(letter))]


def _sure_only(market: Marketplace) -> Marketplace:
    sure = (one for one in market.recognisers if one.certainty > Certainty.GUESS)
    return replace(market, recognisers=tuple(sure))


def contradicted(lesson: Lesson, found: Iterable[Heard]) -> str:
    """Name the recogniser that is sure of something else than the owner said, or ""."""
    if lesson == Lesson():
        return ""
    told = {
        one.recogniser.kind or one.recogniser.stream or NOTHING: one.recogniser
        for one in found
        if one.recogniser.certainty is Certainty.PINNED
    }
    if not told or lesson.says in told:
        return ""
    wrong = [
        one.id for says, one in told.items() if lesson.says or says in lesson.denied
    ]
    return next(iter(wrong), "")


def _recogniser(lesson: Lesson, market: Marketplace) -> Recogniser:
    """Make a recogniser that takes sums and dates as all those of its kind do."""
    extract: dict[str, Patterns] = {}
    for one in market.recognisers if lesson.kind else ():
        if one.kind is lesson.kind:
            for name, patterns in one.extract.items():
                known = extract.get(name, ())
                extract[name] = tuple(dict.fromkeys((*known, *patterns)))
    return Recogniser(
        id=TAUGHT,
        kind=lesson.kind,
        stream=lesson.stream,
        certainty=Certainty.TAUGHT,
        extract=extract,
    )


def _sentence(letter: Spoken) -> tuple[Voice | None, int, int]:
    """Find the first words that say something: of the subject, else of the text."""
    for voice in (*letter.of(Where.TEXT, Where.HTML), *letter.of(Where.SUBJECT)):
        start = 0
        while start < len(voice.text):
            begin, end = voice.sentence(start, start + 1)
            words = " ".join(
                wording(map(line, voice.folded[begin:end].split("\n")))
            ).split()
            if len(words) > 1 and words[0] != "здравствуйте":
                return voice, begin, end
            start = max(end, start + 1)
    voices = letter.of(Where.SUBJECT)
    return (voices[0], 0, len(voices[0].text)) if voices else (None, 0, 0)
