"""The loop itself: check everything, tick once, run for good."""

import logging
import os

from triage.app import App
from triage.commands.desk import Desk, command
from triage.config import load
from triage.core.pack import Marketplace
from triage.edges import lock
from triage.edges.replypack import read_phrasebook
from triage.errors import ConfigError, TriageError, UsageError
from triage.jobs.check import (
    Finding,
    against_lessons,
    age_of_law,
    check_servers,
    secrets,
)
from triage.jobs.compose import try_templates
from triage.jobs.servers import connect


@command(
    "check",
    "Проверить настройки, пакеты, пароли, входы и папки.",
    "Check settings, packs, passwords, logins and folders.",
)
def check(desk: Desk) -> None:
    findings = []
    for finding in _findings(desk):
        findings.append(finding)
        mark = "!" if finding.doubtful else "✓"
        if finding.sound:
            desk.terminal.say(f"{mark} {finding.what}")
    if bad := [finding.what for finding in findings if not finding.sound]:
        raise ConfigError(desk.words("не всё в порядке", "not all is well"), bad)
    desk.say("Всё в порядке.", "All is well.")


def _name(desk: Desk, market: Marketplace) -> str:
    tried = desk.words("пробный пакет", "experimental")
    return f"{market.title} ({tried})" if market.experimental else market.title


def _findings(desk: Desk) -> list[Finding]:
    config = desk.config
    found = [Finding(True, desk.words(f"настройки: {desk.path}", f"read {desk.path}"))]
    try:
        packs = desk.place.bench.packs
        names = ", ".join(_name(desk, market) for market in packs.marketplaces)
        found.append(Finding(True, f"{names}, {packs.ladder.id}"))
        found += age_of_law(packs.ladder, desk.today)
        try_templates(desk.place.letterhead, packs, desk.clock())
        read_phrasebook(config.language, config.packs.dir)
    except ConfigError as error:
        found += [Finding(False, each) for each in error.problems or [str(error)]]
    try:
        lock.refuse_network(config.home)
        foreign = desk.place.home.foreign(desk.place.users)
        found += [Finding(False, foreign)] if foreign else []
        place = next(p for p in (config.home, *config.home.parents) if p.exists())
        if not os.access(place, os.W_OK):
            words = desk.words("сюда нельзя писать", "cannot be written")
            found.append(Finding(False, f"{place}: {words}"))
        elif not foreign and desk.place.home.index.exists():
            with desk.place.store() as store:
                found += against_lessons(store)
    except TriageError as error:
        found.append(Finding(False, str(error)))
    return [*found, *check_servers(config, connect)]


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
