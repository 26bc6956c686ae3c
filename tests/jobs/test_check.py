"""What `triage check` says of the law, and of the server that checks senders."""

import re
from collections import Counter

import pytest
from builders import on
from dovecot import PASSWORD
from ladders import ru
from mails import AUTHSERV_ID, a_letter
from scripted import Scripted

from triage.config import Account
from triage.core.selection import LONGEST_HEADER
from triage.edges.imap_line import ImapServer
from triage.edges.mailbox import ImapMailbox
from triage.jobs.check import NEWEST, _vouching, age_of_law, verdicts

CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)


def said(day: str) -> list[str]:
    return [finding.what[0] for finding in age_of_law(ru(), on(day))]


def test_on_the_day_of_reading_only_what_ends_soon_is_named():
    assert said("2026-11-23") == [
        "норма sale-rules скоро истечёт: по 31 декабря 2026 г.",
        "норма not-exchanged скоро истечёт: по 31 декабря 2026 г.",
        "ключевая ставка сверена по 25 октября 2026 г., дальше проценты не считаются",
    ]


def test_norms_unchecked_for_180_days_are_named():
    fresh, old = said("2027-05-22"), said("2027-05-23")

    assert not any("refund-22" in words for words in fresh)
    assert any("давно не сверялись" in w and "refund-22" in w for w in old)


def test_some_norms_are_to_be_checked_sooner():
    sooner = said("2027-01-23")

    assert any("return-way" in words for words in sooner)
    assert not any("refund-22" in words for words in sooner)


def test_our_own_choices_never_grow_old():
    assert not any("claim-after" in words for words in said("2031-01-01"))


def test_a_lapsed_norm_and_a_calendar_that_ends_are_named():
    told = said("2027-12-01")

    assert "норма sale-rules больше не действует: по 31 декабря 2026 г." in told
    assert "производственный календарь кончается 2027 годом" in told


def test_nothing_of_it_is_a_fault():
    assert all(f.sound and f.doubtful for f in age_of_law(ru(), on("2031-01-01")))


@pytest.mark.parametrize("day", ["2026-11-23", "2027-05-23", "2031-01-01"])
def test_it_is_said_in_english_too(day):
    for finding in age_of_law(ru(), on(day)):
        assert not CYRILLIC.search(finding.what[1])


@pytest.mark.parametrize(
    ("told", "seen", "sound", "words"),
    [
        ("mx.a.example", {"mx.a.example": 30}, True, "проверяет mx.a.example"),
        ("*.a.example", {"1.a.example": 9, "2.a.example": 9}, True, ".a.example"),
        (
            "mx.a.example",
            {"mx.b.example": 20, "": 1},
            False,
            'поставьте "mx.b.example"',
        ),
        (
            "mx.a.example",
            {"mx.a.example": 1, "mx.b.example": 29},
            False,
            "mx.b.example",
        ),
        ("", {"": 25, "stranger.example": 5}, True, "сверять не с чем"),
        ("", {"spf=pass": 30}, True, "сверять не с чем"),
        ("", {}, True, "сверять не с чем"),
    ],
)
def test_the_name_that_vouches_is_advised_only_where_most_letters_bear_it(
    told, seen, sound, words
):
    account = Account(
        name="main", host="a.example", user="me", password_file="x", authserv_id=told
    )

    finding = _vouching(account, Counter(seen))

    assert (finding.sound, words in finding.what[0]) == (sound, True)
    assert not CYRILLIC.search(finding.what[1])


def at(port: int, user: str = "me") -> ImapMailbox:
    return ImapMailbox(
        ImapServer(
            host="127.0.0.1", port=port, tls="none", user=user, password=PASSWORD
        )
    )


def test_the_name_that_vouches_is_read_from_one_header_field_of_the_newest_letters():
    letters = {uid: a_letter(subject=str(uid)) for uid in range(1, NEWEST + 10)}
    with Scripted(letters) as server, at(server.port) as mailbox:
        seen = Counter(verdicts(mailbox, "INBOX"))

    [asked] = [said for said in server.said if "FETCH" in said]
    assert asked.endswith("(BODY.PEEK[HEADER.FIELDS (AUTHENTICATION-RESULTS)])")
    assert seen == {AUTHSERV_ID: NEWEST}


def test_a_real_server_says_who_vouched_and_for_which_letters_nobody_did(dovecot):
    user = dovecot.user()
    folded = f"\r\n {AUTHSERV_ID};\r\n dkim=pass header.d=ozon.ru"
    plain = a_letter(auth="").replace(b"From:", b"X: y\r\nFrom:", 1)
    letters = [
        a_letter(),
        plain,
        b"Authentication-Results:" + folded.encode() + b"\r\n" + plain,
        plain + b"\r\nAuthentication-Results: forged.example; dkim=pass\r\n",
    ]
    dovecot.put(user, letters)

    with at(dovecot.plain, user) as mailbox:
        assert [*verdicts(mailbox, "INBOX")] == [AUTHSERV_ID, "", AUTHSERV_ID, ""]


def test_a_header_that_breaks_a_real_server_hides_no_name_beside_it(dovecot):
    user = dovecot.user()
    monster = a_letter(message_id="").replace(
        b"From:", b"X: %b\r\nFrom:" % b"\r\n ".join([b"x" * 70] * 160_000), 1
    )
    assert len(monster) > 40 * LONGEST_HEADER
    dovecot.fill(user, [a_letter(), monster, a_letter(subject="2")])

    with at(dovecot.plain, user) as mailbox:
        assert Counter(verdicts(mailbox, "INBOX"))[AUTHSERV_ID] >= 2
