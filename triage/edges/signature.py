"""The signatures of a letter, checked with dkimpy.

dkimpy tells right from wrong only. What is wrong, and whether a right one covers what a
reader sees, is found out here, and DNS is asked only for names the caller allows: a letter
must not be able to make this machine ask for a name of its choice.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from triage.core.verdict import Ask, KeyRecord, Outcome, Seal, Signature

LARGEST = 8 << 20  # bytes of a letter that is checked as it arrives
LONGEST = 16_384  # bytes of one signature
MOST = 5  # signatures of one letter that are looked at
MOST_SEALS = 50  # RFC 8617, 5.1.1
MOST_STEPS = (
    10**7
)  # of dkimpy, which needs for each run of blanks the square of its length
SMALLEST_KEY = 1024  # bits of an RSA key that nobody breaks in passing (RFC 8301)

_BLANKS = re.compile(rb"[ \t]{50,}")
_NUMBER = re.compile(rb"\d{1,20}")
_TOKEN = re.compile(r"[a-z0-9_]([a-z0-9_.-]{0,250}[a-z0-9_])?", re.IGNORECASE)
_HEADER_END = re.compile(rb"\n\r?\n")
_INSTANCE = re.compile(rb"^i=\d+;\s*")
_ALGORITHMS = (b"rsa-sha256", b"ed25519-sha256")  # RFC 8301: no SHA-1
_SHOWN = (b"from", b"subject", b"date", b"content-type", b"content-transfer-encoding")
_VITAL = (b"from", b"subject")

Allowed = Callable[[str], bool]


def check(
    letter: bytes, allowed: Allowed, ask: Ask, received_at: datetime
) -> list[Signature]:
    """Check the signatures of the domains that `allowed` names; nothing makes it raise."""
    if not _has(letter, b"dkim-signature"):
        return []
    if len(letter) > LARGEST or _is_laborious(letter):
        return [Signature(outcome=Outcome.UNCHECKED)]
    try:
        signer = _signer("DKIM", letter)
        return list(islice(_checked(signer, allowed, ask, received_at), MOST))
    except Exception:  # noqa: BLE001 - dkimpy raises whatever a made-up letter provokes
        return [Signature(outcome=Outcome.BROKEN)]


def check_seal(letter: bytes, allowed: Allowed, ask: Ask) -> Seal:
    """Check the newest set of a chain of forwarders, if `allowed` names its sealer.

    The sets below it are the sealer's to judge: its own results say how it found them.
    """
    if not _has(letter, b"arc-seal"):
        return Seal()
    if len(letter) > LARGEST or _is_laborious(letter):
        return Seal(outcome=Outcome.UNCHECKED)
    try:
        return _seal(_signer("ARC", letter), allowed, ask)
    except Exception:  # noqa: BLE001 - as above
        return Seal(outcome=Outcome.BROKEN)


def _is_laborious(letter: bytes) -> bool:
    """Say whether a letter was made to keep dkimpy busy for seconds."""
    return sum(len(run) ** 2 for run in _BLANKS.findall(letter)) > MOST_STEPS


def _has(letter: bytes, name: bytes) -> bool:
    """Say whether a header may have a field of that name, quickly."""
    end = _HEADER_END.search(letter)
    return name in letter[: end.start() if end else len(letter)].lower()


def _signer(kind: str, letter: bytes) -> Any:
    import dkim

    return getattr(dkim, kind)(letter, minkey=SMALLEST_KEY)


def _checked(
    signer: Any, allowed: Allowed, ask: Ask, received_at: datetime
) -> Iterator[Signature]:
    """Yield the signatures of allowed domains; what is nobody's is passed over."""
    for header in signer.headers:
        if header[0].lower() != b"dkim-signature" or len(header[1]) > LONGEST:
            continue
        tags = _tags(header[1])
        domain, selector = _text(tags.get(b"d", b"")), _text(tags.get(b"s", b""))
        if not (_TOKEN.fullmatch(domain) and _TOKEN.fullmatch(selector)):
            continue
        if not allowed(domain):
            continue
        key = KeyRecord()
        outcome = _covers(signer, tags, received_at)
        if outcome is None:
            key = ask(f"{selector}._domainkey.{domain}")
            outcome = key.problem or _holds(signer, tags, header, key.text)
        if outcome is Outcome.PASS and b"l" in tags:
            outcome = Outcome.PARTIAL
        yield Signature(outcome=outcome, domain=domain, selector=selector, key=key)


def _tags(text: bytes) -> dict[bytes, bytes]:
    """Read a list of tags; nothing of one that breaks the rules (RFC 6376, 3.2)."""
    from dkim.util import InvalidTagValueList, parse_tag_value

    try:
        tags: dict[bytes, bytes] = parse_tag_value(text)
    except (InvalidTagValueList, IndexError):
        return {}
    return tags


def _covers(
    signer: Any, tags: dict[bytes, bytes], received_at: datetime
) -> Outcome | None:
    """Say what is wrong with a signature before any key is needed; None for nothing."""
    if not _is_sound(tags) or (body := _body(signer, tags)) is None:
        return Outcome.BROKEN
    signed = body[: int(tags[b"l"])] if b"l" in tags else body
    if hashlib.sha256(signed).digest() != _base64(tags[b"bh"]):
        return Outcome.BODY
    names = _names(tags)
    there = [name.lower() for name, _ in signer.headers]
    doubled = any(there.count(n) > max(1, names.count(n)) for n in _SHOWN)
    if len(signed) < len(body) or doubled or _has_bare_ends(signer.headers):
        return Outcome.ADDED
    if any(name in there and name not in names for name in _VITAL):
        return Outcome.PARTIAL
    if b"x" in tags and int(tags[b"x"]) < received_at.timestamp():
        return Outcome.EXPIRED
    return None


def _has_bare_ends(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Say whether a header hides a line end that other readers see (RFC 5321, 2.3.8)."""
    return any(b"\r" in value.replace(b"\r\n", b"") for _, value in headers)


def _is_sound(tags: dict[bytes, bytes]) -> bool:
    """Say whether a signature has what it needs, in a shape that may be believed."""
    identity = _text(tags.get(b"i", b"")).rpartition("@")[2]
    domain = _text(tags[b"d"])
    return (
        tags.get(b"v") == b"1"
        and tags.get(b"a") in _ALGORITHMS
        and {b"b", b"bh", b"h"} <= tags.keys()
        and tags.get(b"q", b"dns/txt") == b"dns/txt"
        and all(_NUMBER.fullmatch(tags[n]) for n in (b"l", b"x", b"t") if n in tags)
        and (not identity or f".{identity}".endswith(f".{domain}"))
    )


def _body(signer: Any, tags: dict[bytes, bytes]) -> bytes | None:
    """Return the body as it is hashed; None where the signature names no known way."""
    from dkim import canonicalization

    try:
        policy = canonicalization.CanonicalizationPolicy.from_c_value(tags.get(b"c"))
    except canonicalization.InvalidCanonicalizationPolicyError:
        return None
    body: bytes = policy.canonicalize_body(signer.body)
    return body


def _holds(signer: Any, tags: dict[bytes, bytes], header: Any, record: str) -> Outcome:
    """Check a signature that covers the letter against its key."""
    import dkim

    text = record.encode("ascii", "replace")
    key = _tags(text)
    if problem := _withheld(key, tags):
        return problem
    # The body was compared already, and what lies in time is judged by the owner's clock.
    rest = {name: v for name, v in tags.items() if name not in (b"bh", b"l")}
    try:
        dkim.evaluate_pk("key", text)
        right = signer.verify_sig(rest, _names(tags), header, lambda *_, **__: text)
    except dkim.NaClNotFoundError:  # an ed25519 key, and no library for it
        return Outcome.UNCHECKED
    except dkim.KeyFormatError as error:
        return Outcome.WEAK if "too small" in str(error) else Outcome.BROKEN
    except Exception:  # noqa: BLE001 - whatever stands in DNS, or for a signature
        return Outcome.BROKEN
    return Outcome.PASS if right else Outcome.HEADER


def _withheld(key: dict[bytes, bytes], tags: dict[bytes, bytes]) -> Outcome | None:
    """Say why a key is not for this signature (RFC 6376, 3.6.1); None when it is."""
    flags = [flag.strip() for flag in key.get(b"t", b"").split(b":")]
    identity = _text(tags.get(b"i", b"")).rpartition("@")[2]
    if b"p" in key and not b"".join(key[b"p"].split()):
        return Outcome.REVOKED
    if b"y" in flags:  # the domain is only trying it out
        return Outcome.NONE
    if b"sha256" not in key.get(b"h", b"sha256"):
        return Outcome.BROKEN
    if b"s" in flags and identity not in ("", _text(tags[b"d"])):
        return Outcome.BROKEN
    return None


def _seal(signer: Any, allowed: Allowed, ask: Ask) -> Seal:
    instance, headers = signer.sorted_arc_headers()
    if not 0 < instance <= MOST_SEALS:
        return Seal(outcome=Outcome.BROKEN)
    newest = {name.lower(): value for i, (name, value) in headers if i == instance}
    seal, signature = (
        _tags(newest.get(name, b"")) for name in (b"arc-seal", b"arc-message-signature")
    )
    if not all(allowed(_text(one.get(b"d", b""))) for one in (seal, signature)):
        return Seal()  # a stranger's word
    there = [name.lower() for name, _ in signer.headers]
    names = _names(signature)
    if b"l" in signature or any(there.count(n) > names.count(n) for n in _VITAL):
        return Seal(outcome=Outcome.PARTIAL)
    problems: list[Outcome] = []

    def record(name: bytes, **_: object) -> bytes:
        key = ask(_text(name))
        problems.extend([key.problem] if key.problem else [])
        return key.text.encode("ascii", "replace")

    found = signer.verify_instance(headers, instance, dnsfunc=record)
    if problems:
        return Seal(outcome=problems[0])
    if found["cv"] == b"fail" or not (found["ams-valid"] and found["as-valid"]):
        return Seal(outcome=Outcome.HEADER)
    results = _INSTANCE.sub(b"", found["aar-value"].strip(), count=1)
    return Seal(outcome=Outcome.PASS, results=results.decode("utf-8", "replace"))


def _names(tags: dict[bytes, bytes]) -> list[bytes]:
    """Return the names of the headers that are signed."""
    return [name.strip().lower() for name in tags.get(b"h", b"").split(b":")]


def _base64(text: bytes) -> bytes:
    try:
        return base64.b64decode(b"".join(text.split()), validate=True)
    except ValueError:
        return b""


def _text(value: bytes) -> str:
    return value.decode("ascii", "replace").strip().lower().rstrip(".")
