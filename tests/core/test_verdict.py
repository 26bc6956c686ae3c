from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mails import ARRIVED

from triage.core.verdict import (
    REFUTED,
    Outcome,
    Signature,
    deciding,
    is_fresh,
    outcome_of,
    refutes,
    weigh,
)

PASS = {"domain": "ozon.ru", "result": "pass", "reason": "dkim"}
NONE = {"domain": "", "result": "none", "reason": "no-header"}
FAIL = {"domain": "", "result": "fail", "reason": "dkim-fail"}

outcomes = st.sampled_from(Outcome)
words = st.sampled_from([PASS, NONE, FAIL])


def signatures(*found):
    return [Signature(outcome=outcome) for outcome in found]


def test_a_signature_that_holds_vouches_where_nobody_else_does():
    assert weigh(NONE, Outcome.PASS, "ozon.ru", fresh=True) == {
        "domain": "ozon.ru",
        "result": "pass",
        "reason": "dkim-checked",
    }


def test_the_providers_word_stays_as_it_was_given():
    assert weigh(PASS, Outcome.PASS, "ozon.ru", fresh=True) == PASS


@pytest.mark.parametrize(
    "outcome", [Outcome.BODY, Outcome.ADDED, Outcome.HEADER, Outcome.REVOKED]
)
def test_a_signature_that_does_not_hold_outweighs_the_word_of_a_provider(outcome):
    found = weigh(PASS, outcome, "ozon.ru", fresh=True)

    assert (found["domain"], found["reason"]) == ("", REFUTED)


@given(outcomes, st.booleans())
def test_what_is_not_known_changes_nothing(outcome, fresh):
    if outcome is not Outcome.PASS and not refutes(outcome, fresh=fresh):
        assert weigh(PASS, outcome, "ozon.ru", fresh=fresh) == PASS
        assert weigh(NONE, outcome, "ozon.ru", fresh=fresh) == NONE


@given(words, outcomes, st.booleans())
def test_only_a_provider_or_a_signature_that_holds_can_vouch(word, outcome, fresh):
    found = weigh(word, outcome, "ozon.ru", fresh=fresh)

    if found["domain"]:
        assert word is PASS or outcome is Outcome.PASS
    assert (found["result"] == "pass") is bool(found["domain"])


def test_todays_key_says_nothing_of_a_letter_of_last_year():
    assert not is_fresh(ARRIVED, ARRIVED + timedelta(days=300))
    assert weigh(PASS, Outcome.HEADER, "ozon.ru", fresh=False) == PASS
    assert weigh(PASS, Outcome.REVOKED, "ozon.ru", fresh=False) == PASS
    assert weigh(PASS, Outcome.BODY, "ozon.ru", fresh=False)["reason"] == REFUTED


def test_a_clock_that_was_behind_makes_no_letter_old():
    assert is_fresh(ARRIVED, ARRIVED - timedelta(days=300))


@given(st.lists(outcomes), st.booleans())
def test_one_signature_that_holds_is_enough(found, fresh):
    chosen = deciding(signatures(*found, Outcome.PASS), fresh=fresh)

    assert chosen.outcome is Outcome.PASS


@given(st.lists(outcomes.filter(lambda one: one is not Outcome.PASS), min_size=1))
def test_none_added_beside_it_hides_one_that_refutes(found):
    chosen = deciding(signatures(*found, Outcome.BODY), fresh=True)

    assert refutes(chosen.outcome, fresh=True) or chosen.outcome is Outcome.UNAVAILABLE


def test_without_a_signature_there_is_none():
    assert deciding([], fresh=True).words() == {"dkim": "none"}


@given(st.text())
def test_a_manifest_of_any_version_can_be_read(word):
    assert outcome_of({"dkim": word}) in Outcome
    assert outcome_of({}) is Outcome.UNCHECKED
