"""A bag that proves itself with stock tools alone (P12)."""

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import bagit
import pytest
from needs import needs
from world import World

from triage.core.act import Act, ActKind
from triage.edges import bag
from triage.edges.store import Store
from triage.errors import EvidenceError, UsageError
from triage.jobs.export import export
from triage.jobs.verify import verify

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
ORDER = ("ozon", "12345678-0004")
CHECK = (
    Path(__file__).parents[2].joinpath("docs", "evidence-format.md").read_text("utf-8")
)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    world = World(tmp_path_factory.mktemp("home"), NOW)
    world.deliver()
    world.app.tick()
    place = world.app.place
    sha256 = place.archive.add_attachment(b"a screenshot")
    said = {"sha256": sha256, "name": "чат.png", "media_type": "image/png"}
    told = {**said, "pack": "ozon"}
    place.record(Act(at=NOW, kind=ActKind.ATTACHED, order=ORDER[1], data=told))
    other = {"report": "defective", "on": "2026-11-22", "pack": "ozon"}
    place.record(Act(at=NOW, kind=ActKind.REPORTED, order="12345678-0001", data=other))
    yield world
    world.close()


def write(world: World, out: Path, *chosen: tuple[str, str]):
    place = world.app.place
    with place.store() as store:
        return export(
            out,
            lambda folder: place.scribe.shelf(store, folder),
            set(chosen),
            agent="triage test",
            on=date(2026, 11, 22),
        )


@pytest.fixture(scope="module")
def whole(world, tmp_path_factory):
    out = tmp_path_factory.mktemp("out") / "bag"
    write(world, out)
    return out


@pytest.fixture(scope="module")
def part(world, tmp_path_factory):
    out = tmp_path_factory.mktemp("out") / "заказ 4"
    write(world, out, ORDER)
    return out


@pytest.fixture(params=["whole", "part"])
def made(request) -> Path:
    return request.getfixturevalue(request.param)


def run(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words, cwd=cwd, capture_output=True, text=True, check=False, timeout=60
    )


def test_sha256sum_finds_every_file_sound(made):
    for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        done = run("sha256sum", "--strict", "--quiet", "-c", manifest, cwd=made)

        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_manifest_names_every_file_of_the_payload(made):
    lines = (made / "manifest-sha256.txt").read_text("utf-8").splitlines()
    named = {line.split("  ", 1)[1] for line in lines}

    there = {p.relative_to(made).as_posix() for p in made.rglob("*") if p.is_file()}

    assert named == {name for name in there if name.startswith("data/")}


def test_bagit_finds_the_bag_valid_and_complete(made):
    bagit.Bag(str(made)).validate(completeness_only=False)


def test_bagit_finds_a_byte_that_was_added_and_a_file_that_was_slipped_in(
    whole, tmp_path
):
    for number, change in enumerate(
        (
            lambda b: (b / "data" / "README.txt").write_text("x"),
            lambda b: (b / "data" / "slipped-in").write_text("x"),
            lambda b: next((b / "data").rglob("*.eml")).unlink(),
        )
    ):
        copy = tmp_path / str(number)
        shutil.copytree(whole, copy)
        change(copy)
        with pytest.raises(bagit.BagValidationError):
            bagit.Bag(str(copy)).validate()


@needs("openssl")
def test_openssl_gives_a_letter_the_sum_that_is_its_name(made):
    for letter in (made / "data" / "evidence" / "messages").rglob("*.eml"):
        done = run("openssl", "dgst", "-sha256", "-r", str(letter), cwd=made)
        assert done.stdout.split()[0] == letter.stem


def test_a_bag_of_everything_holds_the_evidence_as_it_is(world, whole):
    mine, theirs = world.folder / "evidence", whole / "data" / "evidence"

    def files(root: Path) -> dict[str, bytes]:
        return {
            p.relative_to(root).as_posix(): p.read_bytes()
            for p in root.rglob("*")
            if p.is_file() and p.name != "README.txt"
        }

    assert files(theirs) == files(mine)
    assert verify(theirs).sound
    [script] = re.findall(r"```python\n(.*?)```", CHECK, re.DOTALL)
    done = run(sys.executable, "-I", "-c", script, cwd=theirs)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_bag_of_one_order_holds_its_letters_files_and_lines_and_no_others(
    world, part
):
    evidence = part / "data" / "evidence"
    lines = (evidence / "manifest-lines.jsonl").read_bytes().splitlines()
    acts = (evidence / "journal-lines.jsonl").read_bytes().splitlines()

    assert {path.stem for path in evidence.rglob("*.eml")} == {
        json.loads(line)["sha256"] for line in lines
    }
    mine = (world.folder / "evidence" / "manifest.jsonl").read_bytes().splitlines()
    assert set(lines) < set(mine)
    assert {json.loads(act)["order"] for act in acts} == {ORDER[1]}
    assert len(list((evidence / "attachments").rglob("?" * 64))) == 1
    assert [p.name for p in (part / "data" / "orders").glob("*/")] == [ORDER[1]]
    others = [f"12345678-000{n}".encode() for n in (1, 2, 3, 5, 6, 7, 8, 9)]
    for path in part.rglob("*"):
        if path.is_file():
            assert not any(number in path.read_bytes() for number in others), path


def test_the_dossier_is_in_the_bag_with_all_that_it_links_to(made):
    for page in (made / "data" / "orders").rglob("*.html"):
        for link in re.findall(r'href="([^"]+)"', page.read_text("utf-8")):
            assert (page.parent / link).resolve().is_file(), link


def test_the_readme_says_in_both_languages_how_to_check(made):
    text = (made / "data" / "README.txt").read_text("utf-8")

    assert text.index("Как проверить") < text.index("How to check")
    assert text.count("sha256sum -c manifest-sha256.txt") == 2
    heads = re.findall(r"\d+:[0-9a-f]{64}", text)
    assert len(heads) == 4
    assert len(set(heads)) == 2


def test_a_folder_that_is_there_is_not_overwritten(world, tmp_path):
    for name in ("folder", "file", "link"):
        out = tmp_path / name
        if name == "folder":
            out.mkdir()
        elif name == "file":
            out.write_text("years of work")
        else:
            out.symlink_to(tmp_path / "nowhere")

        with pytest.raises(UsageError, match="уже есть"):
            write(world, out, ORDER)

    assert (tmp_path / "file").read_text() == "years of work"
    assert {p.name for p in tmp_path.iterdir()} == {"folder", "file", "link"}


def test_damaged_evidence_is_not_exported_as_if_it_were_sound(world, tmp_path):
    with Store(world.folder / "index.sqlite3") as store:
        [row, *_] = store.rows(
            "SELECT evidence FROM letters_by_order WHERE order_number = ?", ORDER[1]
        )
    path = world.app.place.archive.path(row["evidence"])
    whole = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(whole + b"x")
    try:
        with pytest.raises(EvidenceError):
            write(world, tmp_path / "bag", ORDER)
    finally:
        path.write_bytes(whole)

    assert list(tmp_path.iterdir()) == []


def test_evidence_that_cannot_be_read_is_not_blamed_on_where_the_bag_goes(
    world, tmp_path
):
    archive = world.app.place.archive
    path = archive.attachment_path(archive.add_attachment(b"a screenshot"))
    path.rename(path.with_name("aside"))
    path.mkdir()  # as a bad sector: it is there, and reading it fails
    try:
        with pytest.raises(EvidenceError, match=f"{path.name}: не читается"):
            write(world, tmp_path / "bag", ORDER)
    finally:
        path.rmdir()
        path.with_name("aside").rename(path)


@pytest.mark.parametrize("after", [1, 2, 3, 5, 8])
def test_a_process_that_is_killed_leaves_no_bag_under_its_name(tmp_path, after):
    script = f"""
import os, sys
from pathlib import Path
from triage.edges import bag, disk
calls = 0
def die(real):
    def step(*words, **named):
        global calls
        calls += 1
        if calls == {after}:
            os.kill(os.getpid(), 9)
        return real(*words, **named)
    return step
disk.sync_files, disk.sync_folder = die(disk.sync_files), die(disk.sync_folder)
Path.write_text = die(Path.write_text)
with bag.making(Path(sys.argv[1]), {{}}) as payload:
    bag.put(payload / "a" / "b.txt", b"c")
"""
    out = tmp_path / "bag"

    done = run(sys.executable, "-c", script, str(out), cwd=tmp_path)

    whole = done.returncode == 0
    assert whole or done.returncode == -signal.SIGKILL
    if out.exists():  # it got its name in one step, and was whole then
        bagit.Bag(str(out)).validate()
    else:
        assert not whole
    assert all(".unfinished-" in p.name or p == out for p in tmp_path.iterdir())


def test_what_fails_on_the_way_leaves_nothing(tmp_path):
    def fail() -> None:
        with bag.making(tmp_path / "bag", {}) as payload:
            bag.put(payload / "a", b"b")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    assert list(tmp_path.iterdir()) == []


def test_a_bag_is_open_to_its_owner_alone_whatever_the_umask(tmp_path):
    before = os.umask(0o022)
    try:
        with bag.making(tmp_path / "bag", {}) as payload:
            bag.put(payload / "evidence" / "a", b"b")
            assert payload.parent.stat().st_mode & 0o777 == 0o700  # while it is made
    finally:
        os.umask(before)

    assert (tmp_path / "bag").stat().st_mode & 0o777 == 0o700


def test_the_sums_are_of_what_lies_on_the_disk(tmp_path):
    with bag.making(tmp_path / "bag", {}) as payload:
        bag.put(payload / "имя с пробелом.txt", b"b")

    [line] = (tmp_path / "bag" / "manifest-sha256.txt").read_text("utf-8").splitlines()
    assert line == f"{hashlib.sha256(b'b').hexdigest()}  data/имя с пробелом.txt"
    bagit.Bag(str(tmp_path / "bag")).validate()
