"""The words and the paper of a dossier."""

import json
import re
import tomllib
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib.resources import files
from io import BytesIO

import pytest
from pypdf import PdfReader
from world import World

from triage.core.event import ATTRIBUTES, Certainty, EventKind
from triage.core.settlement import Lack
from triage.core.timeline import STATUS
from triage.core.words import NBSP
from triage.edges.dossiers import MARKUP, Press
from triage.edges.typeset import set_type

WORDS = {
    language: tomllib.loads(
        (files("triage") / "packs" / language / "dossier.toml").read_text("utf-8")
    )
    for language in ("ru", "en")
}
NOW = datetime(2026, 11, 22, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def dossiers(tmp_path_factory):
    world = World(tmp_path_factory.mktemp("home"), NOW)
    world.deliver()
    world.app.tick()
    with world.app.place.store() as store:
        shelf = world.app.place.scribe.shelf(store, world.folder / "orders")
        names = [path.name for path in (world.folder / "orders").glob("*/")]
        made = list(shelf.dossiers(("ozon", name) for name in names))
    yield {one.order: one for one in made}
    world.close()


def shape(words: dict) -> dict:
    """Say which words there are, and which values stand in them."""
    return {
        section: {
            name: sorted(re.findall(r"\{(\w+)\}", text)) for name, text in some.items()
        }
        for section, some in words.items()
        if isinstance(some, dict) and section != "kinds"
    }


def test_both_languages_have_the_same_words_with_the_same_values():
    assert shape(WORDS["ru"]) == shape(WORDS["en"])


@pytest.mark.parametrize("language", ["ru", "en"])
def test_there_is_a_word_for_whatever_an_order_can_tell(language):
    words = WORDS[language]

    assert words["gaps"].keys() == set(Lack)
    assert words["statuses"].keys() >= {*STATUS.values(), "unknown", "handed over"}
    assert words["certainty"].keys() == {one.word for one in Certainty}
    assert words["told"].keys() < ATTRIBUTES
    assert words["kinds"].keys() in (set(), set(EventKind))


def test_days_and_sums_are_written_as_the_language_has_them():
    russian, english = Press("ru"), Press("en")

    assert russian.shown(date(2026, 12, 5)).replace(NBSP, " ") == "5 декабря 2026 г."
    assert english.shown(date(2026, 12, 5)).replace(NBSP, " ") == "5 December 2026"
    assert russian.shown(Decimal(12490)).replace(NBSP, " ") == "12 490,00 ₽"


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_order_has_a_page_without_a_gap(dossiers, language):
    press = Press(language)

    for one in dossiers.values():
        page = press.order(one)
        assert f'<html lang="{language}">' in page
        assert not re.search(r"\{\w+\}|None|Undefined|&amp;(?:lt|amp|#)", page)


def test_a_page_keeps_its_language_beside_one_of_another(dossiers):
    russian = Press("ru")
    before = russian.order(dossiers["12345678-0004"])

    Press("en")

    assert russian.order(dossiers["12345678-0004"]) == before


def test_the_page_says_what_the_letters_said(dossiers):
    page = Press("ru").order(dossiers["12345678-0004"]).replace(NBSP, " ")

    for words in (
        "Заказ оформлен, заказ оплачен",
        "сумма 12 490,00 ₽; обещано к 14 ноября 2026 г.",
        "«Вы отменили заказ 12345678-0004»",
        "возврата денег: 12 490,00 ₽",
        "Дело 1. Деньги за отменённое не вернулись",
    ):
        assert words in page, words


def paper(dossier, language: str) -> str:
    values = Press(language).plain(dossier)
    data = set_type("dossier.typ", values, at=NOW, folder=MARKUP)
    pages = PdfReader(BytesIO(data)).pages
    return "\n".join(page.extract_text() for page in pages)


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.slow
def test_every_dossier_can_be_set_on_paper_with_its_sums(dossiers, language):
    for one in dossiers.values():
        text = re.sub(r"[\s\u200b]+", "", paper(one, language))

        assert one.order in text
        for leaf in one.leaves:
            assert leaf.evidence in text


def test_the_same_dossier_at_the_same_second_gives_the_same_paper(dossiers):
    one = dossiers["12345678-0002"]

    made = [
        set_type("dossier.typ", Press("ru").plain(one), at=NOW, folder=MARKUP)
        for _ in range(2)
    ]

    assert made[0] == made[1]
    assert made[0].startswith(b"%PDF")


def test_what_goes_to_paper_is_data_never_markup(dossiers):
    plain = json.dumps(Press("ru").plain(dossiers["12345678-0004"]))
    hostile = "#set page(width: 1cm) $x$ *b* <a> \\\\ ]".replace("\\", "\\\\")
    values = json.loads(plain.replace("ozon.ru", hostile))

    data = set_type("dossier.typ", values, at=NOW, folder=MARKUP)

    text = "".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages)
    assert "#set page(width: 1cm)" in re.sub(r"\s+", " ", text)
