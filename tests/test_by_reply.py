"""A month of life by reply only: what the owner says by mail is as good as a command."""

import re
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from life import Life, days
from postbag import Postbag

from triage.core.act import Act, ActKind
from triage.core.button import Replies
from triage.jobs.demo import load_scenario
from triage.jobs.look import find_case

pytestmark = pytest.mark.usefixtures("hurried")


class ByMail(Life):
    """Lives as the scenario has it, but says everything in answers to the digest."""

    def act(self, day) -> None:
        """Answer in one letter what can be said at once; a new case has to appear first."""
        letters: list[list[Act]] = [[]]
        for act in self.scenario.acts:
            if act.at.date() == day:
                letters[-1].append(act)
                if act.kind is ActKind.REPORTED:
                    letters.append([])
        for acts in filter(None, letters):
            self.say(acts)

    def say(self, acts: list[Act]) -> None:
        bag, before = Postbag(self), len(Postbag(self).acts())
        self.now = acts[0].at.astimezone(UTC)
        bag.reply("\n".join(map(self._words, acts)))
        self.now = acts[-1].at.astimezone(UTC)
        self.tick()
        said = bag.said()
        assert isinstance(said, Replies)
        assert not said.unclear, [(one.words, one.why) for one in said.unclear]
        assert len(bag.acts()) == before + len(acts)

    def _words(self, act: Act) -> str:
        if act.kind is ActKind.REPORTED:
            return f"не получил {act.posting or act.order}"
        with self.app.place.store() as store:
            standing = find_case(store, self.app.place.bench, act.at, act.case)
        number = standing.number
        match act.kind:
            case ActKind.STEP_DONE:
                [rung] = [
                    one.step.rung
                    for one in standing.steps
                    if one.step.id == act.data["step"]
                ]
                return f"Готово {number}, шаг {rung}"
            case ActKind.FACT:
                return f"факт {number} {act.data['name']}={act.data['value']}"
            case ActKind.ANSWERED:
                return (
                    f"{'верно' if act.data['answer'] == 'yes' else 'неверно'} {number}"
                )
            case ActKind.SNOOZED:
                return f"отложить {number} до {act.data['until']}"
            case ActKind.RESOLVED:
                return f"решено {number}, деньги пришли"
            case _:
                return f"открыть {number}"


def seen(life: Life) -> list[tuple[object, ...]]:
    return [
        (s.case.id, s.number, s.state, s.step and s.step.step.id, s.waiting_until)
        for s in life.standings()
    ]


def test_a_month_lived_by_reply_ends_as_one_lived_by_commands(tmp_path: Path) -> None:
    scenario = load_scenario()
    lives = []
    for kind, name in ((Life, "commands"), (ByMail, "mail")):
        (tmp_path / name).mkdir()
        life = kind(tmp_path / name, scenario)
        life.live()
        lives.append(seen(life))
        life.close()

    assert lives[0] == lives[1]


def test_a_month_lived_by_reply_can_be_rebuilt(tmp_path: Path) -> None:
    life = ByMail(tmp_path, load_scenario())
    try:
        life.live(days(life.scenario)[12])
        before, sent = seen(life), len(life.sent.letters)
        journal = life.app.place.journal.head()

        (life.app.place.home.index).unlink()
        life.restart().tick()

        assert seen(life) == before
        assert life.app.place.journal.head() == journal
        assert len(life.sent.letters) == sent
    finally:
        life.close()


def test_a_button_in_the_letter_is_pressed_and_the_next_letter_confirms_it(
    tmp_path: Path,
) -> None:
    life = ByMail(tmp_path, load_scenario())
    try:
        for day in days(life.scenario):
            life.begin(day)
            pressed = Postbag(life).pressable("готово")
            if pressed:
                break
        bag = Postbag(life)
        life.now += timedelta(hours=2)
        bag.press(pressed)
        life.tick()
        assert [act.kind for act in bag.acts()] == [ActKind.STEP_DONE]

        life.begin(day + timedelta(days=1))
        [line] = re.findall(
            r"Дело \d+: шаг «.+» отмечен сделанным\.", bag.body("plain")
        )
        assert line in bag.body("html").replace("\n", " ")
        undo = Postbag(life).pressable("отмена")
        life.now += timedelta(hours=2)
        bag.press(undo)
        life.tick()

        assert [act.kind for act in bag.acts()][-1] == ActKind.UNDONE
    finally:
        life.close()
