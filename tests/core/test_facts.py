"""What the letters of an order say, as named facts."""

from builders import an_event

from triage.core.facts import facts_of


def names(*events):
    return [fact.name for fact in facts_of(events, lambda at: at.date())]


def test_a_thing_that_is_cancelled_leaves_the_order_as_it_is():
    assert names(an_event("item_cancelled", "2026-11-08")) == ["item_cancelled_on"]


def test_once_the_order_is_cancelled_whole_its_things_are_not_told():
    part = an_event("item_cancelled", "2026-11-08")
    whole = an_event("order_cancelled", "2026-11-09")

    assert names(part, whole) == ["cancelled_on"]
