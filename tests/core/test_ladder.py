"""A case on its ladder, day by day, on the built-in plans."""

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import MOSCOW, an_act, an_event, on
from hypothesis import given
from hypothesis import strategies as st
from ladders import RULES, STEPS, a_case, did, in_worked_days, ru, standing, told

from triage.core.case import State
from triage.core.deadline import Term
from triage.core.ladder import stand
from triage.core.step import Standing, When

ONE_DAY = timedelta(days=1)
FACTS = {
    "paid_on": "2026-10-20",
    "promised_on": "2026-11-02",
    "keep_until": "2026-11-14",
    "delivered_on": "2026-11-11",
    "return_refused_on": "2026-11-12",
}


NOT_ABOUT_MONEY = {"receipt-missing", "false-discount"}
"""What goes to ФНС and ФАС without a claim: no money is asked back."""


def step(standing_: Standing) -> str:
    assert standing_.step is not None
    return standing_.step.step.id


def dated(standing_: Standing, name: str):
    return next(now for now in standing_.steps if now.step.id == name)


# --- one case from the first step to the last


def test_a_refund_that_never_comes_goes_from_the_first_step_to_the_last():
    case = a_case(
        paid_on="2026-10-20", seller_name="ИП Петров", seller_inn="771234567890"
    )
    story = [
        ("2026-11-12", "check", State.OPEN),
        ("2026-11-12", "support", State.OPEN),
        ("2026-11-22", "claim", State.OPEN),
        ("2026-11-25", "social", State.OPEN),
        ("2026-12-03", "bank", State.OPEN),
        ("2026-12-03", "authority", State.OPEN),
        ("2027-01-15", "lawyer", State.OPEN),
    ]
    acts, walked = [], []

    for day, _, _ in story:
        now = standing(case, day, *acts)
        walked.append((day, step(now), now.state))
        acts.append(did(case, step(now), day))

    assert walked == story
    assert standing(case, "2027-01-16", *acts).state is State.WAITING


def test_the_claim_of_a_missing_refund_is_due_on_day_ten_and_has_ten_days_by_law():
    case = a_case(seller_name="ИП Петров")
    acts = [did(case, "check", "2026-11-12"), did(case, "support", "2026-11-12")]

    now = standing(case, "2026-11-22", *acts)

    claim = now.step
    assert claim is not None
    assert claim.step.rung == "2c"
    assert claim.due_on == on("2026-11-22")
    assert claim.deadline_on == on("2026-12-02")
    assert (claim.deadline_kind, claim.deadline_of) == ("LAW", "other")
    assert claim.basis == "п. 4 ст. 26.1 Закона о защите прав потребителей"
    assert claim.step.letter == "claim"
    assert claim.lacks == ("seller_inn",)


def test_a_step_not_taken_is_answered_by_a_term_from_the_day_it_can_be_taken():
    case = a_case()
    acts = [did(case, "check", "2026-11-12"), did(case, "support", "2026-11-12")]

    assert standing(case, "2026-11-24", *acts).step.deadline_on == on("2026-12-04")


def test_every_rule_starts_with_something_to_do_on_its_first_day():
    for rule in RULES:
        now = standing(a_case(rule, **FACTS), "2026-11-12")
        assert now.state is State.OPEN, rule
        assert step(now) in {"check", "support"}, rule


# --- waiting and locks


def test_a_claim_that_was_sent_is_waited_on_until_its_term_ends():
    case = a_case()
    sent = did(case, "claim", "2026-11-13")

    now = standing(
        case,
        "2026-11-15",
        did(case, "check", "2026-11-12"),
        did(case, "support", "2026-11-12"),
        sent,
    )

    assert now.state is State.WAITING
    assert step(now) == "claim"
    assert now.waiting_until == on("2026-11-23")


def test_the_term_of_a_claim_runs_from_its_receipt_once_that_is_told():
    case = a_case()
    acts = [did(case, "claim", "2026-11-13")]

    told_later = standing(
        case, "2026-11-20", *acts, told(case, "claim_received_on", "2026-11-18")
    )
    told_wrong = standing(
        case, "2026-11-20", *acts, told(case, "claim_received_on", "2026-11-01")
    )

    assert dated(told_later, "claim").deadline_on == on(
        "2026-11-30"
    )  # Sunday to Monday
    assert dated(told_wrong, "claim").deadline_on == on("2026-11-23")


def test_a_receipt_may_be_told_in_words():
    case = a_case()
    acts = [
        did(case, "claim", "2026-11-13"),
        told(case, "claim_received_on", "18.11.2026"),
    ]

    assert dated(standing(case, "2026-11-20", *acts), "claim").deadline_on == on(
        "2026-11-30"
    )


def test_state_bodies_are_locked_until_a_claim_was_made():
    authority = dated(standing(a_case(), "2027-03-01"), "authority")

    assert authority.locked
    assert authority.locked_until is None
    assert "сначала претензия" in authority.step.lock_reason


def test_state_bodies_are_locked_to_the_last_day_of_the_claims_term():
    case = a_case()
    acts = [
        did(case, name, "2026-11-13") for name in ("check", "support", "claim", "bank")
    ]

    last = dated(standing(case, "2026-11-23", *acts), "authority")
    after = standing(case, "2026-11-24", *acts)

    assert (last.locked, last.locked_until) == (True, on("2026-11-23"))
    assert not dated(after, "authority").locked


def test_without_a_claim_time_alone_never_reaches_a_state_body_or_a_lawyer():
    for rule in RULES:
        if rule in NOT_ABOUT_MONEY:
            continue
        case = a_case(rule, **FACTS)
        others = [
            did(case, s, "2026-11-12")
            for s in STEPS
            if s not in {"claim", "lawyer", "authority"}
        ]
        late = standing(case, "2027-12-01", *others)
        assert late.step is None or step(late) not in {"authority", "lawyer"}, rule


def test_an_optional_step_gives_way_to_the_next_one_that_is_due():
    case = a_case()
    acts = [did(case, s, "2026-11-12") for s in ("check", "support", "claim")]

    assert step(standing(case, "2026-11-15", *acts)) == "social"
    assert step(standing(case, "2026-12-02", *acts)) == "bank"


def test_documents_run_in_the_background_and_block_nothing():
    now = standing(a_case(), "2026-11-12")

    documents = dated(now, "documents")
    assert documents.due_on == on("2026-11-12")
    assert documents.step.documents
    assert step(now) == "check"


# --- support


def test_support_that_does_not_answer_is_asked_once_more():
    case = a_case()
    acts = [did(case, "check", "2026-11-12"), did(case, "support", "2026-11-12")]

    silent = standing(case, "2026-11-14", *acts)
    again = standing(case, "2026-11-15", *acts, did(case, "support", "2026-11-14"))

    assert standing(case, "2026-11-13", *acts).state is State.WAITING
    assert (silent.state, step(silent)) == (State.OPEN, "support")
    assert silent.step.step.letter == "support-again"
    assert again.state is State.WAITING


def test_support_that_answered_is_not_asked_again():
    case = a_case()
    acts = [did(case, "check", "2026-11-12"), did(case, "support", "2026-11-12")]
    answer = an_event("support_answered", "2026-11-13")

    assert standing(case, "2026-11-15", *acts, events=[answer]).state is State.WAITING


def test_a_letter_in_sent_is_a_step_taken():
    case = a_case()
    letter = an_event("support_asked", "2026-11-13 18:00", step="support")
    before = an_event("support_asked", "2026-11-01", step="support")
    foreign = an_event(
        "support_asked", "2026-11-13", step="support", order="12345678-0002"
    )

    assert dated(
        standing(case, "2026-11-14", events=[letter]), "support"
    ).done_on == on("2026-11-13")
    assert (
        dated(standing(case, "2026-11-14", events=[before, foreign]), "support").done_on
        is None
    )


def test_a_letter_sent_after_midnight_counts_for_the_owners_day():
    letter = an_event("support_asked", "2026-11-13 00:30", step="claim")

    now = standing(a_case(), "2026-11-20", events=[letter])

    assert dated(now, "claim").done_on == on("2026-11-13")


# --- the owner's own last days


def test_a_refused_return_begins_with_the_dispute_and_its_five_days():
    now = standing(
        a_case("return-refused", return_refused_on="2026-11-12"), "2026-11-12"
    )

    assert now.step.step.letter == "dispute"
    assert now.step.deadline_on == on("2026-11-17")
    assert (now.step.deadline_kind, now.step.deadline_of) == ("OZON", "owner")


def test_a_last_day_of_the_owners_is_never_shifted():
    refused = a_case("return-refused", "2026-11-16", return_refused_on="2026-11-16")

    assert standing(refused, "2026-11-16").step.deadline_on == on(
        "2026-11-21"
    )  # a Saturday


def test_a_dispute_window_warns_on_its_third_day():
    case = a_case("return-refused", return_refused_on="2026-11-12")

    assert standing(case, "2026-11-14").step.caution == ""
    assert "скоро закроется" in standing(case, "2026-11-15").step.caution


def test_a_lapsed_dispute_window_gives_way_to_the_claim():
    case = a_case("return-refused", return_refused_on="2026-11-12")

    assert step(standing(case, "2026-11-17")) == "support"
    assert step(standing(case, "2026-11-18")) == "claim"


def test_a_bank_window_that_closes_goes_before_everything_else():
    case = a_case(opened="2026-11-12", paid_on="2026-07-01")

    day_150 = on("2026-07-01") + timedelta(days=150)

    assert step(standing(case, str(day_150 - timedelta(days=4)))) == "check"
    near = standing(case, str(day_150 - timedelta(days=3)))
    assert step(near) == "bank"
    assert (near.step.deadline_on, near.step.deadline_kind) == (day_150, "POLICY")


def test_behind_our_own_bank_day_stands_the_hard_edge():
    case = a_case(opened="2026-11-12", paid_on="2026-07-01")
    day_180 = on("2026-07-01") + timedelta(days=180)

    hard = standing(case, str(day_180)).step
    over = standing(case, str(day_180 + ONE_DAY)).step

    assert (hard.deadline_on, hard.deadline_kind) == (day_180, "BANK")
    assert "срок для этого шага прошёл" in over.caution


def test_the_bank_warns_from_day_45_that_its_own_term_may_be_shorter():
    case = a_case(paid_on="2026-10-20")
    acts = [did(case, s, "2026-11-12") for s in ("check", "support", "claim", "social")]

    assert (
        "уточните в банке"
        not in dated(standing(case, "2026-12-03", *acts), "bank").caution
    )
    assert (
        "уточните в банке" in dated(standing(case, "2026-12-04", *acts), "bank").caution
    )


def test_a_complex_thing_has_fifteen_days_only_when_the_owner_says_it_is_one():
    case = a_case("defective", delivered_on="2026-11-11")
    yes = told(case, "complex_goods", "да")

    plain = dated(standing(case, "2026-11-20"), "claim")
    complex_ = dated(standing(case, "2026-11-20", yes), "claim")

    assert plain.deadline_of == "other"
    assert (complex_.deadline_on, complex_.deadline_of) == (on("2026-11-26"), "owner")
    assert "15 дней" in dated(standing(case, "2026-11-23", yes), "claim").caution


def test_a_parcel_in_storage_is_a_reminder_with_the_letters_own_day():
    now = standing(a_case("pickup-expiring", keep_until="2026-11-14"), "2026-11-12")

    assert [n.step.id for n in now.steps] == ["check"]
    assert now.step.deadline_on == on("2026-11-14")
    assert (now.step.deadline_kind, now.step.deadline_of) == ("OZON", "owner")


# --- doubt, sleep, end


def test_a_case_with_an_open_question_stays_on_the_first_two_steps():
    for rule in RULES:
        case = a_case(rule, asks="Похоже, заказ отменён. Верно?", **FACTS)
        acts = [did(case, s, "2026-11-12") for s in ("check", "support")]
        for day in ("2026-11-12", "2026-11-30", "2027-02-01"):
            for taken in ([], acts[:1], acts):
                now = standing(case, day, *taken)
                assert now.step is None or step(now) in {"check", "support"}, rule


def test_a_case_put_off_sleeps_until_its_day():
    case = a_case()
    snooze = an_act("snoozed", "2026-11-12", case.id, until="2026-11-20")

    asleep = standing(case, "2026-11-19", snooze)

    assert (asleep.state, asleep.waiting_until) == (State.SNOOZED, on("2026-11-20"))
    assert asleep.look_again_on == on("2026-11-20")
    assert standing(case, "2026-11-20", snooze).state is State.OPEN


def test_a_step_taken_ends_the_sleep():
    case = a_case()
    snooze = an_act("snoozed", "2026-11-12", case.id, until="2026-11-20")

    assert (
        standing(case, "2026-11-13", snooze, did(case, "check", "2026-11-13")).state
        is State.OPEN
    )


def test_a_last_day_of_the_owners_wakes_a_case_before_its_time():
    case = a_case("return-refused", return_refused_on="2026-11-12")
    snooze = an_act("snoozed", "2026-11-12", case.id, until="2026-11-30")

    assert standing(case, "2026-11-13", snooze).waiting_until == on("2026-11-14")
    assert standing(case, "2026-11-14", snooze).state is State.OPEN


def test_a_closed_case_has_no_step():
    now = standing(a_case(closed_on=on("2026-11-14")), "2026-11-14")

    assert (now.state, now.step, now.look_again_on) == (State.RESOLVED, None, None)


def test_what_the_owner_closed_the_owner_can_reopen():
    case = a_case()
    closed = an_act("resolved", "2026-11-14 10:00", case.id, how="деньги пришли")
    reopened = an_act("reopened", "2026-11-15 10:00", case.id)

    assert standing(case, "2026-11-15", closed).state is State.RESOLVED
    assert standing(case, "2026-11-15", closed, reopened).state is State.OPEN


def test_undoing_a_step_restores_the_day_before():
    case = a_case()
    undo = an_act("step_undone", "2026-11-13", case.id, step="check")

    before = standing(case, "2026-11-13")
    after = standing(case, "2026-11-13", did(case, "check", "2026-11-12"), undo)

    assert after == before


def test_steps_of_an_earlier_episode_do_not_count():
    case = a_case(opened="2026-11-12")

    assert (
        step(standing(case, "2026-11-12", did(case, "check", "2026-11-01"))) == "check"
    )


def test_a_year_without_a_calendar_gives_unshifted_days_and_no_guess_at_worked_ones():
    case = a_case(opened="2027-12-20", paid_on="2027-12-01")
    acts = [did(case, s, "2027-12-25") for s in ("check", "support", "claim", "bank")]

    now = standing(case, "2027-12-27", *acts)
    worked = stand(case, 1, acts, [], in_worked_days(), {}, on("2027-12-27"))

    assert dated(now, "claim").deadline_on == on("2028-01-04")
    assert dated(now, "bank").deadline_on == on("2028-01-27")
    assert dated(worked, "bank").deadline_on is None


def test_a_window_that_may_apply_presses_without_being_told_of_as_a_last_day():
    case = a_case("defective", "2026-11-12", delivered_on="2026-11-01")
    late = a_case("defective", "2026-11-17", delivered_on="2026-11-01")

    before, pressed, over = (standing(case, f"2026-11-{d}") for d in (12, 13, 17))

    assert (step(before), step(pressed), step(over)) == ("check", "claim", "claim")
    assert "15 дней" in pressed.step.caution
    assert pressed.step.deadline_of == "other"
    assert over.step.caution == ""
    assert step(standing(late, "2026-11-17")) == "check"


def test_a_step_that_the_claim_has_unlocked_says_that_its_receipt_is_not_known():
    case = a_case("defective")
    sent = [did(case, s, "2026-11-13") for s in ("check", "support", "claim")]
    received = told(case, "claim_received_on", "2026-11-14", "2026-11-17")

    locked, unsure = (standing(case, d, *sent) for d in ("2026-11-20", "2026-12-01"))
    sure = standing(case, "2026-12-01", *sent, received)

    assert "день вручения" in dated(unsure, "authority").caution
    assert "день вручения" not in dated(locked, "authority").caution
    assert "день вручения" not in dated(sure, "authority").caution


def test_a_rule_without_a_plan_has_the_whole_ladder():
    now = standing(a_case("something-new"), "2026-11-12")

    assert [each.step.id for each in now.steps] == list(STEPS)


# --- properties


ACTS = st.lists(
    st.tuples(st.sampled_from(STEPS), st.integers(0, 60), st.booleans()), max_size=8
)
RULE = st.sampled_from(RULES)
DAY = st.integers(0, 250)


def acts_of(case, drawn):
    """Turn (step, day, done or undone) into acts, oldest first."""
    acts = []
    for name, after, done in sorted(drawn, key=lambda each: each[1]):
        day = str(case.opened_on + timedelta(days=after))
        acts.append(
            did(case, name, day)
            if done
            else an_act("step_undone", f"{day} 13:00", case.id, step=name)
        )
    return acts


@given(RULE, ACTS, DAY, st.integers(1, 120))
def test_a_later_day_without_news_never_gives_an_earlier_step(rule, drawn, day, later):
    case = a_case(rule, **FACTS)
    acts = acts_of(case, drawn)
    start = case.opened_on + timedelta(days=60 + day)  # after all acts

    first = standing(case, str(start), *acts)
    second = standing(case, str(start + timedelta(days=later)), *acts)

    if first.state is State.OPEN and second.state is State.OPEN:
        order = [each.id for each in ru().plan(rule)]
        assert order.index(step(second)) >= order.index(step(first))
    assert not (first.state is State.OPEN and second.state is State.WAITING)


@given(RULE, ACTS, DAY)
def test_nothing_changes_before_the_day_to_look_again(rule, drawn, day):
    case = a_case(rule, **FACTS)
    acts = acts_of(case, drawn)
    today = case.opened_on + timedelta(days=60 + day)
    first = standing(case, str(today), *acts)
    look = first.look_again_on or today + timedelta(days=30)

    for offset in range(1, min((look - today).days, 30)):
        later = standing(case, str(today + timedelta(days=offset)), *acts)
        assert (later.state, later.waiting_until) == (first.state, first.waiting_until)
        assert (later.step and step(later)) == (first.step and step(first))
        assert [n.locked for n in later.steps] == [n.locked for n in first.steps]
        assert [n.due_on for n in later.steps] == [n.due_on for n in first.steps]


@given(RULE, ACTS, DAY)
def test_a_deadline_always_says_whose_and_of_what_kind(rule, drawn, day):
    case = a_case(rule, **FACTS)
    now = standing(
        case, str(case.opened_on + timedelta(days=day)), *acts_of(case, drawn)
    )

    for each in now.steps:
        known = each.deadline_on is not None
        assert bool(each.deadline_kind) is known
        assert bool(each.deadline_of) is known


@given(RULE, ACTS, DAY, st.permutations(range(3)))
def test_any_order_of_letters_gives_the_same_standing(rule, drawn, day, order):
    case = a_case(rule, **FACTS)
    letters = [
        an_event("support_asked", "2026-11-13", step="support"),
        an_event("support_asked", "2026-11-19", step="claim"),
        an_event("support_answered", "2026-11-15"),
    ]
    today = str(case.opened_on + timedelta(days=day))
    acts = acts_of(case, drawn)

    assert standing(case, today, *acts, events=[letters[i] for i in order]) == standing(
        case, today, *acts, events=letters
    )


@pytest.mark.parametrize("rule", RULES)
def test_every_plan_can_be_walked_to_its_end(rule):
    late = rule == "delivery-overdue"  # and never handed over
    facts = {
        name: each for name, each in FACTS.items() if not late or name != "delivered_on"
    }
    case = a_case(rule, **facts)
    acts, day, seen = [], case.opened_on, []

    while day < on("2027-06-01"):
        now = standing(case, str(day), *acts)
        if now.state is State.OPEN:
            seen.append(step(now))
            acts.append(did(case, step(now), str(day)))
        else:
            day += ONE_DAY

    steps = [each for each in ru().plan(rule) if not each.background]
    optional = {each.id for each in steps if each.optional} | {"check"}
    assert {each.id for each in steps} - optional <= set(seen)
    assert seen[-1] == steps[-1].id


def test_no_step_is_due_before_a_required_one_that_stands_before_it():
    case = a_case()
    days = {"claim": 40, "social": 5, "bank": 6, "authority": 7}
    plan = tuple(
        replace(one, due=(When(anchor="opened", term=Term(days[one.id])),))
        if one.id in days
        else one
        for one in ru().plan(case.rule)
    )
    ladder = replace(ru(), plans={**ru().plans, case.rule: plan})

    now = stand(case, 1, [], [], ladder, {}, case.opened_on, zone=MOSCOW)

    claim = dated(now, "claim").due_on
    assert claim == case.opened_on + 40 * ONE_DAY
    later = [one for one in now.steps if one.step.id in days]
    assert all(one.due_on >= claim for one in later if not one.step.background)
    assert any(not one.step.background for one in later[1:])
