"""The ready letter in the digest's text part: what is copied by hand is the letter itself."""

import email
import email.policy
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ladders import CONTACTS, OWNER, a_case, did, ru, standing, told
from standings import a_digest, a_standing

from triage.core.letter import facts_for, lacking, render
from triage.core.quoting import own_words
from triage.core.sheet import plain
from triage.edges import pages
from triage.edges.mime import build
from triage.edges.templates import within

RULERS = {
    "ru": ("—— начало текста ——", "—— конец текста ——"),
    "en": ("—— the text begins ——", "—— the text ends ——"),
}
LOOKALIKES = [
    *(ruler for pair in RULERS.values() for ruler in pair),
    *("-- ", "--", "--конец", "======", "_____", " —— конец текста ——", "──конец"),
    *("― ―", "> цитата", ">> ", "From me", "From: me", "| бочка", "— — —", "Итого —"),
]
LINES = st.sampled_from(LOOKALIKES) | st.text(max_size=30)


def text_of(letter: str, language: str = "ru") -> str:
    case = a_standing()
    digest = a_digest(case, texts={case.case.id: letter}, always=True)
    assert digest is not None
    return pages.render(digest, language).text


def copied(text: str, language: str = "ru") -> str:
    """Return what somebody copies who takes all that stands between the rulers."""
    begin, end = RULERS[language]
    assert text.count(f"\n{begin}\n") == text.count(f"\n{end}\n") == 1
    return text.partition(f"\n{begin}\n")[2].partition(f"\n{end}\n")[0]


def ready_letters():
    """Yield the letters of some cases, as they are ready on a day."""
    known = {"seller_name": "ИП Петров", "seller_inn": "771234567890"}
    for rule in ("refund-missing", "defective", "damaged", "delivery-overdue"):
        case = a_case(
            rule, **known, promised_on="2026-11-02", delivered_on="2026-11-03"
        )
        acts = [did(case, "claim", "2026-11-04"), told(case, "payment", "мир")]
        now = standing(case, "2026-12-01", *acts)
        for each in now.steps:
            facts = facts_for(
                *(now, acts, ru(), OWNER), step=each.step.id, contacts=CONTACTS
            )
            letter = ru().letters.get(each.step.letter)
            if letter and not lacking(letter, facts):
                yield plain(render(letter, facts))


@pytest.mark.parametrize("language", RULERS)
def test_the_letter_between_the_rulers_is_the_letter_character_by_character(language):
    letters = list(ready_letters())

    assert len(letters) > 20
    for letter in letters:
        assert copied(text_of(letter, language), language) == letter.rstrip("\n")


def test_a_long_paragraph_is_not_cut():
    letter = "Длинный абзац. " * 200

    assert copied(text_of(letter)) == letter.rstrip()


@given(st.lists(LINES, max_size=8).map("\n".join))
def test_no_letter_can_end_itself_or_begin_another(letter):
    text = text_of(f"Здравствуйте!\n{letter}\nКонец")
    inside = copied(text)

    assert inside.startswith("Здравствуйте!\n")
    assert inside.endswith("\nКонец")


@given(LINES)
def test_a_line_that_passes_for_nothing_is_left_as_it_is(line):
    kept = within(line)

    assert not re.match(r"\s*([-=_—]){2}|>|From ", kept)
    assert re.sub(r"\s", "", kept) == re.sub(r"\s", "", line)
    if not re.match(r"\s*[-=_~‐-―─━═⎯⸺⸻﹘﹣－]{2}|>|From ", line):
        assert kept == line


@given(st.lists(LINES, max_size=8).map("\n".join))
def test_the_text_reads_the_same_to_a_program_that_lets_lines_flow(letter):
    """RFC 3676: a line that ends with a space would flow, and `-- ` would sign off."""
    lines = text_of(letter).splitlines()

    assert not any(line.endswith(" ") for line in lines)
    assert not any(line.startswith((">", "From ")) or line == "--" for line in lines)


def test_the_mail_that_carries_it_changes_no_character():
    letter = next(ready_letters())
    raw = build(
        sender="me@mail.example",
        to="me@mail.example",
        subject="Тема",
        text=text_of(letter),
        html="<p>…</p>",
        message_id="<a@b.example>",
        at=datetime(2026, 11, 23, tzinfo=UTC),
        extra={},
    )
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    body = mail.get_body(("plain",))

    assert body is not None
    assert "format" not in body["content-type"].params
    assert copied(body.get_content().replace("\r\n", "\n")) == letter.rstrip("\n")


@pytest.mark.parametrize("mark", ["> ", ">", "", "| "])
def test_nothing_of_the_letter_is_taken_for_the_owners_answer(mark):
    sent = text_of(next(ready_letters()))
    quoted = "\n".join(f"{mark}{line}" for line in sent.splitlines())

    assert own_words(f"готово 3\n\n{quoted}", sent) == "готово 3"
