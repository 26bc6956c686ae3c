"""Write the settings of a new owner: the secrets first, the file last, or nothing at all."""

import json
import tomllib
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import time
from importlib.resources import files
from pathlib import Path

from pydantic import ValidationError

from triage.config import Account, Config
from triage.config_errors import in_words
from triage.core.grant import Client
from triage.core.provider import Provider
from triage.edges import disk
from triage.errors import ConfigError, DiskError, reason

SECRETS = "secrets"
PRIVATE_FOLDER = 0o700


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the owner told, and what was found out. Nothing of it is on disk."""

    path: Path  # of the settings
    home: Path
    address: str
    user: str
    provider: Provider
    client: Client | None = None  # with one the log-in is by OAuth2
    ca_file: Path | None = None
    authserv_id: str = ""
    language: str = "ru"
    zone: str = "Europe/Moscow"
    at: time = time(8)
    name: str = ""
    own_packs: Path | None = None

    def secret(self, kind: str) -> Path:
        """Name a file for a secret, one that is not there yet."""
        folder = self.path.absolute().parent / SECRETS
        names = (kind, *(f"{kind}-{number}" for number in range(2, 1000)))
        return next(folder / name for name in names if not (folder / name).exists())


@dataclass(frozen=True, slots=True)
class Written:
    """The text of the settings, and the files of secrets that it names."""

    text: str
    config: Config
    secrets: Mapping[Path, bytes]


def write_out(draft: Draft, word: str) -> Written:
    """Write the settings out. `word` is a password or a grant, as its file holds it.

    Raises:
        ConfigError: a value cannot stand in the settings.
    """
    login = {"user": draft.user}
    secrets: dict[Path, bytes] = {}
    if draft.client is None:
        file = draft.secret("mail")
        login["password_file"] = f"{SECRETS}/{file.name}"
        secrets[file] = word.encode()
    else:
        file = draft.secret(f"{draft.provider.id}.token")
        login |= {"auth": "xoauth2", "oauth_provider": draft.provider.id}
        login |= {"client_id": draft.client.id}
        login["token_file"] = f"{SECRETS}/{file.name}"
        secrets[file] = word.encode()
        if draft.client.secret:
            file = draft.secret("oauth-client")
            login["client_secret_file"] = f"{SECRETS}/{file.name}"
            secrets[file] = f"{draft.client.secret}\n".encode()
    text = _text(draft, login)
    return Written(text, read(text, draft.path), secrets)


def read(text: str, path: Path) -> Config:
    """Read settings that are not on disk yet.

    Raises:
        ConfigError: they do not hold.
    """
    folder = path.absolute().parent
    try:
        return Config.model_validate(tomllib.loads(text), context={"folder": folder})
    except ValidationError as error:
        found = [
            f"{each['loc'][-1]}: {in_words(each, Config)}" for each in error.errors()
        ]
        raise ConfigError("настройки не годятся", found) from None


def _text(draft: Draft, login: Mapping[str, str]) -> str:
    imap, smtp = draft.provider.imap, draft.provider.smtp
    shared = [f"{key} = {_quoted(value)}" for key, value in login.items()]
    if draft.ca_file:
        shared.append(f"ca_file = {_quoted(str(draft.ca_file.absolute()))}")
    both = "\n".join(shared)
    own = f"dir = {_quoted(str(draft.own_packs.absolute()))}" if draft.own_packs else ""
    return (
        f"""\
# Written by `triage setup`. Every key: config.example.toml and docs/configuration.md.
home     = {_quoted(str(draft.home))}
language = {_quoted(draft.language)}
timezone = {_quoted(draft.zone)}

[owner]
name  = {_quoted(draft.name)}
email = {_quoted(draft.address)}

[[account]]
name = "main"
host = {_quoted(imap.host)}
port = {imap.port}
tls = {_quoted(imap.tls)}
{both}
authserv_id = {_quoted(draft.authserv_id)}

[smtp]
host = {_quoted(smtp.host)}
port = {smtp.port}
tls = {_quoted(smtp.tls)}
{both}
from = {_quoted(draft.address)}

[digest]
to = {_quoted(draft.address)}
at = "{draft.at:%H:%M}"

[packs]
marketplaces = [{", ".join(map(_quoted, usual_marketplaces()))}]
{own}
""".rstrip()
        + "\n"
    )


def _quoted(value: str) -> str:
    """Write a TOML string; what JSON escapes, TOML reads the same."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def usual_marketplaces() -> tuple[str, ...]:
    """Name the built-in marketplaces that are no experiment."""
    found = []
    for folder in files("triage").joinpath("packs").iterdir():
        file = folder.joinpath("pack.toml")
        if not folder.is_dir() or not file.is_file():
            continue
        if not tomllib.loads(file.read_text("utf-8")).get("experimental"):
            found.append(folder.name)
    return tuple(sorted(found))


def install(draft: Draft, written: Written) -> None:
    """Put secrets and settings in their places; on any failure remove what was put.

    Settings that were there are kept beside the new ones as `.old`.

    Raises:
        DiskError: something cannot be written.
    """
    folder = draft.path.absolute().parent
    with ExitStack() as undo:
        for each in (folder, folder / SECRETS):
            _make(each, undo)
        try:
            (folder / SECRETS).chmod(PRIVATE_FOLDER)
        except OSError as error:
            raise DiskError(f"{folder / SECRETS}: {reason(error)}") from None
        for path, data in written.secrets.items():
            undo.callback(path.unlink, missing_ok=True)
            disk.replace_file(path, data, disk.PRIVATE_FILE)
        if draft.path.exists():
            keep = draft.path.with_name(f"{draft.path.name}.old")
            disk.replace_file(keep, draft.path.read_bytes(), disk.PRIVATE_FILE)
        disk.replace_file(draft.path, written.text.encode(), disk.PRIVATE_FILE)
        undo.pop_all()


def _make(folder: Path, undo: ExitStack) -> None:
    """Make a folder for its owner only, with the parents it lacks."""
    if not folder.parent.is_dir():
        _make(folder.parent, undo)
    if folder.is_dir():
        return
    undo.callback(_remove_empty, folder)
    try:
        folder.mkdir(PRIVATE_FOLDER)
    except OSError as error:
        raise DiskError(f"{folder}: папку не создать: {reason(error)}") from None


def _remove_empty(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def sign_in_again(account: Account, word: str) -> Path:
    """Put a new password or grant into the file of an account; return the file.

    Raises:
        ConfigError: the secret comes from elsewhere than a file.
    """
    path = account.token_file or account.password_file
    if path is None:
        raise ConfigError("пароль берётся не из файла: смените его там, где он лежит")
    disk.replace_file(path, word.encode(), disk.PRIVATE_FILE)
    return path
