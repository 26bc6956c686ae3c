"""The parts of a letter as they lie in its bytes, whatever shape these are in.

The standard library splits the letter (compat32, which has never raised on one); the
walk over what it found is ours. A letter inside a letter stays one closed part: its
bytes are kept and hashed, and it never speaks.
"""

import binascii
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import Message as Node
from email.parser import BytesParser
from functools import cached_property
from typing import Any

from triage.core.charset import base64_prefix, decode, decode_as, header_text

LARGEST = 25 << 20  # bytes of a letter that is read at all
LARGEST_HEADER = 1 << 20
LONGEST_VALUE = 65_536
MOST_HEADERS = 2_000
MOST_PARTS = 1_000
DEEPEST = 50

_HEADER_END = re.compile(rb"\n\r?\n|\r\r")
_FIELD = re.compile(rb"(?:\A|[\r\n])[^ \t\r\n]")
_SOFT_BREAK = re.compile(rb"=[ \t]+(?=\r?\n)")
_RUN = re.compile(rb"\n(?:[A-Za-z0-9+/]{40,}+={0,2}+\r?+\n){8,}+")
_OPAQUE = frozenset(("ms-tnef", "pkcs7-mime", "x-pkcs7-mime", "pgp-encrypted"))
_DEFECTS = {
    "NoBoundaryInMultipartDefect": "no-boundary",
    "StartBoundaryNotFoundDefect": "boundary-not-found",
    "CloseBoundaryNotFoundDefect": "incomplete",
    "MissingHeaderBodySeparatorDefect": "header-broken",
    "FirstHeaderLineIsContinuationDefect": "header-broken",
    "MisplacedEnvelopeHeaderDefect": "header-broken",
}


@dataclass(frozen=True, kw_only=True)
class Part:
    """One leaf: something a reader sees, or a file."""

    media_type: str
    data: bytes  # with the transfer encoding taken off
    charset: str = ""
    name: str = ""  # the sender's word: data, never a path
    is_text: bool = False  # the letter's own voice
    is_file: bool = True
    flowed: bool = False  # RFC 3676
    joined: bool = False  # DelSp=yes

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A whole letter, taken apart."""

    headers: tuple[tuple[str, str], ...] = ()  # 8-bit bytes as surrogates
    named: Mapping[str, list[str]] = field(default_factory=dict)
    media_type: str = "text/plain"
    parts: tuple[Part, ...] = ()
    defects: tuple[str, ...] = ()

    def values(self, name: str) -> list[str]:
        """Return the raw values of a header, topmost first; `name` in lower case."""
        return self.named.get(name, [])


@dataclass(slots=True)
class _Found:
    parts: list[Part] = field(default_factory=list)
    defects: dict[str, None] = field(default_factory=dict)


def take_apart(raw: bytes) -> Tree:
    """Split a letter; over a limit it is not read, and the first defect says which."""
    end = _HEADER_END.search(raw)
    header = raw[: end.end()] if end else raw
    if len(header) > LARGEST_HEADER:
        return Tree(defects=("not-read:header-block",))
    if header.count(b"\n") + header.count(b"\r") > MOST_HEADERS and (
        len(_FIELD.findall(header)) > MOST_HEADERS
    ):
        return Tree(defects=("not-read:header-count",))
    if len(raw) > LARGEST:
        root = BytesParser(_Node).parsebytes(header, headersonly=True)
        return _tree(root, defects=("not-read:size",))
    short, mark, runs = _without_runs(raw)
    root = BytesParser(_Node).parsebytes(short)
    found = _Found()
    for node in _nodes(root):
        if not node.is_multipart():
            node.put_back(mark, runs)
        for defect in node.defects:
            name = _DEFECTS.get(type(defect).__name__, "mime-broken")
            found.defects[name] = None
        if node.is_too_deep:
            found.defects["too-deep"] = None
        if node.is_too_long:
            found.defects["header-value-too-long"] = None
        if not node.is_multipart():
            if len(found.parts) >= MOST_PARTS:
                found.defects["too-many-parts"] = None
                break
            found.parts.append(_part(node, found, is_root=node is root))
    return _tree(root, tuple(found.parts), tuple(found.defects))


def _without_runs(raw: bytes) -> tuple[bytes, str, list[str]]:
    """Put a mark in the place of each long run of base64 lines.

    To the parser such a line is neither a header nor a boundary, and the mark is one of
    them, so it does the same and has a tenth of the lines to look at. Returns the letter,
    with what each mark begins, and what they stand for.
    """
    mark = b"heldback"
    while mark in raw:
        mark += b"x"
    runs: list[str] = []

    def hold_back(found: re.Match[bytes]) -> bytes:
        run = found[0].rstrip(b"\r\n")
        runs.append(run[1:].decode("ascii"))
        return b"\n%s%08d%s" % (mark, len(runs) - 1, found[0][len(run) :])

    return _RUN.sub(hold_back, raw), mark.decode("ascii"), runs


class _Node(Node):
    """A part as the parser builds it, with limits that the parser obeys."""

    depth = 0
    is_too_long = False

    _payload: Any  # of the parser, which also has `get_payload`; that decodes it
    _media_type = ""  # asked for often, and slow to find

    def set_raw(self, name: str, value: str) -> None:
        """Store a header; a monstrous value is not kept for anyone to decode."""
        self._media_type = ""
        if len(value) > LONGEST_VALUE:
            value, self.is_too_long = "", True
        elif not value.isascii() and name.lower().startswith("content-"):
            value = decode(value.encode("utf-8", "surrogateescape")).text
        super().set_raw(name, value)

    def attach(self, payload: Any) -> None:
        payload.depth = self.depth + 1
        super().attach(payload)

    def put_back(self, mark: str, runs: Sequence[str]) -> None:
        """Put what was held back from the parser in its place."""
        payload = self._payload
        if runs and payload and mark in payload:
            first, *rest = payload.split(mark)
            parts = (f"{runs[int(one[:8])]}{one[8:]}" for one in rest)
            self._payload = "".join([first, *parts])

    @property
    def body(self) -> bytes:
        """Return a leaf's bytes as they lie in the letter."""
        payload = self._payload
        return payload.encode("utf-8", "surrogateescape") if payload else b""

    @property
    def is_too_deep(self) -> bool:
        return self.depth >= DEEPEST and self.media_type.startswith("multipart/")

    @property
    def media_type(self) -> str:
        if not self._media_type:
            self._media_type = super().get_content_type()
        return self._media_type

    def get_content_type(self) -> str:
        """Answer the parser so that it opens neither inner letters nor deep parts."""
        if self.media_type.startswith("message/") or self.is_too_deep:
            return "application/octet-stream"
        return self.media_type


def _nodes(root: Any) -> Iterator[Any]:
    """Yield every node in the order of the letter, without recursion."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        if node.is_multipart():
            waiting.extend(reversed(node.get_payload()))


def _tree(
    root: _Node, parts: tuple[Part, ...] = (), defects: tuple[str, ...] = ()
) -> Tree:
    headers = tuple((name, str(value)) for name, value in root.raw_items())
    named: dict[str, list[str]] = {}
    for name, value in headers:
        named.setdefault(name.lower(), []).append(value)
    return Tree(
        headers=headers,
        named=named,
        media_type=root.media_type,
        parts=parts,
        defects=defects,
    )


def _part(node: Any, found: _Found, *, is_root: bool) -> Part:
    media_type = node.media_type
    main, _, sub = media_type.partition("/")
    about = _parameters(node, "content-type")
    place = _parameters(node, "content-disposition")
    name = place.get("filename") or about.get("name") or ""
    if main == "multipart" and not node.is_too_deep:  # it never came apart: all is text
        media_type, main, sub = "text/plain", "text", "plain"
    attached = place.get("") == "attachment"
    is_text = main == "text" and (
        is_root or (sub in ("plain", "html") and not attached)
    )
    if sub in _OPAQUE:
        found.defects["opaque-part"] = None
    return Part(
        media_type=media_type,
        data=_data(node, found),
        charset=about.get("charset", ""),
        name=_short(header_text(name).text),
        is_text=is_text,
        is_file=not is_text or bool(name) or (attached and not is_root),
        flowed=about.get("format", "").lower() == "flowed",
        joined=about.get("delsp", "").lower() == "yes",
    )


def _parameters(node: Node, header: str) -> dict[str, str]:
    """Return the parameters of a header in lower case, its own value under ""."""
    try:
        pairs = node.get_params(failobj=[], header=header)
    except Exception:  # noqa: BLE001 - crafted values; the part is a file without a name
        return {}
    found: dict[str, str] = {}
    for position, (key, value) in enumerate(pairs):
        if position == 0:
            found[""] = str(key).strip().lower()
        elif isinstance(value, tuple):  # RFC 2231: charset, language, bytes as Latin-1
            label, _, text = value
            found[key.lower()] = decode_as(str(text), str(label or ""))
        else:
            found.setdefault(key.lower(), str(value))
    return found


def _data(node: Any, found: _Found) -> bytes:
    data: bytes = node.body
    if node.media_type.startswith("multipart/"):
        return data
    encoding = str(node.get("content-transfer-encoding", "")).strip().lower()
    if encoding == "base64":
        data, clean = base64_prefix(data)
        if not clean:
            found.defects["base64-broken"] = None
    elif encoding == "quoted-printable":
        data = binascii.a2b_qp(_SOFT_BREAK.sub(b"=", data))
    elif encoding in ("uuencode", "x-uuencode", "uue", "x-uue"):
        data = node.get_payload(decode=True) or b""
    return data


def _short(name: str) -> str:
    return name if len(name) <= 255 else f"{name[:200]}…{name[-50:]}"
