"""Set up: a few questions, both log-ins tried, settings written, a first letter sent."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from triage.commands.asking import Asking
from triage.commands.desk import Desk, command, option
from triage.commands.first_look import keep_running
from triage.commands.wizard import Told, Wizard
from triage.errors import Unavailable

FILE = click.Path(path_type=Path)


@command(
    "setup",
    "Настроить: вопросы, проверка входа, настройки и первое письмо.",
    "Set up: questions, a trial of the log-ins, settings and a first letter.",
    option("--address", metavar="ADDRESS", both=("ваш адрес почты", "your address")),
    option("--user", metavar="NAME", both=("имя для входа", "the log-in name")),
    option(
        "--password-file",
        type=FILE,
        metavar="FILE",
        both=("взять пароль из файла", "take the password from a file"),
    ),
    option(
        "--imap",
        metavar="HOST:PORT",
        both=("сервер входящей почты", "the server of incoming mail"),
    ),
    option(
        "--smtp",
        metavar="HOST:PORT",
        both=("сервер исходящей почты", "the server of outgoing mail"),
    ),
    option(
        "--ca-file",
        type=FILE,
        metavar="FILE",
        both=("свой удостоверяющий центр", "a certificate authority of your own"),
    ),
    option("--oauth", is_flag=True, both=("входить по OAuth2", "log in by OAuth2")),
    option(
        "--client-id",
        metavar="ID",
        both=("ваша регистрация OAuth2", "your OAuth2 registration"),
    ),
    option(
        "--client-secret-file",
        type=FILE,
        metavar="FILE",
        both=("секрет этой регистрации", "that registration's secret"),
    ),
    option("--name", metavar="NAME", both=("ваше имя", "your name")),
    option("--at", metavar="HH:MM", both=("час письма дня", "the digest's hour")),
    option("--timezone", metavar="ZONE", both=("часовой пояс", "the time zone")),
    option("--home", type=FILE, metavar="FOLDER", both=("папка архива", "the archive")),
    option("--packs", type=FILE, metavar="FOLDER", both=("свои пакеты", "own packs")),
    option(
        "--overwrite", is_flag=True, both=("заменить настройки", "replace settings")
    ),
    option(
        "--first-look/--no-first-look",
        default=None,
        both=("сразу загрузить письма", "fetch the letters at once"),
    ),
    option(
        "--unit/--no-unit",
        default=None,
        both=("служба systemd", "the systemd unit"),
    ),
    option("--login", is_flag=True, both=("только войти заново", "only sign in again")),
    option("--yes", is_flag=True, both=("ничего не спрашивать", "ask nothing")),
)
def setup(desk: Desk, /, *, login: bool, yes: bool, **told: Any) -> None:
    asking = Asking(desk, defaults=yes)
    given = Told(**told)
    wizard = Wizard(desk, asking, given)
    try:
        with hanging_up_cancels():
            if login:
                wizard.sign_in_again()
                return
            if given.is_unit_alone() and desk.path.exists():
                start_unit(desk)
                return
            ready = wizard.ask()
    except (click.Abort, KeyboardInterrupt):
        desk.say("\nОтменено, ничего не записано.", "\nCancelled, nothing written.")
        raise click.Abort from None
    if ready is not None:
        ready.begin()


def start_unit(desk: Desk) -> None:
    """Let systemd run the program with the settings there are.

    Raises:
        Unavailable: with all that did not work.
    """
    _ = desk.config  # the unit could do nothing with faulty ones
    if problems := keep_running(desk):
        words = desk.words("со службой вышло не всё", "not all went well with the unit")
        raise Unavailable(words, problems)


@contextmanager
def hanging_up_cancels() -> Iterator[None]:
    """Let a lost terminal or a request to end cancel as Ctrl-C does, cleaning up."""

    def cancel(*_: object) -> None:
        raise KeyboardInterrupt

    kinds = (signal.SIGHUP, signal.SIGTERM)
    before = [signal.signal(kind, cancel) for kind in kinds]
    try:
        yield
    finally:
        for kind, old in zip(kinds, before, strict=True):
            signal.signal(kind, old)
