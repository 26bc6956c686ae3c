from dataclasses import replace

from builders import an_event

from triage.core.event import in_life


def test_what_one_letter_tells_stands_in_the_order_in_which_an_order_lives():
    paid = an_event("order_paid", "2026-11-03")
    placed = replace(an_event("order_placed", "2026-11-03"), at=paid.at)
    before = an_event("posting_delivered", "2026-11-02")

    told = sorted([paid, placed, before], key=in_life)

    assert told == [before, placed, paid]
