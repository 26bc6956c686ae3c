"""What the English letter of the day calls things: all of it is English, but norms."""

import ast
import re
from collections.abc import Iterator
from dataclasses import fields, replace
from functools import cache
from importlib.resources import files
from string import Template

import pytest
from ladders import CONTACTS, OWNER, RULES, a_case, standing, told

from triage.core.event import EventKind
from triage.core.letter import facts_for, lacking, render
from triage.core.memo import write
from triage.core.pack import Packs
from triage.core.sheet import NOTE
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


MEMOS = {"check", "pickup", "documents"}
HOLE = r"\{[a-z]+\}|\$[a-z_0-9]+"
PASSAGES = ("checklist", "receipts", "snapshot")
FACTS = {
    "paid_on": "2026-10-20",
    "promised_on": "2026-11-02",
    "delivered_on": "2026-11-11",
    "cancelled_on": "2026-11-01",
    "keep_until": "2026-12-14",
    "moved_to": "2026-11-20",
    "seller_name": "Shop",
    "seller_inn": "7707083893",
    "only_in_person": "да",
}


def said_in_memos() -> Iterator[str]:
    """Yield the lines that memos are made of beside their own."""
    for texts in packs().ladder.texts.values():
        for name in PASSAGES:
            yield from _lines(texts.get(name, ""))


def said_below_letters() -> Iterator[str]:
    """Yield what stands below letters, for the owner to heed before he sends them."""
    ladder = packs().ladder
    for letter in ladder.letters.values():
        yield from _lines(letter.text.partition(f"\n{NOTE}\n")[2])
    for texts in ladder.texts.values():
        for name in ("footer", "footer_short", "note"):
            yield from _lines(texts.get(name, ""))
    for plan in ladder.plans.values():
        for step in plan:
            for variant in step.variants:
                yield from _lines(variant.changes.get("texts", {}).get("note", ""))


def _lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        words = re.sub(r"^(?:\?!?[a-z_0-9]+ )+", "", line)
        if words.startswith("$") or NOTE in words:
            continue
        for part in words.split("$caution"):
            yield part.removeprefix(".").strip()


def without_names(text: str) -> str:
    """Leave out what stays Russian: what is quoted, what is to be typed, and the law."""
    cited = {norm.cite for norm in packs().ladder.norms.values()}
    for name in sorted(cited, key=len, reverse=True):
        text = text.replace(name, "") if name else text
    return re.sub(r"(?m)^— payment: .*$", "", QUOTED.sub("", text))


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
    ours |= {*said_below_letters(), *said_in_memos()}
    templates = {re.sub(HOLE, "{}", words) for words in ours}

    for sentence in packs("en").tongue.said:
        assert re.sub(HOLE, "{}", sentence) in templates, sentence


def test_all_that_stands_below_a_letter_for_the_owner_is_english():
    tongue = packs("en").tongue

    below = [*said_below_letters(), *said_in_memos()]
    assert len(below) > 70
    for words in below:
        said = tongue.of(words.replace("$number", "7").replace("$length", "за"))
        assert not RUSSIAN.search(QUOTED.sub("", re.sub(HOLE, "", said))), words


@pytest.mark.parametrize("name", sorted(MEMOS))
def test_a_memo_asks_for_nothing_that_its_original_does_not_know(name):
    mine, original = packs("en").tongue.memos[name], packs().ladder.letters[name]

    assert names(mine) <= names(original.text)
    assert not RUSSIAN.search(QUOTED.sub("", re.sub(": how .*", "", mine)))


def test_every_letter_to_the_owner_alone_is_a_memo():
    sent_to_nobody = {
        step.letter
        for plan in packs().ladder.plans.values()
        for step in plan
        if step.letter and not step.addressee
    }

    assert sent_to_nobody == MEMOS == {*packs("en").tongue.memos}


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("told_too", [{}, FACTS], ids=["nothing told", "all told"])
def test_memos_are_english_and_letters_that_are_sent_are_russian(rule, told_too):
    english, russian = packs("en"), packs()
    case = a_case(rule, **told_too)
    acts = [told(case, "payment", "мир")] if told_too else []
    now = standing(case, "2026-12-01", *acts, number=7)
    for each in now.steps:
        step = each.step
        for name in filter(None, (step.letter, step.again, *step.more_letters)):
            letter = russian.ladder.letters[name]
            facts = facts_for(
                *(now, acts, russian.ladder, OWNER), step=step.id, contacts=CONTACTS
            )
            if lacking(letter, facts):
                continue
            mine = write(letter, facts, rule, english.tongue)
            if name in MEMOS:
                assert not RUSSIAN.search(without_names(mine)), mine
                continue
            text, _, note = mine.partition(f"\n{NOTE}\n")
            assert text == render(letter, facts).partition(f"\n{NOTE}\n")[0]
            assert not RUSSIAN.search(without_names(note)), note


def test_a_memo_of_the_owners_own_that_lacks_a_fact_gives_way_to_the_packs(tmp_path):
    (tmp_path / "en" / "letters").mkdir(parents=True)
    mine = tmp_path / "en" / "letters" / "check.txt"
    case = a_case("refund-missing")
    now = standing(case, "2026-12-01")
    facts = facts_for(now, [], packs().ladder, OWNER, step="check")
    letter = packs().ladder.letters["check"]

    def written() -> str:
        tongue = load(SHOPS, "ru", tmp_path, "en").tongue
        return write(letter, facts, case.rule, tongue)

    mine.write_text("Look at order $order, $ticket.")
    assert written().startswith("Проверьте заказ")
    mine.write_text("Look at order $order.")
    assert written() == f"Look at order {case.order}.\n"


@pytest.mark.parametrize(
    ("name", "data", "fault"),
    [
        ("chek.txt", b"x", "no such letter; did you mean 'check'?"),
        ("check.txt", b"100 $ or more", "a lone $"),
        ("check.txt", b"\xff", "not text in UTF-8"),
    ],
)
def test_a_memo_that_is_wrong_is_named(tmp_path, name, data, fault):
    (tmp_path / "en" / "letters").mkdir(parents=True)
    (tmp_path / "en" / "letters" / name).write_bytes(data)

    with pytest.raises(ConfigError) as caught:
        load(SHOPS, "ru", tmp_path, "en")

    assert f"en/letters/{name}: " in "\n".join(caught.value.problems)
    assert fault in "\n".join(caught.value.problems)


def test_why_a_letter_is_not_counted_is_said_in_english():
    for reason in REASONS:
        words = packs("en").tongue.of(reason.format("Ozon"))
        assert not RUSSIAN.search(words), words


def test_rules_of_business_are_named_in_english_and_the_law_as_one_cites_it():
    for norm in packs().ladder.norms.values():
        said = packs("en").tongue.of(norm.cite)
        assert said == norm.cite if norm.kind == "LAW" else not RUSSIAN.search(said)
