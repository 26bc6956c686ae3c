"""Whom the owner's provider vouches for, read from its Authentication-Results.

Only the topmost such header counts and only when the provider named in the
configuration wrote it (RFC 8601, section 5): all others may be the sender's own
work. The answer speaks of the From address and of nothing else in the letter.
"""

import re
from collections.abc import Collection, Mapping
from email.parser import BytesHeaderParser
from functools import cache, lru_cache
from typing import Any

from triage.core.authserv import is_named
from triage.edges.sender import read_sender

_LONGEST = 16384  # characters of one header that are worth reading
_SHORT = 600  # characters of one worth remembering: no nesting in it is too deep for us
_NOT_ASCII = re.compile(r"[^\t\r\n\x20-\x7e]")
_BARE_END = re.compile(rb"\r(?!\n)")
_FOLD = re.compile(r"[\r\n]+[ \t]*")


def authenticate(header: bytes, authserv_ids: Collection[str]) -> Mapping[str, str]:
    """Say which registered domain is vouched for: keys `domain`, `result`, `reason`.

    `domain` is "" unless `result` is "pass". The other results are "fail" (somebody
    checked and refused), "none" (nobody vouches), "foreign" (another server's word)
    and "untrusted" (the letter does not say clearly who it is from).
    """
    return examine(header, authserv_ids)[0]


def examine(
    header: bytes, authserv_ids: Collection[str]
) -> tuple[Mapping[str, str], str]:
    """Return what `authenticate` does, and the domain of the From address as in DNS.

    A header in which a line end hides that the provider did not see (RFC 5321, 2.3.8)
    has fields of which it knows nothing: nobody vouches for such a letter.
    """
    if _BARE_END.search(header):
        return _answer("untrusted", "bare-line-end"), ""
    fields = BytesHeaderParser().parsebytes(header[: 1 << 20]).raw_items()
    headers = [(name, str(value)) for name, value in fields]
    senders = (pair for pair in headers if pair[0].lower() == "from")
    domain = _ascii(read_sender(senders).domain)
    verdicts = [v for name, v in headers if name.lower() == "authentication-results"]
    if not verdicts:
        return _answer("none", "no-header"), domain
    return judge(verdicts[0], authserv_ids, domain), domain


def judge(
    results: str, authserv_ids: Collection[str], domain: str
) -> Mapping[str, str]:
    """Weigh one Authentication-Results for a letter from an address of a domain."""
    try:
        verdict = _parsed(results)
    except Exception:  # noqa: BLE001 - authres raises whatever it meets, RecursionError too
        return _answer("foreign", "unreadable")
    if not is_named(verdict.authserv_id, authserv_ids):
        return _answer("foreign", "other-server")
    organisation = registered(domain)
    if not organisation:
        return _answer("untrusted", "from-unclear")
    return _judge(verdict.results, domain, organisation)


def registered(domain: str) -> str:
    """Return the part of a domain that somebody registered, "" for none."""
    return _suffixes().privatesuffix(domain) or "" if domain else ""


def _judge(results: list[Any], domain: str, organisation: str) -> Mapping[str, str]:
    """Weigh DKIM and DMARC; SPF speaks of the envelope, which nobody sees."""
    dmarc = [r for r in results if r.method == "dmarc"]
    about_us = [r for r in dmarc if _values(r, "from") == {domain}]
    if any(r.result == "fail" for r in about_us):
        return _answer("fail", "dmarc-fail")
    signatures = [r for r in results if r.method == "dkim"]
    for signature in signatures:
        signers = _values(signature, "d", "i")
        if (
            signature.result == "pass"
            and signers
            and {registered(_ascii(s)) for s in signers} == {organisation}
        ):
            return _answer("pass", "dkim", organisation)
    if any(r.result == "pass" for r in about_us):
        return _answer("pass", "dmarc", organisation)
    if any(r.result == "pass" for r in signatures):
        return _answer("none", "dkim-of-another-domain")
    if any(r.result in ("fail", "permerror", "policy") for r in signatures):
        return _answer("fail", "dkim-fail")
    return _answer("none", "nobody-vouches")


def _parsed(value: str) -> Any:
    """Parse a field; what is short is remembered, since many letters bring the same."""
    return (_remembered if len(value) < _SHORT else _parse)(value)


def _parse(value: str) -> Any:
    if len(value) > _LONGEST:
        raise ValueError("longer than any real verdict")
    text = _NOT_ASCII.sub("?", _FOLD.sub(" ", value))
    found = _quick().parse_value(_features(), text)
    if found.NONE_RESULT in found.results:
        raise ValueError("a result, and that there is none")
    return found


_remembered = lru_cache(maxsize=256)(_parse)


@cache
def _features() -> Any:
    import authres

    return authres.all_features()


@cache
def _quick() -> Any:
    """Return a parser that reads as the library's own, which compiles as it goes."""

    class Quick(_features().header_class):  # type: ignore[misc]
        _parse_text: str

        def _parse_pattern(self, pattern: str) -> re.Match[str] | None:
            match = _compiled(pattern).match(self._parse_text)
            if match:
                self._parse_text = self._parse_text[match.end() :]
            return match

    return Quick


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _values(result: Any, *names: str) -> set[str]:
    """Return the domains of all `header.NAME` properties: two that differ cancel out."""
    return {
        str(p.value or "").rpartition("@")[2].strip(".").lower()
        for p in result.properties
        if p.type == "header" and p.name in names
    }


def _ascii(domain: str) -> str:
    """Return a domain as it stands in DNS, "" when it cannot stand there."""
    try:
        return domain[:253].encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""


@cache
def _suffixes() -> Any:
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()


def _answer(result: str, reason: str, domain: str = "") -> Mapping[str, str]:
    return {"domain": domain, "result": result, "reason": reason}
