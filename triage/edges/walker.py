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
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any

from triage.core.charset import base64_prefix, decode, decode_as, header_text

LARGEST = 25 << 20  # bytes of a letter that is read at all
LARGEST_HEADER = 1 << 20
LONGEST_VALUE = 65_536
SHORT = 200  # characters of a header that is worth remembering
MOST_HEADERS = 2_000
MOST_PARTS = 1_000
DEEPEST = 50

_HEADER_END = re.compile(rb"\n\r?\n|\r\r")
_FIELD = re.compile(rb"(?:\A|[\r\n])[^ \t\r\n]")
_SOFT_BREAK = re.compile(rb"=[ \t]+(?=\r?\n)")
_EMPTY_LINE = re.compile(rb"\n\r?\n")
_DASHES = re.compile(rb"--(?<=[\r\n]--)")  # quick to find in this order
_LONG = 200  # bytes that are worth holding back
_MARK = b"this body is held back"
_MARKS = re.compile(rb"%sx*" % _MARK)
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
    short, mark, held = _without_bodies(raw)
    root = BytesParser(_Node).parsebytes(short)
    found = _Found()
    for node in _nodes(root):
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
            body = _put_back(node.body, mark, held)
            found.parts.append(_part(node, body, found, is_root=node is root))
    return _tree(root, tuple(found.parts), tuple(found.defects))


def _without_bodies(raw: bytes) -> tuple[bytes, bytes, list[bytes]]:
    """Put a mark in the place of what the parser would look through for nothing.

    Behind an empty line it looks only for boundaries, and their lines begin with "--".
    Returns the letter, with what each mark begins, and what they stand for.
    """
    mark = _MARK
    if mark in raw:
        mark = max(_MARKS.findall(raw), key=len) + b"x"
    held: list[bytes] = []
    short: list[bytes] = []
    copied = 0
    lines = (match.start() for match in _DASHES.finditer(raw))
    for here, there in pairwise([0, *lines, len(raw)]):
        if there - here < _LONG or not (empty := _EMPTY_LINE.search(raw, here, there)):
            continue
        body = raw[empty.end() : there].rstrip(b"\r\n")
        if not body:
            continue
        short += (raw[copied : empty.end()], b"%s%08d" % (mark, len(held)))
        copied = empty.end() + len(body)
        held.append(body)
    short.append(raw[copied:])
    return b"".join(short), mark, held


def _put_back(body: bytes, mark: bytes, held: Sequence[bytes]) -> bytes:
    """Put what was held back from the parser in its place."""
    if not held or mark not in body:
        return body
    first, *rest = body.split(mark)
    return first + b"".join([held[int(one[:8])] + one[8:] for one in rest])


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

    @property
    def body(self) -> bytes:
        """Return a leaf's bytes as the parser left them."""
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


def _part(node: Any, body: bytes, found: _Found, *, is_root: bool) -> Part:
    media_type = node.media_type
    main, _, sub = media_type.partition("/")
    about = _parameters(str(node.get("content-type", "")))
    place = _parameters(str(node.get("content-disposition", "")))
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
        data=_data(node, body, found),
        charset=about.get("charset", ""),
        name=_short(header_text(name).text),
        is_text=is_text,
        is_file=not is_text or bool(name) or (attached and not is_root),
        flowed=about.get("format", "").lower() == "flowed",
        joined=about.get("delsp", "").lower() == "yes",
    )


def _parameters(header: str) -> Mapping[str, str]:
    """Return the parameters of a header in lower case, its own value under ""."""
    return (_known if len(header) < SHORT else _read_parameters)(header)


def _read_parameters(header: str) -> Mapping[str, str]:
    node = Node()
    node["content-type"] = header
    try:
        pairs = node.get_params(failobj=[])
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


_known = lru_cache(maxsize=256)(_read_parameters)


def _data(node: Any, body: bytes, found: _Found) -> bytes:
    if node.media_type.startswith("multipart/"):
        return body
    encoding = str(node.get("content-transfer-encoding", "")).strip().lower()
    if encoding == "base64":
        data, clean = base64_prefix(body)
        if not clean:
            found.defects["base64-broken"] = None
        return data
    if encoding == "quoted-printable":
        return binascii.a2b_qp(_SOFT_BREAK.sub(b"=", body))
    if encoding in ("uuencode", "x-uuencode", "uue", "x-uue"):
        node.set_payload(body.decode("ascii", "surrogateescape"))
        body = node.get_payload(decode=True) or b""
    return body


def _short(name: str) -> str:
    return name if len(name) <= 255 else f"{name[:200]}…{name[-50:]}"
