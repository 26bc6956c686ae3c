"""A step that is to be taken once more can be reported once more, by word and by button."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from life import Life, hurry, read_story
from postbag import Postbag

STORY = '''
begins = 2026-11-17
ends   = 2026-11-20

[[letter]]
at      = 2026-11-15T08:50:00+03:00
subject = "Заказ принят и оплачен"
text    = """
Заказ 12345678-0008 принят и оплачен.
Доставим 16 ноября.
Итого: 4 350,55 ₽
"""
'''


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    (tmp_path / "story.toml").write_text(STORY, "utf-8")
    _, scenario = read_story(tmp_path / "story.toml")
    with hurry():
        life = Life(tmp_path, scenario)
        yield life
        life.close()


def wait_in_vain(life: Life) -> Postbag:
    """Ask support, and come to the day on which it is to be asked once more."""
    bag = Postbag(life)
    first, second = life.scenario.begins, life.scenario.begins + timedelta(days=2)
    life.begin(first)
    bag.reply("Готово 1, шаг 1\nГотово 1, шаг 2")
    life.tick()
    life.begin(second)
    [case] = life.standings()
    assert case.step.step.letter == "support-again"
    life.now += timedelta(hours=1)
    return bag


@pytest.mark.parametrize("way", ["word", "step", "button"])
def test_asking_support_again_is_reported_by_mail_once(life: Life, way: str) -> None:
    bag = wait_in_vain(life)
    button = bag.buttons(1)["готово"]

    for _ in range(2):
        if way == "button":
            bag.press(button)
        else:
            bag.reply("готово 1" if way == "word" else "готово 1, шаг 2")
        life.now += timedelta(minutes=1)
        life.tick()

    done = [a.data["step"] for a in bag.acts() if a.kind == "step_done"]
    assert done == ["check", "support", "support"]
    [case] = life.standings()
    assert case.step.step.id == "support"
    assert case.step.done_on is not None
