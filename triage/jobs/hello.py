"""Send the owner a first letter: what was found, and what comes next."""

import hashlib
from datetime import datetime

from triage.config import Config
from triage.core.attempt import Answer
from triage.core.hello import Hello
from triage.edges import messages
from triage.edges.cases import all_orders
from triage.edges.mime import build
from triage.edges.pages import Page, write_page
from triage.edges.store import Store
from triage.jobs.assess import Bench, standings
from triage.jobs.servers import password_of, postman
from triage.jobs.unread import UNREAD

OWN = ("own", "automatic", "sent", "foreign")


def picture(
    config: Config,
    bench: Bench,
    store: Store | None,
    now: datetime,
    *,
    folders: list[str],
    running: bool,
) -> Hello:
    """Gather the first picture; without a store there was no first look."""
    counts = messages.letter_counts(store) if store else {}
    return Hello(
        shops=[market.title for market in bench.packs.marketplaces],
        address=config.digest.to,
        folders=folders,
        authserv_id=config.account[0].authserv_id,
        at=config.digest.at,
        zone=config.timezone.key,
        home=str(config.home),
        letters=sum(n for outcome, n in counts.items() if outcome not in OWN),
        orders=len(all_orders(store)) if store else 0,
        unread=sum(counts.get(outcome, 0) for outcome in UNREAD),
        standings=standings(store, bench, now) if store else [],
        looked=store is not None,
        running=running,
    )


def write(hello: Hello, config: Config) -> Page:
    """Write the letter out with the pack's templates."""
    values = {"hello": hello}
    return write_page("hello", values, config.language, config.packs.dir)


def send(hello: Hello, config: Config, now: datetime) -> Answer:
    """Send the letter, once; nothing hangs on its arrival."""
    page = write(hello, config)
    to = config.digest.to
    mark = hashlib.sha256(f"{now.isoformat()} {to}".encode()).hexdigest()[:16]
    raw = build(
        sender=config.smtp.sender,
        to=to,
        subject=page.subject,
        text=page.text,
        html=page.html,
        message_id=f"<hello.{mark}@triage.invalid>",
        at=now.astimezone(config.timezone),
        extra={
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
            "X-Triage": "hello",
        },
    )
    return postman(config.smtp, to, password_of(config.smtp)).send(raw, to)
