"""Tell the owner: compose today's letter when it is due, and hand over what waits."""

import logging
from collections.abc import Callable
from datetime import datetime

from triage.config import Config
from triage.edges import outbox
from triage.edges.journal import Journal
from triage.edges.store import Store
from triage.errors import ConfigError, Unavailable
from triage.jobs.send import Login, Sender, Sent, send
from triage.jobs.servers import lasting_of, password_of, postman, settings_of
from triage.jobs.wrap import Letterhead

log = logging.getLogger(__name__)

Seen = Callable[[str], bool | None]
"""Says whether a Message-ID lies in the owner's mailbox; None where nobody can tell."""


def letterhead(config: Config) -> Letterhead:
    """Say to whom, when and in which words the digest goes."""
    return Letterhead(
        to=config.digest.to,
        sender=config.smtp.sender,
        at=config.digest.at,
        zone=config.timezone,
        language=config.language,
        always=config.digest.always,
        quiet=config.digest.quiet,
        own=config.packs.dir,
    )


def post(
    store: Store,
    journal: Journal,
    config: Config,
    now: datetime,
    *,
    seen: Seen,
    sender: Sender | None = None,
) -> tuple[Sent, str]:
    """Make the attempts to send that are due; say in words what keeps letters back.

    The password is read only when something waits.
    """
    if not outbox.waits(store, now):
        return Sent(), ""
    smtp = config.smtp
    try:
        password = "" if sender else password_of(smtp)
    except (ConfigError, Unavailable) as error:
        log.warning("letters wait: no password for the mail server")
        return Sent(), str(error)
    sent = send(
        store,
        journal,
        sender or postman(smtp, config.digest.to, password),
        seen=seen,
        login=Login(settings_of(smtp), "" if sender else lasting_of(smtp, password)),
        now=now,
    )
    if words := sent.login_refused:
        return sent, (
            f"{smtp.host}: письма не уходят, сервер не принял имя и пароль ({words}); "
            "больше не пробуем, пока не изменится пароль или настройка в [smtp]"
        )
    if words := sent.refusal:
        return sent, f"{smtp.host}: сервер отказался принять письмо: {words}"
    return sent, ""
