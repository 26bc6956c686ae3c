import hashlib
import os
import threading
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import mails
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lossy_disk import LossyDisk, PowerCut

from triage.core.act import Act, ActKind
from triage.core.chain import START
from triage.edges.archive import Archive, Arrival
from triage.edges.journal import Journal
from triage.errors import DiskError, EvidenceError
from triage.jobs.verify import verify

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def an_arrival(uid: int, raw: object = None, **more: object) -> Arrival:
    content = b"Subject: %d\r\n\r\nHello\r\n" % uid if raw is None else raw
    vouched = {"domain": "shop.example", "result": "pass"}
    usual = {"received_at": NOW, "authentication": vouched}
    return mails.an_arrival(content, uid, **{**usual, **more})


def tree(evidence: Path) -> dict[str, bytes]:
    """Everything in the folder but unfinished writes."""
    return {
        path.relative_to(evidence).as_posix(): path.read_bytes()
        for path in sorted(evidence.rglob("*"))
        if path.is_file() and path.parent.name != "tmp"
    }


def lines_of(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines() if path.exists() else []


# keeping


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.binary(max_size=9), st.sampled_from(["INBOX", "Спам"]), st.integers(1, 4)
        ),
        max_size=12,
    ),
    st.integers(1, 5),
)
def test_keeping_twice_is_keeping_once(tmp_path_factory, letters, batch):
    evidence = tmp_path_factory.mktemp("home") / "evidence"
    arrivals = [an_arrival(uid, raw, folder=folder) for raw, folder, uid in letters]
    archive = Archive(evidence)
    for start in range(0, len(arrivals), batch):
        archive.keep(arrivals[start : start + batch], NOW)
    once = tree(evidence)

    again = Archive(evidence).keep(arrivals, NOW)

    assert again == []
    assert tree(evidence) == once or not arrivals
    assert {(s.sha256, s.folder, s.uid) for s, _ in archive.sightings()} == {
        (hashlib.sha256(raw).hexdigest(), folder, uid) for raw, folder, uid in letters
    }
    assert verify(evidence).sound


def test_a_letter_lies_under_its_checksum_and_cannot_be_written(tmp_path):
    archive = Archive(tmp_path / "evidence")

    (sighting,) = archive.keep([an_arrival(7, b"raw \xff bytes\r\n")], NOW)

    path = (
        tmp_path
        / "evidence"
        / "messages"
        / sighting.sha256[:2]
        / f"{sighting.sha256}.eml"
    )
    assert path == archive.path(sighting.sha256)
    assert path.read_bytes() == archive.raw(sighting.sha256) == b"raw \xff bytes\r\n"
    assert path.stat().st_mode & 0o222 == 0


def test_a_second_place_of_the_same_bytes_is_a_second_line_and_no_second_file(tmp_path):
    archive = Archive(tmp_path)
    archive.keep([an_arrival(1, b"same")], NOW)
    (path,) = tmp_path.rglob("*.eml")
    before = path.stat()

    added = archive.keep([an_arrival(1, b"same", uidvalidity=2)], NOW)

    assert len(added) == 1
    assert list(tmp_path.rglob("*.eml")) == [path]
    assert path.stat().st_ino == before.st_ino
    assert len(lines_of(tmp_path / "manifest.jsonl")) == 2


def test_what_is_kept_is_known_by_place_after_a_restart(tmp_path):
    Archive(tmp_path).keep([an_arrival(4), an_arrival(9, folder="Spam")], NOW)

    archive = Archive(tmp_path)

    assert archive.located("main", "INBOX", 1) == {4}
    assert archive.located("main", "Spam", 1) == {9}
    assert archive.located("main", "INBOX", 2) == set()


def test_sightings_come_back_as_they_were_kept(tmp_path):
    archive = Archive(tmp_path)
    folder = 'Входящие\n\u2028\x9b\udce9"'
    kept = archive.keep([an_arrival(1, folder=folder), an_arrival(2)], NOW)

    told = list(archive.sightings())

    assert [sighting for sighting, _ in told] == kept
    assert told[0][0].folder == folder
    assert list(archive.sightings(told[0][1])) == told[1:]
    assert list(archive.sightings(told[1][1])) == []


def test_a_large_letter_is_spooled_and_kept_without_being_held(tmp_path):
    archive = Archive(tmp_path)
    pieces = (b"%07d\n" % number for number in range(100_000))

    spooled = archive.spool(pieces)
    (sighting,) = archive.keep([an_arrival(1, spooled)], NOW)

    assert sighting.size == spooled.size == 800_000
    assert archive.path(sighting.sha256).stat().st_size == 800_000
    assert list((tmp_path / "messages" / "tmp").iterdir()) == []
    assert verify(tmp_path).sound


def test_a_letter_whose_download_broke_off_leaves_nothing(tmp_path):
    archive = Archive(tmp_path)

    def broken():
        yield b"the first half"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        archive.spool(broken())

    assert list((tmp_path / "messages" / "tmp").iterdir()) == []


def test_a_spooled_letter_that_was_kept_before_is_dropped(tmp_path):
    archive = Archive(tmp_path)
    archive.keep([an_arrival(1, b"same bytes")], NOW)

    archive.keep([an_arrival(2, archive.spool([b"same ", b"bytes"]))], NOW)
    archive.keep([], NOW)

    assert list((tmp_path / "messages" / "tmp").iterdir()) == []
    assert verify(tmp_path).sound


def test_an_attachment_lies_under_its_checksum(tmp_path):
    sha256 = Archive(tmp_path).add_attachment(b"a screenshot")

    assert Archive(tmp_path).add_attachment(b"a screenshot") == sha256
    path = tmp_path / "attachments" / sha256[:2] / sha256
    assert path.read_bytes() == b"a screenshot"


def test_opening_writes_nothing(tmp_path):
    archive = Archive(tmp_path / "evidence")

    assert archive.head() == START
    assert list(archive.sightings()) == []
    assert archive.located("main", "INBOX", 1) == set()
    assert list(tmp_path.iterdir()) == []


def test_the_folder_says_in_two_languages_how_to_check_it(tmp_path):
    Archive(tmp_path).keep([an_arrival(1)], NOW)

    text = (tmp_path / "README.txt").read_text("utf-8")

    assert "sha256sum" in text
    assert "ПАПКА С ДОКАЗАТЕЛЬСТВАМИ" in text


def test_the_head_is_the_checksum_of_the_last_line(tmp_path):
    archive = Archive(tmp_path)
    archive.keep([an_arrival(1), an_arrival(2)], NOW)

    last = lines_of(tmp_path / "manifest.jsonl")[-1]

    assert archive.head() == Archive(tmp_path).head()
    assert str(archive.head()) == f"2:{hashlib.sha256(last).hexdigest()}"


# what is damaged is never trusted and never put right in silence


def test_bytes_that_are_not_what_came_are_not_given_out(tmp_path):
    archive = Archive(tmp_path)
    (sighting,) = archive.keep([an_arrival(1, b"good")], NOW)
    path = archive.path(sighting.sha256)
    path.chmod(0o644)
    path.write_bytes(b"evil")

    with pytest.raises(EvidenceError, match="повреждено"):
        archive.raw(sighting.sha256)


def test_a_damaged_file_is_left_for_verify_to_name(tmp_path, caplog):
    archive = Archive(tmp_path)
    (sighting,) = archive.keep([an_arrival(1, b"good")], NOW)
    path = archive.path(sighting.sha256)
    path.chmod(0o644)
    path.write_bytes(b"cut")

    archive.keep([an_arrival(2, b"good")], NOW)

    assert path.read_bytes() == b"cut"
    assert "damaged" in caplog.text
    assert [finding.kind for finding in verify(tmp_path).findings] == ["damaged"]


def test_a_missing_file_comes_back_when_the_letter_is_seen_again(tmp_path):
    archive = Archive(tmp_path)
    (sighting,) = archive.keep([an_arrival(1, b"good")], NOW)
    archive.path(sighting.sha256).unlink()
    with pytest.raises(EvidenceError, match="missing"):
        archive.raw(sighting.sha256)

    archive.keep([an_arrival(2, b"good")], NOW)

    assert archive.raw(sighting.sha256) == b"good"


def test_a_word_that_is_no_checksum_names_no_file(tmp_path):
    with pytest.raises(ValueError, match="not a SHA-256"):
        Archive(tmp_path).path("../../etc/passwd")


def test_a_line_that_cannot_be_read_does_not_stop_the_others(tmp_path, caplog):
    archive = Archive(tmp_path)
    archive.keep([an_arrival(1), an_arrival(2), an_arrival(3)], NOW)
    manifest = tmp_path / "manifest.jsonl"
    lines = lines_of(manifest)
    manifest.write_bytes(b"\n".join([lines[0], b"{", lines[2], b""]))

    told = [sighting.uid for sighting, _ in Archive(tmp_path).sightings()]

    assert told == [1, 3]
    assert "cannot be read" in caplog.text


def test_a_manifest_cut_under_us_is_not_written_on(tmp_path):
    archive = Archive(tmp_path)
    archive.keep([an_arrival(1), an_arrival(2)], NOW)
    manifest = tmp_path / "manifest.jsonl"
    manifest.write_bytes(lines_of(manifest)[0] + b"\n")

    with pytest.raises(EvidenceError, match="triage verify"):
        archive.keep([an_arrival(3)], NOW)


def test_a_reader_whose_place_is_gone_says_so(tmp_path):
    archive = Archive(tmp_path)
    archive.keep([an_arrival(1), an_arrival(2)], NOW)
    *_, (_, end) = archive.sightings()
    manifest = tmp_path / "manifest.jsonl"
    manifest.write_bytes(lines_of(manifest)[0] + b"\n")

    with pytest.raises(EvidenceError):
        list(archive.sightings(end))
    with pytest.raises(EvidenceError):
        list(archive.sightings(3))


# several at once


def test_two_writers_make_one_chain(tmp_path):
    archives = [Archive(tmp_path), Archive(tmp_path)]

    def work(archive: Archive, first: int) -> None:
        for uid in range(first, first + 40):
            archive.keep([an_arrival(uid % 50)], NOW)

    threads = [
        threading.Thread(target=work, args=(archive, 20 * number))
        for number, archive in enumerate(archives)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert verify(tmp_path).sound
    assert sorted(s.uid for s, _ in archives[0].sightings()) == list(range(50))


def test_nobody_sweeps_while_another_is_inside(tmp_path):
    one, other = Archive(tmp_path), Archive(tmp_path)
    spooled = one.spool([b"a large letter"])

    other.keep([an_arrival(2)], NOW)

    assert len(one.keep([an_arrival(1, spooled)], NOW)) == 1


# a disk that will not


class FullDisk:
    """`os`, on a disk that takes no more than so many bytes."""

    def __init__(self, room: int) -> None:
        self.room = room

    def __getattr__(self, name):
        return getattr(os, name)

    def write(self, fd, data):
        if self.room <= 0:
            raise OSError(28, "No space left on device")
        size = os.write(fd, bytes(data)[: self.room])
        self.room -= size
        return size


@pytest.mark.parametrize("room", range(0, 6000, 97))
def test_a_full_disk_is_said_and_what_was_kept_stays_whole(tmp_path, monkeypatch, room):
    archive = Archive(tmp_path)
    archive.keep([an_arrival(1)], NOW)
    arrivals = [an_arrival(2, b"x" * 2000), an_arrival(3, b"y" * 2000)]
    with monkeypatch.context() as patched:
        patched.setattr("triage.edges.disk.os", FullDisk(room))
        try:
            archive.keep(arrivals, NOW)
        except DiskError as error:
            assert "на диске нет места" in str(error)  # noqa: PT017
            assert [s.uid for s, _ in archive.sightings()] == [1]
        else:
            assert room > 4000

    archive.keep(arrivals, NOW)

    assert archive.located("main", "INBOX", 1) == {1, 2, 3}
    assert verify(tmp_path).sound


def test_a_read_only_folder_is_said(tmp_path, monkeypatch):
    class ReadOnly(FullDisk):
        def open(self, path, flags, mode=0o777):
            if flags & os.O_CREAT:
                raise OSError(30, "Read-only file system")
            return os.open(path, flags, mode)

    monkeypatch.setattr("triage.edges.disk.os", ReadOnly(1 << 20))

    with pytest.raises(DiskError, match="только для чтения"):
        Archive(tmp_path).keep([an_arrival(1)], NOW)


# power cuts


BATCHES = [
    [an_arrival(1), an_arrival(2), an_arrival(3, b"twice"), an_arrival(4, b"twice")],
    [an_arrival(1, uidvalidity=2), an_arrival(5), an_arrival(6)],
]
PICTURE = b"a screenshot"
ACTS = [
    Act(
        at=NOW,
        kind=ActKind.ATTACHED,
        case="shop/late/1",
        data={"sha256": hashlib.sha256(PICTURE).hexdigest()},
    ),
    Act(at=NOW, kind=ActKind.REOPENED, case="shop/late/1"),
]


def live(evidence: Path, told: list[object]) -> None:
    """Do a day's work, however much of it is done already, and note what was reported."""
    collect(evidence, told)
    write_down(evidence, told)


def collect(evidence: Path, told: list[object]) -> None:
    archive = Archive(evidence)
    for batch in BATCHES:
        archive.keep(batch, NOW)
        told.extend(batch)
    large = an_arrival(7, archive.spool([b"large ", b"letter"]))
    archive.keep([large], NOW)
    told.append(an_arrival(7, b"large letter"))
    told.append(archive.add_attachment(PICTURE))


def write_down(evidence: Path, told: list[object]) -> None:
    journal = Journal(evidence)
    for act in ACTS:
        if act not in [done for done, _ in journal.acts()]:
            journal.append(act)
        told.append(act)


def missing_of(told: list[object], evidence: Path) -> list[object]:
    """Name what was reported as kept and is not there."""
    archive = Archive(evidence)
    there = {
        (s.account, s.folder, s.uidvalidity, s.uid, archive.raw(s.sha256))
        for s, _ in archive.sightings()
    }
    acts = [act for act, _ in Journal(evidence).acts()]
    lost: list[object] = []
    for thing in told:
        if isinstance(thing, Arrival):
            key = (thing.account, thing.folder, thing.uidvalidity, thing.uid, thing.raw)
            lost += [] if key in there else [thing]
        elif isinstance(thing, Act):
            lost += [] if thing in acts else [thing]
        else:
            path = evidence / "attachments" / str(thing)[:2] / str(thing)
            lost += [] if path.exists() and path.read_bytes() == PICTURE else [thing]
    return lost


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory) -> tuple[int, dict[str, bytes]]:
    evidence = tmp_path_factory.mktemp("uninterrupted") / "evidence"
    with LossyDisk(evidence) as disk:
        live(evidence, [])
    return disk.steps, tree(evidence)


def every_step(uninterrupted, tmp_path):
    for step in range(1, uninterrupted[0] + 2):
        yield step, tmp_path / str(step) / "evidence"


def sound_but_for_orphans(evidence: Path) -> list[str]:
    """Nothing but a file whose line was not written yet, or a torn tail, may be amiss."""
    findings = verify(evidence).findings
    return [str(f) for f in findings if f.kind not in ("extra", "cut")]


@pytest.mark.parametrize("loss", ["nothing", "all", "bytes"])
def test_after_a_cut_at_any_step_what_was_reported_is_there_and_the_rest_follows(
    tmp_path, uninterrupted, loss
):
    for step, evidence in every_step(uninterrupted, tmp_path):
        evidence.parent.mkdir()
        told: list[object] = []
        with LossyDisk(evidence, crash_at=step) as disk, suppress(PowerCut):
            live(evidence, told)
        if loss != "nothing":
            disk.lose(names_survive=loss == "bytes")

        assert missing_of(told, evidence) == [], f"cut at {step}, {disk.names[-1:]}"
        if (evidence / "manifest.jsonl").exists():
            assert sound_but_for_orphans(evidence) == [], f"cut at {step}"
        live(evidence, [])

        assert tree(evidence) == uninterrupted[1], f"cut at {step}, {disk.names[-1:]}"
        assert list((evidence / "messages" / "tmp").iterdir()) == []
        assert verify(evidence).sound


@pytest.mark.parametrize("work", [live, collect, write_down])
def test_what_a_killed_process_left_unsynced_is_synced_by_the_next(tmp_path, work):
    step, cut = 0, True
    while cut:
        step += 1
        evidence = tmp_path / str(step) / "evidence"
        evidence.parent.mkdir()
        with LossyDisk(evidence, crash_at=step) as disk:
            cut = False
            try:
                work(evidence, [])
            except PowerCut:
                cut = True
            disk.power_on()
            work(evidence, [])
            whole = tree(evidence)
        disk.lose()

        assert tree(evidence) == whole, f"killed at {step}"


def test_what_a_reader_was_shown_outlives_the_power(tmp_path, uninterrupted):
    for step, evidence in every_step(uninterrupted, tmp_path):
        evidence.parent.mkdir()
        with LossyDisk(evidence, crash_at=step) as disk:
            with suppress(PowerCut):
                live(evidence, [])
            disk.power_on()
            shown = [sighting for sighting, _ in Archive(evidence).sightings()]
            acts = list(Journal(evidence).acts())
        disk.lose()

        archive = Archive(evidence)
        assert [sighting for sighting, _ in archive.sightings()] == shown
        assert all(archive.raw(sighting.sha256) for sighting in shown)
        assert list(Journal(evidence).acts()) == acts
