"""Is everything in order? Settings, packs, passwords, servers, what was taught."""

import os

from triage.commands.desk import Desk, command
from triage.core.pack import Marketplace
from triage.edges import lock
from triage.edges.replypack import read_phrasebook
from triage.errors import ConfigError, TriageError
from triage.jobs.check import Finding, against_lessons, age_of_law, check_servers
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
            desk.terminal.say(f"{mark} {desk.words(*finding.what)}")
    if bad := [desk.words(*finding.what) for finding in findings if not finding.sound]:
        raise ConfigError(desk.words("не всё в порядке", "not all is well"), bad)
    desk.say("Всё в порядке.", "All is well.")


def _name(desk: Desk, market: Marketplace) -> str:
    tried = desk.words("пробный пакет", "experimental")
    return f"{market.title} ({tried})" if market.experimental else market.title


def _findings(desk: Desk) -> list[Finding]:
    config = desk.config
    found = [Finding(True, (f"настройки: {desk.path}", f"settings: {desk.path}"))]
    readable = True  # the packs, without which no index is opened
    try:
        packs = desk.place.bench.packs
        names = [_name(desk, market) for market in packs.marketplaces]
        listed = ", ".join([*names, packs.ladder.id])
        found.append(Finding(True, (listed, listed)))
        found += age_of_law(packs.ladder, desk.today)
        try_templates(desk.place.scribe.letterhead, packs, desk.clock())
        read_phrasebook(config.language, config.packs.dir)
    except ConfigError as error:
        found += map(Finding.said, error.problems or [str(error)])
        readable = False
    try:
        lock.refuse_network(config.home)
        foreign = desk.place.home.foreign(desk.place.users)
        found += [Finding.said(foreign)] if foreign else []
        place = next(p for p in (config.home, *config.home.parents) if p.exists())
        if not os.access(place, os.W_OK):
            words = f"{place}: сюда нельзя писать", f"{place}: cannot be written"
            found.append(Finding(False, words))
        elif readable and not foreign and desk.place.home.index.exists():
            with desk.place.store() as store:
                found += against_lessons(store)
    except TriageError as error:
        found.append(Finding.said(str(error)))
    return [*found, *check_servers(config, connect)]
