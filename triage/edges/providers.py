"""The directory of mail providers: built in, or the owner's own in its place."""

import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path

from triage.core.provider import (
    Authority,
    Both,
    Directory,
    Endpoint,
    Flow,
    Provider,
    Sign,
    Trouble,
)
from triage.edges.tables import Table
from triage.errors import ConfigError

FILE = "providers.toml"
_TLS = ("tls", "starttls", "none")
_DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"  # RFC 8628, 3.4


def load(own: Path | None = None) -> Directory:
    """Read the directory; a file in the owner's folder replaces the built-in one.

    Raises:
        ConfigError: with every fault of the file.
    """
    mine = own / FILE if own is not None else None
    if mine is not None and mine.is_file():
        data = mine.read_bytes()
    else:
        data = files("triage").joinpath("packs", FILE).read_bytes()
    problems: list[str] = []
    table = Table.of(FILE, data, problems)
    found = Directory(
        providers=tuple(_provider(row) for row in table.tables("provider")),
        signs=tuple(_signs(table)),
        advice=_advice(table.table("advice")),
    )
    table.done()
    if problems:
        raise ConfigError("пакеты не годятся:", problems)
    return found


def _provider(row: Table) -> Provider:
    name = row.text("id")
    prepare = row.table("prepare")
    oauth = row.table("oauth")
    found = Provider(
        id=name,
        title=row.text("title"),
        domains=frozenset(each.casefold() for each in row.texts("domains")),
        imap=_endpoint(row.table("imap")),
        smtp=_endpoint(row.table("smtp")),
        authserv_id=row.text("authserv_id", needed=False),
        password_page=row.text("password_page", needed=False),
        prepare={lang: prepare.texts(lang) for lang in ("ru", "en")},
        passwords=_flag(row, "passwords"),
        spaces=_flag(row, "spaces"),
        authority=_authority(name, oauth) if list(oauth) else None,
        signs=tuple(_signs(row)),
        advice=_advice(row.table("advice")),
    )
    prepare.done()
    row.done()
    return found


def _flag(row: Table, key: str) -> bool:
    """Read a flag that is true unless told otherwise."""
    return row.flag(key) if key in set(row) else True


def _endpoint(table: Table) -> Endpoint:
    tls = table.text("tls")
    if tls not in _TLS:
        table.problem(f"tls must be one of {', '.join(_TLS)}")
    found = Endpoint(table.text("host"), table.number("port"), tls)
    table.done()
    return found


def _signs(table: Table) -> Iterator[Sign]:
    for row in table.tables("trouble"):
        kind = row.look_up(row.text("kind"), Trouble, "trouble")
        words = tuple(_pattern(row, text) for text in row.texts("match", needed=True))
        row.done()
        if kind:
            yield Sign(kind, words)


def _pattern(row: Table, text: str) -> re.Pattern[str]:
    try:
        return re.compile(text, re.IGNORECASE)
    except re.error as fault:
        row.problem(f"match: not a regular expression: {text!r}: {fault}")
        return re.compile(r"(?!)")


def _advice(table: Table) -> Mapping[Trouble, Both]:
    found = {}
    for name in table:
        kind = table.look_up(name, Trouble, "trouble")
        words = table.table(name)
        if kind:
            found[kind] = (words.text("ru"), words.text("en"))
        words.done()
    return found


def _authority(name: str, table: Table) -> Authority:
    extra = table.table("extra")
    flow = table.word("flow", Flow, "flow") or Flow.DEVICE
    browser = flow is Flow.BROWSER
    found = Authority(
        id=name,
        flow=flow,
        token_url=table.text("token_url"),
        device_url=table.text("device_url", needed=not browser),
        authorize_url=table.text("authorize_url", needed=browser),
        scopes=table.texts("scopes", needed=True),
        grant_type=table.text("grant_type", needed=False) or _DEVICE_CODE,
        code_field=table.text("code_field", needed=False) or "device_code",
        extra={key: extra.text(key) for key in extra},
        secret=table.flag("secret"),
        register_page=table.text("register_page", needed=False),
    )
    table.done()
    return found
