"""OAuth2 (RFC 6749) as values: what is asked, what the answers mean, what is kept.

A grant is the owner's consent. It lasts until it is taken back; the access token that
it yields lasts an hour or so and is what a mail server is shown.
"""

import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from triage.core.provider import Authority

EARLY = timedelta(minutes=5)  # before its end a token is renewed
PAUSES = tuple(timedelta(minutes=m) for m in (1, 2, 5, 10, 30))
SLOWER = 5  # seconds more between questions, when the server says slow_down
LATER = frozenset({"temporarily_unavailable", "server_error", "slow_down"})

Answer = Mapping[str, Any]


class Denied(Exception):
    """The server will not give a token; its code says why."""

    def __init__(self, code: str, words: str = "") -> None:
        self.code = code
        super().__init__(f"{code}: {words}" if words else code)


@dataclass(frozen=True, slots=True)
class Client:
    """The owner's own registration of this program."""

    id: str
    secret: str = field(default="", repr=False)

    def fields(self) -> dict[str, str]:
        return {"client_id": self.id} | (
            {"client_secret": self.secret} if self.secret else {}
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A consent with its tokens, and how renewing them went."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: datetime | None  # None: nobody said
    granted_at: datetime
    refused: str = ""  # why the consent does not hold any more
    tries: int = 0  # failures in a row to reach the server
    retry_at: datetime | None = None

    @property
    def mark(self) -> str:
        """Name the consent: the same through all renewals."""
        return self.granted_at.isoformat()

    def is_fresh(self, now: datetime) -> bool:
        if not self.access:
            return False
        return self.expires_at is None or now < self.expires_at - EARLY

    def spent(self) -> "Grant":
        """Forget the access token: a mail server did not take it."""
        return replace(self, access="")

    def postponed(self, now: datetime) -> "Grant":
        """Wait longer after each failure in a row."""
        pause = PAUSES[min(self.tries, len(PAUSES) - 1)]
        return replace(self, tries=self.tries + 1, retry_at=now + pause)

    def waits(self, now: datetime) -> bool:
        """Say whether the server is to be left alone; a clock that was ahead is put right."""
        return self.retry_at is not None and now < self.retry_at <= now + PAUSES[-1]

    def to_json(self) -> str:
        values = {
            "access_token": self.access,
            "refresh_token": self.refresh,
            "expires_at": self.expires_at and self.expires_at.isoformat(),
            "granted_at": self.granted_at.isoformat(),
            "refused": self.refused,
            "tries": self.tries,
            "retry_at": self.retry_at and self.retry_at.isoformat(),
        }
        return json.dumps(values, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Grant":
        """Read what `to_json` wrote.

        Raises:
            ValueError: it is something else.
        """
        try:
            values = json.loads(text)
            return cls(
                access=str(values["access_token"]),
                refresh=str(values["refresh_token"]),
                expires_at=_instant(values["expires_at"]),
                granted_at=datetime.fromisoformat(values["granted_at"]),
                refused=str(values["refused"]),
                tries=int(values["tries"]),
                retry_at=_instant(values["retry_at"]),
            )
        except (LookupError, TypeError, AttributeError) as error:
            raise ValueError("not a grant") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A code for the owner to type elsewhere (RFC 8628, 3.2)."""

    code: str = field(repr=False)
    user_code: str
    page: str
    seconds: int  # how long the code lives
    interval: int


def read_device(answer: Answer) -> Device:
    """Read the answer to a device's request.

    Raises:
        Denied: it is a refusal, or no answer to that.
    """
    _refuse(answer)
    page = answer.get("verification_uri") or answer.get("verification_url")
    if not (answer.get("device_code") and answer.get("user_code") and page):
        raise Denied("unreadable")
    return Device(
        code=str(answer["device_code"]),
        user_code=str(answer["user_code"]),
        page=str(page),
        seconds=min(_number(answer, "expires_in", 600), 1800),
        interval=max(1, min(_number(answer, "interval", 5), 60)),
    )


def read_grant(answer: Answer, now: datetime, before: Grant | None = None) -> Grant:
    """Read tokens; a server that sends no new refresh token means the old one to stay.

    Raises:
        Denied: it is a refusal, or holds no token that lasts.
    """
    _refuse(answer)
    access = answer.get("access_token")
    refresh = answer.get("refresh_token") or (before.refresh if before else "")
    if not isinstance(access, str) or not isinstance(refresh, str):
        raise Denied("unreadable")
    if not access or not access.isascii() or not access.isprintable():
        raise Denied("unreadable")
    if not refresh:
        raise Denied("no_refresh_token")
    seconds = _number(answer, "expires_in", 0)
    return Grant(
        access=access,
        refresh=refresh,
        expires_at=now + timedelta(seconds=min(seconds, 10**9)) if seconds else None,
        granted_at=before.granted_at if before else now.astimezone(UTC),
    )


def _refuse(answer: Answer) -> None:
    if code := answer.get("error"):
        raise Denied(str(code)[:80], str(answer.get("error_description", ""))[:200])


def _number(answer: Answer, key: str, otherwise: int) -> int:
    try:
        return max(0, int(answer.get(key, otherwise)))
    except (TypeError, ValueError, OverflowError):
        return otherwise


def device_request(authority: Authority, client: Client) -> dict[str, str]:
    """Ask for a code (RFC 8628, 3.1)."""
    return {"client_id": client.id, "scope": " ".join(authority.scopes)}


def device_question(
    authority: Authority, client: Client, device: Device
) -> dict[str, str]:
    """Ask whether the owner has typed the code (RFC 8628, 3.4)."""
    return client.fields() | {
        "grant_type": authority.grant_type,
        authority.code_field: device.code,
    }


def renewal(client: Client, grant: Grant) -> dict[str, str]:
    """Ask for a new access token (RFC 6749, 6)."""
    return client.fields() | {
        "grant_type": "refresh_token",
        "refresh_token": grant.refresh,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One visit of the owner's browser to the provider (RFC 7636, 8252)."""

    verifier: str = field(repr=False)  # 43 to 128 characters nobody can guess
    state: str
    redirect: str

    def page(self, authority: Authority, client: Client, address: str) -> str:
        """Return the address to open."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        text = binascii.b2a_base64(digest, newline=False).decode()
        challenge = text.translate(str.maketrans("+/", "-_", "="))
        fields = {
            "response_type": "code",
            "client_id": client.id,
            "redirect_uri": self.redirect,
            "scope": " ".join(authority.scopes),
            "state": self.state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "login_hint": address,
            **authority.extra,
        }
        return f"{authority.authorize_url}?{urlencode(fields)}"

    def code(self, address: str) -> str:
        """Take the code out of the address that the browser was sent back to.

        Raises:
            Denied: the provider refused.
            ValueError: it is another address, or of another visit.
        """
        fields = parse_qs(urlsplit(address.strip()).query)
        if fields.get("state") != [self.state]:
            raise ValueError("of another visit")
        if code := fields.get("error"):
            raise Denied(code[0][:80])
        if len(fields.get("code", ())) != 1:
            raise ValueError("no code")
        return fields["code"][0]

    def exchange(self, client: Client, code: str) -> dict[str, str]:
        """Ask for tokens."""
        return client.fields() | {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect,
            "code_verifier": self.verifier,
        }


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
