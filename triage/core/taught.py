"""What the owner taught in the place of what was heard: a guess, or nothing."""

from collections.abc import Iterable
from dataclasses import replace

from triage.core.choosing import chosen
from triage.core.event import Certainty
from triage.core.hearing import Heard, Spoken
from triage.core.lesson import NOTHING, Lesson
from triage.core.line import line
from triage.core.message import Where
from triage.core.pack import Marketplace
from triage.core.pattern import Patterns
from triage.core.recogniser import Recogniser
from triage.core.shape import wording
from triage.core.voice import Voice

TAUGHT = "taught"
"""Names the recogniser of a letter that nothing in the packs matches."""


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
