import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lossy_disk import LossyDisk, PowerCut

from triage.core import chain
from triage.core.act import Act, ActKind
from triage.core.chain import START
from triage.core.entry import act_entry
from triage.edges.journal import Journal
from triage.errors import DiskError, EvidenceError
from triage.jobs.verify import verify

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def an_act(number: int = 1, **data: str) -> Act:
    return Act(
        at=NOW + timedelta(seconds=number),
        kind=ActKind.FACT,
        case="shop/refund-missing/12345678-0001",
        order="12345678-0001",
        data={"name": "note", "value": str(number), **data},
    )


def acts_of(evidence: Path) -> list[Act]:
    return [act for act, _ in Journal(evidence).acts()]


def test_acts_come_back_in_order_and_as_they_were(tmp_path):
    journal = Journal(tmp_path / "home" / "evidence")
    acts = [
        an_act(1, text="ё\n\x1b[31m"),
        an_act(2),
        Act(at=NOW, kind=ActKind.REOPENED),
    ]

    for act in acts:
        journal.append(act)

    assert acts_of(journal.evidence) == acts
    assert verify(journal.evidence).sound


def test_reading_goes_on_behind_an_offset(tmp_path):
    journal = Journal(tmp_path)
    for number in range(4):
        journal.append(an_act(number))

    told = list(journal.acts())

    for index, (_, end) in enumerate(told):
        assert list(journal.acts(end)) == told[index + 1 :]


def test_opening_writes_nothing(tmp_path):
    journal = Journal(tmp_path / "evidence")

    assert journal.head() == START
    assert list(journal.acts()) == []
    assert list(tmp_path.iterdir()) == []


@given(st.binary(min_size=1, max_size=200).map(lambda data: data.replace(b"\n", b"")))
@example(chain.line_of(act_entry(an_act(9)), 2, chain.NO_LINE).encode() + b"?")
def test_a_last_line_without_a_newline_is_not_a_line(tmp_path_factory, torn):
    evidence = tmp_path_factory.mktemp("evidence")
    journal = Journal(evidence)
    journal.append(an_act(1))
    whole = (evidence / "journal.jsonl").read_bytes()
    head = journal.head()
    (evidence / "journal.jsonl").write_bytes(whole + torn)

    assert acts_of(evidence) == [an_act(1)]
    assert Journal(evidence).head() == head
    journal.append(an_act(2))

    assert acts_of(evidence) == [an_act(1), an_act(2)]
    assert (evidence / "journal.jsonl").read_bytes().startswith(whole + b"{")
    assert verify(evidence).sound


@given(st.integers(0, 400))
def test_a_journal_cut_anywhere_goes_on_after_its_last_whole_line(
    tmp_path_factory, length
):
    evidence = tmp_path_factory.mktemp("evidence")
    for number in (1, 2):
        Journal(evidence).append(an_act(number))
    path = evidence / "journal.jsonl"
    path.write_bytes(path.read_bytes()[:length])
    left = acts_of(evidence)

    Journal(evidence).append(an_act(3))

    assert acts_of(evidence) == [*left, an_act(3)]
    assert verify(evidence).sound


def test_a_line_longer_than_a_block_is_found_from_the_end(tmp_path):
    long = an_act(1, text="x" * 300_000)
    Journal(tmp_path).append(long)

    Journal(tmp_path).append(an_act(2))

    assert acts_of(tmp_path) == [long, an_act(2)]
    assert Journal(tmp_path).head().count == 2


def test_the_chain_goes_on_behind_a_damaged_last_line(tmp_path):
    for number in (1, 2):
        Journal(tmp_path).append(an_act(number))
    path = tmp_path / "journal.jsonl"
    path.write_bytes(path.read_bytes()[:-2] + b"?\n")

    Journal(tmp_path).append(an_act(3))

    assert acts_of(tmp_path) == [an_act(1), an_act(3)]
    last = chain.entry_of(path.read_bytes().splitlines()[-1])
    assert last["n"] == 3
    assert [str(finding.kind) for finding in verify(tmp_path).findings] == [
        "not-a-line"
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda data: b"",
        lambda data: data[: len(data) // 2],
        lambda data: data.replace(b'"value":"2"', b'"value":"3"'),
        lambda data: data.splitlines(keepends=True)[0],
    ],
)
def test_a_journal_changed_under_us_is_not_written_on(tmp_path, change):
    journal = Journal(tmp_path)
    for number in (1, 2):
        journal.append(an_act(number))
    path = tmp_path / "journal.jsonl"
    changed = change(path.read_bytes())
    path.write_bytes(changed)

    with pytest.raises(EvidenceError, match="triage verify"):
        journal.append(an_act(3))

    assert path.read_bytes() == changed


def test_a_line_of_another_process_is_written_behind(tmp_path):
    one, other = Journal(tmp_path), Journal(tmp_path)

    one.append(an_act(1))
    other.append(an_act(2))
    one.append(an_act(3))

    assert acts_of(tmp_path) == [an_act(1), an_act(2), an_act(3)]
    assert one.head() == other.head()
    assert verify(tmp_path).sound


def test_many_writers_make_one_chain(tmp_path):
    def work(first: int) -> None:
        journal = Journal(tmp_path)
        for number in range(first, first + 20):
            journal.append(an_act(number))

    threads = [threading.Thread(target=work, args=(20 * n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert verify(tmp_path).sound
    assert len(acts_of(tmp_path)) == 80


def test_an_act_without_a_zone_is_refused_and_nothing_written(tmp_path):
    with pytest.raises(ValueError, match="zone"):
        Journal(tmp_path).append(Act(at=NOW.replace(tzinfo=None), kind=ActKind.FACT))

    assert acts_of(tmp_path) == []
    assert Journal(tmp_path).head() == START


def test_a_journal_in_an_unwritable_place_says_so(tmp_path):
    (tmp_path / "evidence").write_text("a file where the folder should be")

    with pytest.raises(DiskError):
        Journal(tmp_path / "evidence").append(an_act())


def test_an_act_that_was_told_as_written_survives_a_cut_at_any_step(tmp_path):
    for step in range(1, 40):
        evidence = tmp_path / str(step) / "evidence"
        evidence.parent.mkdir()
        told = []
        with LossyDisk(evidence, crash_at=step) as disk, suppress(PowerCut):
            journal = Journal(evidence)
            for number in range(3):
                journal.append(an_act(number))
                told.append(an_act(number))
        disk.lose(names_survive=bool(step % 2))

        assert acts_of(evidence)[: len(told)] == told, f"cut at {step}"
        Journal(evidence).append(an_act(9))
        assert verify(evidence).sound
    assert len(told) == 3
