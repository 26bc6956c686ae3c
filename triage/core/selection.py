"""Which letters concern the product, by a few header fields, before they are fetched.

A marketplace's needle in From, Sender, Reply-To or Subject selects a letter; outside the
inbox and spam, To and Cc are looked at as well. Look-alikes count too: phishing is to
be kept and shown. The labels of encoded words are not believed, the bytes are.
"""

import binascii
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from triage.core.message import Role
from triage.core.pack import Packs
from triage.core.token import DOMAIN, find_token

FIELDS = (
    "FROM",
    "SENDER",
    "REPLY-TO",
    "TO",
    "CC",
    "SUBJECT",
    "MESSAGE-ID",
    "IN-REPLY-TO",
    "REFERENCES",
    "AUTO-SUBMITTED",
    "X-TRIAGE",
)
"""The header fields that `wanted` reads or that later questions may need."""

OWN_DOMAIN = f"@{DOMAIN}".encode()

SPEAKER = frozenset({b"from", b"sender", b"reply-to", b"subject"})
ADDRESSED = frozenset({b"to", b"cc"})
THREAD = frozenset({b"in-reply-to", b"references"})

LONGEST = 8_192  # bytes of one field that are decoded: normalising is not linear

LONGEST_HEADER = 1 << 18

_Fields = list[tuple[bytes, bytes]]

_BETWEEN = "<"  # stands in no needle
_FIELD = re.compile(rb"(?m)^([!-9;-~]{1,80})[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)")
_WORD = re.compile(rb"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_PUNYCODE = re.compile(r"xn--([a-z0-9-]{1,59})")
_STATEFUL = {b"utf-7": "utf-7", b"utf-16": "utf-16", b"utf-16be": "utf-16-be"}
_CYRILLIC = ("windows-1251", "koi8-r", "iso-8859-5", "cp866")

# One letter stands for all that look or sound like it, in needle and field alike.
_ALIKE = {
    "a": "аαɑ",
    "b": "вβь",
    "c": "сϲ",
    "d": "ԁ",
    "e": "еєε",
    "g": "ɡ",
    "i": "іιıl1|ӏł",
    "j": "ј",
    "k": "кκ",
    "m": "м",
    "n": "нhηпո",
    "o": "0оοσօø",
    "p": "рρ",
    "r": "г",
    "s": "ѕ5$",
    "t": "тτ",
    "u": "υսцʋ",
    "v": "νѵ",
    "w": "ѡшщԝ",
    "x": "хχ",
    "y": "уγү",
    "z": "3зʐᴢʒƶ",
}


class _Fold(dict[int, str]):
    """A translation table that looks a character up once: marks and controls vanish."""

    def __missing__(self, code: int) -> str:
        kept = "" if unicodedata.category(chr(code))[0] in "MC" else chr(code)
        if code < 0x2100:  # the scripts of real mail; a hostile letter fills no memory
            self[code] = kept
        return kept


_FOLD = _Fold({ord(alike): one for one, many in _ALIKE.items() for alike in many})


def header_block(raw: bytes) -> bytes:
    """Return the header block of a letter, without the empty line."""
    head = raw[:LONGEST_HEADER].replace(b"\r\n", b"\n")
    return head.partition(b"\n\n")[0] + b"\n"


def needles_of(packs: Packs) -> tuple[str, ...]:
    """Collect the words that make a header worth a look."""
    shops = (n for m in packs.marketplaces for n in m.needles)
    return (*shops, *packs.receipts.operators)


def wanted(header: bytes, role: Role, needles: tuple[str, ...]) -> bool:
    """Say whether a letter with these header fields is to be archived.

    Never fails, whatever the bytes. Our own letters are not wanted: a digest in the
    watched folder is no evidence. Answers to them are, unless a machine wrote them, and
    the letters that the digest's buttons write.
    """
    header = header[:LONGEST_HEADER]
    fields = [(name.lower(), value) for name, value in _FIELD.findall(header)]
    if any(name == b"x-triage" for name, _ in fields):
        return False
    looked_at = SPEAKER if role in (Role.INBOX, Role.SPAM) else SPEAKER | ADDRESSED
    plain = [(name, _plain(value)) for name, value in fields if name in looked_at]
    if _answers_us(header, fields, plain):
        return not any(map(_is_automatic, fields))
    text = _BETWEEN.join(reading for _, value in plain for reading in _readings(value))
    return any(map(text.__contains__, _folded(needles)))


def _answers_us(header: bytes, fields: _Fields, plain: _Fields) -> bool:
    """Say whether a letter names one of ours, or shows a token of ours in its subject."""
    if OWN_DOMAIN in header.lower():
        named = (value.lower() for name, value in fields if name in THREAD)
        if any(OWN_DOMAIN in value for value in named):
            return True
    subjects = (v for name, v in plain if name == b"subject" and b"[" in v)
    return any(find_token(value.decode("utf-8", "replace")) for value in subjects)


def _is_automatic(field: tuple[bytes, bytes]) -> bool:
    return field[0] == b"auto-submitted" and field[1].strip().lower() not in (
        b"",
        b"no",
    )


@lru_cache(maxsize=64)
def _folded(needles: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(filter(None, map(fold, needles)))


def fold(text: str) -> str:
    """Bring look-alikes together: case, accents, invisible characters, other scripts."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
    return text.lower().translate(_FOLD)


def _plain(value: bytes) -> bytes:
    """Return the bytes of a field without folds and encoded words, of bounded length."""
    value = value[:LONGEST].replace(b"\r", b"").replace(b"\n", b"")
    return _without_words(value) if b"=?" in value else value


def _readings(plain: bytes) -> Iterator[str]:
    """Yield the ways to read a field, folded."""
    for text in _texts(plain):
        yield fold(text)
        if "xn--" in text.lower():
            yield from _domains(text)


def _domains(text: str) -> Iterator[str]:
    """Yield internationalised labels as a reader sees them (RFC 3492)."""
    for match in _PUNYCODE.finditer(text.lower()):
        try:
            yield fold(match[1].encode("ascii").decode("punycode"))
        except (UnicodeError, ValueError, OverflowError):
            continue


def _texts(data: bytes) -> Iterable[str]:
    """Decode a field: UTF-8 where that is what the bytes are, else each Cyrillic page."""
    try:
        return (data.decode("utf-8"),)
    except UnicodeDecodeError:
        pages = ("utf-8", *_CYRILLIC)
        return tuple(data.decode(page, "replace") for page in pages)


def _without_words(value: bytes) -> bytes:
    """Replace encoded words (RFC 2047) by their bytes, neighbours without a gap."""
    parts, end, was_word = [], 0, False
    for match in _WORD.finditer(value):
        between = value[end : match.start()]
        if between.strip() or not was_word:
            parts.append(between)
        parts.append(_word(match[1], match[2], match[3]))
        end, was_word = match.end(), True
    return b"".join([*parts, value[end:]])


def _word(charset: bytes, encoding: bytes, text: bytes) -> bytes:
    if encoding in b"qQ":
        text = text.replace(b"%", b"%25").replace(b"_", b" ")
        data = unquote_to_bytes(text.replace(b"=", b"%"))
    else:
        data = _base64(text)
    stateful = _STATEFUL.get(charset.lower().partition(b"*")[0])
    return data.decode(stateful, "replace").encode() if stateful else data


def _base64(text: bytes) -> bytes:
    """Decode what can be decoded: padding may lack, a last character may be alone."""
    for cut in (text, text[:-1], text[:-2]):
        try:
            return binascii.a2b_base64(cut + b"===")
        except binascii.Error:
            continue
    return b""
