"""The promises of docs/promises.md: every proof it names exists, and some that need a whole world."""

import ast
import hashlib
import json
import re
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from life import STORIES, Life, days, read_story
from needs import PACKAGES
from world import World

from triage.core.attempt import Outcome
from triage.core.chain import line_of
from triage.edges import pages
from triage.edges.home import Home
from triage.edges.store import Store
from triage.jobs import reading

pytestmark = pytest.mark.usefixtures("hurried")
ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "promises.md").read_text("utf-8")
ROW = re.compile(r"^\| (P\d+) \| (.+) \| `([\w/]+\.py)` \| `([\w/]+\.py)::(\w+)` \|$")
ROWS = [match.groups() for line in PAGE.splitlines() if (match := ROW.match(line))]
START = datetime(2026, 11, 10, 5, 0, tzinfo=UTC)


@pytest.fixture
def world(tmp_path):
    with World(tmp_path, START) as world:
        world.deliver()
        yield world


def test_every_row_of_the_table_can_be_read():
    lines = [line for line in PAGE.splitlines() if re.match(r"\| P\d", line)]

    assert len(ROWS) == len(lines) > 40


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}-{row[3]}-{row[4]}")
def test_a_named_proof_exists(row):
    _, _, code, file, name = row

    assert (ROOT / code).is_file()
    tree = ast.parse((ROOT / "tests" / file).read_text("utf-8"))
    assert name in {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}


def test_no_named_proof_is_skipped_in_ci():
    """`needs` skips elsewhere only; what it may ask for, CI installs."""
    for file in {row[3] for row in ROWS}:
        tree = ast.parse((ROOT / "tests" / file).read_text("utf-8"))
        named = {row[4] for row in ROWS if row[3] == file}
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.name in named:
                marks = " ".join(map(ast.unparse, node.decorator_list))
                assert "skip" not in marks, (file, node.name)
            elif isinstance(node, ast.Assign) and "pytestmark" in ast.unparse(node):
                assert "skip" not in ast.unparse(node), file

    script = (ROOT / ".ci" / "run").read_text("utf-8")
    [installed] = re.findall(r"^packages=\((.+)\)$", script, re.MULTILINE)
    assert set(filter(None, PACKAGES.values())) <= set(installed.split())


def test_every_promise_has_a_proof():
    told = set(re.findall(r"^## (P\d+)", PAGE, re.MULTILINE))

    assert told == {row[0] for row in ROWS}
    assert told >= {*(f"P{n}" for n in (1, 2, 3, 4, 5, 6, 9, 10, 11, 13, 14))}


def test_a_letter_that_breaks_the_reader_is_kept_and_shown(world, monkeypatch):
    whole = reading.take_apart

    def take_apart(raw):
        if b"<demo-1@" in raw:
            raise RecursionError
        return whole(raw)

    monkeypatch.setattr(reading, "take_apart", take_apart)

    done = world.app.tick()

    assert done.events
    with Store(Home(world.folder).index) as store:
        [row] = store.rows("SELECT * FROM messages WHERE outcome = 'unreadable'")
    assert row["reason"] == "failed: RecursionError"
    assert b"<demo-1@" in world.app.place.archive.raw(row["evidence"])


def test_a_manifest_written_anew_is_found_by_the_weekly_check(world):
    world.sent.outcome = Outcome.DEFERRED  # so that the journal knows no head either
    world.app.tick()
    manifest = world.folder / "evidence" / "manifest.jsonl"
    manifest.chmod(0o644)
    lines, prev = [], "0" * 64
    for n, line in enumerate(manifest.read_text("utf-8").splitlines(), 1):
        entry = json.loads(line)
        del entry["n"], entry["prev"]
        entry["uid"] ^= 1  # of the same length: no offset tells
        lines.append(line_of(entry, n, prev))
        prev = hashlib.sha256(lines[-1].encode()).hexdigest()
    lines.append(line_of(entry | {"uid": 1}, len(lines) + 1, prev))
    manifest.write_text("\n".join(lines) + "\n", "utf-8")
    world.restart()
    world.now += timedelta(days=8)

    done = world.app.tick()

    assert done.problems
    assert "архив повреждён" in " ".join(done.problems)


def test_a_digest_that_waits_is_not_told_again_after_a_rebuild(world):
    world.sent.outcome = Outcome.DEFERRED
    world.app.tick()

    def told():
        with Store(Home(world.folder).index) as store:
            return store.rows("SELECT * FROM mentions ORDER BY 1, 2")

    before = told()
    world.app.place.rebuild()

    assert before
    assert told() == before


def test_numbers_of_cases_stand_in_the_journal(world):
    world.app.tick()

    acts = [act for act, _ in world.app.place.journal.acts()]

    with Store(Home(world.folder).index) as store:
        cases = store.rows("SELECT id, number FROM cases")
    assert {(a.case, a.data["number"]) for a in acts if a.kind == "numbered"} >= {
        (case["id"], str(case["number"])) for case in cases
    }


def test_a_style_sheet_elsewhere_is_not_fetched():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.setblocking(False)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/style.css"
        page = f'<link rel="stylesheet" href="{address}"><p style="color: red">.</p>'

        pages.inline(page)

        with pytest.raises(BlockingIOError):
            server.accept()


def test_letters_full_of_links_make_the_program_call_nobody(tmp_path, monkeypatch):
    called = []
    monkeypatch.setattr(socket.socket, "connect", lambda _, to: called.append(to))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *to, **_: called.append(to))
    scenario = read_story(STORIES / "phishing" / "story.toml")[1]
    life = Life(tmp_path, scenario)

    life.live(until=days(scenario)[-1])

    assert called == []
    assert all(b"\nTo: anna@mail.example\r\n" in raw for raw in life.sent.letters)
    life.close()


def test_an_answering_machine_that_answers_a_digest_says_nothing(world):
    world.app.tick()
    [ours] = re.findall(rb"(?m)^Message-ID: (\S+)", world.sent.letters[0])
    answer = (
        b"From: anna@mail.example\r\nTo: anna@mail.example\r\n"
        b"Subject: =?utf-8?q?Re=3A_Ozon_12345678-0004?=\r\n"
        b"Auto-Submitted: auto-replied\r\n%s\r\n"
        b"Received: from a by mx.mail.example; Tue, 10 Nov 2026 09:00:00 +0300\r\n"
        b"\r\n12345678-0004: done 1\r\n"
    )
    known = world.app.place.journal.head()
    new = world.letterbox.root / "new"
    new.joinpath("1999999998.a.demo").write_bytes(answer % b"X-Odd: 1")
    new.joinpath("1999999999.b.demo").write_bytes(answer % b"In-Reply-To: %s" % ours)
    world.now += timedelta(hours=1)

    done = world.app.tick()

    assert done.events == 0
    assert world.app.place.journal.head() == known
