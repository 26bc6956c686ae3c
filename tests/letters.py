"""Synthetic letters as the reader sees them, and the built-in pack without its ladder."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files

from builders import MOSCOW, a_shop

from triage.core.message import Message, Passage, Role, Where
from triage.core.pack import Marketplace, Packs
from triage.core.reading import read
from triage.core.recogniser import Reading
from triage.edges.marketpack import read_marketplace

ARRIVED = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
ORDER = "12345678-0001"
LINK = f"https://www.ozon.ru/my/orderdetails/?order={ORDER}&shipment_id=12345678901"


@cache
def built_in(name: str) -> Marketplace:
    """Load a built-in marketplace; its faults fail the test that asks."""
    problems: list[str] = []
    folder = files("triage").joinpath("packs", name)
    content = {e.name: e.read_bytes() for e in folder.iterdir() if e.is_file()}
    market = read_marketplace(name, content, problems)
    assert market is not None, problems
    return market


def ozon() -> Marketplace:
    return built_in("ozon")


def packs_of(*markets: Marketplace) -> Packs:
    """Put marketplaces on a ladder without steps."""
    return replace(a_shop(), marketplaces=markets)


def a_message(
    subject: str = "",
    text: str = "",
    html: str = "",
    *,
    links: tuple[str, ...] = (),
    hidden: str = "",
    sender: str = "mailer@sender.ozon.ru",
    vouched: str = "ozon.ru",
    **more: object,
) -> Message:
    """Make a letter of the transactional stream that the provider vouches for."""
    passages = [Passage(Where.LINK, link) for link in links]
    parts = ((Where.TEXT, text), (Where.HTML, html), (Where.HIDDEN, hidden))
    passages += [Passage(where, part) for where, part in parts if part]
    values: dict[str, object] = {
        "evidence": "e" * 64,
        "received_at": ARRIVED,
        "sent_at": ARRIVED,
        "role": Role.INBOX,
        **more,
    }
    return Message(
        sender=sender,
        subject=subject,
        passages=tuple(passages),
        authenticated_domain=vouched,
        **values,  # type: ignore[arg-type]
    )


def reading(
    message: Message, *owner: str, market: Marketplace | None = None
) -> Reading:
    """Read a letter as the product would."""
    return read(message, packs_of(market or ozon()), MOSCOW, frozenset(owner))


def told(subject: str = "", text: str = "", html: str = "", **more: object) -> str:
    """Say in one word what a letter with an order link tells: kind, stream or outcome."""
    more = {"links": (LINK,), **more}
    found = reading(a_message(subject, text, html, **more))  # type: ignore[arg-type]
    if found.events:
        return " ".join(sorted({event.kind.value for event in found.events}))
    return found.stream.value if found.stream else found.outcome
