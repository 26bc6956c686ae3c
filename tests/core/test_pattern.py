import re

import pytest

from triage.core.pattern import Pattern, pattern


def test_it_is_used_like_one_that_is_compiled():
    late, compiled = (
        Pattern(r"заказ (?P<value>\d+)"),
        re.compile(r"(?i)заказ (?P<value>\d+)"),
    )
    text = "Заказ 12, заказ 34"

    assert late.search(text).span() == compiled.search(text).span()
    assert late.match(text, 10).group("value") == "34"
    assert late.fullmatch(text) is None
    assert [m.span() for m in late.finditer(text)] == [(0, 8), (10, 18)]
    assert late.sub("—", text) == "—, —"
    assert late.groupindex == compiled.groupindex


def test_a_fault_shows_when_it_is_used():
    faulty = Pattern("(")

    with pytest.raises(re.error):
        faulty.search("")
    with pytest.raises(AttributeError):
        faulty.split("")


def test_equal_ones_are_one():
    assert pattern("заказ") is pattern("заказ")
    assert pattern("заказ") is not pattern("отказ")
