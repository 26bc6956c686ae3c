"""Letters that nobody here wrote: none of them may stop the reader or be trusted."""

import email
import hashlib
import os
import re
from collections.abc import Iterator
from email.message import Message as Node
from pathlib import Path
from random import Random
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from letters import ozon, packs_of
from mails import ARRIVED, AUTHSERV_ID, MOSCOW, a_sighting, an_arrival
from signing import Dns

from triage.core.message import Message, Where
from triage.core.reading import read as recognise
from triage.core.suspicion import suspicions
from triage.edges.archive import Archive
from triage.edges.authentication import authenticate
from triage.edges.parser import parse
from triage.edges.walker import take_apart
from triage.jobs.trust import Judge

HERE = Path(__file__).parent
OURS = HERE / "corpus"
PUBLIC = Path(
    os.environ.get("TRIAGE_CORPUS") or HERE.parents[1] / "shared/corpora/public"
)
SECONDS = 2.0  # of CPU for one letter
PACKS = packs_of(ozon())
JUDGE = Judge([AUTHSERV_ID], PACKS, lambda: ARRIVED, Dns())

BARE_LF = re.compile(rb"(?<!\r)\n")
ANY_END = re.compile(rb"\r\n|\n")
ON_ONE_LINE = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]*")
ON_LINES = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]*")

VENDORED = sorted(
    path
    for path in OURS.rglob("*")
    if path.suffix in (".eml", ".msg", ".txt") and path.parent != OURS
)


def read(raw: bytes, *, seconds: float = SECONDS) -> Message:
    """Read a letter and check what holds for every letter there is."""
    began = process_time()
    message = parse(raw, a_sighting(raw), "")
    assert process_time() - began < seconds
    assert message.evidence == hashlib.sha256(raw).hexdigest()
    for text in (
        message.subject,
        message.sender,
        message.sender_name,
        message.message_id,
        message.in_reply_to,
        *message.recipients,
        *(attachment.name for attachment in message.attachments),
        *(p.text for p in message.passages if p.where is Where.LINK),
    ):
        assert ON_ONE_LINE.fullmatch(text)
    for passage in message.passages:
        assert passage.text
        assert ON_LINES.fullmatch(passage.text)
    assert message.sent_at is None or message.sent_at.tzinfo is not None
    return message


def read_a_strangers(raw: bytes) -> Message:
    """Read a letter that nobody vouches for; it tells no event, whatever it says."""
    message = read(raw)
    assert authenticate(raw, [AUTHSERV_ID])["domain"] == ""
    assert JUDGE(raw, ARRIVED)["domain"] == ""
    found = recognise(message, PACKS, MOSCOW)
    assert found.events == ()
    if found.pack:
        suspicions(message, PACKS.marketplace(found.pack), {})
    return message


def check_nothing_is_dropped(raw: bytes, message: Message) -> None:
    """Compare with what the standard library finds, without our walk."""
    tree = take_apart(raw)
    ours = {part.sha256: part for part in tree.parts}
    files = {attachment.sha256 for attachment in message.attachments}
    words = set(re.findall(r"[A-Za-z0-9]{4,}", message.text(Where.TEXT)))
    for part in leaves(email.message_from_bytes(raw)):
        data = part.get_payload(decode=True)
        encoding = str(part.get("Content-Transfer-Encoding", ""))
        if not data or "base64-broken" in tree.defects or encoding.strip() != encoding:
            continue
        mine = ours[hashlib.sha256(data).hexdigest()]
        assert mine.is_text or mine.sha256 in files
        if mine.is_text and mine.media_type == "text/plain" and b"\x1b" not in data:
            said = set(re.findall(r"[A-Za-z0-9]{4,}", data.decode("ascii", "replace")))
            assert mine.joined or said <= words


def leaves(node: Node) -> Iterator[Node]:
    if node.get_content_maintype() == "message":
        return  # the standard library has taken it apart: its bytes are gone
    if node.is_multipart():
        for inner in node.get_payload():
            yield from leaves(inner)  # type: ignore[arg-type]
    else:
        yield node


def as_delivered(raw: bytes) -> bytes:
    """Return a letter as an IMAP server hands it out."""
    return BARE_LF.sub(b"\r\n", raw)


@pytest.mark.parametrize("path", VENDORED, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_a_hostile_letter_is_read_whatever_its_line_ends(path):
    raw = path.read_bytes()

    for variant in (raw, as_delivered(raw)):
        check_nothing_is_dropped(variant, read_a_strangers(variant))
    read_a_strangers(ANY_END.sub(b"\r", raw))


needs_corpus = pytest.mark.skipif(
    not PUBLIC.is_dir(), reason=f"no corpus in {PUBLIC.name}: set TRIAGE_CORPUS to one"
)


@needs_corpus
def test_the_public_corpus_is_read_whole():
    for name, raw in public():
        for variant in {raw, as_delivered(raw)}:
            try:
                check_nothing_is_dropped(variant, read_a_strangers(variant))
            except Exception as error:
                raise AssertionError(name) from error


@needs_corpus
def test_the_public_corpus_is_read_cut_and_damaged():
    for name, raw in public():
        chance = Random(name)  # the same damage every time
        for variant in (raw[: chance.randrange(len(raw) + 1)], spoiled(raw, chance)):
            try:
                read_a_strangers(variant)
            except Exception as error:
                raise AssertionError(name) from error


@needs_corpus
def test_the_public_corpus_is_archived_byte_for_byte(tmp_path):
    archive = Archive(tmp_path / "evidence")
    letters = [raw for _, raw in public()]
    arrivals = [an_arrival(raw, uid) for uid, raw in enumerate(letters, 1)]

    archive.keep(arrivals, ARRIVED)

    assert [s.sha256 for s, _ in archive.sightings()] == [
        hashlib.sha256(raw).hexdigest() for raw in letters
    ]
    assert all(archive.raw(hashlib.sha256(raw).hexdigest()) == raw for raw in letters)


def public() -> Iterator[tuple[str, bytes]]:
    """Yield the letters of the public corpus; they are what its list says."""
    lines = (PUBLIC / "MANIFEST.tsv").read_text("utf-8").splitlines()[1:]
    assert len(lines) > 1_000
    for name, sha256 in (line.split("\t")[:2] for line in lines):
        raw = (PUBLIC / name).read_bytes()
        assert hashlib.sha256(raw).hexdigest() == sha256
        yield name, raw


def spoiled(raw: bytes, chance: Random) -> bytes:
    """Damage a letter in a few places, as a bad disk or a bad program does."""
    data = bytearray(raw)
    for _ in range(chance.randrange(1, 6)):
        place = chance.randrange(len(data) + 1)
        line_end = data.find(b"\n", place) + 1
        match chance.randrange(5):
            case 0 if place < len(data):
                data[place] ^= 1 << chance.randrange(8)
            case 1:
                data[place:place] = chance.choice([b"\x00", b"\r", b"\n\n", b"--"])
            case 2 if line_end:
                del data[place:line_end]
            case 3 if line_end:
                data[line_end:line_end] = data[place:line_end]
            case 4:
                data = bytearray(ANY_END.sub(b"\r", bytes(data)))
    return bytes(data)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Draw a letter of ours, cut and damaged in a few places."""
    raw = bytearray(as_delivered(draw(st.sampled_from(VENDORED)).read_bytes()))
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, len(raw)))
        match draw(st.sampled_from(["cut", "flip", "nul", "drop", "double", "cr"])):
            case "cut":
                del raw[place:]
            case "flip" if place < len(raw):
                raw[place] ^= 1 << draw(st.integers(0, 7))
            case "nul":
                raw[place:place] = b"\x00"
            case "drop":
                del raw[place : raw.find(b"\n", place) + 1]
            case "double":
                end = raw.find(b"\n", place) + 1
                raw[end:end] = raw[place:end]
            case "cr":
                raw[place:place] = b"\r"
    return bytes(raw)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_letter_cut_at_any_byte_is_read(data):
    raw = data.draw(st.sampled_from(VENDORED)).read_bytes()

    read_a_strangers(raw[: data.draw(st.integers(0, len(raw)))])


@settings(max_examples=300, deadline=None)
@given(damaged())
def test_a_damaged_letter_is_read(raw):
    read_a_strangers(raw)
