"""The loop itself: tick once, run for good."""

import logging
import os
from datetime import datetime

from triage.app import App
from triage.commands.desk import Desk, command
from triage.commands.wording import when
from triage.config import load
from triage.edges import accounts, lock
from triage.errors import ConfigError, TriageError, UsageError


@command(
    "tick",
    "Сделать один раз всё, чему пришёл срок.",
    "Do everything that is due, once.",
)
def tick(desk: Desk) -> None:
    show_log(desk)
    desk.place.settle()
    with lock.only_one(desk.config.home):
        before = _next_looks(desk)
        done = desk.app.tick()
    if early := [at for at in before if at in _next_looks(desk)]:
        at = min(early).astimezone(desk.config.timezone)
        desk.say(
            f"Почту сейчас не смотрели: следующий раз {when(desk, at.date())} в {at:%H:%M}.",
            f"The mail was not looked at: next {when(desk, at.date())} at {at:%H:%M}.",
        )
    desk.say(
        f"Писем: {done.letters}, событий: {done.events}, заказов: {done.assessed}.",
        f"Letters: {done.letters}, events: {done.events}, orders: {done.assessed}.",
    )
    if done.accepted:
        desk.say("Письмо владельцу принято.", "The owner's letter was accepted.")
    if done.problems:
        problems = dict.fromkeys(done.problems)  # damage stops more than one step
        raise _Later(desk.words("не всё удалось", "not all went well"), problems)


def _next_looks(desk: Desk) -> list[datetime]:
    """Return when each mailbox is to be looked at, where that is still to come."""
    now = desk.clock()
    with desk.place.store() as store:
        polls = (accounts.polls(store, each.name) for each in desk.config.account)
        return [each.next_at for each in polls if each.next_at and each.next_at > now]


class _Later(TriageError):
    exit_code = os.EX_TEMPFAIL


@command(
    "run",
    "Работать постоянно, пока не остановят.",
    "Work for good, until told to stop.",
)
def run(desk: Desk) -> None:
    if desk.pretending:
        raise UsageError("run живёт в настоящем времени: уберите --now")
    from triage.daemon import Daemon
    from triage.jobs.check import secrets

    show_log(desk)
    config = desk.config
    if bad := [desk.words(*finding.what) for finding in secrets(config)]:
        raise ConfigError("пароли не годятся", bad)
    _read_packs(desk.app)
    desk.place.settle()

    def reload() -> App:
        fresh = load(desk.path)
        if fresh.home != config.home:
            raise ConfigError("home меняется только с перезапуском")
        app = App(fresh, desk.clock)
        _read_packs(app)
        app.place.settle()
        return app

    with lock.only_one(config.home):
        Daemon(desk.app, reload=reload, clock=desk.clock).run()


def _read_packs(app: App) -> None:
    """Read what every tick needs: what is wrong with it is said before anything starts."""
    _ = app.place.bench, app.place.scribe.phrasebook


def show_log(desk: Desk) -> None:
    """Write the log to stderr; systemd's journal adds the time by itself."""
    desk.shows_log = True
    plain = "%(levelname)s %(name)s: %(message)s"
    timed = plain if "JOURNAL_STREAM" in os.environ else f"%(asctime)s {plain}"
    level = logging.DEBUG if desk.debug else logging.INFO
    logging.basicConfig(level=level, format=timed)
    for name in ("imapclient", "apscheduler", "mailparser", "tzlocal"):
        logging.getLogger(name).setLevel(logging.WARNING)
