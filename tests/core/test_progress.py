"""What was done about a case, on which day of the owner's."""

from builders import MOSCOW, ORDER, an_act, on

from triage.core.case import Case
from triage.core.event import Certainty
from triage.core.progress import told_in

CASE = Case(
    id=f"shop/defective/{ORDER}",
    pack="shop",
    rule="defective",
    title="",
    order=ORDER,
    posting=None,
    opened_on=on("2026-11-10"),
    certainty=Certainty.PINNED,
)


def test_a_fact_told_without_a_day_is_so_since_the_owners_day_and_not_greenwichs():
    told = an_act("fact", "2026-11-14 00:30", CASE.id, name="payment", value="мир")
    dated = an_act(
        *("fact", "2026-11-14 00:30", CASE.id),
        name="payment",
        value="сбп",
        on="2026-11-12",
    )

    found = told_in([told, dated], CASE, MOSCOW)

    assert [fact.on for fact in found] == [on("2026-11-14"), on("2026-11-12")]
