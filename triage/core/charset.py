"""Bytes of unknown descent become text, and it is said when that was a guess.

Declared charset strictly, then UTF-8, then the Cyrillic charset in which the text
looks most like Russian. Only charsets of a fixed list can be reached by a label:
the codec registry also holds `unicode_escape`, `idna` and worse.
"""

import binascii
import re
from string import ascii_letters, digits
from typing import NamedTuple

GUESSED = "charset-guessed"
DAMAGED = "charset-damaged"


class Decoded(NamedTuple):
    """Text, and how it was found: "" when as declared, or a defect code."""

    text: str
    defect: str = ""


_SINGLE = (
    *(f"windows-{n}" for n in range(1250, 1259)),
    *(f"iso-8859-{n}" for n in range(1, 17) if n != 12),
    *("koi8-r", "koi8-u", "cp866", "cp855", "mac-cyrillic", "mac-roman", "tis-620"),
)
_MULTI = (
    *("utf-8", "gb18030", "big5hkscs", "cp949", "euc-jp", "cp932"),
    *("iso-2022-jp", "iso-2022-kr"),
)
_ALIASES = {
    **dict.fromkeys(("utf8", "utf-8-sig", "unicode-1-1-utf-8", "utf8mb4"), "utf-8"),
    **dict.fromkeys(("koi8r", "koi-8-r", "koi8", "x-koi8-r", "cskoi8r"), "koi8-r"),
    **dict.fromkeys(("koi8u", "koi8-ru", "koi-8-u"), "koi8-u"),
    **dict.fromkeys(("dos-866", "ibm866", "866", "x-cp866", "csibm866"), "cp866"),
    **dict.fromkeys(
        ("x-mac-cyrillic", "maccyrillic", "x-mac-ukrainian"), "mac-cyrillic"
    ),
    **dict.fromkeys(("macintosh", "x-mac-roman", "macroman"), "mac-roman"),
    # What calls itself Latin-1 is Windows-1252 by universal practice (WHATWG Encoding).
    **dict.fromkeys(("iso-8859-1", "latin1", "l1", "iso8859-1"), "windows-1252"),
    **dict.fromkeys(("gb2312", "gbk", "x-gbk", "cp936", "gb-2312", "hz"), "gb18030"),
    **dict.fromkeys(("big5", "big5-hkscs", "cp950", "x-big5"), "big5hkscs"),
    **dict.fromkeys(("euc-kr", "ks-c-5601-1987", "ksc5601", "uhc", "korean"), "cp949"),
    **dict.fromkeys(("shift-jis", "sjis", "x-sjis", "ms-kanji"), "cp932"),
    **dict.fromkeys(("x-euc-jp", "eucjp"), "euc-jp"),
    **{name: name for name in (*_SINGLE, *_MULTI) if name != "iso-8859-1"},
}
_WINDOWS = re.compile(r"(?:x-)?(?:windows|win|cp|ms|microsoft-cp)-?(125\d)")
_ISO = re.compile(r"iso[-_ ]?8859[-_ ]?(\d{1,2})(?:-[ei])?(?::\d+)?")
_CYRILLIC = ("windows-1251", "koi8-r", "cp866", "iso-8859-5")
_LATIN = ("windows-1252", "windows-1250", "iso-8859-2", "iso-8859-15", "mac-roman")

# Russian letters from the most to the least frequent, and how much each one speaks
# for a reading.
_WEIGHT = {
    letter: 100 // (rank + 8)
    for rank, letter in enumerate("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё")
}
_ASCII = bytes(range(128))
_SAMPLE = 4096  # bytes beyond ASCII that are enough to tell


def decode(data: bytes, declared: str = "") -> Decoded:
    """Decode text from mail; every byte sequence has some result."""
    if data.isascii() and b"\x1b" not in data:
        return Decoded(data.decode("ascii"))
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):  # only a mark makes it UTF-16
        return Decoded(data.decode("utf-16", "replace"))
    name = _known(declared)
    if name == "utf-8" or not name:
        return _undeclared(data, sure=name == "utf-8")
    text = _strictly(data, name)
    if text is None:
        return _mislabelled(data, name)
    if better := _better(data, name, text):
        return Decoded(better, GUESSED)
    return Decoded(text)


def is_utf8(data: bytes, declared: str, found: Decoded) -> bool:
    """Say whether the bytes that a text was decoded from are that text in UTF-8."""
    marked = data[:1] in b"\xef\xfe\xff"  # the first byte of a mark, or no byte at all
    return not found.defect and not marked and _known(declared) in ("", "utf-8")


def _mislabelled(data: bytes, name: str) -> Decoded:
    text = _strictly(data, "utf-8")
    if text is not None:
        return Decoded(text, GUESSED)
    return _mostly(data, name) or _undeclared(data, sure=False)


def decode_as(text: str, label: str) -> str:
    """Decode what a header parameter holds as Latin-1 (RFC 2231)."""
    return decode(text.encode("latin-1", "replace"), label).text


def _better(data: bytes, name: str, text: str) -> str | None:
    """Return what a text really says when its label is plainly wrong."""
    with_utf8 = _strictly(data, "utf-8")
    if name in _MULTI:  # long text is not valid UTF-8 by chance
        return with_utf8 if len(data.translate(None, _ASCII)) >= 12 else None
    if with_utf8 is not None and _score(with_utf8) > _score(text):
        return with_utf8
    guess = _most_russian(data) if _in_runs(data) else None
    if guess and (name in _LATIN or _score(guess) > 1.1 * _score(text) + 10):
        return guess
    return None


def _undeclared(data: bytes, *, sure: bool) -> Decoded:
    if data.isascii():
        japanese = None if sure else _strictly(data, "iso-2022-jp")
        return Decoded(japanese or data.decode("ascii"), GUESSED if japanese else "")
    text = _strictly(data, "utf-8")
    if text is not None:
        return Decoded(text.removeprefix("\ufeff"))
    damaged = _mostly(data, "utf-8")
    if damaged is not None:  # cut inside a letter, or a byte lost on the way
        return damaged
    guess = _most_russian(data) if _in_runs(data) else None
    if guess is not None:
        return Decoded(guess, GUESSED)
    return Decoded(data.decode("windows-1252", "replace"), GUESSED)


def _known(declared: str) -> str:
    """Return the codec that a label means, "" for none that we would use."""
    label = declared.strip(" \t\r\n\"'").lower().replace("_", "-").partition("*")[0]
    if found := _ALIASES.get(label):
        return found
    if match := _WINDOWS.fullmatch(label):
        return f"windows-{match[1]}"
    if match := _ISO.fullmatch(label):
        return _ALIASES.get(f"iso-8859-{match[1]}", "")
    return ""


def _strictly(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except UnicodeError:
        return None


def _mostly(data: bytes, name: str) -> Decoded | None:
    """Decode with few marks of replacement, or not at all."""
    if name not in _MULTI:
        return None
    text = data.decode(name, "replace")
    lost = text.count("\ufffd")
    kept = sum(1 for char in text if char > "\x7f") - lost
    return Decoded(text, DAMAGED) if kept > 4 * lost else None


def _most_russian(data: bytes) -> str | None:
    """Return the likeliest Cyrillic reading; None when all are equally unlikely."""
    sample = data[: _SAMPLE * 2]
    best = max(_CYRILLIC, key=lambda name: _score(sample.decode(name, "replace")))
    if _score(sample.decode(best, "replace")) <= 0:
        return None
    return data.decode(best, "replace")


def _score(text: str) -> int:
    """Sum up how Russian a text looks, letter by letter."""
    total, before = 0, ""
    for char in text[: _SAMPLE * 2]:
        if char > "\x7f":
            lower = char.lower()
            weight = _WEIGHT.get(lower)
            if weight is None:
                total -= 0 if char in "«»—–№…„“”\xa0₽" else 6
            elif char != lower and before.islower():
                total -= 6  # a capital inside a word
            else:
                total += weight
        before = char
    return total


def _in_runs(data: bytes) -> bool:
    """Tell words all beyond ASCII (Cyrillic) from letters with accents among ASCII."""
    runs = re.findall(rb"[\x80-\xff]+", data[: _SAMPLE * 2])
    return sum(len(run) for run in runs) >= 3 * len(runs)


_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_BETWEEN = re.compile(r"(\?=)[ \t\r\n]+(?==\?[^?\s]{1,60}\?[bBqQ]\?)")
_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")
_CONTROL = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def header_text(value: str) -> Decoded:
    """Read a header value as the parser kept it (8-bit bytes as surrogates).

    Encoded words (RFC 2047) are decoded, adjacent ones of one charset together;
    line ends and control characters become single spaces, before and after decoding.
    """
    text, defect = value, ""
    if not value.isascii():
        text, defect = decode(value.encode("utf-8", "surrogateescape"))
    if "=?" in text:
        text, found = _words(_BETWEEN.sub(r"\1", text))
        defect = found or defect
    return Decoded(one_line(text), defect)


def one_line(text: str) -> str:
    """Collapse control characters and blanks, so that nothing can end a line."""
    if text.isprintable() and "  " not in text:
        return text.strip()
    return _SURROGATE.sub("\ufffd", _CONTROL.sub(" ", text)).strip()


def _words(text: str) -> tuple[str, str]:
    pieces: list[str] = []
    waiting, waiting_for, defect = b"", "", ""
    position = 0

    def settle() -> None:
        nonlocal waiting, defect
        if waiting:
            decoded = decode(waiting, waiting_for)
            pieces.append(decoded.text)
            defect, waiting = decoded.defect or defect, b""

    for match in _WORD.finditer(text):
        charset = match[1].partition("*")[0].lower()  # RFC 2231 adds a language
        if match.start() > position or charset != waiting_for:
            settle()
        pieces.append(text[position : match.start()])
        waiting_for = charset
        payload = match[3].encode("utf-8", "surrogateescape")
        waiting += _q(payload) if match[2] in "qQ" else base64_prefix(payload)[0]
        position = match.end()
    settle()
    pieces.append(text[position:])
    return "".join(pieces), defect


def _q(payload: bytes) -> bytes:
    return _HEX.sub(lambda m: bytes([int(m[1], 16)]), payload.replace(b"_", b" "))


_BASE64 = (ascii_letters + digits + "+/").encode()
_BLANK = b"\r\n \t"


def base64_prefix(data: bytes) -> tuple[bytes, bool]:
    """Decode as much base64 as there is; tell whether all of it was clean."""
    try:
        return binascii.a2b_base64(data.translate(None, _BLANK), strict_mode=True), True
    except binascii.Error:
        return _broken_base64(data)


def _broken_base64(data: bytes) -> tuple[bytes, bool]:
    body, _, rest = data.partition(b"=")
    dense = body.translate(None, _BLANK)
    junk = dense.translate(None, _BASE64)
    clean = dense.translate(None, junk) if junk else dense
    tail = len(clean) % 4
    whole = clean[:-1] if tail == 1 else clean
    padded = whole + b"=" * (-len(whole) % 4)
    good = not junk and tail != 1 and not rest.strip(b"= \t\r\n")
    return binascii.a2b_base64(padded), good and (tail == 0 or b"=" in data)
