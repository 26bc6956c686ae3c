"""Try everything that the configuration names, and gather every problem at once."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from triage.config import Account, Config, Login
from triage.core.attempt import Outcome
from triage.core.authserv import is_named, usual
from triage.core.inspection import Both
from triage.core.law import is_stale
from triage.core.message import Role
from triage.core.step import Ladder
from triage.core.words import day
from triage.edges import shapes
from triage.edges.mailbox import ImapMailbox
from triage.edges.store import Store
from triage.errors import TriageError, Unavailable
from triage.jobs.collect import find_folders
from triage.jobs.servers import password_of, postman

NEWEST = 30  # letters of the inbox whose sender check is looked at
SOON = timedelta(days=60)  # how long before its end a norm or a calendar is named

Connect = Callable[[Account, str], ImapMailbox]
"""Logs in to the mailbox of an account with its password."""

_VERDICT = re.compile(rb"(?im)^authentication-results:\s*([^\s;]+)")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was tried."""

    sound: bool
    what: Both
    doubtful: bool = False  # nothing is broken, but the owner should look at it

    @classmethod
    def said(cls, words: str) -> Self:
        """Make a finding of the words of an error, which are Russian."""
        return cls(False, (words, words))


def check_servers(config: Config, connect: Connect) -> Iterator[Finding]:
    """Log in to every mailbox and to the mail server, and look around."""
    for account in config.account:
        yield from _speaking(f"[{account.name}]", _account(account, connect))
    yield from _speaking("[smtp]", _smtp(config))


def _speaking(place: str, findings: Iterator[Finding]) -> Iterator[Finding]:
    """Turn what stops the rest of a server's checks into a finding."""
    try:
        for finding in findings:
            russian, english = finding.what
            yield Finding(finding.sound, (f"{place} {russian}", f"{place} {english}"))
    except TriageError as error:
        yield Finding.said(f"{place} {error}")


def _account(account: Account, connect: Connect) -> Iterator[Finding]:
    with connect(account, password_of(account)) as mailbox:
        host = account.host
        yield Finding(True, (f"вход на {host} принят", f"log-in to {host} accepted"))
        folders, problems = find_folders(mailbox, account.folders)
        yield from map(Finding.said, problems)
        names = ", ".join(folder.name for folder in folders)
        words = f"папки: {names or 'нет ни одной'}", f"folders: {names or 'none'}"
        yield Finding(bool(folders), words)
        inbox = next((f.name for f in folders if f.role is Role.INBOX), None)
        if inbox:
            yield _vouching(account, Counter(verdicts(mailbox, inbox)))


def _vouching(account: Account, seen: Counter[str]) -> Finding:
    """Compare whose sender checks the letters carry with the configured name."""
    ours = {name: n for name, n in seen.items() if is_named(name, account.authserv_ids)}
    name = usual(seen, "")
    if ours and (not name or name in ours):
        best = max(ours, key=ours.__getitem__)
        words = f"отправителей проверяет {best}", f"senders are checked by {best}"
        return Finding(True, words)
    if not name:
        russian = (
            "большинство новых писем не помечено одним и тем же сервером в"
            " Authentication-Results: сверять не с чем"
        )
        english = (
            "most new letters bear no Authentication-Results of one and the same server:"
            " there is nothing to compare"
        )
        return Finding(True, (russian, english))
    told = account.authserv_id
    russian = (
        f"authserv_id: в настройках {told or 'пусто'}, а письма проверяет {name};"
        f' поставьте "{name}", если это ваш почтовый сервер'
    )
    english = (
        f"authserv_id: {told or 'nothing'} in the settings, but {name} checks letters;"
        f' put "{name}" there, if it is your mail server'
    )
    return Finding(False, (russian, english))


def verdicts(mailbox: ImapMailbox, folder: str) -> Iterator[str]:
    """Yield the server's name in the topmost sender check of each of the newest letters.

    "" stands for a letter without one.
    """
    status = mailbox.examine(folder)
    after = max(0, status.uidnext - 1 - NEWEST)
    uids = [uid for part in mailbox.new_uids(after, status.uidnext) for uid in part]
    for one in mailbox.sender_checks(uids).values():
        found = _VERDICT.search(one.header)
        yield found[1].decode("ascii", "replace").lower() if found else ""


def _smtp(config: Config) -> Iterator[Finding]:
    answer = postman(config.smtp, config.digest.to, password_of(config.smtp)).check()
    sound = answer.outcome is Outcome.ACCEPTED
    russian = "принят" if sound else f"не удался: {answer.words}"
    english = "accepted" if sound else f"failed: {answer.words}"
    if answer.outcome is Outcome.LOGIN_REJECTED:
        russian += "; новый пароль: triage setup --login"
        english += "; a new password: triage setup --login"
    host = config.smtp.host
    yield Finding(sound, (f"вход на {host} {russian}", f"log-in to {host} {english}"))


def against_lessons(store: Store) -> Iterator[Finding]:
    """Name the letters that a pinned recogniser reads otherwise than the owner taught."""
    for row in shapes.contradicted(store):
        name = row["evidence"][:12]
        russian = (
            f"письмо {name}: образец {row['against']} уверен не в том, чему вы учили;"
            f" верен образец, взять своё слово назад: triage teach {name} --undo"
        )
        english = (
            f"letter {name}: recogniser {row['against']} is sure of other than you taught;"
            f" if it is right, take your word back: triage teach {name} --undo"
        )
        yield Finding(True, (russian, english), doubtful=True)


def age_of_law(ladder: Ladder, today: date) -> Iterator[Finding]:
    """Name what of the law pack has grown old, has lapsed or soon will."""
    old = [
        n.id for n in ladder.norms.values() if n.holds_on(today) and is_stale(n, today)
    ]
    if old:
        names = ", ".join(old)
        russian = f"нормы давно не сверялись, чисел из них нет: {names}"
        english = f"norms unchecked for long, their figures are not used: {names}"
        yield Finding(True, (russian, english), doubtful=True)
    for norm in ladder.norms.values():
        if norm.valid_to and norm.valid_to < today + SOON:
            gone, last_on = norm.valid_to < today, norm.valid_to
            russian = "больше не действует" if gone else "скоро истечёт"
            english = "holds no longer" if gone else "ends soon"
            words = (
                f"норма {norm.id} {russian}: по {day(last_on)}",
                f"norm {norm.id} {english}: last day {last_on}",
            )
            yield Finding(True, words, doubtful=True)
    rates = ladder.key_rate
    if rates.confirmed_through and rates.confirmed_through < today:
        known_on = rates.confirmed_through
        words = (
            f"ключевая ставка сверена по {day(known_on)}, дальше проценты не считаются",
            f"the key rate is known to {known_on}, no interest is counted after it",
        )
        yield Finding(True, words, doubtful=True)
    last = max(ladder.calendar.years, default=0)
    if last < (today + SOON).year:
        words = (
            f"производственный календарь кончается {last} годом",
            f"the calendar of working days ends with {last}",
        )
        yield Finding(True, words, doubtful=True)


def secrets(config: Config) -> list[Finding]:
    """Read every password, and say which cannot be."""
    found = []
    logins: Iterable[tuple[str, Login]] = [
        *((f"[{account.name}]", account) for account in config.account),
        ("[smtp]", config.smtp),
    ]
    for place, login in logins:
        try:
            password_of(login)
        except Unavailable:
            continue  # of a server that gives out access tokens; it may answer later
        except TriageError as error:
            found.append(Finding.said(f"{place} {error}"))
    return found
