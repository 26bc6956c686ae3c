import base64
import contextlib
import logging
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from dovecot import PASSWORD, SESSIONS, Dovecot, make_certificates
from mails import a_letter
from relay import Relay
from scripted import SILENCE, Scripted

from triage.core.folder import Listed, Stamp
from triage.core.selection import LONGEST_HEADER
from triage.edges.imap_line import ImapServer, LoginRejected, SaidNo
from triage.edges.mailbox import DROPS, RANGE, REFUSALS, ImapMailbox
from triage.errors import ConfigError, Refused, Unavailable

LETTER = a_letter()


def to(port: int, **more: object) -> ImapServer:
    values: dict[str, object] = {
        "host": "127.0.0.1",
        "tls": "none",
        "user": "me",
        "password": PASSWORD,
        "connect_seconds": 5.0,
        "answer_seconds": 5.0,
        **more,
    }
    return ImapServer(port=port, **values)  # type: ignore[arg-type]


@contextlib.contextmanager
def opened(server: ImapServer) -> Iterator[ImapMailbox]:
    with ImapMailbox(server) as mailbox:
        yield mailbox


@pytest.fixture
def server() -> Iterator[Scripted]:
    with Scripted({1: LETTER, 2: LETTER, 5: LETTER}) as scripted:
        yield scripted


# -- connecting to a real server


@pytest.mark.parametrize("tls", ["tls", "starttls"])
def test_a_protected_line_is_checked_against_the_owners_authority(dovecot, tls):
    port = dovecot.tls if tls == "tls" else dovecot.plain
    user = dovecot.user()

    with opened(to(port, tls=tls, user=user, ca_file=dovecot.ca_file)) as mailbox:
        assert "INBOX" in mailbox.status(["INBOX"])


@pytest.mark.parametrize("tls", ["tls", "starttls"])
def test_a_certificate_of_another_authority_is_refused(
    dovecot: Dovecot, tls: str, tmp_path: Path
):
    make_certificates(tmp_path)
    port = dovecot.tls if tls == "tls" else dovecot.plain

    with pytest.raises(Refused, match="ca_file") as caught:
        ImapMailbox(to(port, tls=tls, ca_file=tmp_path / "ca.pem"))

    assert not isinstance(caught.value, LoginRejected)


def test_a_certificate_for_another_name_is_refused(dovecot):
    with pytest.raises(Refused, match="сертификат"):
        ImapMailbox(to(dovecot.tls, host="127.1", tls="tls", ca_file=dovecot.ca_file))


def test_an_authority_that_is_no_certificate_is_a_fault_of_the_configuration(tmp_path):
    (tmp_path / "ca.pem").write_text("nothing")

    for path in (tmp_path / "ca.pem", tmp_path / "none.pem"):
        with pytest.raises(ConfigError, match=path.name):
            ImapMailbox(to(1, tls="tls", ca_file=path))


@pytest.mark.parametrize("host", ["imap.example.org", "192.0.2.1", "localhost.example"])
def test_a_password_never_travels_unprotected_to_another_machine(host):
    with pytest.raises(Refused, match="без шифрования"):
        ImapMailbox(to(143, host=host))


def test_a_wrong_password_is_told_apart_and_never_shown(dovecot, caplog):
    caplog.set_level(logging.DEBUG)

    with pytest.raises(LoginRejected) as caught:
        ImapMailbox(to(dovecot.plain, user=dovecot.user(), password="not the password"))

    assert "not the password" not in str(caught.value) + repr(to(1)) + caplog.text


def test_too_many_sessions_are_no_wrong_password(dovecot):
    user = dovecot.user()
    with contextlib.ExitStack() as stack:
        for _ in range(SESSIONS):
            stack.enter_context(opened(to(dovecot.plain, user=user)))

        with pytest.raises(Unavailable):
            ImapMailbox(to(dovecot.plain, user=user))


@pytest.mark.parametrize("user", ['who "else"', "кто", "a b"])
def test_a_user_that_login_cannot_carry_is_sent_another_way(dovecot, user):
    with opened(to(dovecot.plain, user=user)) as mailbox:
        assert mailbox.status(["INBOX"])


@pytest.mark.parametrize("value", ["a\r\nZ1 CREATE pwned", "a\x00"])
def test_a_control_character_in_a_login_is_refused(value):
    with pytest.raises(ConfigError, match="управляющий"):
        ImapMailbox(to(1, user=value))
    with pytest.raises(ConfigError, match="управляющий"):
        ImapMailbox(to(1, password=value))


def test_a_host_that_cannot_be_is_a_fault_that_is_told():
    with pytest.raises(Unavailable):
        ImapMailbox(to(993, host="a..b", tls="tls"))


def test_nobody_at_the_door_is_unavailable(free_port):
    with pytest.raises(Unavailable):
        ImapMailbox(to(free_port))


@pytest.fixture
def free_port() -> int:
    from dovecot import free_port as probe

    return probe()


# -- folders of a real server


def test_cyrillic_folders_are_listed_and_read(dovecot):
    user = dovecot.user()
    dovecot.put(user, [LETTER], "Покупки & всё")

    with opened(to(dovecot.plain, user=user)) as mailbox:
        names = {folder.name for folder in mailbox.listed()}
        status = mailbox.examine("Покупки & всё")

    assert "Покупки & всё" in names
    assert status.uidnext == 2


def test_special_use_is_listed(dovecot):
    with opened(to(dovecot.plain, user=dovecot.user())) as mailbox:
        flags = {folder.name: folder.flags for folder in mailbox.listed()}

    assert "junk" in flags["Spam"]
    assert "sent" in flags["Sent"]


def test_a_folder_that_is_not_there_has_no_status_and_spoils_no_other(dovecot):
    with opened(to(dovecot.plain, user=dovecot.user())) as mailbox:
        assert mailbox.status(["Нет", "INBOX", "Nope"]).keys() == {"INBOX"}
        with pytest.raises(SaidNo):
            mailbox.examine("Нет")
        assert mailbox.examine("INBOX").uidnext == 1


def test_a_line_break_in_a_folder_name_runs_no_second_command(dovecot):
    user = dovecot.user()
    with opened(to(dovecot.plain, user=user)) as mailbox:
        for call in (mailbox.examine, lambda name: mailbox.status([name])):
            with pytest.raises(ConfigError):
                call("INBOX\r\nZ1 CREATE pwned")
        assert "pwned" not in {folder.name for folder in mailbox.listed()}


# -- letters of a real server


def test_headings_and_letters_come_as_they_are_stored(dovecot):
    user = dovecot.user()
    at = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
    dovecot.put(user, [LETTER], at=at)

    with opened(to(dovecot.plain, user=user)) as mailbox:
        mailbox.examine("INBOX")
        heading = mailbox.headings([1])[1]
        stamps = mailbox.stamps([1])
        raw = mailbox.letters([1])[1]

    assert stamps == {1: Stamp(len(LETTER), at)}
    assert b"sender.ozon.ru" in heading.header
    assert b"Authentication-Results" not in heading.header
    assert raw == LETTER


def test_headings_that_are_asked_for_early_mix_with_no_other_answer(dovecot):
    user = dovecot.user()
    letters = [a_letter(subject=f"Letter {n}") for n in range(6)]
    dovecot.put(user, letters)
    dovecot.put(user, letters[:3], folder="Spam")

    with opened(to(dovecot.plain, user=user)) as mailbox:
        mailbox.examine("INBOX")
        plainly = mailbox.headings(range(1, 7))
        first = mailbox.headings([1, 2], [3, 4])
        raws = mailbox.letters([1, 6])
        second = mailbox.headings([3, 4], [5, 6])
        other = mailbox.headings([1, 6])
        third = mailbox.headings([5, 6], [1, 2])
        mailbox.examine("Spam")
        in_spam = mailbox.headings([1, 2], [3])
        there = mailbox.present([1, 2, 3, 4])

    assert {**first, **second, **third} == plainly
    assert other == {uid: plainly[uid] for uid in (1, 6)}
    assert raws == {1: letters[0], 6: letters[5]}
    assert in_spam.keys() == {1, 2}
    assert there == {1, 2, 3}


def test_headings_are_asked_for_while_those_before_are_looked_at(dovecot):
    user = dovecot.user()
    dovecot.put(user, [a_letter(subject=f"Letter {n}") for n in range(4)])

    with Relay(dovecot.plain) as relay, opened(to(relay.port, user=user)) as mailbox:
        mailbox.examine("INBOX")
        mailbox.headings([1, 2], [3, 4])
        mailbox.present([1])  # whose answer comes after all that was said before
        asked = relay.heard.count(b"HEADER.FIELDS")
        mailbox.headings([3, 4])

        assert relay.heard.count(b"HEADER.FIELDS") == asked == 2


@pytest.mark.parametrize("size", [RANGE - 1, RANGE, RANGE + 1, 3 * RANGE])
def test_ranges_join_to_the_whole_letter(dovecot, size):
    user = dovecot.user()
    body = (b"0123456789" * 7 + b"\r\n") * (size // 72 + 1)
    letter = (LETTER + body)[: size - 2] + b"\r\n"
    dovecot.put(user, [letter])

    with opened(to(dovecot.plain, user=user)) as mailbox:
        mailbox.examine("INBOX")
        parts = list(mailbox.ranges(1, len(letter)))

    assert b"".join(parts) == letter
    assert max(map(len, parts)) <= RANGE


def test_the_size_a_server_announces_is_no_promise(dovecot):
    user = dovecot.user()
    letter = LETTER + b"x" * (RANGE + 100) + b"\r\n"
    dovecot.put(user, [letter])

    with opened(to(dovecot.plain, user=user)) as mailbox:
        mailbox.examine("INBOX")
        for announced in (0, 5, len(letter) + 1, 9 * len(letter)):
            assert b"".join(mailbox.ranges(1, announced)) == letter


def test_only_uids_of_the_closed_range_are_new(dovecot):
    user = dovecot.user()
    dovecot.put(user, [LETTER] * 3)

    with opened(to(dovecot.plain, user=user)) as mailbox:
        uidnext = mailbox.examine("INBOX").uidnext
        assert list(mailbox.new_uids(1, uidnext)) == [[2, 3]]
        assert list(mailbox.new_uids(3, uidnext)) == []
        assert mailbox.present([1, 3, 7]) == {1, 3}


def test_reading_changes_nothing_and_the_control_would_show_a_change(dovecot):
    user = dovecot.user()
    dovecot.put(user, [LETTER, LETTER + b"x" * RANGE])
    with dovecot.session(user) as other:
        other.select_folder("INBOX", readonly=True)
        before = other.get_flags([1, 2])
    changes = dovecot.changes(user)

    with opened(to(dovecot.plain, user=user)) as mailbox:
        mailbox.examine("INBOX")
        mailbox.headings([1, 2])
        mailbox.letters([1, 2])
        list(mailbox.ranges(2, RANGE))

    with dovecot.session(user) as other:
        other.select_folder("INBOX", readonly=True)
        after = other.get_flags([1, 2])
    assert without_recent(after) == without_recent(before)
    assert dovecot.changes(user) == changes
    with dovecot.session(
        user
    ) as other:  # the control: a program that does mark letters
        other.select_folder("INBOX")
        other.fetch([1], ["BODY[]"])
        assert without_recent(other.get_flags([1, 2])) != without_recent(before)
    assert dovecot.changes(user) != changes


def without_recent(flags: dict[int, tuple[bytes, ...]]) -> dict[int, set[bytes]]:
    """\\Recent is told to the first session that looks, whatever it does."""
    return {uid: set(found) - {b"\\Recent"} for uid, found in flags.items()}


def test_reading_opens_read_only_and_asks_for_no_more_than_it_needs(dovecot):
    user = dovecot.user()
    dovecot.put(user, [LETTER])
    with Relay(dovecot.plain) as relay:
        with opened(to(relay.port, user=user)) as mailbox:
            mailbox.listed()
            mailbox.status(["INBOX"])
            uidnext = mailbox.examine("INBOX").uidnext
            list(mailbox.new_uids(0, uidnext))
            mailbox.headings([1])
            mailbox.letters([1])
            list(mailbox.ranges(1, 1))
        said = bytes(relay.heard).decode("ascii")

    verbs = {line.split()[1] for line in said.splitlines()}
    asked = verbs - {
        "CAPABILITY",
        "LOGIN",
        "LIST",
        "STATUS",
        "EXAMINE",
        "UID",
        "LOGOUT",
    }
    assert asked == set()
    assert "ENVELOPE" not in said
    assert "BODY[" not in said
    assert ":*" not in said


# -- a line that breaks


def test_silence_ends_in_time_and_the_next_folder_gets_a_new_line(dovecot):
    user = dovecot.user()
    dovecot.put(user, [LETTER])
    with Relay(dovecot.plain) as relay:
        mailbox = ImapMailbox(to(relay.port, user=user, answer_seconds=0.3))
        relay.stall_after = relay.down + 10

        with pytest.raises(Unavailable, match="не отвечает"):
            mailbox.examine("INBOX")
        with pytest.raises(Unavailable):
            mailbox.letters([1])
        relay.mend()
        assert mailbox.examine("INBOX").uidnext == 2
        mailbox.close()


@pytest.mark.parametrize("where", ["greeting", "CAPABILITY", "LOGIN"])
def test_a_server_that_takes_the_call_and_says_nothing_is_left(server, where):
    if where == "greeting":
        server.greeting = SILENCE
    else:
        server.on[where] = lambda _: SILENCE

    with pytest.raises(Unavailable, match="не отвечает"):
        ImapMailbox(to(server.port, answer_seconds=0.3, connect_seconds=0.3))


def test_a_server_without_tls_on_a_tls_port_is_unavailable(server):
    with pytest.raises(Unavailable):
        ImapMailbox(to(server.port, tls="tls"))


def test_a_server_without_starttls_gets_no_password(server):
    with pytest.raises(Refused, match="STARTTLS"):
        ImapMailbox(to(server.port, tls="starttls"))

    assert not any(said.startswith(("LOGIN", "AUTH")) for said in server.said)


# -- what servers answer to a login


@pytest.mark.parametrize(
    "answer",
    [
        b"NO [AUTHENTICATIONFAILED] Authentication failed.",
        b"NO [AUTHENTICATIONFAILED] Invalid credentials, try again later",
        b"NO LOGIN invalid credentials",
        b"NO [ALERT] Application-specific password required",
        "NO [AUTHENTICATIONFAILED] НЕОБХОДИМ пароль приложения".encode(),
        b"BAD invalid arguments",
    ],
)
def test_a_rejected_login_waits_for_the_owner(server, answer):
    server.on["LOGIN"] = lambda _: b"%TAG " + answer + b"\r\n"

    with pytest.raises(LoginRejected, match="пароль"):
        ImapMailbox(to(server.port))


@pytest.mark.parametrize(
    "answer",
    [
        b"%TAG NO [UNAVAILABLE] LOGIN internal server error",
        b"%TAG NO [LIMIT] too much",
        b"%TAG NO [INUSE] locked",
        b"%TAG NO [ALERT] Too many simultaneous connections. (Failure)",
        b"%TAG NO Temporary System Error, please try again later",
        b"* BYE Server shutting down",
    ],
)
def test_a_refused_session_is_tried_again_later(server, answer):
    server.on["LOGIN"] = lambda _: answer + b"\r\n"

    with pytest.raises(Unavailable):
        ImapMailbox(to(server.port))


def test_a_line_lost_during_the_login_is_no_wrong_password(server):
    server.on["LOGIN"] = lambda _: None

    with pytest.raises(Unavailable):
        ImapMailbox(to(server.port))


@pytest.mark.parametrize(
    "greeting", [b"* BYE too many connections\r\n", b"SSH-2.0\r\n", b"\x00\xff", None]
)
def test_an_odd_greeting_is_unavailable(server, greeting):
    server.greeting = greeting

    with pytest.raises(Unavailable):
        ImapMailbox(to(server.port, answer_seconds=0.3, connect_seconds=0.3))


def as_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize("says", ["%TAG NO bad: {}", "%TAG BAD {}", "* BYE {}", "{}"])
@pytest.mark.parametrize("user", ["me", "кто"])
@pytest.mark.parametrize("password", [PASSWORD, "a\"b\\c'd", "тайна"])
@pytest.mark.parametrize("by_token", [False, True])
def test_a_server_that_repeats_the_password_is_not_quoted(
    server, caplog, says, user, password, by_token
):
    caplog.set_level(logging.DEBUG)
    sent = [
        password,
        '"' + password.replace("\\", "\\\\").replace('"', '\\"') + '"',
        as_base64(password),
        as_base64(f"\0{user}\0{password}"),
        as_base64(f"user={user}\1auth=Bearer {password}\1\1"),
    ]
    answer = says.format(" ".join(sent)).encode() + b"\r\n"
    server.capabilities += b" AUTH=PLAIN AUTH=XOAUTH2"
    server.on["LOGIN"] = server.on["AUTH"] = lambda _: answer

    with pytest.raises((Refused, Unavailable)) as caught:
        ImapMailbox(
            to(
                server.port,
                user=user,
                password=password,
                by_token=by_token,
                answer_seconds=0.3,
            )
        )

    shown = "".join(traceback.format_exception(caught.value)) + caplog.text
    for secret in sent:
        for form in (secret, repr(secret)[1:-1], repr(secret.encode())[2:-1]):
            assert form not in shown


def test_a_server_that_repeats_the_password_later_is_not_quoted(server):
    with opened(to(server.port)) as mailbox:
        for kind in (b"NO", b"BAD"):
            server.on["EXAMINE"] = lambda _, kind=kind: (
                b"%TAG " + kind + f" {as_base64(PASSWORD)}\r\n".encode()
            )
            with pytest.raises(SaidNo, match=r"\*\*\*"):
                mailbox.examine("INBOX")


# -- odd answers


def test_a_folder_with_an_unusable_name_spoils_no_other(server):
    rows = (b"INBOX", b'"a&AA0ACg-b"', b'"&BB8EPgQ6BEMEPwQ6BDg-"', b'"&bad"', b"2024")
    server.on["LIST"] = lambda _: (
        b"".join(b'* LIST (\\HasNoChildren) "/" %s\r\n' % row for row in rows)
        + b"%TAG OK done\r\n"
    )

    with opened(to(server.port)) as mailbox:
        names = {folder.name for folder in mailbox.listed()}

    assert {"INBOX", "Покупки", "2024"} <= names
    assert not any("\r" in name for name in names)
    assert Listed("INBOX", "/", frozenset({"hasnochildren"})) in mailbox_rows(server)


def mailbox_rows(server: Scripted) -> list[Listed]:
    with opened(to(server.port)) as mailbox:
        return mailbox.listed()


def test_what_a_search_adds_beyond_the_range_is_left_out(server):
    server.on["UID SEARCH"] = lambda _: b"* SEARCH 5 3 99 3 1\r\n%TAG OK done\r\n"

    with opened(to(server.port)) as mailbox:
        mailbox.examine("INBOX")
        assert list(mailbox.new_uids(2, 6)) == [[3, 5]]
        assert mailbox.present([5, 7]) == {5}


@pytest.mark.parametrize("answer", [b"* SEARCH\r\n", b""])
def test_a_search_that_finds_nothing_finds_nothing(server, answer):
    server.on["UID SEARCH"] = lambda _: answer + b"%TAG OK done\r\n"

    with opened(to(server.port)) as mailbox:
        mailbox.examine("INBOX")
        assert list(mailbox.new_uids(0, 6)) == [[]]


def test_a_folder_of_many_letters_is_searched_in_windows(server):
    server.letters = {50_000: LETTER}
    server.on["EXAMINE"] = lambda _: (
        b"* 30000 EXISTS\r\n* OK [UIDVALIDITY 1]\r\n* OK [UIDNEXT 50001]\r\n%TAG OK done\r\n"
    )

    with opened(to(server.port)) as mailbox:
        mailbox.examine("INBOX")
        found = list(mailbox.new_uids(0, 50_001))

    assert found == [[], [], [50_000]]
    assert [s for s in server.said if "SEARCH" in s] == [
        "UID SEARCH UID 1:20000",
        "UID SEARCH UID 20001:40000",
        "UID SEARCH UID 40001:50000",
    ]


@pytest.mark.parametrize(
    "answer", [b"* SEARCH a b c\r\n", b"* SEARCH 1\r\n* SEARCH 2\r\n", b"nonsense\r\n"]
)
def test_a_search_that_makes_no_sense_is_not_nothing_new(server, answer):
    server.on["UID SEARCH"] = lambda _: answer + b"%TAG OK done\r\n"

    with opened(to(server.port)) as mailbox:
        mailbox.examine("INBOX")
        with pytest.raises(Unavailable):
            list(mailbox.new_uids(0, 6))


@pytest.mark.parametrize("missing", [b"UIDVALIDITY", b"UIDNEXT"])
def test_a_folder_without_stable_numbers_is_not_read(server, missing):
    server.on["EXAMINE"] = lambda said: server.usual(said).replace(missing, b"X")

    with opened(to(server.port)) as mailbox, pytest.raises(Unavailable):
        mailbox.examine("INBOX")


def test_a_status_without_uidnext_does_not_say_that_nothing_is_new(server):
    server.on["STATUS"] = lambda _: (
        b"* STATUS INBOX (UIDVALIDITY 1)\r\n%TAG OK done\r\n"
    )

    with opened(to(server.port)) as mailbox:
        assert mailbox.status(["INBOX"])["INBOX"].uidnext == 0


def test_an_unasked_answer_is_not_taken_for_a_letter(server):
    # sequence number 5 is no UID: another program marks the fifth letter meanwhile
    unasked = b"* 5 FETCH (FLAGS (\\Seen))\r\n"
    server.on["UID FETCH"] = lambda said: (
        unasked
        + server.fetched(1, said)
        + server.fetched(2, said)
        + b"%TAG OK done\r\n"
    )

    with opened(to(server.port)) as mailbox:
        mailbox.examine("INBOX")
        assert mailbox.headings([1, 5]).keys() == {1}
        assert mailbox.letters([1, 5]) == {1: LETTER}
        with pytest.raises(LookupError):
            list(mailbox.ranges(5, 10))


@pytest.mark.parametrize("body", [b"NIL", b'""', b"{0}\r\n"])
def test_a_letter_without_bytes_is_missing(server, body):
    server.on["UID FETCH"] = lambda _: (
        b"* 1 FETCH (UID 1 BODY[] " + body + b")\r\n%TAG OK done\r\n"
    )

    with opened(to(server.port)) as mailbox:
        mailbox.examine("INBOX")
        assert mailbox.letters([1]) == {}
        with pytest.raises(LookupError):
            list(mailbox.ranges(1, 10))


@pytest.mark.parametrize(
    "answer",
    [
        b"* 1 FETCH (BODY[HEADER.FIELDS (FROM)] {9}\r\nFrom: a\r\n UID 1 RFC822.SIZE 345)",
        b'* 1 FETCH (UID 1 BODY[HEADER.FIELDS ("FROM")] "From: a" RFC822.SIZE 345)',
        b"* 1 FETCH (rfc822.size 345 uid 1 body[header.fields (from)] {7}\r\nFrom: a)",
        b"* 1 FETCH (UID 1 BODY[HEADER.FIELDS (FROM)] {7}\r\nFrom: a RFC822.SIZE 345)",
        b"* 1 FETCH (UID 1 BODY[HEADER.FIELDS (FROM)] {7}\r\nFrom: a BODY[1] {1}\r\nx)",
    ],
)
def test_headings_are_read_in_whatever_shape_they_come(server, answer):
    server.on["UID FETCH"] = lambda _: answer + b"\r\n%TAG OK done\r\n"

    with opened(to(server.port)) as mailbox:
        mailbox.examine("INBOX")
        heading = mailbox.headings([1])[1]

    assert heading.header.startswith(b"From: a")


def test_usual_and_unusual_answers_may_take_turns(server):
    letter = b"From: a\r\n\r\n"
    usual, long, odd = (
        b"* 1 FETCH (UID %d BODY[] {%d}\r\n%b%b)\r\n" % (uid, len(letter), letter, more)
        for uid, more in ((1, b""), (2, b" BODY[1] {2}\r\nxy"), (3, b" RFC822.SIZE 9"))
    )
    server.on["UID FETCH"] = lambda _: (
        usual
        + b"* 7 EXISTS\r\n"
        + long
        + odd
        + usual.replace(b"UID 1", b"UID 4")
        + b"%TAG OK done\r\n"
    )

    with opened(to(server.port)) as mailbox:
        mailbox.examine("INBOX")
        assert mailbox.letters([1, 2, 3, 4]) == dict.fromkeys((1, 2, 3, 4), letter)


def test_one_letter_the_server_refuses_costs_only_itself(server):
    server.letters = dict.fromkeys(range(1, 41), LETTER)

    def refuse(said: str) -> bytes:
        from scripted import numbers

        if 17 in numbers(said.split()[2]):
            return server.fetched(3, said) + b"%TAG NO some letters are damaged\r\n"
        return server.usual(said)

    server.on["UID FETCH"] = refuse

    with opened(to(server.port)) as mailbox:
        mailbox.examine("INBOX")
        found = mailbox.letters(range(1, 41))

    assert sorted(found) == [uid for uid in range(1, 41) if uid != 17]


def test_half_an_answer_before_a_refusal_is_forgotten(server):
    def refuse(said: str) -> bytes:
        if "1,2" in said:
            return server.fetched(1, said)[:-8] + b"wrong)\r\n%TAG NO damaged\r\n"
        return b"%TAG OK done\r\n"

    server.on["UID FETCH"] = refuse

    with opened(to(server.port)) as mailbox:
        mailbox.examine("INBOX")
        assert mailbox.letters([1, 2]) == {}


def test_a_server_that_refuses_everything_is_not_hammered(server):
    server.on["UID FETCH"] = lambda _: b"%TAG NO later\r\n"

    with opened(to(server.port)) as mailbox:
        mailbox.examine("INBOX")
        with pytest.raises(SaidNo):
            mailbox.headings(range(1, 500))

    assert sum("FETCH" in said for said in server.said) == REFUSALS + 1


def breaking(server: Scripted, uid: int) -> None:
    """Hang up when asked for the header fields of a letter, as a server that crashes."""
    from scripted import numbers

    def fetch(said: str) -> bytes | None:
        breaks = "HEADER.FIELDS" in said and uid in numbers(said.split()[2])
        return None if breaks else server.usual(said)

    server.on["UID FETCH"] = fetch


@pytest.mark.parametrize("early", [False, True])
def test_a_letter_whose_header_breaks_the_server_hides_no_other(server, early):
    poison = b"From: Ozon <a@b.example>\r\nX: %b\r\n\r\nFrom: c\r\n" % (b"x" * RANGE)
    server.letters = {**dict.fromkeys(range(1, 41), LETTER), 17: poison}
    breaking(server, 17)

    with opened(to(server.port)) as mailbox:
        mailbox.examine("INBOX")
        first = mailbox.headings(range(1, 11), range(11, 41) if early else ())
        letters = mailbox.letters([1])
        found = mailbox.headings(range(11, 41))

    assert (sorted(first), sorted(found)) == ([*range(1, 11)], [*range(11, 41)])
    assert letters == {1: LETTER}
    assert found[17].header.startswith(b"From: Ozon <a@b.example>\nX: xxx")
    assert len(found[17].header) <= LONGEST_HEADER
    assert found[18].header.endswith(b"\r\n\r\n")


def test_the_beginning_of_a_letter_ends_with_its_header(server):
    server.letters = {1: b"From: a\r\n\r\nFrom: b\r\n" + b"x" * RANGE}
    breaking(server, 1)

    with opened(to(server.port)) as mailbox:
        mailbox.examine("INBOX")
        assert mailbox.headings([1])[1].header == b"From: a\n"


def test_a_server_that_hangs_up_at_every_question_is_left(server):
    server.letters[1] = LETTER + b"x" * RANGE
    server.on["UID FETCH"] = lambda said: None if "BODY" in said else server.usual(said)

    with opened(to(server.port)) as mailbox:
        mailbox.examine("INBOX")
        for _ in range(DROPS + 1):
            with pytest.raises(Unavailable):
                mailbox.headings([1])

    assert sum("EXAMINE" in said for said in server.said) <= DROPS + 1


def test_a_folder_that_was_made_anew_meanwhile_is_not_read_on(server):
    server.letters[1] = LETTER + b"x" * RANGE
    breaking(server, 1)

    with opened(to(server.port)) as mailbox:
        mailbox.examine("INBOX")
        server.on["EXAMINE"] = lambda said: server.usual(said).replace(
            b"UIDVALIDITY 1", b"UIDVALIDITY 2"
        )
        with pytest.raises(Unavailable):
            mailbox.headings([1, 2])


def test_of_a_header_without_end_no_more_is_kept_than_is_looked_at(server):
    server.letters[1] = b"Subject: x\r\n" * LONGEST_HEADER + b"\r\n"

    with opened(to(server.port)) as mailbox:
        mailbox.examine("INBOX")
        found = mailbox.headings([1, 2])

    assert len(found[1].header) == LONGEST_HEADER
    assert found[2].header.endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    "told",
    [
        b'INTERNALDATE "02-Mar-99999999999999999999 09:00:00 +0300"',
        b"X " + b"(" * 50_000,
        b"RFC822.SIZE (1)",
        b"UID (1)",
    ],
)
def test_an_answer_that_breaks_the_library_is_unavailable_or_nothing(server, told):
    server.on["UID FETCH"] = lambda _: (
        b"* 1 FETCH (UID 1 " + told + b")\r\n%TAG OK done\r\n"
    )

    with opened(to(server.port)) as mailbox:
        mailbox.examine("INBOX")
        with contextlib.suppress(Unavailable):
            assert mailbox.stamps([1]).get(1, Stamp()) == Stamp()


@pytest.mark.parametrize("number", [1 << 33, 10**30])
@pytest.mark.parametrize("what", [b"UIDVALIDITY 1", b"UIDNEXT 6"])
def test_a_number_that_no_folder_can_have_is_not_believed(server, what, number):
    odd = what.split()[0] + b" %d" % number
    server.on["EXAMINE"] = lambda said: server.usual(said).replace(what, odd)

    with opened(to(server.port)) as mailbox, pytest.raises(Unavailable):
        mailbox.examine("INBOX")


@pytest.mark.parametrize(
    "row",
    [b'() "/" ("a" "b")', b'((x) 5) "/" a', b'() ("/") a', b"() 5 a", b"() NIL NIL"],
)
def test_a_row_that_lists_no_folder_spoils_no_other(server, row):
    server.on["LIST"] = lambda _: (
        b'* LIST () "/" INBOX\r\n* LIST ' + row + b"\r\n%TAG OK done\r\n"
    )

    with opened(to(server.port)) as mailbox:
        assert "INBOX" in {folder.name for folder in mailbox.listed()}


def test_a_server_that_knows_no_ranges_hands_out_the_whole(server):
    whole = LETTER + b"x" * RANGE
    server.letters[1] = whole
    server.on["UID FETCH"] = lambda said: (
        server.fetched(1, said.partition("<")[0]) + b"%TAG OK done\r\n"
    )

    with opened(to(server.port)) as mailbox:
        mailbox.examine("INBOX")
        assert b"".join(mailbox.ranges(1, len(whole))) == whole


def test_a_range_of_another_place_is_not_taken(server):
    server.letters[1] = LETTER + b"x" * 3 * RANGE
    server.on["UID FETCH"] = lambda said: server.usual(said).replace(
        f"<{RANGE}>".encode(), b"<0>"
    )

    with opened(to(server.port)) as mailbox:
        mailbox.examine("INBOX")
        with pytest.raises(LookupError):
            list(mailbox.ranges(1, 4 * RANGE))


def test_a_server_may_send_less_than_a_range(server):
    server.letters[1] = LETTER + bytes(range(32, 127)) * 300
    short = 1000
    server.on["UID FETCH"] = lambda said: server.usual(
        said.replace(str(RANGE), str(short))
    )

    with opened(to(server.port)) as mailbox:
        mailbox.examine("INBOX")
        parts = list(mailbox.ranges(1, len(server.letters[1])))

    assert b"".join(parts) == server.letters[1]


@pytest.mark.parametrize(
    "date", [b'"nonsense"', b'"31-Dec-9999 23:00:00 -1400"', b"NIL"]
)
def test_a_letter_with_an_odd_date_has_none(server, date):
    server.on["UID FETCH"] = lambda said: server.usual(said).replace(
        b'"02-Mar-2026 09:00:00 +0300"', date
    )

    with opened(to(server.port)) as mailbox:
        mailbox.examine("INBOX")
        assert mailbox.stamps([1]) == {1: Stamp(len(server.letters[1]))}


def test_a_line_cut_inside_a_letter_gives_no_letter(server):
    def cut(said: str) -> bytes:
        server.on["UID FETCH"] = lambda _: None
        return server.fetched(1, said)[:-40]

    server.on["UID FETCH"] = cut
    with opened(to(server.port, answer_seconds=0.3)) as mailbox:
        mailbox.examine("INBOX")
        with pytest.raises(Unavailable):
            mailbox.letters([1])
