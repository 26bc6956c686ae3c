"""Collecting from a real Dovecot, through a wire that counts and breaks."""

import itertools
import tracemalloc
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from builders import a_shop
from dovecot import PASSWORD, Dovecot
from relay import Relay
from scripted import Scripted

from triage.core.folder import Cursor
from triage.core.message import Role, Sighting
from triage.edges import cursors
from triage.edges.archive import Archive
from triage.edges.imap_line import ImapServer
from triage.edges.mailbox import RANGE, ImapMailbox
from triage.edges.store import Store
from triage.errors import DiskError, Unavailable
from triage.jobs import fetch
from triage.jobs.collect import Collected, Incomplete, collect
from triage.jobs.fetch import LETTERS, Kept

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
NUMBERS = itertools.count(1)


def order_letter(size: int = 0, **fields: str) -> bytes:
    """Write a letter of the shop that is like no other."""
    return letter("Shop <mail@shop.example>", size, **fields)


def other_letter(size: int = 0) -> bytes:
    return letter("Friend <friend@example.org>", size)


def letter(sender: str, size: int, **fields: str) -> bytes:
    number = next(NUMBERS)
    head = {"From": sender, "To": "me@example.org", "Message-ID": f"<{number}@x>"}
    lines = [f"{name.replace('_', '-')}: {v}" for name, v in {**head, **fields}.items()]
    body = f"letter {number}\r\n" + ("0123456789" * 7 + "\r\n") * (size // 72)
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def vouch(_letter: bytes, received_at: datetime) -> Mapping[str, str]:
    """Note what was judged, so that a test can see it."""
    return {"domain": "", "result": "none", "reason": received_at.isoformat()}


@dataclass
class Home:
    """An archive and an index in a folder of their own."""

    folder: Path
    now: datetime = NOW

    def __post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)
        self.archive = Archive(self.folder / "evidence")
        self.store = Store(self.folder / "index.sqlite3")

    def collect(self, server: ImapServer, folders: Sequence[str] = ()) -> Collected:
        with ImapMailbox(server) as mailbox:
            return self.collect_from(mailbox, folders)

    def collect_from(
        self, mailbox: ImapMailbox, folders: Sequence[str] = (), **more: Kept
    ) -> Collected:
        return collect(
            "main",
            folders,
            mailbox,
            archive=self.archive,
            store=self.store,
            packs=a_shop(),
            authenticate=vouch,
            clock=lambda: self.now,
            **more,
        )

    def sightings(self) -> list[Sighting]:
        return [s for s, _ in Archive(self.folder / "evidence").sightings()]

    def letters(self, folder: str = "INBOX") -> list[bytes]:
        """Return what is kept of a folder, by UID."""
        mine = [s for s in self.sightings() if s.folder == folder]
        return [self.archive.raw(s.sha256) for s in sorted(mine, key=lambda s: s.uid)]

    def cursor(self, folder: str = "INBOX") -> Cursor:
        found = cursors.cursors(self.store, "main")
        return next(c for c in found if c.folder.name == folder)

    def files(self) -> set[str]:
        return {path.name for path in self.folder.glob("evidence/messages/??/*.eml")}


@pytest.fixture
def homes(tmp_path: Path) -> Iterator[Callable[[], Home]]:
    made: list[Home] = []

    def make() -> Home:
        made.append(Home(tmp_path / str(len(made))))
        return made[-1]

    yield make
    for each in made:
        each.store.close()


@pytest.fixture
def home(homes: Callable[[], Home]) -> Home:
    return homes()


@pytest.fixture
def user(dovecot: Dovecot) -> str:
    return dovecot.user()


def to(port: int, user: str, **more: object) -> ImapServer:
    values = {"connect_seconds": 5.0, "answer_seconds": 5.0, **more}
    return ImapServer(
        host="127.0.0.1", port=port, tls="none", user=user, password=PASSWORD, **values
    )


# -- what is kept


def test_letters_of_the_shop_are_kept_byte_for_byte_and_others_never_fetched(
    dovecot, home, user
):
    wanted = [order_letter(), order_letter(3000)]
    dovecot.put(user, [other_letter(), wanted[0], other_letter(), wanted[1]], at=NOW)

    with Relay(dovecot.plain) as relay:
        collected = home.collect(to(relay.port, user))
        said = bytes(relay.heard).decode()

    assert home.letters() == wanted
    assert [s.uid for s in home.sightings()] == [2, 4]
    assert "UID FETCH 2,4 (BODY.PEEK[])" in said
    assert (collected.seen, collected.selected, collected.stored) == (4, 2, 2)


def test_a_sighting_says_where_when_and_in_which_role(dovecot, home, user):
    arrived = NOW - timedelta(days=3)
    dovecot.put(user, [order_letter()], "Spam", at=arrived)

    home.collect(to(dovecot.plain, user))

    sighting = home.sightings()[0]
    assert (sighting.account, sighting.folder, sighting.role) == (
        "main",
        "Spam",
        Role.SPAM,
    )
    assert (sighting.received_at, sighting.archived_at) == (arrived, NOW)
    assert sighting.authentication["reason"] == arrived.isoformat()


def test_letters_to_the_shop_are_kept_from_the_sent_folder_only(dovecot, home, user):
    to_shop = letter("me@example.org", 0, To="help@shop.example")
    dovecot.put(user, [to_shop], "Sent")
    dovecot.put(user, [letter("a@example.org", 0, To="help@shop.example")])

    home.collect(to(dovecot.plain, user))

    assert home.letters("Sent") == [to_shop]
    assert home.letters() == []


def test_our_own_digest_in_the_watched_folder_is_not_kept(dovecot, home, user):
    answer = {"In_Reply_To": "<digest.2026-03-01@triage.invalid>"}
    dovecot.put(
        user,
        [
            order_letter(X_Triage="digest", Subject="Shop: дела"),
            order_letter(
                Subject="Out of office: Shop", Auto_Submitted="auto-replied", **answer
            ),
        ],
    )

    assert home.collect(to(dovecot.plain, user)).selected == 0


def test_named_folders_are_read_instead(dovecot, home, user):
    wanted = order_letter()
    dovecot.put(user, [wanted], "Покупки & всё")
    dovecot.put(user, [order_letter()])

    home.collect(to(dovecot.plain, user), ["Покупки & всё"])

    assert home.letters("Покупки & всё") == [wanted]
    assert home.letters() == []


def test_a_missing_named_folder_is_told_with_those_that_exist(dovecot, home, user):
    wanted = order_letter()
    dovecot.put(user, [wanted])

    for _ in range(2):
        with pytest.raises(Incomplete, match=r"нет папки «Покупки».*INBOX.*Sent.*Spam"):
            home.collect(to(dovecot.plain, user), ["INBOX", "Покупки"])

    assert home.letters() == [wanted]


def test_a_renamed_folder_is_found_under_its_new_name_at_once(home):
    wanted = order_letter()
    with Scripted({1: wanted}) as server:
        names = ["INBOX", "Sent"]
        server.on["LIST"] = lambda _: (
            "".join(f'* LIST () "/" "{name}"\r\n' for name in names).encode()
            + b"%TAG OK done\r\n"
        )
        home.collect(to(server.port, "me"))
        names[1] = "Sent Items"
        server.on['STATUS "Sent" '] = lambda _: b"%TAG NO no such folder\r\n"

        home.collect(to(server.port, "me"))

    assert home.letters("Sent Items") == [wanted]
    assert [c.folder.name for c in cursors.cursors(home.store, "main")] == [
        *("INBOX", "Sent Items")
    ]


def test_a_new_folder_is_found_within_a_day(dovecot, home, user):
    home.collect(to(dovecot.plain, user), ["INBOX", "Sent"])
    home.now += timedelta(hours=25)
    with Relay(dovecot.plain) as relay:
        home.collect(to(relay.port, user), ["INBOX", "Sent"])

        assert b"LIST" in relay.heard


# -- twice is once


def test_a_mailbox_never_seen_is_expected_to_have_letters_before_it_is_asked(
    dovecot, home, user
):
    told: list[int] = []

    class Watched(ImapMailbox):
        def listed(self):
            told.append(-1)
            return super().listed()

    for _ in range(2):
        with Watched(to(dovecot.plain, user)) as mailbox:
            home.collect_from(mailbox, kept=told.append)

    assert told == [LETTERS, -1]


def test_a_folder_never_read_is_opened_without_asking_where_it_stands(
    dovecot, home, user
):
    for asked, not_asked in ((b"EXAMINE", b"STATUS"), (b"STATUS", b"EXAMINE")):
        with Relay(dovecot.plain) as relay:
            home.collect(to(relay.port, user))

        assert asked in relay.heard
        assert not_asked not in relay.heard


def test_a_second_pass_keeps_nothing_twice_and_fetches_nothing(dovecot, home, user):
    dovecot.put(user, [order_letter(), other_letter()])
    home.collect(to(dovecot.plain, user))
    before = home.sightings()

    with Relay(dovecot.plain) as relay:
        collected = home.collect(to(relay.port, user))
        assert b"FETCH" not in relay.heard
        assert b"EXAMINE" not in relay.heard

    assert home.sightings() == before
    assert collected.examined == 0


def test_only_what_is_new_is_looked_at(dovecot, home, user):
    dovecot.put(user, [order_letter()])
    home.collect(to(dovecot.plain, user))
    newer = order_letter()
    dovecot.put(user, [newer])

    collected = home.collect(to(dovecot.plain, user))

    assert (collected.examined, collected.seen, collected.stored) == (1, 1, 1)
    assert home.letters()[1:] == [newer]


def test_a_lost_index_costs_headers_but_no_letter_is_fetched_again(
    dovecot, home, homes, user
):
    dovecot.put(user, [order_letter()])
    home.collect(to(dovecot.plain, user))
    home.store.close()
    (home.folder / "index.sqlite3").unlink()
    home.store = Store(home.folder / "index.sqlite3")

    with Relay(dovecot.plain) as relay:
        collected = home.collect(to(relay.port, user))
        assert b"BODY.PEEK[])" not in relay.heard

    assert (collected.selected, collected.stored) == (1, 0)
    assert len(home.sightings()) == 1


@pytest.mark.parametrize("letters", [10, 2_000])
def test_a_poll_with_nothing_new_takes_six_round_trips_over_tls(
    dovecot, home, user, letters
):
    dovecot.fill(user, (other_letter() for _ in range(letters)))
    assert home.collect(to(dovecot.plain, user)).seen == letters

    with Relay(dovecot.tls) as relay:
        server = ImapServer(
            host="127.0.0.1",
            port=relay.port,
            tls="tls",
            ca_file=dovecot.ca_file,
            user=user,
            password=PASSWORD,
        )
        collected = home.collect(server)
        trips = relay.round_trips

    assert collected.folders == 3
    assert trips <= 6  # two of them are TLS's own


# -- numbers that move


def test_a_folder_made_anew_is_read_anew_and_nothing_is_doubled(dovecot, home, user):
    kept = [order_letter(), order_letter()]
    dovecot.put(user, kept, "Покупки")
    home.collect(to(dovecot.plain, user), ["Покупки"])
    before = home.cursor("Покупки").uidvalidity
    with dovecot.session(user) as other:
        other.delete_folder("Покупки")
    newer = order_letter()
    dovecot.put(user, [newer, *kept], "Покупки")

    home.collect(to(dovecot.plain, user), ["Покупки"])

    assert home.cursor("Покупки").uidvalidity != before
    assert len(home.files()) == 3
    again = [s for s in home.sightings() if s.uidvalidity != before]
    assert [home.archive.raw(s.sha256) for s in again] == [newer, *kept]


def test_a_server_restored_from_a_backup_hides_no_letter(home):
    first, second, third = order_letter(), order_letter(), order_letter()
    with Scripted({1: first, 2: second}) as server:
        home.collect(to(server.port, "me"), ["INBOX"])
        server.letters = {1: first}  # the backup was older
        home.collect(to(server.port, "me"), ["INBOX"])
        server.letters = {1: first, 2: third}
        home.collect(to(server.port, "me"), ["INBOX"])

    assert len(home.files()) == 3


def test_an_expunged_tail_is_passed(dovecot, home, user):
    dovecot.put(user, [order_letter() for _ in range(5)])
    with dovecot.session(user) as other:
        other.select_folder("INBOX")
        other.delete_messages([2, 4, 5])
        other.expunge()

    home.collect(to(dovecot.plain, user))

    assert [s.uid for s in home.sightings()] == [1, 3]
    assert (home.cursor().uid, home.cursor().pending) == (5, 0)
    newer = order_letter()
    dovecot.put(user, [newer])
    home.collect(to(dovecot.plain, user))
    assert home.letters()[2:] == [newer]


def test_an_empty_folder_with_a_past_is_passed_and_then_left_alone(dovecot, home, user):
    dovecot.put(user, [order_letter()] * 3)
    with dovecot.session(user) as other:
        other.select_folder("INBOX")
        other.delete_messages([1, 2, 3])
        other.expunge()

    assert home.collect(to(dovecot.plain, user)).examined == 3
    assert home.collect(to(dovecot.plain, user)).examined == 0
    assert home.cursor().uid == 3


def test_flags_are_neither_trusted_nor_touched(dovecot, home, user):
    wanted = [order_letter(), order_letter(2 * RANGE)]
    dovecot.put(user, wanted)
    with dovecot.session(user) as other:
        other.select_folder("INBOX")
        other.add_flags([1], [b"\\Seen"])
    changes = dovecot.changes(user)

    home.collect(to(dovecot.plain, user))

    assert home.letters() == wanted
    assert [c for c in dovecot.changes(user) if c not in changes] == []
    with dovecot.session(user) as other:
        other.select_folder("INBOX", readonly=True)
        flags = other.get_flags([1, 2])
        assert b"\\Seen" in flags[1]
        assert b"\\Seen" not in flags[2]
        other.select_folder("INBOX")
        other.fetch([2], ["BODY[]"])  # the control: this does change something
    assert [c for c in dovecot.changes(user) if c not in changes] != []


# -- a line that breaks (P2)


@pytest.mark.slow
def test_wherever_the_line_is_cut_nothing_is_lost_and_nothing_doubled(
    dovecot, homes, user
):
    inbox = [order_letter(900), other_letter(), order_letter(RANGE + 5000)]
    inbox += [order_letter(2000), other_letter(5000), order_letter(100)]
    dovecot.put(user, inbox)
    dovecot.put(user, [order_letter(400)], "Spam")
    whole = homes()
    with Relay(dovecot.plain) as relay:
        whole.collect(to(relay.port, user))
        ends, total = list(relay.marks), relay.down
    points = {end + near for end in ends for near in (-1, 0, 1)}
    points |= {(a + b) // 2 for a, b in itertools.pairwise([*ends, total])}
    cuts = sorted(point for point in points if 0 <= point < total)
    assert len(cuts) >= 40
    assert len(ends) >= 10  # so many answers: each is cut before, at and after its end

    for cut in cuts:
        home = homes()
        with Relay(dovecot.plain) as relay:
            relay.cut_after = cut
            broken = False
            try:
                home.collect(to(relay.port, user))
            except Unavailable:
                broken = True
            kept = {(s.folder, s.uid) for s in home.sightings()}
            for cursor in cursors.cursors(home.store, "main"):
                name = cursor.folder.name
                passed = {
                    (s.folder, s.uid)
                    for s in whole.sightings()
                    if s.folder == name and s.uid <= cursor.uid
                }
                assert passed <= kept, f"cut at byte {cut}: a letter was passed"
            assert broken or kept == {(s.folder, s.uid) for s in whole.sightings()}
            relay.mend()
            home.collect(to(relay.port, user))

        assert home.files() == whole.files(), f"cut at byte {cut}"
        assert len(home.sightings()) == len(whole.sightings()), f"cut at byte {cut}"
        for name in ("INBOX", "Spam", "Sent"):
            assert home.cursor(name).uid == whole.cursor(name).uid
            assert home.cursor(name).pending == 0


def test_a_cut_in_a_later_batch_keeps_the_batches_before(
    dovecot, home, user, monkeypatch
):
    monkeypatch.setattr(fetch, "LETTERS", 2)
    dovecot.put(user, [order_letter(3000) for _ in range(6)])
    with Relay(dovecot.plain) as relay:
        mailbox = ImapMailbox(to(relay.port, user))
        relay.cut_after = relay.down + 12_000

        with pytest.raises(Incomplete):
            home.collect_from(mailbox, ["INBOX"])

        mailbox.close()
    assert home.cursor().uid in (2, 4)
    assert len(home.files()) == home.cursor().uid
    assert home.cursor().pending == 6 - home.cursor().uid


def test_a_server_that_falls_silent_is_left_in_time(dovecot, home, user):
    dovecot.put(user, [order_letter(5000)])
    with Relay(dovecot.plain) as relay:
        soon = {"answer_seconds": 0.3, "connect_seconds": 0.3}
        mailbox = ImapMailbox(to(relay.port, user, **soon))
        relay.stall_after = relay.down + 2000

        with pytest.raises(Unavailable, match="не отвечает"):
            home.collect_from(mailbox)

        mailbox.close()
        relay.mend()
        home.collect(to(relay.port, user))
    assert len(home.files()) == 1


def test_the_line_dies_in_one_folder_and_the_others_are_read(home):
    wanted = order_letter()
    with Scripted({1: wanted}) as server:
        names = (b"INBOX", b"Sent")
        server.on["LIST"] = lambda _: (
            b"".join(b'* LIST () "/" %s\r\n' % name for name in names)
            + b"%TAG OK done\r\n"
        )
        server.on['EXAMINE "INBOX"'] = lambda _: None

        with pytest.raises(Incomplete, match="INBOX") as caught:
            home.collect(to(server.port, "me"))

    assert home.letters("Sent") == [wanted]
    assert caught.value.collected.stored == 1


# -- servers that hold letters back


def test_a_letter_left_out_of_the_answer_is_not_passed(home):
    letters = {uid: order_letter() for uid in range(1, 6)}
    with Scripted(letters) as server:

        def without_third(said: str) -> bytes:
            rest = {uid: raw for uid, raw in letters.items() if uid != 3}
            server.letters = rest if "BODY.PEEK[])" in said else letters
            answer = server.usual(said)
            server.letters = letters
            return answer

        server.on["UID FETCH"] = without_third
        for _ in range(2):
            with pytest.raises(Incomplete, match="не отдаёт писем: 1"):
                home.collect(to(server.port, "me"), ["INBOX"])
            assert [s.uid for s in home.sightings()] == [1, 2, 4, 5]
            assert (home.cursor().uid, home.cursor().pending) == (2, 1)

        server.on.clear()
        home.collect(to(server.port, "me"), ["INBOX"])

    assert sorted(s.uid for s in home.sightings()) == [1, 2, 3, 4, 5]
    assert (home.cursor().uid, home.cursor().pending) == (5, 0)


def test_a_heading_left_out_of_the_answer_is_not_passed(home):
    letters = {uid: order_letter() for uid in range(1, 4)}
    with Scripted(letters) as server:
        server.on["UID FETCH"] = lambda said: (
            server.fetched(1, said) + b"%TAG OK done\r\n"
        )
        with pytest.raises(Incomplete, match="не отдаёт писем: 2"):
            home.collect(to(server.port, "me"), ["INBOX"])

        assert home.cursor().uid == 1


def test_a_letter_that_vanished_meanwhile_is_passed(home):
    letters = {uid: order_letter() for uid in range(1, 4)}
    with Scripted(letters) as server:

        def vanish(said: str) -> bytes:
            if "BODY.PEEK[])" in said:
                server.letters.pop(2, None)
            return server.usual(said)

        server.on["UID FETCH"] = vanish
        collected = home.collect(to(server.port, "me"), ["INBOX"])

    assert (collected.stored, collected.gone, collected.pending) == (2, 1, 0)
    assert home.cursor().uid == 3


def test_a_large_letter_that_vanished_meanwhile_is_passed(home):
    letters = {1: order_letter(3 * RANGE), 2: order_letter()}
    with Scripted(letters) as server:

        def vanish(said: str) -> bytes:
            if f"<{RANGE}." in said:
                server.letters.pop(1, None)
            return server.usual(said)

        server.on["UID FETCH"] = vanish
        collected = home.collect(to(server.port, "me"), ["INBOX"])

    assert (collected.stored, collected.gone) == (1, 1)
    assert home.cursor().uid == 2
    assert list(home.folder.glob("evidence/messages/tmp/*")) == []


def test_a_search_that_says_too_much_makes_nothing_new(home):
    with Scripted({1: order_letter(), 2: order_letter()}) as server:
        home.collect(to(server.port, "me"), ["INBOX"])
        server.letters[5] = order_letter()
        server.on["UID SEARCH"] = lambda _: b"* SEARCH 1 2 5 9\r\n%TAG OK done\r\n"

        collected = home.collect(to(server.port, "me"), ["INBOX"])

    assert (collected.seen, collected.stored) == (1, 1)
    assert home.cursor().uid == 5


# -- durable first (P1)


class FullDisk:
    """An archive on a disk that is full."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive

    def __getattr__(self, name: str) -> object:
        return getattr(self.archive, name)

    def keep(self, *_: object) -> list[Sighting]:
        raise DiskError("full")


def test_the_cursor_stays_while_the_archive_cannot_keep(dovecot, home, user):
    dovecot.put(user, [order_letter(), order_letter()])
    archive, home.archive = home.archive, FullDisk(home.archive)

    with pytest.raises(DiskError):
        home.collect(to(dovecot.plain, user))

    assert (home.cursor().uid, home.cursor().pending) == (0, 2)
    home.archive = archive
    home.collect(to(dovecot.plain, user))
    assert len(home.files()) == 2


def test_a_header_that_breaks_its_judge_keeps_no_letter_back(
    dovecot, home, user, monkeypatch
):
    def judge(header: bytes) -> Mapping[str, str]:
        raise RecursionError

    monkeypatch.setitem(globals(), "vouch", judge)
    dovecot.put(user, [order_letter()])

    home.collect(to(dovecot.plain, user))

    assert home.sightings()[0].authentication["domain"] == ""


# -- size


def test_a_large_letter_is_streamed_in_bounded_memory(dovecot, home, user):
    size = 40 << 20
    large = order_letter(size)
    dovecot.put(user, [large])
    tracemalloc.start()

    home.collect(to(dovecot.plain, user))

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12 * RANGE
    assert home.letters() == [large]


def test_the_first_letters_are_fetched_while_the_folder_is_looked_through(
    dovecot, home, user, monkeypatch
):
    monkeypatch.setattr(fetch, "HEADINGS", 20)
    others = (other_letter() for _ in range(80))
    dovecot.fill(user, (*(order_letter() for _ in range(fetch.FIRST)), *others))
    asked = []

    class Watched(ImapMailbox):
        def headings(self, uids, then=()):
            asked.append("headings")
            return super().headings(uids, then)

        def letters(self, uids):
            asked.append("letters")
            return super().letters(uids)

    with Watched(to(dovecot.plain, user)) as mailbox:
        home.collect_from(mailbox, ["INBOX"])

    assert asked == ["headings", "letters", *["headings"] * 4]


def test_many_letters_are_kept_in_batches_of_bounded_size(
    dovecot, home, user, monkeypatch
):
    batches: list[int] = []
    keep = home.archive.keep

    def counted(arrivals: Sequence[object], at: datetime) -> list[Sighting]:
        batches.append(sum(len(arrival.raw) for arrival in arrivals))
        return keep(arrivals, at)

    monkeypatch.setattr(home.archive, "keep", counted)
    dovecot.fill(user, (order_letter(900_000) for _ in range(30)))

    home.collect(to(dovecot.plain, user))

    assert len(home.files()) == 30
    assert max(batches) <= fetch.BATCH
    assert len(batches) <= 6
