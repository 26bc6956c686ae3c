"""What was done about a case, on which day of the owner's."""

from builders import MOSCOW, ORDER, an_act, on

from triage.core.case import Case
from triage.core.event import Certainty
from triage.core.progress import Progress, progress, told_in

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


def test_what_is_done_about_one_case_is_not_done_about_another_of_the_same_order():
    other = CASE.id.replace("defective", "refund-missing")
    acts = [
        an_act("step_done", "2026-11-12 12:00", other, step="claim", on="2026-11-12"),
        an_act("fact", "2026-11-12 12:00", other, name="payment", value="мир"),
        an_act("snoozed", "2026-11-13 12:00", other, until="2026-11-30"),
        an_act("resolved", "2026-11-14 12:00", other),
    ]

    assert progress(CASE, acts, [], MOSCOW, on("2026-11-20")) == Progress()


def test_what_is_told_of_an_order_is_told_of_each_of_its_cases():
    act = an_act("fact", "2026-11-12 12:00", name="payment", value="мир")

    assert [f.value for f in told_in([act], CASE, MOSCOW)] == ["мир"]
