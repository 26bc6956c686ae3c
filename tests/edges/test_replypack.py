"""The words of answers are data, which an owner may replace, and which is checked whole."""

import re
from datetime import date
from pathlib import Path

import pytest

from triage.core.listener import Listener
from triage.core.phrasebook import Verb
from triage.core.wish import Lost, Wish
from triage.edges.packs import load
from triage.edges.replypack import FILE, LANGUAGES, phrase, read_phrasebook
from triage.errors import ConfigError

BUILT_IN = Path(__file__).parents[2] / "triage" / "packs"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "ru").mkdir()
    text = (BUILT_IN / "ru" / FILE).read_text("utf-8")
    (tmp_path / "ru" / FILE).write_text(text, "utf-8")
    return tmp_path


def change(own: Path, old: str, new: str) -> None:
    path = own / "ru" / FILE
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_of_every_language_are_understood_whatever_is_shown(language):
    heard = read_phrasebook(language).heard

    assert heard.verbs[phrase("Готово")] is Verb.DONE
    assert heard.verbs[phrase("done")] is Verb.DONE
    assert heard.facts[phrase("продавец ИНН")] == heard.facts[phrase("seller INN")]


def test_an_owners_own_words_stand_in_place_of_the_built_in_ones(own):
    change(own, 'done         = ["готово", ', 'done         = ["сварено", ')
    heard = read_phrasebook("ru", own).heard

    assert heard.verbs[phrase("сварено")] is Verb.DONE
    assert phrase("готово") not in heard.verbs


def test_every_fault_of_the_file_is_named(own):
    change(own, "stranger  =", "stranjer  =")
    change(own, 'unknown   = "непонятно"', "")

    with pytest.raises(ConfigError) as caught:
        read_phrasebook("en", own)

    problems = "\n".join(caught.value.problems)
    assert "ru/replies.toml: refused: stranger is missing" in problems
    assert "unknown key 'stranjer'" in problems
    assert "ru/replies.toml: why: unknown is missing" in problems


def test_every_answer_that_the_packs_put_into_the_owners_mouth_is_understood():
    """What a step tells the owner to answer must do what it promises."""
    packs = load(["ozon", "yandex-market"], "ru", None)
    listener = Listener(
        heard=read_phrasebook("ru").heard,
        today=date(2026, 12, 7),
        read_number=lambda word: None,
        facts={n: packs.ladder.fact_names[n] for n in packs.facts.told},
    )
    texts = "".join(
        path.read_text("utf-8")
        for folder in ("ru", "en")
        for path in (BUILT_IN / folder).rglob("*.t*")
    )
    asked = [
        f"{word} 3 {rest}"
        for word, rest in re.findall(
            r"[«“](факт|fact) (?:\$number|\{number\}) ([^»”]+)[»”]", texts
        )
    ]

    assert len({*asked}) > 16
    for words in asked:
        [wish] = listener.listen(words)
        told = packs.facts.settle(
            wish.fact,
            wish.value,
            title="",
            on=date(2026, 12, 7),
            today=date(2026, 12, 7),
        )
        assert (wish.numbers, bool(told)) == ((3,), True), words


def test_what_the_page_on_replies_says_is_understood_and_what_it_says_is_not_is_not():
    page = (BUILT_IN.parents[1] / "docs" / "replies.md").read_text("utf-8")
    table = page.partition("| можно сказать |")[2].partition("\n\n")[0]
    said = [
        words
        for row in table.splitlines()[2:]
        for words in re.findall("`([^`]+)`", row.rpartition("|")[0])
    ]
    refused = page.partition("Понимается вся просьба или ничего")[2].partition(
        " ничего"
    )
    packs = load(["ozon"], "ru", None)
    number = re.compile(r"\d{8}-\d{4}")
    listener = Listener(
        heard=read_phrasebook("ru").heard,
        today=date(2026, 11, 23),
        read_number=lambda w: ("ozon", w, None) if number.fullmatch(w) else None,
        facts={n: packs.ladder.fact_names[n] for n in packs.facts.told},
    )

    kinds = {words: {type(one) for one in listener.listen(words)} for words in said}
    denied = re.findall("«([^»]+)»", refused[0])
    assert {words: kind for words, kind in kinds.items() if kind != {Wish}} == {}
    assert len(said) >= 30
    assert [{type(one) for one in listener.listen(each)} for each in denied] == [
        {Lost}
    ] * 4
