"""Domains that sign letters with keys of their own, and a DNS that knows these."""

import base64
import subprocess
from functools import cache
from typing import Any

import dkim

from triage.core.verdict import KeyRecord, Outcome

BY = "192.0.2.53"
DATED = 1_772_431_200  # 2 March 2026, when the letters of `mails` are written


@cache
def key_pair(name: str, bits: int) -> tuple[bytes, str]:
    """Make a domain's keys: the private half as PEM, the public half as in DNS."""
    pem = _openssl("genrsa", "-traditional", str(bits))
    public = _openssl("rsa", "-pubout", "-outform", "DER", given=pem)
    return pem, f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"


class Domain:
    """A domain that signs: by one selector, with one key."""

    def __init__(
        self, name: str, selector: str = "mail", *, bits: int = 1024, record: str = ""
    ) -> None:
        self.name, self.selector = name, selector
        self._private, public = key_pair(f"{selector}.{name}", bits)
        self.record = record or public

    @property
    def place(self) -> str:
        return f"{self.selector}._domainkey.{self.name}"

    def sign(
        self,
        letter: bytes,
        *,
        more: dict[str, int | str] | None = None,
        headers: tuple[str, ...] = ("from", "to", "subject", "date"),
        ways: tuple[bytes, bytes] = (b"relaxed", b"relaxed"),
        length: bool = False,
    ) -> bytes:
        """Put a signature on top; `more` are tags that take the place of others."""
        signer = _Signer(letter)
        signer.more = {"t": DATED, **(more or {})}
        line: bytes = signer.sign(
            self.selector.encode(),
            self.name.encode(),
            self._private,
            canonicalize=ways,
            include_headers=[name.encode() for name in headers],
            length=length,
        )
        return line + letter

    def seal(self, letter: bytes, authserv_id: str) -> bytes:
        """Seal a letter with the Authentication-Results of one server (ARC)."""
        signer = dkim.ARC(letter)
        lines = signer.sign(
            self.selector.encode(),
            self.name.encode(),
            self._private,
            authserv_id.encode(),
            include_headers=[b"from", b"to", b"subject", b"date"],
            timestamp=DATED,
        )
        assert lines
        return b"".join(lines) + letter


class _Signer(dkim.DKIM):
    """Signs with tags of the test's choice."""

    more: dict[str, int | str]

    def gen_header(self, fields: list[Any], *rest: Any, **named: Any) -> Any:
        mine = {name.encode(): str(value).encode() for name, value in self.more.items()}
        there = [(name, mine.pop(name, value)) for name, value in fields]
        there[-1:-1] = mine.items()
        return super().gen_header(there, *rest, **named)


class Dns:
    """Knows the keys of some domains, and counts who asks."""

    def __init__(self, *domains: Domain) -> None:
        self.records = {one.place: one.record for one in domains}
        self.asked: list[str] = []
        self.is_up = True

    def __call__(self, name: str) -> KeyRecord:
        self.asked.append(name)
        if not self.is_up:
            return KeyRecord(problem=Outcome.UNAVAILABLE)
        if name not in self.records:
            return KeyRecord(problem=Outcome.NO_KEY)
        return KeyRecord(self.records[name], BY)


def _openssl(*words: str, given: bytes = b"") -> bytes:
    done = subprocess.run(
        ["openssl", *words], input=given, capture_output=True, check=True
    )
    return done.stdout
