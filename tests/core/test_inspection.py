"""Whatever is done to a chain is named, and named where it was done."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.core import chain
from triage.core.chain import START, Head
from triage.core.inspection import Flaw, Inspection, Kind


def a_chain(length: int, word: str = "") -> tuple[list[bytes], list[Head]]:
    """Write a log; return its lines and the head after each, the empty one first."""
    lines, heads = [], [START]
    for n in range(1, length + 1):
        text = f"{word}{n}"
        lines.append(chain.line_of({"text": text}, n, heads[-1].sha256).encode())
        heads.append(Head(n, chain.hash_of(lines[-1])))
    return lines, heads


def inspect(lines: list[bytes], *known: Head, torn: int = 0) -> list[Flaw]:
    inspection = Inspection(known)
    for line in lines:
        inspection.read(line)
    return inspection.finish(torn)


def named(flaws: list[Flaw]) -> list[tuple[str, int, int]]:
    return [(flaw.kind.value, flaw.first, flaw.last) for flaw in flaws]


LINES, HEADS = a_chain(8)
END = HEADS[-1]
places = st.integers(1, 8)


@given(st.integers(0, 12), st.data())
def test_an_intact_chain_has_no_flaw(length, data):
    lines, heads = a_chain(length)
    known = data.draw(st.lists(st.sampled_from(heads)))

    inspection = Inspection(known)
    for line in lines:
        inspection.read(line)

    assert inspection.finish() == []
    assert inspection.head == heads[-1]


@given(places, st.data())
def test_any_changed_byte_is_named_with_its_line(n, data):
    line = LINES[n - 1]
    position = data.draw(st.integers(0, len(line) - 1))
    byte = data.draw(
        st.integers(0, 255).filter(lambda b: b not in (10, line[position]))
    )
    changed = line[:position] + bytes([byte]) + line[position + 1 :]

    flaws = inspect([*LINES[: n - 1], changed, *LINES[n:]], END)

    sure = ([("changed-line", n, n)], [("not-a-line", n, n)])
    escaped = byte == ord("\\")  # may hide what the line pointed to
    assert named(flaws) in (*sure, *([("changed-line", n - 1, n)],) * escaped)


@given(places, st.data())
def test_a_newline_within_a_line_is_named_with_its_line(n, data):
    line = LINES[n - 1]
    position = data.draw(st.integers(0, len(line) - 1))
    halves = [line[:position], line[position + 1 :]]

    flaws = inspect([*LINES[: n - 1], *halves, *LINES[n:]], END)

    assert {flaw.kind for flaw in flaws} == {Kind.NOT_A_LINE}
    assert n in {flaw.first for flaw in flaws} <= {n, n + 1}


@given(st.integers(1, 7))
def test_two_lines_run_together_are_named(n):
    together = LINES[n - 1] + b"x" + LINES[n]

    flaws = inspect([*LINES[: n - 1], together, *LINES[n + 1 :]], END)

    assert ("not-a-line", n, n) in named(flaws)
    assert any(flaw.first <= n + 1 <= flaw.last for flaw in flaws[1:])


@given(places, places)
def test_dropped_lines_are_named_by_their_numbers(one, other):
    first, last = min(one, other), max(one, other)
    kind = "cut" if last == 8 else "missing-lines"

    flaws = inspect(LINES[: first - 1] + LINES[last:], END)

    assert named(flaws) == [(kind, first, last)]


@given(places, places)
def test_two_swapped_lines_are_named(one, other):
    lines = list(LINES)
    lines[one - 1], lines[other - 1] = lines[other - 1], lines[one - 1]

    flaws = inspect(lines, END)

    if one == other:
        assert flaws == []
    else:
        numbers = {n for flaw in flaws for n in range(flaw.first, flaw.last + 1)}
        assert {flaw.kind for flaw in flaws} == {Kind.REORDERED}
        assert numbers & {one, other}


@given(places, st.integers(0, 8))
def test_a_moved_line_is_named(n, to):
    lines = list(LINES)
    line = lines.pop(n - 1)
    lines.insert(min(to, 7), line)

    flaws = inspect(lines, END)

    assert (flaws == []) == (lines == LINES)
    assert {flaw.kind for flaw in flaws} <= {Kind.REORDERED}


@given(st.permutations(LINES))
def test_any_other_order_is_named(lines):
    flaws = inspect(lines, END)

    assert bool(flaws) == (lines != LINES)


@given(places, st.integers(0, 8))
def test_a_repeated_line_is_named(n, to):
    lines = list(LINES)
    lines.insert(to, LINES[n - 1])

    flaws = inspect(lines, END)

    assert [kind for kind, *_ in named(flaws)] in (["repeated"], ["reordered"])
    assert (flaws[0].first, flaws[0].last) == (n, n)


@given(places)
def test_a_line_put_in_from_elsewhere_is_named(n):
    foreign = chain.line_of({"text": "forged"}, n, HEADS[n - 1].sha256).encode()

    assert inspect([*LINES[: n - 1], foreign, *LINES[n - 1 :]], END) != []


@given(st.integers(0, 8), st.binary(max_size=30).filter(lambda b: b"\n" not in b))
def test_rubbish_between_lines_is_named_where_it_stands(place, rubbish):
    flaws = inspect([*LINES[:place], rubbish, *LINES[place:]], END)

    assert named(flaws) == [("not-a-line", place + 1, place + 1)]


@given(st.integers(0, 7), st.integers(0, 8))
def test_a_cut_end_is_found_by_any_later_head(kept, head):
    flaws = inspect(LINES[:kept], HEADS[head])

    assert named(flaws) == ([("cut", kept + 1, head)] if head > kept else [])


@given(places, places)
def test_history_written_anew_is_found_by_any_later_head(start, head):
    _, heads = a_chain(8)
    lines = LINES[: start - 1]
    prev = heads[start - 1].sha256
    for n in range(start, 9):
        lines.append(chain.line_of({"text": "forged"}, n, prev).encode())
        prev = chain.hash_of(lines[-1])

    flaws = inspect(lines, HEADS[head])

    assert named(flaws) == ([("changed-line", head, head)] if head >= start else [])


def test_of_several_heads_that_fail_the_first_is_named():
    forged, _ = a_chain(8, "forged ")

    assert named(inspect(forged, *HEADS)) == [("changed-line", 1, 1)]


def test_two_different_heads_of_one_number_cannot_both_hold():
    assert inspect(LINES, END, Head(8, "0" * 64)) != []


def test_without_a_head_the_last_pair_is_accused_together():
    changed = LINES[6].replace(b"text", b"tixt")

    assert named(inspect([*LINES[:6], changed, LINES[7]])) == [("changed-line", 7, 8)]


def test_a_torn_end_is_named_as_cut():
    flaws = inspect(LINES, END, torn=17)

    assert named(flaws) == [("cut", 9, 9)]
    assert "17 байт" in flaws[0].what[0]
    assert "17 bytes" in flaws[0].what[1]


@pytest.mark.parametrize("count", [1, 5])
def test_an_empty_log_with_a_known_head_is_cut(count):
    assert named(inspect([], HEADS[count])) == [("cut", 1, count)]
