"""Every word of every letter can be followed to a letter, the owner, a norm or a sum."""

from dataclasses import replace
from functools import cache

import pytest
from builders import MOSCOW, on
from ladders import CONTACTS, OWNER, a_case, did, ru, ru_files, standing, told
from test_letters import BY_LETTERS, BY_THE_OWNER, EVERY

from triage.core.anchors import Anchors
from triage.core.counted import Counted, deadline, due, in_words
from triage.core.letter import facts_for, used
from triage.core.progress import progress
from triage.core.reasons import Source, reasons
from triage.core.words import NBSP
from triage.edges.factpack import FILE, read_facts

DAY = "2026-12-05"


@cache
def book():
    return read_facts("ru", ru_files()[FILE], ru(), [])


def a_life(rule: str, day: str = DAY, *, rich: bool = True, received: str = ""):
    """A case some way up its ladder, as the owner and the letters tell it."""
    case = a_case(rule, posting="12345678-0001-1", **BY_LETTERS)
    acts = [did(case, step, "2026-11-12") for step in ("check", "support")]
    acts.append(did(case, "claim", "2026-11-13"))
    if rich:
        acts += [told(case, name, value) for name, value in BY_THE_OWNER.items()]
    if received:
        acts.append(told(case, "claim_received_on", received))
    done = progress(case, acts, [], MOSCOW, on(day))
    anchors = Anchors.of(case, done, ru(), on(day))
    return standing(case, day, *acts), acts, anchors


def explained(rule: str, step_id: str, letter: str, **more):
    now, acts, anchors = a_life(rule, **more)
    facts = facts_for(now, acts, ru(), OWNER, step=step_id, contacts=CONTACTS)
    step = next(s for s in ru().plan(rule) if s.id == step_id)
    step = anchors.steps.get(step_id, step)
    return facts, reasons(ru().letters[letter], facts, anchors, step, book(), CONTACTS)


@pytest.mark.parametrize("rich", [True, False], ids=["rich", "poor"])
@pytest.mark.parametrize(("rule", "step", "letter"), EVERY)
def test_every_name_in_every_letter_is_explained(rule, step, letter, rich):
    facts, found = explained(rule, step, letter, rich=rich)
    names = set(used(ru().letters[letter], facts)) & facts.keys()

    assert names <= found.keys()
    for name, reason in found.items():
        assert reason.how or reason.source is not Source.DERIVED, name
        assert reason.norms or reason.source is not Source.NORM, name
        assert "$" not in reason.how
        assert set(reason.inputs) <= found.keys(), name
        if reason.source is Source.LETTER:
            assert reason.fact.evidence == "ab12"


def test_what_the_marketplace_is_called_comes_from_its_pack():
    _, found = explained("refund-missing", "claim", "claim")

    assert found["marketplace_inn"].source is Source.PACK
    assert found["owner_name"].source is Source.CONFIG
    assert found["seller_address"].source is Source.OWNER
    assert found["seller_name"].source is Source.LETTER


def test_a_sum_is_explained_down_to_what_it_is_made_of():
    _, found = explained("delivery-overdue", "claim", "claim", day="2026-11-23")

    penalty = found["penalty"]
    assert f"0,5{NBSP}% в день × 9{NBSP}дней" in penalty.how
    assert {"penalty_base", "penalty_rate", "penalty_days"} <= set(penalty.inputs)
    assert [norm.id for norm in penalty.norms] == ["penalty-23.1"]
    assert set(penalty.inputs) <= found.keys()


def test_of_what_came_late_after_all_the_sum_is_what_has_grown():
    found = explained("delivery-overdue", "lawyer", "lawyer")[1]

    for name in ("amount", "claim_value"):
        assert "наросло" in found[name].how or "по расчёту" in found[name].how
        assert "calculation_total" in found[name].inputs


def test_a_term_is_explained_from_the_day_on_which_the_claim_was_received():
    _, found = explained(
        "refund-missing", "authority", "authority", received="2026-11-18"
    )

    ended = found["claim_ended_on"]
    assert ended.inputs == ("claim_received_on",)
    assert "вручение (18 ноября 2026 г.) + 10" in ended.how
    assert found["claim_sent_on"].step == "claim"


@pytest.mark.parametrize("day", ["2026-11-12", "2026-11-23", DAY, "2027-06-01"])
@pytest.mark.parametrize("rule", [rule for rule in ru().plans if rule != "default"])
def test_every_deadline_is_counted_as_the_ladder_counts_it(rule, day):
    now, _, anchors = a_life(rule, day)

    for step in now.steps:
        counted = deadline(step, anchors, book().counted)
        assert (counted and counted.ends_on) == step.deadline_on
        if counted is not None:
            words = in_words(counted, book().counted)
            assert "$" not in words
            assert counted.owners == (step.deadline_of == "owner")
        for each in due(step.step, anchors, book().counted):
            assert "$" not in (
                in_words(each, book().counted) if isinstance(each, Counted) else each
            )


def test_a_day_that_was_shifted_says_why():
    now, _, anchors = a_life("refund-missing", "2026-11-14")
    claim = next(step for step in now.steps if step.step.id == "claim")

    counted = deadline(claim, anchors, book().counted)

    assert (counted.unshifted_on, counted.ends_on) == (
        on("2026-11-23"),
        on("2026-11-23"),
    )
    moved = replace(counted, unshifted_on=on("2026-11-22"))  # a Sunday
    assert "ст. 193" in in_words(moved, book().counted)


def test_a_day_of_a_year_without_a_calendar_is_said_not_to_be_moved():
    now, _, anchors = a_life("refund-missing", "2027-12-28")
    claim = next(step for step in now.steps if step.step.id == "claim")
    late = replace(claim, done_on=None, due_on=on("2027-12-28"))

    words = in_words(deadline(late, anchors, book().counted), book().counted)

    assert "на 2028 год нет календаря рабочих дней" in words


def test_the_owners_own_last_day_is_said_not_to_shift():
    now, _, anchors = a_life("refund-missing", "2026-11-14")
    bank = next(step for step in now.steps if step.step.id == "bank")

    words = in_words(deadline(bank, anchors, book().counted), book().counted)

    assert "не переносится" in words
