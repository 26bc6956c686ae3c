"""What is odd about a letter in a marketplace's name, one oddity at a time."""

import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from letters import a_message, ozon, reading

from triage.core.suspicion import buyers, host_of, orders_in, suspicions
from triage.core.warning import USUAL, Suspicion, is_foreign

NOBODY = {"domain": "", "result": "none", "reason": "no-header"}
ELSEWHERE = "shop@example.org"


def said(found: Mapping[str, str] = NOBODY, **letter: Any) -> set[str]:
    """Return the warnings of a letter that nobody vouches for."""
    letter = {"sender": ELSEWHERE, "vouched": "", **letter}
    return set(suspicions(a_message(**letter), ozon(), found))


@pytest.mark.parametrize(
    ("letter", "code"),
    [
        ({"sender": "mailer@sender.ozоn.ru"}, "lookalike-domain"),
        ({"sender": "mailer@sender.ozоn.ru"}, "mixed-script-domain"),
        ({"sender": "mailer@xn--ozn-ted.ru"}, "lookalike-domain"),
        ({"sender": "a@oz0n.ru"}, "lookalike-domain"),
        ({"sender": "help@ozon-support.ru"}, "brand-in-domain"),
        ({"sender": "a@ozon.ru.evil.example"}, "brand-in-domain"),
        ({"sender_name": "Ozon"}, "brand-in-name"),
        ({"sender_name": "ОЗОН"}, "brand-in-name"),
        ({"sender_name": "Оzоn Доставка"}, "mixed-scripts"),
        ({"sender_name": "Служба 0z0n"}, "brand-in-name"),
        ({"sender_name": "mailer@sender.ozon.ru"}, "address-in-name"),
        ({"sender_name": '"Ozon" <noreply@ozon.ru>'}, "address-in-name"),
        ({"subject": "Ваш зaкaз отменён"}, "mixed-scripts"),
        ({"links": ("https://oz0n-payment.ru/pay",)}, "links-elsewhere"),
        ({"links": ("https://www.ozon.ru@evil.example/",)}, "links-elsewhere"),
        ({"links": ("https://evil.example\\@www.ozon.ru/",)}, "links-elsewhere"),
        ({"links": ("https://ozon.ru.evil.example/my/",)}, "links-elsewhere"),
        ({"subject": "Заказ №1234567"}, "impossible-order-number"),
        ({"text": "Your order #88421 is waiting"}, "impossible-order-number"),
        ({"text": "Заказ № 12345678901234"}, "impossible-order-number"),
        ({"sender": "", "defects": ("several-from",)}, "several-from"),
        ({"sender": "", "defects": ("from-unclear",)}, "from-unclear"),
    ],
)
def test_each_oddity_has_its_code(letter, code):
    assert code in said(**letter)


@pytest.mark.parametrize(
    "letter",
    [
        {"sender": "mailer@sender.ozon.ru", "sender_name": "Ozon"},
        {"links": ("https://www.ozon.ru/my/orderdetails/?order=12345678-0001",)},
        {"links": ("mailto:help@ozon.ru", "tel:+74950000000", "#top", "http://[")},
        {"subject": "Заказ 12345678-0001", "text": "Заказ № 0123456789-0001-1"},
        {"text": "Сумма заказа 12 490,00 ₽, заказ на 1990 руб, 5 товаров"},
        {"sender_name": "Магазин у дома", "subject": "Скидки на озонаторы"},
    ],
)
def test_what_is_not_odd_is_not_warned_of(letter):
    assert said(**letter) == set()


@pytest.mark.parametrize(
    ("found", "code"),
    [
        ({"result": "fail", "reason": "dmarc-fail"}, "provider-refused"),
        (
            {"result": "fail", "reason": "dkim-refuted", "dkim": "header-altered"},
            "dkim-refuted",
        ),
        (
            {"result": "fail", "reason": "dkim-refuted", "dkim": "text-added"},
            "text-added",
        ),
    ],
)
def test_what_was_found_of_the_sender_is_told(found, code):
    assert code in said({"domain": "", **found})


def test_a_letter_with_every_oddity_touches_nothing():
    message = a_message(
        "Заказ 12345678-0001 отменён, заказ №1234567",
        "Деньги за заказ 12345678-0001 возвращены",
        sender="mailer@sender.ozоn.ru",
        links=("https://evil.example/?order=12345678-0001",),
        vouched="",
    )

    assert len(suspicions(message, ozon(), NOBODY)) >= 4
    assert reading(message).events == ()


@given(st.text(), st.text(), st.text(), st.text())
def test_no_letter_is_too_odd_to_be_looked_at(sender, name, subject, link):
    codes = said(sender=sender, sender_name=name, subject=subject, links=(link,))

    assert codes <= set(Suspicion)


@given(st.text())
def test_no_link_is_too_odd_to_have_no_host_or_one(link):
    assert isinstance(host_of(link), str)


OWN, OTHER = "12345678", "87654321"


def test_the_buyer_is_the_first_part_of_an_order():
    message = a_message(text="Заказы 12345678-0001, 12345678-0002 и 0123456789-0003")

    assert buyers(orders_in(message, ozon()), ozon()) == ["0123456789", OWN]
    assert buyers(["anything"], ozon()) == []


@pytest.mark.parametrize(
    ("named", "known", "foreign"),
    [
        ([OTHER], {OWN: USUAL}, True),
        ([OWN], {OWN: USUAL}, False),
        ([OWN, OTHER], {OWN: USUAL}, False),
        ([OTHER], {OWN: USUAL, OTHER: USUAL}, False),  # a family's mailbox
        ([OTHER], {OWN: USUAL, OTHER: 1}, True),
        ([OTHER], {OWN: USUAL - 1}, False),  # too early to tell
        ([OTHER], {}, False),
        ([], {OWN: USUAL}, False),
    ],
)
def test_an_order_of_another_buyer_is_foreign_once_the_owner_is_known(
    named, known, foreign
):
    assert is_foreign(named, known) is foreign


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_warning_has_words_in_every_language(language):
    words = files("triage").joinpath("packs", language, "digest.words.j2").read_text()
    table = words.partition("set warnings")[2].partition("%}")[0]

    assert set(re.findall(r'"([a-z-]+)":', table)) == set(Suspicion)
