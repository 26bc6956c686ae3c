"""What follows once the settings are written: a first look, a first letter, the unit."""

import shutil
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import click

from triage.app import App
from triage.commands.desk import Desk
from triage.config import Config
from triage.core.attempt import Outcome
from triage.core.case import State
from triage.core.hello import Hello
from triage.core.step import Standing
from triage.edges import lock, unit
from triage.edges.store import Store
from triage.edges.terminal import clean
from triage.errors import TriageError
from triage.jobs import hello
from triage.jobs.collect import find_folders
from triage.jobs.servers import connect, password_of
from triage.jobs.setup import watched

SHOWN = 5  # cases on the terminal


class Counter:
    """A line that counts while work goes on; only a person's terminal shows it."""

    def __init__(self, words: str) -> None:
        self._words, self._seen = words, 0
        self._shows = sys.stderr.isatty()

    def add(self, more: int) -> None:
        self.show(self._seen + more)

    def show(self, seen: int, total: int | None = None) -> None:
        self._seen = seen
        if self._shows:
            of = f" / {total}" if total else ""
            click.echo(f"\r  {self._words}: {seen}{of}", nl=False, err=True)

    def end(self) -> None:
        if self._shows and self._seen:
            click.echo(err=True)


@dataclass(slots=True)
class Beginning:
    """The settings of a new owner at work for the first time."""

    desk: Desk
    config: Config
    look: bool
    unit: bool

    def begin(self) -> None:
        """Take the first look, send the first letter, and keep the program running."""
        desk = self.desk
        found: list[Standing] = []
        counter = Counter(desk.words("Загружено писем", "Letters fetched"))
        app = App(
            self.config, desk.clock, mailbox=watched(counter.add), notice=desk.notice
        )
        try:
            looked = self.look and self._fetch(app, counter)
            found = self._greet(app, looked=looked)
        finally:
            app.close()
        self._show(found)
        problems = keep_running(desk) if self.unit else []
        for problem in problems:
            desk.terminal.say(f"! {problem}")
        self._say_how_on(running=self.unit and not problems)

    def _fetch(self, app: App, counter: Counter) -> bool:
        """Take the first look; what fails is told, and done by the next one."""
        desk = self.desk
        desk.say(
            "Загружаю и читаю письма (можно прервать: продолжится в следующий раз)…",
            "Fetching and reading letters (may be interrupted: the next time goes on)…",
        )
        try:
            app.place.settle()
            with lock.only_one(self.config.home):
                done = app.look()
        except TriageError as error:
            counter.end()
            desk.terminal.say(f"! {error}")
            return False
        counter.end()
        for problem in done.problems:
            desk.terminal.say(f"! {problem}")
        desk.say(
            f"✓ Писем в архиве: {done.letters}, событий: {done.events}.",
            f"✓ Letters archived: {done.letters}, events: {done.events}.",
        )
        return True

    def _greet(self, app: App, *, looked: bool) -> list[Standing]:
        """Send the first letter; whether it goes out or not, the settings stand."""
        desk, config = self.desk, self.config
        try:
            if looked:
                with app.place.store() as store:
                    told = self._picture(app, store)
            else:
                told = self._picture(app, None)
            answer = hello.send(told, config, desk.clock())
        except TriageError as error:
            desk.terminal.say(f"! {error}")
            return []
        if answer.outcome is Outcome.ACCEPTED:
            desk.say(
                f"✓ Первое письмо отправлено на {config.digest.to}.",
                f"✓ The first letter went to {config.digest.to}.",
            )
        else:
            desk.say(
                f"! Первое письмо не ушло: {answer.words}",
                f"! The first letter did not go out: {answer.words}",
            )
        return [each for each in told.standings if each.state is State.OPEN]

    def _picture(self, app: App, store: Store | None) -> Hello:
        folders: list[str] = []
        account = self.config.account[0]
        with (
            suppress(TriageError),
            connect(account, password_of(account)) as mailbox,
        ):
            folders = [folder.name for folder in find_folders(mailbox, ())[0]]
        return hello.picture(
            self.config,
            app.place.bench,
            store,
            self.desk.clock(),
            folders=folders,
            running=self.unit,
        )

    def _show(self, found: list[Standing]) -> None:
        if not found:
            return
        self.desk.say("\nЖдут вас:", "\nThey wait for you:")
        for each in found[:SHOWN]:
            line = f"{each.number}. {each.case.title}, {each.case.order}"
            self.desk.terminal.say(f"  {clean(line)}")

    def _say_how_on(self, *, running: bool) -> None:
        desk = self.desk
        own = shown_name()
        options = f" --config {desk.path}" if desk.is_elsewhere else ""
        desk.say("\nДальше:", "\nWhat next:")
        rows = [
            (f"{own}{options} cases", "что найдено", "what was found"),
            (
                f"{own}{options} digest --send",
                "письмо дня прямо сейчас",
                "the letter of the day at once",
            ),
            (f"{own}{options} check", "проверить всё ещё раз", "try everything again"),
        ]
        if not running:
            russian = "работать постоянно; службой или по cron: docs/setup.md"
            english = "work for good; as a unit or by cron: docs/setup.md"
            rows.append((f"{own}{options} run", russian, english))
        width = max(len(line) for line, _, _ in rows)
        for line, russian, english in rows:
            desk.say(f"  {line:<{width}}   {russian}", f"  {line:<{width}}   {english}")


def shown_name() -> str:
    """Return how the owner may call the program: by its name where the shell finds it."""
    own = Path(sys.argv[0])
    if own.name != "triage" or shutil.which("triage") == str(own.absolute()):
        return "triage"
    return str(own)


def keep_running(desk: Desk) -> list[str]:
    """Install and start the unit; return in words what did not work."""
    text = unit.text_for(called(), desk.path.absolute())
    try:
        problems = unit.install(text)
    except TriageError as error:
        problems = [str(error)]
    if not problems:
        desk.say(
            "✓ Служба triage.service запущена: systemctl --user status triage",
            "✓ The unit triage.service runs: systemctl --user status triage",
        )
    return problems


def called() -> list[str]:
    """Return how a unit may call this program."""
    own = sys.argv[0]
    known = own.startswith("/") and own.endswith("/triage")
    return [own] if known else [sys.executable, "-m", "triage"]
