"""Read one letter: whose it is, whether it may speak, and what it says."""

import re
from dataclasses import replace
from functools import partial
from zoneinfo import ZoneInfo

from triage.core.choosing import chosen
from triage.core.codes import quote
from triage.core.event import Certainty, Event, EventKind, Stream
from triage.core.hearing import Heard, Spoken, hear, spoken
from triage.core.lesson import Lesson, Lessons
from triage.core.message import Message, Role, Where
from triage.core.naming import Name, Names, in_letter, in_text
from triage.core.pack import ORDERS, Marketplace, Packs
from triage.core.passcode import CODES, announces, confirms, hands_over
from triage.core.phrasebook import NO_PHRASES, Phrases
from triage.core.receipt_letter import is_operator, read_receipt_letter
from triage.core.recogniser import Reading
from triage.core.reply import judge
from triage.core.selection import wanted
from triage.core.shape import shape_of
from triage.core.taught import contradicted, taught_to_say, without_denied
from triage.core.telling import is_ahead, tell
from triage.core.threads import UNKNOWN
from triage.core.words import normal

OWNER_LETTER = "owner-letter"
"""Names the recogniser of what the owner wrote: the only one that is not in a pack."""

CLAIM = re.compile(r"\bпретензи[яюи]\b", re.IGNORECASE)
FIRST_LINES = 5
UNMATCHED = "ни один образец письма не подошёл"
AHEAD = "сказано о том, чего в день письма ещё не было"


def read(
    message: Message,
    packs: Packs,
    zone: ZoneInfo,
    owner: frozenset[str] = frozenset(),
    taught: Lessons | None = None,
    *,
    replies: Phrases = NO_PHRASES,
) -> Reading:
    """Decide what a letter tells.

    `owner` are the owner's own addresses, in lower case; `zone` gives «завтра» its day;
    `taught` is what the owner said of letters of some shapes; `replies` are the words by
    which answers to a digest are told from what was forwarded.
    Only a letter of a marketplace's own domain for which the owner's provider vouches
    may tell events, and the owner's letters in the Sent folder.
    """
    if silent := _silent(message):
        return silent
    letter = spoken(message)
    answer = judge(message, owner, replies)
    if message.role is Role.SENT or message.sender.lower() in owner:
        return answer or _sent(message, letter, packs, owner)
    for market in packs.marketplaces:
        if any(
            _within(letter.sender, one) for one in (*market.domains, *market.streams)
        ):
            return _from_marketplace(message, letter, market, zone, taught or {})
    if is_operator(message.sender, packs.receipts):
        return read_receipt_letter(message, letter, packs)
    return answer or _from_elsewhere(message, letter, packs)


def _from_elsewhere(message: Message, letter: Spoken, packs: Packs) -> Reading:
    for market in packs.marketplaces:
        if _uses_the_name(message, market):
            return Reading(
                pack=market.id,
                stream=_secret(market, letter),
                outcome="unconfirmed",
                reason=f"называет себя {market.title}, но письмо с чужого адреса",
            )
    return Reading(outcome="foreign")


def _silent(message: Message) -> Reading | None:
    """Pass over what never speaks, whoever wrote it."""
    if message.own:
        return Reading(outcome="own")
    if message.automatic:
        return Reading(outcome="automatic", reason="автоматический ответ или отчёт")
    if limit := message.unread:
        return Reading(outcome="unreadable", reason=f"письмо не разобрано ({limit})")
    return None


def matching(message: Message, market: Marketplace) -> tuple[Heard, ...]:
    """Name every recogniser that matches a letter, trusted or not: for its authors."""
    letter = spoken(message)
    found = (hear(one, letter) for one in market.recognisers)
    return tuple(heard for heard in found if heard)


def _sent(
    message: Message, letter: Spoken, packs: Packs, owner: frozenset[str]
) -> Reading:
    """Find in the owner's own letter that support was asked about an order."""
    mine = not owner or message.sender.lower() in owner
    if message.role is not Role.SENT or not mine:
        return Reading(
            outcome="sent", reason="письмо владельца не из папки отправленных"
        )
    for market in packs.marketplaces:
        if not {one.lower() for one in message.recipients} & {*market.support}:
            continue
        numbers = market.identifiers
        subject = normal(message.subject)
        orders = in_text(subject, numbers).orders or in_letter(letter, numbers).orders
        if not orders:
            return Reading(
                pack=market.id, outcome="sent", reason="в письме нет номера заказа"
            )
        first = "\n".join(
            voice.text[: voice.upto(FIRST_LINES)] for voice in letter.voices
        )
        step = "claim" if CLAIM.search(first) else "support"
        asked = tuple(
            Event(
                kind=EventKind.SUPPORT_ASKED,
                at=message.received_at,
                pack=market.id,
                order=order,
                certainty=Certainty.PINNED,
                recogniser=OWNER_LETTER,
                evidence=message.evidence,
                position=position,
                quote=quote(subject, numbers.secrets),
                where=Where.SUBJECT,
                attributes={"step": step},
            )
            for position, order in enumerate(orders)
        )
        return Reading(
            events=asked, pack=market.id, orders=orders, outcome="recognised"
        )
    return Reading(outcome="sent")


def _from_marketplace(
    message: Message,
    letter: Spoken,
    market: Marketplace,
    zone: ZoneInfo,
    taught: Lessons,
) -> Reading:
    vouched = message.authenticated_domain.lower()
    if "." not in vouched or not _within(letter.sender, vouched):
        return Reading(
            pack=market.id,
            stream=_secret(market, letter),
            outcome="unconfirmed",
            reason="отправитель не подтверждён почтовой службой",
        )
    stream = _stream(letter.sender, market)
    if stream != ORDERS:
        return Reading(stream=Stream(stream), pack=market.id, outcome="stream")
    if secret := _secret(market, letter):
        return Reading(stream=secret, pack=market.id, outcome="stream")
    return _from_orders(message, letter, market, zone, taught)


def _from_orders(
    message: Message,
    letter: Spoken,
    market: Marketplace,
    zone: ZoneInfo,
    taught: Lessons,
) -> Reading:
    """Read a letter that may speak of orders."""
    names = in_letter(letter, market.identifiers)
    shape = shape_of(letter)
    lesson = taught.get(message.evidence) or taught.get(shape.id) or Lesson()
    unread = Reading(
        pack=market.id, orders=names.orders, shape=shape.id, heading=shape.heading_id
    )
    found = chosen(without_denied(lesson, market, message.evidence), letter)
    if lesson.says:
        found = taught_to_say(lesson, found, letter, market)
    if isinstance(found, str):
        return replace(unread, outcome="ambiguous", reason=found)
    if not found and hands_over(_texts(letter, market)):
        return replace(unread, stream=Stream.SECURITY_CODE, outcome="stream")
    past = [one for one in found if not is_ahead(one, message, zone)]
    if not past:
        return replace(unread, reason=AHEAD if found else UNMATCHED)
    unread = replace(unread, against=contradicted(lesson, past))
    if stream := past[0].recogniser.stream:
        return replace(unread, stream=stream, outcome="stream")
    say = partial(tell, past, message, letter=letter, market=market, zone=zone)
    if (told := say(names=names)) is not None:
        return replace(unread, events=told, outcome="recognised")
    unread = replace(unread, reason=_nameless(names))
    thread = (message.parents, message.thread)
    if not names.orders and any(thread):
        untied = say(names=names + Names((Name(order=UNKNOWN),))) or ()
        unread = replace(unread, untied=untied, thread=thread)
    return unread


def _nameless(names: Names) -> str:
    if names.orders:
        return "в письме несколько заказов, и нельзя сказать, о каком речь"
    return "в письме нет номера заказа"


def _secret(market: Marketplace, letter: Spoken) -> Stream | None:
    """Say whether a letter carries sign-in codes, so that nothing of it is kept."""
    for one in market.recognisers:
        if one.stream is Stream.SECURITY_CODE and hear(one, letter):
            return Stream.SECURITY_CODE
    if not letter.vocabulary.possible(CODES):
        return None
    names_an_order = bool(in_letter(letter, market.identifiers).all)
    told = (confirms if names_an_order else announces)(_texts(letter, market))
    return Stream.SECURITY_CODE if told else None


def _texts(letter: Spoken, market: Marketplace) -> list[str]:
    """Return a letter's subject, and each body below it, without order numbers."""
    subject = " \n".join(voice.text for voice in letter.of(Where.SUBJECT))
    bodies = (v.text for v in letter.voices if v.where is not Where.SUBJECT)
    texts = [subject, *(f"{subject} \n{body}" for body in bodies)]
    for number in market.identifiers.text:
        texts = [number.sub(" ", text) for text in texts]
    return texts


def _stream(domain: str, market: Marketplace) -> str:
    """Find what a sub-domain sends, by the longest name that covers it."""
    covering = [name for name in market.streams if _within(domain, name)]
    return market.streams[max(covering, key=len)] if covering else ORDERS


def _within(domain: str, parent: str) -> bool:
    return domain == parent or domain.endswith(f".{parent}")


def _uses_the_name(message: Message, market: Marketplace) -> bool:
    """Say whether sender or subject use the marketplace's name, look-alikes included."""
    head = " ".join(f"{message.sender_name} {message.sender} {message.subject}".split())
    return wanted(
        f"From: {head}".encode("utf-8", "replace"), Role.INBOX, market.needles
    )
