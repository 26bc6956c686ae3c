import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.core import chain
from triage.core.act import Act, ActKind
from triage.core.chain import NO_LINE, START, Head
from triage.core.entry import (
    act_entry,
    is_sha256,
    read_act,
    read_sighting,
    sighting_entry,
)
from triage.core.message import Role, Sighting

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
entries = st.dictionaries(
    words.filter(lambda key: key not in ("n", "prev")),
    st.none() | st.integers() | words | st.dictionaries(words, words, max_size=3),
    max_size=4,
)
instants = st.datetimes(timezones=st.just(UTC))
HASH = "ab" * 32


@given(entries, st.integers(1))
def test_a_line_is_one_line_and_reads_back(entry, n):
    line = chain.line_of(entry, n, NO_LINE)

    assert len(line.splitlines()) == 1
    assert chain.entry_of(line.encode()) == {**entry, "n": n, "prev": NO_LINE}


@given(st.text(st.characters(categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1))
def test_no_control_character_reaches_a_terminal(text):
    line = chain.line_of({"folder": text}, 1, NO_LINE)

    assert line.isprintable()
    line.encode()


def test_the_same_entry_is_always_the_same_line():
    one = chain.line_of({"b": 1, "a": "ё"}, 1, NO_LINE)

    assert one == chain.line_of({"a": "ё", "b": 1}, 1, NO_LINE)
    assert one == f'{{"a":"ё","b":1,"n":1,"prev":"{NO_LINE}"}}'


def test_number_and_pointer_are_the_chains_own():
    entry = json.loads(chain.line_of({"n": 99, "prev": "x"}, 1, NO_LINE))

    assert entry == {"n": 1, "prev": NO_LINE}


def test_the_checksum_is_of_the_bytes_in_the_file():
    line = chain.line_of({"a": "ё"}, 1, NO_LINE)

    assert chain.hash_of(line) == chain.hash_of(line.encode("utf-8"))


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b'{"n":1}',
        b'{"n":"1","prev":""}',
        b'{"n":true,"prev":""}',
        b'{"n":1,"prev":null}',
        b'{"n":1.0,"prev":""}',
        b"\xff",
        b"[" * 100_000,
        b'{"n":' + b"9" * 5000 + b',"prev":""}',
    ],
)
def test_what_is_no_line_is_refused(line):
    with pytest.raises(ValueError):
        chain.entry_of(line)


@given(st.integers(0), st.binary(min_size=32, max_size=32))
def test_a_head_reads_back(count, digest):
    head = Head(count, digest.hex())

    assert Head.parse(str(head)) == head


@pytest.mark.parametrize("text", ["", "1", "1:abc", HASH, f"-1:{HASH}", f"1:{HASH}0"])
def test_what_is_no_head_is_refused(text):
    with pytest.raises(ValueError, match="not a chain head"):
        Head.parse(text)


def test_heads_of_several_logs_are_one_text():
    heads = {"manifest": Head(214, HASH), "journal": START}

    text = chain.write_heads(heads)

    assert text == f"journal=0:{NO_LINE} manifest=214:{HASH}"
    assert chain.read_heads(text) == heads
    assert chain.read_heads("") == {}


@given(instants)
def test_an_instant_reads_back_and_ends_in_z(at):
    assert chain.instant(at).endswith("Z")
    assert chain.read_instant(chain.instant(at)) == at


def test_instants_are_told_in_utc():
    moscow = timezone(timedelta(hours=3))

    assert chain.instant(datetime(2026, 12, 5, 2, 30, tzinfo=moscow)) == (
        "2026-12-04T23:30:00Z"
    )


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="without a zone"):
        chain.instant(datetime(2026, 12, 5))
    with pytest.raises(ValueError, match="without a zone"):
        chain.read_instant("2026-12-05T00:00:00")


sightings = st.builds(
    Sighting,
    sha256=st.binary(min_size=32, max_size=32).map(bytes.hex),
    size=st.integers(0, 1 << 40),
    account=words,
    folder=words,
    role=st.sampled_from(Role),
    uidvalidity=st.integers(0, 1 << 32),
    uid=st.integers(0, 1 << 32),
    received_at=instants,
    archived_at=instants,
    authentication=st.dictionaries(words, words, max_size=3),
)
acts = st.builds(
    Act,
    at=instants,
    kind=st.sampled_from(ActKind),
    case=st.none() | words,
    order=st.none() | words,
    posting=st.none() | words,
    data=st.dictionaries(words, words, max_size=3),
)


@given(sightings)
def test_a_sighting_reads_back(sighting):
    line = chain.line_of(sighting_entry(sighting), 1, NO_LINE)

    assert read_sighting(chain.entry_of(line.encode())) == sighting


@given(acts)
def test_an_act_reads_back(act):
    line = chain.line_of(act_entry(act), 1, NO_LINE)

    assert read_act(chain.entry_of(line.encode())) == act


@given(acts, words)
def test_keys_of_a_later_version_are_passed_over(act, word):
    assert read_act({**act_entry(act), "later": word}) == act


@given(
    sightings.map(sighting_entry),
    st.sampled_from(
        ["sha256", "bytes", "role", "uid", "received_at", "authentication"]
    ),
    st.sampled_from([None, "?", -1, []]),
)
def test_a_sighting_that_lacks_its_meaning_is_refused(entry, key, value):
    if (key, value) == ("bytes", -1):
        value = "many"

    with pytest.raises(ValueError):
        read_sighting({**entry, key: value})


@given(acts.map(act_entry), st.sampled_from(["at", "kind", "data"]))
def test_an_act_that_lacks_its_meaning_is_refused(entry, key):
    with pytest.raises(ValueError):
        read_act({**entry, key: 7})
    del entry[key]
    with pytest.raises(ValueError):
        read_act(entry)


@pytest.mark.parametrize(
    "word", [None, 7, "", "AB" * 32, "ab" * 31, f"{HASH}\n", "/" * 64]
)
def test_a_checksum_is_64_small_hex_digits(word):
    assert is_sha256(HASH)
    assert not is_sha256(word)
