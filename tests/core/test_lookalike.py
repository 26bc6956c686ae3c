import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.core.lookalike import lookalike, mixes_scripts

REAL = ("ozon.ru", "ozon.travel")


def odd(domain, real=REAL):
    return set(lookalike(domain, real))


@pytest.mark.parametrize(
    "domain",
    [
        "ozоn.ru",
        "sender.оzоn.ru",
        "oz0n.ru",
        "0zon.ru",
        "xn--ozn-ted.ru",
        "mail.oz0n.ru",
    ],
)
def test_a_domain_that_looks_like_the_real_one_is_named(domain):
    assert "lookalike-domain" in odd(domain)


@pytest.mark.parametrize(
    "domain",
    [
        "ozon-support.ru",
        "ozon-skidki.ru",
        "ozon-sale.ru",
        "ozon-security.com",
        "oz0n-payment.ru",
        "ozzon-mobi-age.com",
        "notozon.ru",
        "ozonsupport.example",
        "ozon.ru.evil.example",
        "sender.ozon.example",
        "xn--ozn-support-snj.ru",  # ozоn-support, with a Cyrillic letter
    ],
)
def test_a_domain_that_carries_the_name_of_the_real_one_is_named(domain):
    assert "brand-in-domain" in odd(domain)


@pytest.mark.parametrize(
    "domain",
    ["ozon.ru", "sender.ozon.ru", "OZON.RU", "example.org", "почта.рф", "1c.ru", ""],
)
def test_real_and_unlike_domains_are_not_named(domain):
    assert odd(domain) == set()


@pytest.mark.parametrize("domain", ["раypal.example", "xn--pypal-4ve.example"])
def test_a_label_of_two_alphabets_is_named(domain):
    assert odd(domain) == {"mixed-script-domain"}


@pytest.mark.parametrize("domain", ["xn--", "xn--a" + "9" * 80])
def test_broken_punycode_is_left_as_it_is(domain):
    assert odd(domain) == set()


@given(st.text())
def test_no_domain_is_too_odd_to_be_looked_at(domain):
    odd(domain)


@pytest.mark.parametrize("word", ["Соngrаtulаtіоns", "Оzоn", "αpple"])
def test_letters_of_two_alphabets_in_a_word_are_seen(word):
    assert mixes_scripts(word)


@pytest.mark.parametrize("word", ["Заказ", "Ozon", "naïve", "été", "42", ""])
def test_a_word_of_one_alphabet_is_not_mixed(word):
    assert not mixes_scripts(word)
