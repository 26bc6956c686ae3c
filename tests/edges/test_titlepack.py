"""What the English letter of the day calls things: all of it is English, but norms."""

import ast
import re
from collections.abc import Iterator
from dataclasses import fields, replace
from functools import cache
from importlib.resources import files
from string import Template

import pytest

from triage.core.event import EventKind
from triage.core.pack import Packs
from triage.edges.packs import load
from triage.edges.titlepack import SPOKEN
from triage.errors import ConfigError

SHOPS = ["ozon", "yandex-market"]
RUSSIAN = re.compile("[А-Яа-яЁё]")
QUOTED = re.compile("«[^»]*»|“[^”]*”")  # what is named as it is called, or to be typed
READERS = ("reading.py", "receipt_letter.py")


def _reasons() -> Iterator[str]:
    """Yield why a letter is not counted, as the readers of letters say it."""
    for name in READERS:
        tree = ast.parse((files("triage") / "core" / name).read_text("utf-8"))
        inner = {
            part
            for node in ast.walk(tree)
            if isinstance(node, ast.JoinedStr)
            for part in node.values
        }
        for node in ast.walk(tree):
            if node in inner:
                continue
            if isinstance(node, ast.JoinedStr):
                parts = (getattr(part, "value", None) for part in node.values)
                words = "".join(p if isinstance(p, str) else "{}" for p in parts)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                words = node.value
            else:
                continue
            if re.match("[а-я]", words) and len(words) > 15:
                yield words


REASONS = frozenset(_reasons())


def names(text: str) -> set[str]:
    """Name the facts of a text, those of its conditions too."""
    asked = {name for _, name in re.findall(r"\?(!?)([a-z_]+) ", text)}
    return asked | {*Template(text).get_identifiers()}


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
    mine.write_text(re.sub(r'(?m)^defective += "[A-Z].*\n', "", built_in))
    found = load(SHOPS, "ru", tmp_path, "en").marketplaces[0].rules

    assert {r.title for r in found if r.id == "defective"} == {"Товар с недостатком"}

    mine.write_text(built_in.replace("{event}", "that"))
    with pytest.raises(ConfigError, match="event"):
        load(SHOPS, "ru", tmp_path, "en")


def said_of_steps(language: str | None = None) -> Iterator[str]:
    """Yield all that the owner reads of any step, in any of its variants."""
    ladder, tongue = packs(language).ladder, packs(language).tongue
    for plan in ladder.plans.values():
        for step in plan:
            for name in (*SPOKEN, "addressee"):
                yield tongue.of(getattr(step, name))
            for variant in step.variants:
                yield from (
                    tongue.of(variant.changes[name])
                    for name in (*SPOKEN, "addressee")
                    if name in variant.changes
                )
    yield from map(tongue.of, ladder.documents.values())
    yield from (tongue.of(norm.warning) for norm in ladder.norms.values())


def test_all_that_is_said_of_a_step_is_english():
    for words in said_of_steps("en"):
        assert not RUSSIAN.search(QUOTED.sub("", words)), words


def test_letters_that_are_sent_stay_as_they_are():
    russian, english = packs().ladder, packs("en").ladder

    assert english.letters == russian.letters
    assert english.documents == russian.documents
    assert english.texts == russian.texts
    for rule, plan in russian.plans.items():
        for step, ours in zip(plan, english.plans[rule], strict=True):
            assert ours.addressee == step.addressee
            assert ours.texts == step.texts


def test_every_caution_is_english_with_its_days():
    tongue, phrases = packs("en").tongue, packs().ladder.phrases
    holes = {"since": "5 декабря 2026 г.", "end": "5 декабря 2026 г."}
    holes |= {"checked": "5 декабря 2026 г.", "day": "5 декабря 2026 г."}
    holes |= {"year": "2028", "sum": "10,00 ₽", "number": "7"}
    cautions = [v for k, v in phrases.items() if k.startswith("caution_")]

    for one in cautions:
        words = tongue.of(f"{one.format(**holes)}; {one.format(**holes)}")
        assert not RUSSIAN.search(QUOTED.sub("", words)), words
        assert words.count("5 December 2026") == 2 * (
            "5 декабря" in one.format(**holes)
        )


def test_a_norm_in_a_caution_keeps_its_name():
    said = packs("en").tongue.of(
        "проверьте редакцию нормы: ст. 12 Закона, ст. 499 ГК РФ"
    )

    assert said == "check the wording of the norm: ст. 12 Закона, ст. 499 ГК РФ"


def test_every_fact_that_a_letter_may_ask_for_has_an_english_name():
    asked = packs().facts.told
    for name in (*asked, "owner_name", "owner_contact", "owner_email"):
        title = packs("en").ladder.fact_names[name]
        assert not RUSSIAN.match(title), name


def test_what_happened_is_told_in_english_of_every_rule():
    tongue = packs("en").tongue
    told = {rule.id for rule in rules()}

    assert told <= set(tongue.happened)
    for rule in told:
        english, russian = tongue.happened[rule], packs().ladder.texts_of(rule)["what"]
        assert not RUSSIAN.search(english), rule
        assert names(english) <= names(russian) | {"order"}, rule


def test_nothing_is_translated_that_the_packs_do_not_say():
    """A sentence that was changed in the packs has to be changed here as well."""
    ours = {*said_of_steps(), *packs().ladder.phrases.values(), *REASONS}
    ours |= {norm.cite for norm in packs().ladder.norms.values()}
    templates = {re.sub(r"\{[a-z]+\}", "{}", words) for words in ours}

    for sentence in packs("en").tongue.said:
        assert re.sub(r"\{[a-z]+\}", "{}", sentence) in templates, sentence


def test_why_a_letter_is_not_counted_is_said_in_english():
    for reason in REASONS:
        words = packs("en").tongue.of(reason.format("Ozon"))
        assert not RUSSIAN.search(words), words


def test_rules_of_business_are_named_in_english_and_the_law_as_one_cites_it():
    for norm in packs().ladder.norms.values():
        said = packs("en").tongue.of(norm.cite)
        assert said == norm.cite if norm.kind == "LAW" else not RUSSIAN.search(said)
