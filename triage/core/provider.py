"""What is known of mail providers: where their servers are, and what their refusals mean."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

Both = tuple[str, str]  # Russian, English

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
"""Where no line needs TLS: it does not leave this machine."""

_STARTTLS = frozenset({25, 143, 587})  # RFC 8314 calls for TLS at once elsewhere


class Trouble(StrEnum):
    """Why a log-in failed, as far as the owner can do something about it."""

    PASSWORD = "password"  # noqa: S105 - a word of the vocabulary
    APP_PASSWORD = "app-password"  # noqa: S105 - the same
    IMAP_OFF = "imap-off"
    SMTP_OFF = "smtp-off"
    BROWSER = "browser"  # the provider wants to see the owner in a browser first
    NO_PASSWORDS = "no-passwords"  # nothing but OAuth2 is taken
    GRANT = "grant"  # OAuth2: the consent does not hold
    BUSY = "busy"
    NETWORK = "network"
    CERTIFICATE = "certificate"
    OTHER = "other"


class Flow(StrEnum):
    """How the owner lets the program in by OAuth2."""

    DEVICE = "device"  # RFC 8628: a code is typed on another device
    BROWSER = "browser"  # RFC 8252 and 7636: the browser is sent back to this machine


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a server listens."""

    host: str
    port: int
    tls: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """The provider's OAuth2 server. No other address is ever told a token."""

    id: str
    flow: Flow
    token_url: str
    device_url: str = ""
    authorize_url: str = ""
    scopes: tuple[str, ...]
    grant_type: str  # of the device flow
    code_field: str  # under which the device's code is sent
    extra: Mapping[str, str] = field(default_factory=dict)  # of the address to open
    secret: bool = False  # a client has a secret here
    register_page: str = ""


@dataclass(frozen=True, slots=True)
class Sign:
    """Words of a server that give a trouble away."""

    trouble: Trouble
    words: tuple[re.Pattern[str], ...]

    def is_in(self, text: str) -> bool:
        return any(pattern.search(text) for pattern in self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One mail provider."""

    id: str
    title: str
    domains: frozenset[str] = frozenset()
    imap: Endpoint
    smtp: Endpoint
    authserv_id: str = ""
    password_page: str = ""
    prepare: Mapping[str, Sequence[str]] = field(default_factory=dict)  # by language
    passwords: bool = True  # a password is taken at all
    spaces: bool = True  # spaces may belong to a password
    authority: Authority | None = None
    signs: tuple[Sign, ...] = ()
    advice: Mapping[Trouble, Both] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """All providers, and what holds for any of them."""

    providers: tuple[Provider, ...]
    signs: tuple[Sign, ...]
    advice: Mapping[Trouble, Both]

    def of(self, address: str) -> Provider | None:
        """Recognise a provider by the domain of an address."""
        domain = address.rpartition("@")[2].casefold()
        return next((p for p in self.providers if domain in p.domains), None)

    def named(self, name: str) -> Provider | None:
        return next((p for p in self.providers if p.id == name), None)

    def authority(self, name: str) -> Authority | None:
        """Return the OAuth2 server of a provider."""
        found = self.named(name)
        return found.authority if found else None

    def diagnose(self, provider: Provider, words: str, otherwise: Trouble) -> Trouble:
        """Tell from a server's words what is wrong; the provider's own signs count first."""
        for sign in (*provider.signs, *self.signs):
            if sign.is_in(words):
                return sign.trouble
        return otherwise

    def advise(self, provider: Provider, trouble: Trouble) -> Both:
        """Say what to do about it, and where."""
        words = provider.advice.get(trouble) or self.advice.get(trouble, ("", ""))
        page = provider.password_page and f": {provider.password_page}"
        ru, en = (each.replace("{page}", page) for each in words)
        return ru, en


def elsewhere(address: str) -> Provider:
    """Guess the servers of a provider nobody has described."""
    domain = address.rpartition("@")[2]
    return Provider(
        id="other",
        title=domain,
        imap=Endpoint(f"imap.{domain}", 993, "tls"),
        smtp=Endpoint(f"smtp.{domain}", 465, "tls"),
    )


def endpoint(text: str, usual: Endpoint) -> Endpoint:
    """Read `host` or `host:port`; on some ports TLS begins only when it is asked for.

    Raises:
        ValueError: it is neither.
    """
    host, _, port = text.strip().partition(":")
    if not re.fullmatch(r"[A-Za-z0-9_.-]+", host) or (port and not port.isdigit()):
        raise ValueError(text)
    number = int(port) if port else usual.port
    if not 0 < number < 65536:
        raise ValueError(text)
    return Endpoint(host, number, "starttls" if number in _STARTTLS else "tls")
