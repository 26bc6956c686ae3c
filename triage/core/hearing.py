"""What a letter says to one recogniser: a phrase, the sentence around it, the links."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from triage.core.lexicon import Lexicon
from triage.core.line import Phrase, Vocabulary, phrases
from triage.core.message import Message, Where
from triage.core.pattern import Patterns
from triage.core.recogniser import Recogniser
from triage.core.voice import Voice
from triage.core.words import sums

BEGINNING = 2  # lines of a text that explain its subject


@dataclass(frozen=True, slots=True)
class Spoken:
    """A letter made ready for recognisers. Hidden text is left out."""

    sender: str  # the sub-domain
    address: str
    is_reply: bool  # In-Reply-To names a letter that is not the sender's own
    voices: tuple[Voice, ...]  # subject first, then text, then HTML
    links: tuple[str, ...]
    vocabulary: Vocabulary
    _said: dict[Phrase, bool] = field(default_factory=dict, compare=False, repr=False)

    def of(self, *places: Where) -> tuple[Voice, ...]:
        return tuple(voice for voice in self.voices if voice.where in places)

    def may_say(self, recogniser: Recogniser) -> bool:
        """Say whether to search for the phrases of a recogniser is worth its time."""
        sought = recogniser.any_of
        return not sought or bool(self.vocabulary.possible(sought))

    def says(self, patterns: Patterns) -> bool:
        """Say whether any of the patterns matches anywhere but in a quoted letter."""
        return any(map(self._says, self.vocabulary.possible(patterns)))

    def leading_to(self, patterns: Patterns) -> tuple[str, ...]:
        """Return the links that any of the patterns matches."""
        if not patterns:
            return ()
        return tuple(one for one in self.links if any(p.search(one) for p in patterns))

    def is_headed(self, patterns: Patterns) -> bool:
        """Say whether any of the patterns matches the subject."""
        return any(
            pattern.search(voice.folded)
            for voice in self.of(Where.SUBJECT)
            for pattern in voice.vocabulary.possible(patterns)
        )

    def _says(self, pattern: Phrase) -> bool:
        if (said := self._said.get(pattern)) is None:
            said = any(
                not voice.is_quoted(match.start())
                for voice in self.voices
                for match in voice.matches(pattern, len(voice.folded))
            )
            self._said[pattern] = said
        return said


@dataclass(frozen=True, slots=True)
class Heard:
    """A recogniser that matched: where, in which sentence, by which links."""

    recogniser: Recogniser
    voice: Voice | None  # None where links alone matched
    start: int = 0
    end: int = 0
    links: tuple[str, ...] = ()
    phrase: tuple[int, int] = (0, 0)
    clause: tuple[int, int] | None = None
    """Its part of the sentence, where that speaks of several parcels differently."""

    @property
    def said(self) -> str:
        """Return its own part of the sentence."""
        bounds = self.clause or (self.start, self.end)
        return self.voice.text[slice(*bounds)] if self.voice else ""

    @property
    def sentence(self) -> str:
        return self.voice.text[self.start : self.end].strip() if self.voice else ""


def get_ready(recognisers: Iterable[Recogniser]) -> None:
    """Find out what words the patterns need, which the first letter would wait for."""
    for one in recognisers:
        for patterns in (
            *(one.subject, one.any_of, one.none_of, one.unless),
            *(one.unless_subject, one.unless_near, one.unless_above, one.unless_below),
        ):
            phrases(patterns)


def spoken(message: Message) -> Spoken:
    """Normalise a letter once, for all recognisers."""
    texts = [(Where.SUBJECT, message.subject)]
    for place in (Where.TEXT, Where.HTML):
        texts += [(place, p.text) for p in message.passages if p.where is place]
    voices = tuple(Voice(where, text) for where, text in texts if text)
    address = message.sender.lower()
    return Spoken(
        sender=address.rpartition("@")[2],
        address=address,
        is_reply=_is_reply(message),
        voices=voices,
        links=tuple(
            dict.fromkeys(p.text for p in message.passages if p.where is Where.LINK)
        ),
        vocabulary=Vocabulary([voice.vocabulary for voice in voices]),
    )


def hear(
    recogniser: Recogniser, letter: Spoken, voices: Iterable[Voice] | None = None
) -> Heard | None:
    """Try one recogniser on a letter; `voices` limits where its phrase may stand."""
    return next(hear_all(recogniser, letter, voices), None)


def hear_all(
    recogniser: Recogniser, letter: Spoken, voices: Iterable[Voice] | None = None
) -> Iterator[Heard]:
    """Yield every sentence in which a recogniser matches, voice by voice."""
    if not (_is_of(letter, recogniser.senders) and letter.may_say(recogniser)):
        return
    if recogniser.replies and not letter.is_reply:
        return
    within = letter.voices if voices is None else tuple(voices)
    links = letter.leading_to(recogniser.links)
    if recogniser.links and not links:
        return
    heard = None
    if recogniser.subject:
        subjects = letter.of(Where.SUBJECT)
        found = _phrases(recogniser, recogniser.subject, letter, subjects, links)
        heard = next(found, None)
        elsewhere = voices is not None and not {*subjects} & {*within}
        if heard is None or (elsewhere and not recogniser.any_of):
            return
    if recogniser.any_of:
        every = _phrases(recogniser, recogniser.any_of, letter, within, links)
    else:
        every = iter([heard or Heard(recogniser, None, links=links)])
    for place, one in enumerate(every):
        # to look for it is dearer than to hear nothing
        if not place and _is_silenced(recogniser, letter):
            return
        yield one


def _is_silenced(recogniser: Recogniser, letter: Spoken) -> bool:
    return letter.says(recogniser.none_of) or letter.is_headed(
        recogniser.unless_subject
    )


def _is_of(letter: Spoken, senders: Sequence[str]) -> bool:
    """Say whether a letter comes from one of the sub-domains or addresses; none are all."""
    return not senders or any(
        one in (letter.sender, letter.address) or letter.sender.endswith(f".{one}")
        for one in senders
    )


def _is_reply(message: Message) -> bool:
    """Say whether a letter answers one that its own domain did not write (RFC 5322)."""
    _, named, host = message.in_reply_to.rstrip(">").lower().rpartition("@")
    own = message.authenticated_domain.lower()
    return bool(named) and not f".{host}".endswith(f".{own}")


def _phrases(
    recogniser: Recogniser,
    patterns: Patterns,
    letter: Spoken,
    voices: Iterable[Voice],
    links: tuple[str, ...],
) -> Iterator[Heard]:
    for voice in voices:
        phrases = voice.vocabulary.possible(patterns)
        if not phrases:
            continue
        limit, judged = voice.upto(recogniser.lines), set[int]()
        for pattern in phrases:
            for match in voice.matches(pattern, limit):
                start, end = voice.sentence(*match.span())
                if start in judged or voice.is_quoted(start):
                    continue
                if recogniser.kind and voice.is_cited(*match.span()):
                    continue
                judged.add(start)
                if not (
                    _strange(recogniser, voice, (start, end), match[0])
                    or _spoilt(recogniser, voice, (start, end))
                    or _is_led_in(recogniser, voice, start)
                    or _is_explained(recogniser, letter, voice, (start, end))
                ):
                    yield Heard(recogniser, voice, start, end, links, match.span())


def _strange(
    recogniser: Recogniser, voice: Voice, sentence: tuple[int, int], phrase: str
) -> bool:
    """Say whether a sentence that must be understood whole has a word that is not.

    One whose sums are all nought tells of no money either.
    """
    if recogniser.lexicon is None:
        return False
    said = voice.folded[slice(*sentence)]
    amounts = {amount for _, amount in sums(said)}
    if amounts == {0}:
        return True
    asides = _asides(recogniser.lexicon, voice)
    return bool(recogniser.lexicon.strange(said, phrase, asides))


def _asides(lexicon: Lexicon, voice: Voice) -> Patterns:
    possible = voice.vocabulary.possible(lexicon.harmless)
    return tuple([one.pattern for one in possible])


def _is_explained(
    recogniser: Recogniser, letter: Spoken, voice: Voice, sentence: tuple[int, int]
) -> bool:
    """Say whether what stands around a sentence makes something else of it.

    That is its paragraph, and of a subject how the text begins.
    """
    near = letter.vocabulary.possible(recogniser.unless_near)
    below = letter.vocabulary.possible(recogniser.unless_below)
    if not near and not below:
        return False
    around = [voice.line(*sentence)]
    if voice.where is Where.SUBJECT:
        for body in letter.of(Where.TEXT, Where.HTML):
            around += [one for one in body.folded.split("\n", 4)[:4] if one][:BEGINNING]
    if any(pattern.search(part) for part in around for pattern in near):
        return True
    around += [voice.below(sentence[1])] if below else []
    return any(pattern.search(part) for part in around for pattern in below)


def _is_led_in(recogniser: Recogniser, voice: Voice, start: int) -> bool:
    """Say whether the line above («Вы писали:») makes something else of a sentence."""
    possible = voice.vocabulary.possible(recogniser.unless_above)
    lead = voice.leading_in(start) if possible else ""
    return bool(lead) and any(pattern.search(lead) for pattern in possible)


def _spoilt(recogniser: Recogniser, voice: Voice, sentence: tuple[int, int]) -> bool:
    """Say whether a condition, a question or the like takes a sentence back."""
    lexicon, unless = recogniser.lexicon, voice.vocabulary.possible(recogniser.unless)
    parts = list(voice.governing(*sentence))
    if lexicon:
        if voice.is_of_nothing(sentence[1]):
            return True
        asides = _asides(lexicon, voice)
        parts = [lexicon.without_asides(one, asides) for one in parts]
    return any(pattern.search(part) for part in parts for pattern in unless)
