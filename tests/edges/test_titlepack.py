"""What the English letter of the day calls things: all of it is English, but norms."""

import re
from dataclasses import fields, replace
from functools import cache
from importlib.resources import files

import pytest

from triage.core.event import EventKind
from triage.core.pack import Packs
from triage.edges.packs import load
from triage.errors import ConfigError

SHOPS = ["ozon", "yandex-market"]
RUSSIAN = re.compile("[А-Яа-яЁё]")


@cache
def packs(language: str | None = None) -> Packs:
    return load(SHOPS, "ru", None, language)


def rules(language: str | None = None):
    return [rule for market in packs(language).marketplaces for rule in market.rules]


def test_every_event_has_an_english_name_that_completes_the_question():
    english = packs("en")

    assert set(english.events) == {kind.value for kind in EventKind}
    for name in english.events.values():
        assert not RUSSIAN.search(english.question.format(event=name))
        assert re.match(r"(?:the|a|an|you|support) ", name)


def test_every_rule_has_an_english_title_and_its_question_where_it_asks():
    for rule, ours in zip(rules(), rules("en"), strict=True):
        assert not RUSSIAN.search(ours.title + ours.asks), rule.id
        assert bool(ours.asks) == bool(rule.asks)
        assert not ours.asks or ours.asks.endswith("?")
        assert ours.basis == rule.basis  # a norm is cited as it is called


def test_every_kind_of_term_is_english():
    assert packs("en").ladder.kinds.keys() == packs().ladder.kinds.keys()
    assert not RUSSIAN.search(" ".join(packs("en").ladder.kinds.values()))


def test_in_russian_the_packs_speak_for_themselves():
    russian, plain = packs("ru"), packs()

    assert replace(russian, marketplaces=()) == replace(plain, marketplaces=())
    for shop, same in zip(russian.marketplaces, plain.marketplaces, strict=True):
        assert replace(shop, identifiers=same.identifiers) == same
        for each in fields(same.identifiers):  # which are compared as themselves
            found = getattr(shop.identifiers, each.name)
            assert found == getattr(same.identifiers, each.name)


def test_another_language_makes_the_index_again_for_titles_are_in_it():
    assert packs("en").fingerprint != packs().fingerprint


def test_a_rule_without_a_title_keeps_its_own(tmp_path):
    built_in = (files("triage") / "packs/en/titles.toml").read_text()
    (tmp_path / "en").mkdir()
    mine = tmp_path / "en" / "titles.toml"
    mine.write_text(re.sub(r"(?m)^defective +=.*\n", "", built_in))
    found = load(SHOPS, "ru", tmp_path, "en").marketplaces[0].rules

    assert {r.title for r in found if r.id == "defective"} == {"Товар с недостатком"}

    mine.write_text(built_in.replace("{event}", "that"))
    with pytest.raises(ConfigError, match="event"):
        load(SHOPS, "ru", tmp_path, "en")
