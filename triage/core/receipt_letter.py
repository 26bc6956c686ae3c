"""A letter of an operator of fiscal data: whose receipt it is, and of which order."""

from collections.abc import Iterable

from triage.core.codes import quote
from triage.core.event import Event
from triage.core.hearing import Spoken
from triage.core.message import Message, Where
from triage.core.naming import in_letter
from triage.core.pack import Marketplace, Packs
from triage.core.receipt import Receipt, Shapes, read_receipt
from triage.core.recogniser import Reading

FISCAL = "fiscal-receipt"
"""Names the recogniser of fiscal receipts, in letters and in files."""

UNTIED = "чек {}: не видно, к какому заказу он относится"


def is_operator(sender: str, shapes: Shapes) -> bool:
    """Say whether an address is one from which operators send receipts."""
    address = sender.lower()
    domain = address.rpartition("@")[2]
    return any(
        one in (address, domain) or domain.endswith(f".{one}")
        for one in shapes.operators
    )


def read_receipt_letter(message: Message, letter: Spoken, packs: Packs) -> Reading:
    """Read an operator's letter; one of another shop's receipt is nobody's.

    A receipt that names no order is kept in the reading, for the index to tie.
    """
    found = [
        one
        for voice in letter.of(Where.TEXT, Where.HTML)
        if (one := read_receipt(voice.text, packs.receipts)).is_fiscal
    ]
    market = shop_of((inn for one in found for inn in one.inns), packs)
    if market is None:
        return Reading(outcome="foreign")
    vouched = message.authenticated_domain.lower()
    if "." not in vouched or not f".{letter.sender}".endswith(f".{vouched}"):
        return Reading(
            pack=market.id,
            outcome="unconfirmed",
            reason="отправитель не подтверждён почтовой службой",
        )
    names = in_letter(letter, market.identifiers)
    first = found[0]
    if any((one.kind, one.amount, one.fd) != _said(first) for one in found[1:]):
        return Reading(
            pack=market.id,
            orders=names.orders,
            outcome="ambiguous",
            reason="в тексте письма один чек, а в его HTML другой",
        )
    if first.kind is None:
        return Reading(
            pack=market.id,
            orders=names.orders,
            reason="чек, но не видно, какой: предоплата, полный расчёт или возврат",
        )
    order = names.orders[0] if len(names.orders) == 1 else ""
    event = Event(
        kind=first.kind,
        at=message.received_at,
        pack=market.id,
        order=order,
        certainty=first.certainty,
        recogniser=FISCAL,
        evidence=message.evidence,
        quote=quote(first.quote, market.identifiers.secrets),
        where=next(v.where for v in letter.of(Where.TEXT, Where.HTML)),
        attributes=first.attributes,
    )
    if order:
        return Reading(
            events=(event,), pack=market.id, orders=(order,), outcome="recognised"
        )
    return Reading(
        pack=market.id,
        orders=names.orders,
        reason=UNTIED.format(f"на {first.amount} ₽" if first.amount else "без суммы"),
        receipt=event,
    )


def shop_of(inns: Iterable[str], packs: Packs) -> Marketplace | None:
    """Find the marketplace whose company one of the taxpayer's numbers is."""
    known = set(inns)
    return next(
        (
            market
            for market in packs.marketplaces
            if market.contacts.get("marketplace_inn") in known
        ),
        None,
    )


def _said(receipt: Receipt) -> tuple[object, ...]:
    return (receipt.kind, receipt.amount, receipt.fd)
