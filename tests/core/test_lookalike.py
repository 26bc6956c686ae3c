import pytest

from triage.core.lookalike import lookalike

REAL = ("ozon.ru",)


@pytest.mark.parametrize(
    "domain",
    ["ozоn.ru", "sender.оzоn.ru", "oz0n.ru", "xn--ozn-ted.ru", "mail.oz0n.ru"],
)
def test_a_domain_that_looks_like_the_real_one_is_named(domain):
    assert lookalike(domain, REAL) == "lookalike-domain"


@pytest.mark.parametrize(
    "domain",
    ["ozon.ru", "sender.ozon.ru", "OZON.RU", "example.org", "почта.рф", "1c.ru", ""],
)
def test_real_and_unlike_domains_are_not_named(domain):
    assert lookalike(domain, REAL) == ""


@pytest.mark.parametrize("domain", ["раypal.example", "xn--pypal-4ve.example"])
def test_a_label_of_two_alphabets_is_named(domain):
    assert lookalike(domain) == "mixed-script-domain"


@pytest.mark.parametrize("domain", ["xn--", "xn--a" + "9" * 80])
def test_broken_punycode_is_left_as_it_is(domain):
    assert lookalike(domain, REAL) == ""
