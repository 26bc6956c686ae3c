"""Which of the recognisers that match a letter count."""

from triage.core.event import Certainty, EventKind
from triage.core.hearing import Heard, Spoken, Voice, hear
from triage.core.message import Where
from triage.core.pack import Marketplace
from triage.core.recogniser import Recogniser


def chosen(market: Marketplace, letter: Spoken) -> list[Heard] | str:
    """Choose the recognisers that count, or say in words between which one cannot."""
    sure = [one for one in market.recognisers if one.certainty > Certainty.GUESS]
    heard = [found for one in sure if (found := hear(one, letter))]
    told: dict[EventKind, Heard] = {}
    for found in heard:
        if found.recogniser.kind is not None:
            told.setdefault(found.recogniser.kind, found)
    if told:
        chosen = list(told.values())
        for one in chosen:
            for other in chosen:
                if one is not other and not _agree(one.recogniser, other.recogniser):
                    return _between(one, other)
        return chosen
    if heard:
        return heard[:1]
    return _guessed(market, letter)


def _guessed(market: Marketplace, letter: Spoken) -> list[Heard] | str:
    """Take the first guess that matches: by the subject, else by the text."""
    guesses = [one for one in market.recognisers if one.certainty is Certainty.GUESS]

    def first(voices: tuple[Voice, ...]) -> Heard | None:
        found = (hear(one, letter, voices) for one in guesses) if voices else iter(())
        return next(filter(None, found), None)

    text, html = first(letter.of(Where.TEXT)), first(letter.of(Where.HTML))
    if text and html and text.recogniser.kind is not html.recogniser.kind:
        return _between(text, html)
    chosen = first(letter.of(Where.SUBJECT)) or text or html
    return [chosen] if chosen else []


def _agree(one: Recogniser, other: Recogniser) -> bool:
    return other.id in one.beside or one.id in other.beside


def _between(one: Heard, other: Heard) -> str:
    return f"подходят два образца: {one.recogniser.id} и {other.recogniser.id}"
