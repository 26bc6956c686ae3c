"""Whose answer to a digest counts, mechanism by mechanism."""

from dataclasses import replace

import pytest
from builders import at

from triage.core.message import IMPORTED, Message, Role
from triage.core.phrasebook import Phrases
from triage.core.reply import REFUSED, REPLY, UNPROVED, judge

ME = "me@example.org"
MINE = Message(
    evidence="e" * 64,
    role=Role.SENT,
    sender=ME,
    recipients=(ME,),
    subject="Re: triage",
    received_at=at("2026-11-23 09:00"),
    account="mail",
    answers=("<digest.2026-11-23@triage.invalid>",),
)
VOUCHED = replace(MINE, role=Role.INBOX, authenticated_domain="example.org")


@pytest.mark.parametrize("letter", [MINE, VOUCHED])
def test_a_letter_that_was_imported_commands_nothing(letter: Message) -> None:
    live = judge(letter, frozenset({ME}), Phrases())
    brought = judge(replace(letter, account=IMPORTED), frozenset({ME}), Phrases())

    assert live
    assert live.outcome == REPLY
    assert brought
    assert (brought.outcome, brought.reason) == (REFUSED, UNPROVED)


@pytest.mark.parametrize("vouched", ["", "org", "ample.org", "me.example.org"])
def test_nobody_elses_word_proves_a_letter(vouched: str) -> None:
    letter = replace(VOUCHED, authenticated_domain=vouched)

    found = judge(letter, frozenset({ME}), Phrases())

    assert found
    assert (found.outcome, found.reason) == (REFUSED, UNPROVED)
