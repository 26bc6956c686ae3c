"""Buttons fit the case, and their links are read alike by every mail program."""

from datetime import timedelta
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from builders import a_rule
from hypothesis import given
from hypothesis import strategies as st
from standings import TODAY, a_shop, a_standing, a_step, some_packs

from triage.core.phrasebook import Verb
from triage.core.token import Permit, allows, find_token
from triage.core.ways import NOT_RECEIVED, Ways, mailto
from triage.edges.replypack import read_phrasebook

KEY = b"k" * 32
OWNER = "me+shop@example.org"


def ways(language: str = "ru") -> Ways:
    return Ways(key=KEY, to=OWNER, on=TODAY, shown=read_phrasebook(language).shown)


def packs(**more: object):
    shop = a_shop(a_rule("refund-missing", [], [], **more))
    return some_packs().__class__(
        marketplaces=shop.marketplaces, ladder=shop.ladder, fingerprint=""
    )


def labels(standing, **more: object) -> list[str]:
    return [button.label for button in ways().of(standing, packs(**more))]


def test_an_open_case_is_done_settled_or_put_off():
    assert labels(a_standing()) == [
        "Готово",
        "Решено — деньги пришли",
        "Отложить на 3 дня",
    ]
    assert labels(a_standing(amount=None))[1] == "Решено"


def test_a_case_that_asks_is_answered():
    asking = a_standing(asks="Похоже, заказ отменён. Верно?")

    assert labels(asking) == ["Верно", "Неверно", "Отложить на 3 дня"]


def test_a_case_that_waits_can_only_be_settled():
    waiting = a_standing("waiting", step=a_step("support", done_on=TODAY))

    assert labels(waiting) == ["Решено — деньги пришли"]


def test_what_may_not_have_come_can_be_said_not_to_have_come():
    assert "Не получил" in labels(a_standing(), gives_way_to=(NOT_RECEIVED,))


@pytest.mark.parametrize("standing", [a_standing("resolved"), a_standing(number=0)])
def test_a_settled_or_nameless_case_has_no_buttons(standing):
    assert labels(standing) == []


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_button_writes_a_letter_that_says_what_it_does(language):
    standing = a_standing()
    [done, *_] = ways(language).of(standing, packs())
    parts = urlsplit(done.url)
    fields = dict(parse_qsl(parts.query, strict_parsing=True))

    assert parts.scheme == "mailto"
    assert unquote(parts.path) == OWNER
    word = {"ru": "готово", "en": "done"}[language]
    token = find_token(fields["subject"])
    assert token
    assert fields["subject"] == f"triage 3 {word} {token}"
    permit = Permit(case=standing.case.id, act=Verb.DONE, detail="support", on=TODAY)
    assert allows(KEY, token, permit)


def test_a_button_of_another_day_has_another_token():
    later = Ways(key=KEY, to=OWNER, on=TODAY + timedelta(days=1), shown=ways().shown)

    first, second = (w.of(a_standing(), packs())[0].url for w in (ways(), later))
    assert first != second


@given(st.text(min_size=1), st.text())
def test_any_subject_and_body_come_back_as_they_were(subject, body):
    try:
        (subject + body).encode()
    except UnicodeEncodeError:
        return
    url = mailto(OWNER, subject, body)

    fields = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
    assert fields == {"subject": subject, "body": body}
    assert url.isascii()
    assert "+" not in url  # some programs read it as a space


def test_a_link_is_short_enough_for_a_letter_with_twenty_cases():
    urls = [button.url for button in ways().of(a_standing(), packs())]

    assert max(map(len, urls)) < 600
