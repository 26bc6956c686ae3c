"""P11: whatever is done to the evidence is named. Each test does one thing to it."""

import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mails import an_arrival
from modes import modes_hold
from needs import needs

from triage.core.act import Act, ActKind
from triage.core.chain import START, Head, write_heads
from triage.core.inspection import Kind
from triage.edges.archive import Archive
from triage.edges.journal import Journal
from triage.errors import UsageError
from triage.jobs.verify import Report, verify

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
ROOT = Path(__file__).parents[2]


def fill(evidence: Path, letters: int = 4, first: int = 1) -> dict[str, Head]:
    """Keep letters, an attachment and a digest's act; return the heads after that."""
    archive, journal = Archive(evidence), Journal(evidence)
    archive.keep(
        [
            an_arrival(b"Subject: %d\r\n\r\n" % uid, uid, received_at=NOW)
            for uid in range(first, first + letters)
        ],
        NOW,
    )
    sha256 = archive.add_attachment(b"receipt %d" % first)
    journal.append(Act(at=NOW, kind=ActKind.ATTACHED, data={"sha256": sha256}))
    heads = {"manifest": archive.head(), "journal": journal.head()}
    data = {"key": "digest:2026-11-23", "heads": write_heads(heads)}
    journal.append(Act(at=NOW, kind=ActKind.DIGEST_ACCEPTED, data=data))
    return {"manifest": archive.head(), "journal": journal.head()}


@pytest.fixture
def evidence(tmp_path) -> Path:
    fill(tmp_path / "evidence")
    return tmp_path / "evidence"


@pytest.fixture
def heads(evidence) -> dict[str, Head]:
    return {"manifest": Archive(evidence).head(), "journal": Journal(evidence).head()}


def named(report: Report) -> set[tuple[str, str]]:
    return {(finding.kind.value, finding.where) for finding in report.findings}


def rewrite(path: Path, data: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(data)


def letter_of(evidence: Path) -> Path:
    return min((evidence / "messages").rglob("*.eml"))


def below(evidence: Path, path: Path) -> str:
    return path.relative_to(evidence).as_posix()


def test_sound_evidence_has_no_findings_and_is_counted(evidence, heads):
    report = verify(evidence, heads)

    assert report.sound
    assert report.heads == heads
    assert (report.letters, report.attachments) == (4, 1)
    logs = sum((evidence / f"{log}.jsonl").stat().st_size for log in heads)
    assert report.bytes_read == logs + 4 * len(b"Subject: 1\r\n\r\n") + len(
        b"receipt 1"
    )


def test_no_evidence_yet_is_sound(tmp_path):
    report = verify(tmp_path / "evidence")

    assert report.sound
    assert report.heads == {"manifest": START, "journal": START}


def test_a_log_that_had_no_line_yet_need_not_exist(tmp_path):
    evidence = tmp_path / "evidence"
    Archive(evidence).add_attachment(b"a screenshot")
    nothing = {"manifest": START, "journal": START}

    kinds = {finding.kind for finding in verify(evidence, nothing).findings}
    assert kinds == {Kind.EXTRA}  # of the attachment, which no act names yet


def test_checking_changes_nothing(evidence, heads):
    def state() -> dict[str, tuple[int, int]]:
        found = [evidence, *evidence.rglob("*")]
        return {str(p): (p.stat().st_mtime_ns, p.stat().st_size) for p in found}

    rewrite(evidence / "journal.jsonl", b"torn")
    before = state()

    verify(evidence, heads)

    assert state() == before


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_any_changed_byte_of_any_file_is_named_with_its_file(evidence, heads, data):
    files = [p for p in evidence.rglob("*") if p.is_file() and p.name != "README.txt"]
    path = data.draw(st.sampled_from(sorted(files)))
    good = path.read_bytes()
    position = data.draw(st.integers(0, len(good) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda b: b != good[position]))

    rewrite(path, good[:position] + bytes([byte]) + good[position + 1 :])
    report = verify(evidence, heads)
    rewrite(path, good)

    assert any(f.where.startswith(below(evidence, path)) for f in report.findings)
    if path.suffix == ".jsonl":
        line = good[:position].count(b"\n") + 1
        assert any(str(line) in f.where for f in report.findings)
    else:
        assert named(report) == {("damaged", below(evidence, path))}


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_any_file_cut_anywhere_is_named(evidence, heads, data):
    files = [p for p in evidence.rglob("*") if p.is_file() and p.name != "README.txt"]
    path = data.draw(st.sampled_from(sorted(files)))
    good = path.read_bytes()

    rewrite(path, good[: data.draw(st.integers(0, len(good) - 1))])
    report = verify(evidence, heads)
    rewrite(path, good)

    assert any(f.where.startswith(below(evidence, path)) for f in report.findings)


@pytest.mark.parametrize("log", ["manifest", "journal"])
@pytest.mark.parametrize(
    ("change", "kind", "where"),
    [
        (lambda a, *rest: rest, "missing-lines", "line 1"),
        (lambda a, b, *rest: (b, a, *rest), "reordered", "line 2"),
        (lambda a, *rest: (a, a, *rest), "repeated", "line 1"),
        (
            lambda a, *rest: (a.replace(b"2026", b"2025"), *rest),
            "changed-line",
            "line 1",
        ),
        (lambda a, *rest: (a[:-3] + b"\n", *rest), "not-a-line", "line 1"),
    ],
)
def test_what_was_done_to_a_log_is_named(evidence, heads, log, change, kind, where):
    path = evidence / f"{log}.jsonl"
    rewrite(path, b"".join(change(*path.read_bytes().splitlines(keepends=True))))

    assert (kind, f"{log}.jsonl {where}") in named(verify(evidence, heads))


def test_a_missing_letter_is_named(evidence):
    path = letter_of(evidence)
    path.unlink()

    assert named(verify(evidence)) == {("missing", below(evidence, path))}


def test_a_missing_attachment_is_named(evidence):
    (path,) = (p for p in (evidence / "attachments").rglob("*") if p.is_file())
    path.unlink()

    assert named(verify(evidence)) == {("missing", below(evidence, path))}


@pytest.mark.parametrize(
    "where",
    [
        "messages/note.txt",
        "messages/ab/" + "ab" * 32 + ".eml",
        "messages/ff/" + "ab" * 32 + ".eml",
        "attachments/ab/" + "ab" * 32,
        "diary.txt",
    ],
)
def test_a_file_that_no_line_names_is_named(evidence, where):
    (evidence / where).parent.mkdir(exist_ok=True)
    (evidence / where).write_text("forged")

    assert named(verify(evidence)) == {("extra", where)}


def test_a_letter_in_the_wrong_folder_is_missing_and_extra(evidence):
    path = letter_of(evidence)
    (evidence / "messages" / "zz").mkdir()
    moved = path.rename(evidence / "messages" / "zz" / path.name)

    assert named(verify(evidence)) == {
        ("missing", below(evidence, path)),
        ("extra", below(evidence, moved)),
    }


def test_a_link_in_place_of_a_letter_is_damage(evidence, tmp_path):
    path = letter_of(evidence)
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")

    assert named(verify(evidence)) == {("damaged", below(evidence, path))}


def test_a_letter_that_cannot_be_read_does_not_end_the_check(evidence):
    letter_of(evidence).chmod(0)

    with modes_hold():
        found = verify(evidence)

    assert [kind for kind, _ in named(found)] == ["damaged"]


def test_unfinished_writes_are_no_evidence(evidence):
    (evidence / "messages" / "tmp" / "0123456789abcdef").write_text("half a let")

    assert verify(evidence).sound


@pytest.mark.parametrize("log", ["manifest", "journal"])
def test_a_log_that_is_gone_is_named(evidence, heads, log):
    (evidence / f"{log}.jsonl").unlink()

    assert ("missing", f"{log}.jsonl") in named(verify(evidence, heads))


def test_a_letter_changed_together_with_its_line_breaks_the_chain(evidence):
    manifest = evidence / "manifest.jsonl"
    first, rest = manifest.read_bytes().split(b"\n", 1)
    path = evidence / "messages" / "ab" / ("ab" * 32 + ".eml")
    path.parent.mkdir(exist_ok=True)
    rewrite(
        manifest, re.sub(rb'"sha256":"\w+"', b'"sha256":"%s"' % (b"ab" * 32), first)
    )
    with manifest.open("ab") as file:
        file.write(b"\n" + rest)

    assert ("changed-line", "manifest.jsonl line 1") in named(verify(evidence))


# the end, and the whole


def test_without_a_head_from_elsewhere_a_cut_end_cannot_be_seen(evidence):
    """Why digests carry the heads: this is all that a folder alone can tell."""
    fill(evidence, letters=1, first=9)
    (evidence / "journal.jsonl").unlink()
    shutil.rmtree(evidence / "attachments")
    manifest = evidence / "manifest.jsonl"
    *lines, _ = manifest.read_bytes().splitlines(keepends=True)
    rewrite(manifest, b"".join(lines))

    (finding,) = verify(evidence).findings

    assert finding.kind == "extra"  # the letter of the line that was cut off


def test_a_cut_manifest_is_found_by_the_digest_in_the_journal(evidence):
    manifest = evidence / "manifest.jsonl"
    rewrite(manifest, b"".join(manifest.read_bytes().splitlines(keepends=True)[:2]))

    assert ("cut", "manifest.jsonl lines 3-4") in named(verify(evidence))


def test_an_older_copy_of_everything_is_found_by_what_the_index_knows(
    evidence, tmp_path
):
    shutil.copytree(evidence, tmp_path / "backup")
    heads = fill(evidence, letters=2, first=20)

    report = verify(tmp_path / "backup", heads)

    assert verify(evidence, heads).sound
    assert named(report) == {
        ("cut", "manifest.jsonl lines 5-6"),
        ("cut", "journal.jsonl lines 3-4"),
    }


@pytest.mark.parametrize(
    "words",
    [
        "{log} {head}",
        "{log}={head}",
        "{head}",
        "{russian}: {count} строк, {sha256}",
        "  {log}: {count} lines, {sha256} ",
    ],
)
def test_a_head_copied_from_a_digest_finds_an_older_copy(evidence, tmp_path, words):
    shutil.copytree(evidence, tmp_path / "backup")
    head = fill(evidence, letters=2, first=20)["manifest"]
    text = words.format(
        log="manifest", russian="Опись", head=head, count=head.count, sha256=head.sha256
    )

    assert verify(evidence, expect=[text]).sound
    assert named(verify(tmp_path / "backup", expect=[text])) == {
        ("cut", "manifest.jsonl lines 5-6")
    }


def test_evidence_written_anew_is_found_by_a_head(tmp_path):
    heads = fill(tmp_path / "true")
    fill(tmp_path / "forged", first=100)

    found = named(verify(tmp_path / "forged", heads))

    assert ("changed-line", "manifest.jsonl line 4") in found
    assert ("changed-line", "journal.jsonl line 2") in found


@pytest.mark.parametrize("text", ["", "214", "manifest 214", "ab" * 32, "diary 1:ab"])
def test_a_head_that_is_none_is_refused(evidence, text):
    with pytest.raises(UsageError, match="это не конец цепочки"):
        verify(evidence, expect=[text])


# what is written down for strangers


def commands_of(document: Path, language: str) -> list[str]:
    text = document.read_text("utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def test_the_check_in_the_documentation_tells_good_from_bad(evidence):
    (program,) = commands_of(ROOT / "docs" / "evidence-format.md", "python")
    assert len([line for line in program.splitlines() if line]) <= 15

    def run() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", program]
        return subprocess.run(
            command, cwd=evidence, capture_output=True, text=True, check=False
        )

    assert (run().returncode, run().stderr) == (0, "")
    rewrite(letter_of(evidence), b"changed")
    assert run().returncode != 0
    assert letter_of(evidence).name[:16] in run().stdout + run().stderr


@pytest.mark.parametrize("word", [*ActKind, *Kind])
def test_every_word_of_the_format_is_documented(word):
    assert f"`{word}`" in (ROOT / "docs" / "evidence-format.md").read_text("utf-8")


@needs("sha256sum")
def test_the_commands_in_the_folders_own_readme_find_a_damaged_letter(evidence):
    text = (evidence / "README.txt").read_text("utf-8")
    commands = re.findall(r"    (cd .*\n      .*)\n", text)
    assert len(commands) == 4

    def run(command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "-c", command],
            cwd=evidence,
            capture_output=True,
            text=True,
            check=False,
        )

    for command in commands:
        assert (run(command).returncode, run(command).stdout) == (0, "")
    rewrite(letter_of(evidence), b"changed")
    assert "FAILED" in run(commands[0]).stdout
