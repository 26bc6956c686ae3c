"""The whole product on a made-up mailbox and month: the daemon's own jobs, day by day."""

import shutil
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import click

from triage.app import App, Ticked
from triage.commands.desk import Desk, command, option
from triage.commands.first_look import shown_name
from triage.commands.standing import show_line
from triage.config import load
from triage.core.act import Act, ActKind
from triage.core.case import State
from triage.core.step import Standing
from triage.core.story import at_stake
from triage.core.words import plural, roubles
from triage.edges.folder_sender import FolderSender
from triage.edges.home import Home
from triage.edges.maildir import MaildirMailbox
from triage.errors import DiskError, UsageError
from triage.jobs.assess import standings
from triage.jobs.demo import Letterbox, Scenario, config_text, load_scenario
from triage.jobs.look import find_case

MARK = "demo.txt"
MORNING = time(8)
KEY = b"made up like all the rest of it!"  # so that every run writes the same letters


@command(
    "demo",
    "Показать программу в деле: выдуманный ящик и месяц, без учётной записи.",
    "Show the program at work on a made-up mailbox and month; needs no account.",
    option(
        "--out",
        type=click.Path(path_type=Path),
        default=Path("demo"),
        both=("куда записать", "where to write"),
    ),
)
def demo(desk: Desk, out: Path) -> None:
    month = Month(desk, out, load_scenario())
    try:
        month.make()
        month.play()
        month.sum_up()
    finally:
        month.close()


class Month:
    """A simulated month in a folder of its own."""

    def __init__(self, desk: Desk, out: Path, scenario: Scenario) -> None:
        self.desk, self.out, self.scenario = desk, out, scenario
        self.now = datetime.combine(scenario.begins, MORNING, scenario.zone)
        self._app: App | None = None

    @property
    def app(self) -> App:
        assert self._app is not None  # noqa: S101 - made by `make`
        return self._app

    def make(self) -> None:
        """Make the folder anew, its configuration and an empty mailbox.

        Raises:
            UsageError: the folder holds something else than a demonstration.
        """
        try:
            if self.out.exists() and any(self.out.iterdir()):
                if not (self.out / MARK).is_file():
                    raise UsageError(
                        f"{self.out}: папка не пуста и это не прежняя демонстрация; "
                        "укажите другую: triage demo --out ПАПКА"
                    )
                shutil.rmtree(self.out)
            self.out.mkdir(parents=True, exist_ok=True)
            (self.out / MARK).write_text(
                "Made by `triage demo`, which removes and remakes this folder.\n"
            )
            config = self.out / "config.toml"
            config.write_text(config_text(self.scenario), encoding="utf-8")
            Home(self.out).key.write_bytes(KEY)
            self.letterbox = Letterbox(self.out / "mailbox")
        except OSError as error:
            raise DiskError(f"{self.out}: не пишется: {error.strerror}") from None
        self._app = App(
            load(config),
            lambda: self.now.astimezone(UTC),
            mailbox=lambda *_: MaildirMailbox(self.letterbox.root),
            sender=FolderSender(self.out / "digests"),
        )

    def play(self) -> None:
        """Let each day bring its letters, its tick in the morning and the owner's acts."""
        day = self.scenario.begins
        while day <= self.scenario.ends:
            self.now = datetime.combine(day, MORNING, self.scenario.zone)
            letters = self._deliver()
            done = self.app.tick()
            if done.problems:
                raise DiskError("демонстрация не удалась", done.problems)
            acts = self._act(day)
            self._say(day, letters, done, acts)
            day += timedelta(days=1)

    def close(self) -> None:
        if self._app is not None:
            self._app.close()

    def _deliver(self) -> int:
        since = self.now - timedelta(days=1)
        new = [m for m in self.scenario.letters if since < m.arrives <= self.now]
        for letter in new:
            self.letterbox.deliver(letter)
        return len(new)

    def _act(self, day: date) -> int:
        """Do what the owner does that day, each at its own hour."""
        acts = [act for act in self.scenario.acts if act.at.date() == day]
        for act in acts:
            self.now = act.at
            self.app.place.record(self._about(act))
        return len(acts)

    def _about(self, act: Act) -> Act:
        """Let an answer name its question; an act on no case would be a mistake.

        Raises:
            UsageError: the case was never opened.
        """
        if act.case is None:
            return act
        place = self.app.place
        with place.store() as store:
            case = find_case(store, place.bench, act.at, act.case).case
        if act.kind is not ActKind.ANSWERED:
            return act
        about = {"question": case.asks or "", "about": " ".join(case.asks_about)}
        return replace(act, data={**act.data, **about})

    def _say(self, day: date, letters: int, done: Ticked, acts: int) -> None:
        parts = [f"{day:%d.%m}"]
        one = plural(letters, "письмо", "письма", "писем")
        english = [f"{day:%d.%m}"]
        if letters:
            parts.append(f"{letters} {one}, о заказах {done.letters}")
            english.append(f"letters {letters}, about orders {done.letters}")
        if done.events:
            event = plural(done.events, "событие", "события", "событий")
            parts.append(f"{done.events} {event}")
            english.append(f"events {done.events}")
        if done.accepted:
            parts.append("письмо владельцу")
            english.append("a digest to the owner")
        if acts:
            did = plural(acts, "действие", "действия", "действий")
            parts.append(f"{acts} {did} владельца")
            english.append(f"acts of the owner {acts}")
        if len(parts) == 1:
            parts.append("ничего нового")
            english.append("nothing new")
        self.desk.say(" · ".join(parts), " · ".join(english))

    def sum_up(self) -> None:
        """Say what the month came to, in money and cases, and what to open."""
        place = self.app.place
        with place.store() as store:
            found = standings(store, place.bench, self.now)
        self.desk.say("\nДела за месяц", "\nCases of the month", style="bold")
        for each in found:
            show_line(self.desk, each)
        settled, working = _settled(found), at_stake(found)
        self.desk.say(
            f"\nРешилось заказов на {roubles(settled)}, ещё в работе {roubles(working)}.",
            f"\nSettled: {roubles(settled)}; still at stake: {roubles(working)}.",
        )
        digests = sorted((self.out / "digests").glob("*.html"))
        if digests:
            self.desk.say(
                f"Откройте в браузере: {digests[-1]}",
                f"Open in a browser: {digests[-1]}",
            )
        config = self.out / "config.toml"
        again = f'{shown_name()} --config {config} --now "{self.now.isoformat()}" cases'
        self.desk.say(f"Или спросите: {again}", f"Or ask: {again}")


def _settled(found: Iterable[Standing]) -> Decimal:
    """Add up the orders whose cases are all closed, each rouble once."""
    sums: dict[str, Decimal] = {}
    for standing in found:
        amount = standing.case.amount or Decimal(0)
        order = standing.case.order
        sums[order] = max(sums.get(order, amount), amount)
    working = {s.case.order for s in found if s.state is not State.RESOLVED}
    return sum((sums[order] for order in sums.keys() - working), Decimal(0))
