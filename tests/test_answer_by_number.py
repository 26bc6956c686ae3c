"""What the owner is told to answer: with the number of his own case, in either language."""

import re
from collections.abc import Iterator
from functools import cache

import pytest
from builders import on
from ladders import CONTACTS, MOSCOW, OWNER, RULES, a_case, did, told

from triage.core.ladder import stand
from triage.core.letter import facts_for, lacking
from triage.core.memo import write
from triage.core.pack import Packs
from triage.edges.packs import load

DAY = "2026-11-23"
SAID = {"ru": "«факт 7 ", "en": "“fact 7 "}
ANSWER = re.compile("[«“](?:факт|fact) [^»”]*[»”]")


@cache
def packs(language: str) -> Packs:
    return load(["ozon", "yandex-market"], "ru", None, language)


def shown(language: str, number: int = 7) -> Iterator[str]:
    """Yield what the owner reads of every kind of case: advice, cautions and memos."""
    ladder, tongue = packs(language).ladder, packs(language).tongue
    for rule in RULES:
        case = a_case(rule, delivered_on="2026-11-10", cancelled_on="2026-10-01")
        for acts in ([], [told(case, "payment", "мир", DAY)]):
            now = stand(
                *(case, number, acts, [], ladder, OWNER, on(DAY)),
                zone=MOSCOW,
                contacts=CONTACTS,
            )
            for each in now.steps:
                step = each.step
                yield from (step.action, step.after, tongue.of(each.caution))
                letter = ladder.letters.get(step.letter)
                facts = facts_for(
                    *(now, acts, ladder, OWNER), step=step.id, contacts=CONTACTS
                )
                if letter and not lacking(letter, facts):
                    yield write(letter, facts, rule, tongue)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_advice_names_the_number_of_its_own_case(language):
    texts = list(shown(language))
    answers = {said for text in texts for said in ANSWER.findall(text)}

    assert len(answers) > 8
    for said in answers:
        assert said.startswith(SAID[language]), said
    for text in texts:
        assert not re.search(r"где 3|case 3|\$number|\{number\}", text), text


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_letter_that_wants_the_key_rate_asks_for_it_by_the_case(language):
    case = a_case("refund-missing", cancelled_on="2026-10-01")
    acts = [did(case, step, "2026-11-12") for step in ("check", "support")]
    ladder, tongue = packs(language).ladder, packs(language).tongue
    now = stand(case, 7, acts, [], ladder, OWNER, on(DAY), zone=MOSCOW)

    assert now.step is not None
    assert SAID[language] in tongue.of(now.step.caution)


def test_a_case_without_a_number_goes_by_its_id():
    texts = [text for text in shown("ru", number=0) if "«факт " in text]

    assert texts
    for text in texts:
        assert re.search(r"«факт shop/[a-z-]+/12345678-0001 ", text), text
