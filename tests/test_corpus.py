"""Letters that nobody here wrote: none of them may stop the reader or be trusted."""

import email
import hashlib
import os
import re
from collections.abc import Iterator
from email.message import Message as Node
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mails import AUTHSERV_ID, a_sighting

from triage.core.message import Message, Where
from triage.edges.authentication import authenticate
from triage.edges.parser import parse
from triage.edges.walker import take_apart

HERE = Path(__file__).parent
OURS = HERE / "corpus"
PUBLIC = Path(
    os.environ.get("TRIAGE_CORPUS") or HERE.parents[1] / "shared/corpora/public"
)
SECONDS = 2.0  # of CPU for one letter

BARE_LF = re.compile(rb"(?<!\r)\n")
ANY_END = re.compile(rb"\r\n|\n")
ON_ONE_LINE = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]*")
ON_LINES = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]*")

VENDORED = sorted(
    path
    for path in OURS.rglob("*")
    if path.suffix in (".eml", ".msg", ".txt") and path.parent != OURS
)


def read(raw: bytes) -> Message:
    """Read a letter and check what holds for every letter there is."""
    began = process_time()
    message = parse(raw, a_sighting(raw), "")
    assert process_time() - began < SECONDS
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
    assert authenticate(raw, [AUTHSERV_ID])["domain"] == ""
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
        check_nothing_is_dropped(variant, read(variant))
    read(ANY_END.sub(b"\r", raw))


@pytest.mark.skipif(
    not PUBLIC.is_dir(), reason=f"no corpus in {PUBLIC.name}: set TRIAGE_CORPUS to one"
)
def test_the_public_corpus_is_read_whole():
    lines = (PUBLIC / "MANIFEST.tsv").read_text("utf-8").splitlines()[1:]
    entries = [line.split("\t")[:2] for line in lines]

    for name, sha256 in entries:
        raw = (PUBLIC / name).read_bytes()
        assert hashlib.sha256(raw).hexdigest() == sha256
        for variant in {raw, as_delivered(raw)}:
            try:
                check_nothing_is_dropped(variant, read(variant))
            except Exception as error:
                raise AssertionError(name) from error

    assert len(entries) > 1_000


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

    read(raw[: data.draw(st.integers(0, len(raw)))])


@settings(max_examples=300, deadline=None)
@given(damaged())
def test_a_damaged_letter_is_read(raw):
    read(raw)
