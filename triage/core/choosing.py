"""Which of the recognisers that match a letter count, and for which of its parcels."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise

from triage.core.event import Certainty, EventKind
from triage.core.hearing import Heard, Spoken, hear, hear_all
from triage.core.message import Where
from triage.core.naming import Stretch, in_text, stretches
from triage.core.pack import Identifiers, Marketplace
from triage.core.recogniser import ANY, Recogniser
from triage.core.telling import OF_THE_ORDER, ON_THE_WAY
from triage.core.voice import Voice

UNCLEAR = "в письме несколько отправлений, и нельзя сказать, что о каком"
BELIED = frozenset(
    {
        EventKind.ORDER_CANCELLED,
        EventKind.REFUND_PAID,
        EventKind.REFUND_PROMISED,
        EventKind.PAYMENT_FAILED,
        EventKind.RETURN_REFUSED,
    }
)
"""Events that no parcel on its way has: a letter that tells of both tells neither."""

CANCELS = frozenset({EventKind.ORDER_CANCELLED, EventKind.ITEM_CANCELLED})


def chosen(market: Marketplace, letter: Spoken) -> list[Heard] | str:
    """Choose the recognisers that count, or say in words between which one cannot."""
    possible = filter(letter.may_say, market.recognisers)
    ranked = sorted(possible, key=lambda one: -one.certainty)
    parted = [v for v in letter.voices if stretches(v, market.identifiers)]
    if parted:
        saying = [one for one in ranked if one.any_of or (one.kind and one.subject)]
        told = _told(saying, letter, market.identifiers)
        if isinstance(told, str) or any(one.voice in parted for one in told):
            return told
    sure = [one for one in ranked if one.certainty > Certainty.GUESS]
    heard = [found for one in sure if (found := hear(one, letter))]
    first: dict[EventKind, Heard] = {}
    for found in heard:
        if found.recogniser.kind is not None:
            first.setdefault(found.recogniser.kind, found)
    told = _told(ranked[len(sure) :], letter, market.identifiers)
    if not heard:
        return told
    pinned = list(first.values()) or heard[:1]
    if doubt := _doubt(pinned):
        return doubt
    beside = [] if isinstance(told, str) else told
    return pinned + [
        one
        for one in beside
        if all(_agree(one.recogniser, other.recogniser) for other in pinned)
    ]


def _told(
    ranked: list[Recogniser], letter: Spoken, numbers: Identifiers
) -> list[Heard] | str:
    """Take what the subject says, and what the text says with it or of other parcels."""
    leads: list[Heard] = []
    bodies: list[list[Heard]] = []
    for place in (Where.TEXT, Where.HTML):
        body: list[Heard] = []
        for voice in letter.of(place):
            part = _of_voice(ranked, letter, voice, numbers)
            if isinstance(part, str):
                return part
            body += part
        if body:
            leads.append(min(body, key=lambda one: ranked.index(one.recogniser)))
            bodies.append(body)
    if len(leads) > 1 and leads[0].recogniser.kind is not leads[1].recogniser.kind:
        return _between(*leads)
    headings = [
        heard
        for voice in letter.of(Where.SUBJECT)
        for heard in _of_one(_statements(ranked, letter, voice, numbers), ranked)
    ]
    body = max(bodies, key=len, default=[])  # the text, where they tell as much
    return _under(headings, body, numbers) if headings and body else headings or body


def _under(
    headings: list[Heard], body: list[Heard], numbers: Identifiers
) -> list[Heard] | str:
    """Put together what the subject says and what the text says."""
    lead = headings[0]
    if all(_goes_with(one, lead) for one in body):
        return headings + body
    if not any(one.voice and stretches(one.voice, numbers) for one in body):
        return headings + [one for one in body if _goes_with(one, lead)]
    if lead.recogniser.kind in OF_THE_ORDER:
        return headings + body
    return body if any(_alike(one, lead) for one in body) else UNCLEAR


def _statements(
    ranked: Iterable[Recogniser], letter: Spoken, voice: Voice, numbers: Identifiers
) -> list[Heard]:
    """Hear every sentence of a voice: of each kind the first recogniser."""
    told: dict[int, dict[EventKind | None, Heard]] = {}
    for one in ranked:
        if one.any_of and not voice.vocabulary.possible(one.any_of):
            continue  # most cannot be heard
        for heard in hear_all(one, letter, (voice,)):
            told.setdefault(heard.start, {}).setdefault(one.kind, heard)
    return [
        heard
        for _, by_kind in sorted(told.items())
        if not _half_understood(list(by_kind.values()), ranked, letter, numbers)
        for heard in _clauses(list(by_kind.values()), numbers)
    ]


def _half_understood(
    heard: list[Heard],
    ranked: Iterable[Recogniser],
    letter: Spoken,
    numbers: Identifiers,
) -> bool:
    """Say whether a sentence of several parcels has a fate that was not understood.

    What was understood would be told of them all.
    """
    first = heard[0]
    if first.voice is None or not in_text(first.sentence, numbers).are_several:
        return False
    kinds = {one.recogniser.kind for one in heard}
    return any(
        pattern.search(first.voice.folded, first.start, first.end)
        for one in ranked
        if one.lexicon and one.kind not in kinds
        for pattern in letter.vocabulary.possible(one.any_of)
    )


def _clauses(heard: list[Heard], numbers: Identifiers) -> Iterator[Heard]:
    """Part a sentence that names several parcels: each fate with those that bear it."""
    heard = sorted(heard, key=lambda one: one.phrase[1])
    if not in_text(heard[0].sentence, numbers).are_several:
        yield from heard
        return
    first, text = heard[0], heard[0].voice.text if heard[0].voice else ""
    if in_text(text[first.start : first.phrase[1]], numbers).orders:
        cuts = [first.start, *(one.phrase[1] for one in heard)]  # the number, its fate
    else:
        cuts = [*(one.phrase[1] for one in heard), first.end]  # the fate, its number
    last = first.start
    for one, (start, end) in zip(heard, pairwise(cuts), strict=True):
        if in_text(text[start:end], numbers).orders:
            last = start
        yield replace(one, clause=(last, end))


def _of_voice(
    ranked: list[Recogniser], letter: Spoken, voice: Voice, numbers: Identifiers
) -> list[Heard] | str:
    """Take what a voice says of each parcel that it names, or of all it speaks of."""
    many = _statements(ranked, letter, voice, numbers)
    parts = stretches(voice, numbers)
    if not parts:
        return _of_one(many, ranked)
    whole = _of_one([one for one in many if one.start < parts[0].start], ranked)
    each = [_of_stretch(part, many, ranked) for part in parts]
    told = [one for some in each for one in some]
    if doubt := next(filter(None, map(_doubt, each)), ""):
        return doubt
    if not whole or not told:
        return whole or told
    kinds = {one.recogniser.kind for one in told}
    if all(one.recogniser.kind in OF_THE_ORDER for one in whole):
        return whole + told
    silent = [part for part, some in zip(parts, each, strict=True) if not some]
    if not any(_alike(one, whole[0]) for one in told) or silent[-1:] == [*parts[-1:]]:
        every = kinds == {whole[0].recogniser.kind}
        return whole if every else UNCLEAR
    return told


def _of_stretch(
    part: Stretch, many: list[Heard], ranked: list[Recogniser]
) -> list[Heard]:
    within = [one for one in many if part.start <= one.start < part.end]
    groups: dict[tuple[int, int] | None, list[Heard]] = {}
    for one in within:
        start = one.clause[0] if one.clause else -1
        groups.setdefault((start, 0), []).append(one)
    return [one for some in groups.values() for one in _of_one(some, ranked)]


def _of_one(heard: list[Heard], ranked: list[Recogniser]) -> list[Heard]:
    """Take the first by rank of what is said of one thing, and what goes with it."""
    if not heard:
        return []
    lead = min(heard, key=lambda one: ranked.index(one.recogniser))
    if _is_belied(lead, heard):
        return []
    return [lead] + [one for one in heard if one is not lead and _goes_with(one, lead)]


def _is_belied(lead: Heard, heard: list[Heard]) -> bool:
    """Say whether of the same thing a letter tells what cannot be beside a guess."""
    return lead.recogniser.kind in BELIED and any(
        one.recogniser.kind in ON_THE_WAY and not _goes_with(one, lead) for one in heard
    )


def _doubt(heard: list[Heard]) -> str:
    """Name two sure recognisers that contradict each other; "" where none do."""
    sure = [one for one in heard if one.recogniser.certainty > Certainty.GUESS]
    for one in sure:
        for other in sure:
            if not _goes_with(one, other):
                return _between(one, other)
    return ""


def _goes_with(one: Heard, lead: Heard) -> bool:
    if lead.recogniser.stream or one.recogniser.stream:
        return False
    same = one.recogniser.kind is lead.recogniser.kind
    return same or _agree(one.recogniser, lead.recogniser)


def _alike(one: Heard, other: Heard) -> bool:
    kinds = {one.recogniser.kind, other.recogniser.kind}
    return len(kinds) == 1 or kinds == CANCELS


def _agree(one: Recogniser, other: Recogniser) -> bool:
    return (
        other.id in one.beside
        or one.id in other.beside
        or ANY in one.beside
        or ANY in other.beside
    )


def _between(one: Heard, other: Heard) -> str:
    return f"подходят два образца: {one.recogniser.id} и {other.recogniser.id}"
