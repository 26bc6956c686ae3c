"""The loop itself: tick once, run for good."""

import logging
import os

from triage.app import App
from triage.commands.desk import Desk, command
from triage.config import load
from triage.edges import lock
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
        done = desk.app.tick()
    desk.say(
        f"Писем: {done.letters}, событий: {done.events}, заказов: {done.assessed}.",
        f"Letters: {done.letters}, events: {done.events}, orders: {done.assessed}.",
    )
    if done.accepted:
        desk.say("Письмо владельцу принято.", "The owner's letter was accepted.")
    if done.problems:
        raise _Later(desk.words("не всё удалось", "not all went well"), done.problems)


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
    if bad := [finding.what for finding in secrets(config)]:
        raise ConfigError("пароли не годятся", bad)
    _ = desk.place.bench  # the packs are read before anything starts
    desk.place.settle()

    def reload() -> App:
        fresh = load(desk.path)
        if fresh.home != config.home:
            raise ConfigError("home меняется только с перезапуском")
        app = App(fresh, desk.clock)
        _ = app.place.bench
        app.place.settle()
        return app

    with lock.only_one(config.home):
        Daemon(desk.app, reload=reload, clock=desk.clock).run()


def show_log(desk: Desk) -> None:
    """Write the log to stderr; systemd's journal adds the time by itself."""
    desk.shows_log = True
    plain = "%(levelname)s %(name)s: %(message)s"
    timed = plain if "JOURNAL_STREAM" in os.environ else f"%(asctime)s {plain}"
    level = logging.DEBUG if desk.debug else logging.INFO
    logging.basicConfig(level=level, format=timed)
    for name in ("imapclient", "apscheduler", "mailparser", "tzlocal"):
        logging.getLogger(name).setLevel(logging.WARNING)
