"""The owner's configuration: one TOML file, checked as a whole before anything runs."""

import os
import tomllib
from collections.abc import Mapping
from datetime import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from triage.config_errors import in_words, located
from triage.config_values import (
    Address,
    ClockTime,
    Command,
    Home,
    OptionalPath,
    Port,
    Present,
    SpanOfDay,
    Words,
    Zone,
    some,
)
from triage.errors import ConfigError, reason

LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class Tls(StrEnum):
    """How a connection is protected."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"  # loopback only


class Auth(StrEnum):
    """How a log-in is opened."""

    PASSWORD = "password"  # noqa: S105 - a word of the file
    XOAUTH2 = "xoauth2"


class Section(BaseModel):
    """A table of the file: closed, frozen, without silent conversions."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, arbitrary_types_allowed=True, populate_by_name=True
    )


class Owner(Section):
    """Facts for letters. A gap keeps a letter back."""

    name: Words = ""
    email: Words = ""
    phone: Words = ""
    address: Words = ""

    def facts(self) -> dict[str, str]:
        """Return what the owner filled in, by name."""
        return {key: value for key, value in self.model_dump().items() if value}


class Login(Section):
    """A server with a way in. The password itself never stands here."""

    host: Present
    port: Port
    tls: Tls = Tls.TLS
    ca_file: OptionalPath = None
    user: Words = ""
    password_file: OptionalPath = None
    password_command: Command = ()
    password_credential: Words = ""  # name of a systemd credential
    auth: Auth = Auth.PASSWORD
    oauth_provider: Words = ""  # an id of packs/providers.toml
    client_id: Words = ""
    client_secret_file: OptionalPath = None
    token_file: OptionalPath = None  # kept by the program itself
    _own_packs: Path | None = PrivateAttr(default=None)

    @property
    def own_packs(self) -> Path | None:
        """Return where the owner's own list of providers would be."""
        return self._own_packs

    def password_sources(self) -> list[str]:
        """Name the keys that say where the password comes from."""
        keys = ("password_file", "password_command", "password_credential")
        return [key for key in keys if getattr(self, key)]

    @field_validator("tls")
    @classmethod
    def _plain_only_at_home(cls, tls: Tls, info: ValidationInfo) -> Tls:
        host = str(info.data.get("host", "")).lower()
        if tls is Tls.NONE and host not in LOOPBACK:
            raise ValueError(
                'tls = "none" разрешено только для этого же компьютера (localhost); '
                'укажите "tls" или "starttls"'
            )
        return tls

    @model_validator(mode="after")
    def _one_password(self) -> Self:
        if self.user and self.auth is Auth.XOAUTH2:
            self._check_oauth()
        elif self.user and len(self.password_sources()) != 1:
            raise ValueError(
                "нужен ровно один источник пароля: password_file, password_command "
                "или password_credential"
            )
        return self

    def _check_oauth(self) -> None:
        needed = ("oauth_provider", "client_id", "token_file")
        if lacks := [key for key in needed if not getattr(self, key)]:
            raise ValueError(f'для auth = "xoauth2" нужны ещё: {", ".join(lacks)}')
        if sources := self.password_sources():
            raise ValueError(f'с auth = "xoauth2" лишнее: {", ".join(sources)}')


class Account(Login):
    """One IMAP login."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=64)]
    port: Port = 993
    user: Present
    folders: tuple[Present, ...] = ()
    authserv_id: Words = ""

    @property
    def authserv_ids(self) -> frozenset[str]:
        """Whose Authentication-Results count; none when the key is empty."""
        return frozenset({self.authserv_id.lower()} - {""})


class Smtp(Login):
    """The server that carries letters to the owner. Without `user` there is no login."""

    port: Port = 465
    sender: Annotated[Address, Field(alias="from")]


class Digest(Section):
    """To whom the morning letter goes and when."""

    to: Address
    at: ClockTime = time(8)
    always: Annotated[bool, Field(strict=True)] = False
    quiet: SpanOfDay = (time(22), time(8))


class Schedule(Section):
    """How often the mailbox is looked at."""

    poll_minutes: Annotated[int, Field(strict=True, ge=1, le=1440)] = 10


class Trust(Section):
    """How the program makes sure who wrote a letter."""

    dns: Annotated[bool, Field(strict=True)] = True


class PackChoice(Section):
    """Which packs are used. A file in `dir` replaces a built-in file whole."""

    marketplaces: Annotated[tuple[Present, ...], AfterValidator(some)]
    ladder: Present = "ru"
    dir: OptionalPath = None


class Config(Section):
    """The whole file."""

    home: Home
    language: Literal["ru", "en"] = "ru"
    timezone: Zone
    owner: Owner = Owner()
    account: Annotated[tuple[Account, ...], AfterValidator(some)]
    smtp: Smtp
    digest: Digest
    schedule: Schedule = Schedule()
    trust: Trust = Trust()
    packs: PackChoice

    @field_validator("account")
    @classmethod
    def _one_of_each_name(cls, accounts: tuple[Account, ...]) -> tuple[Account, ...]:
        names = [account.name for account in accounts]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"имя ящика повторяется: {', '.join(twice)}")
        if "import" in names:
            raise ValueError("имя import занято: так зовутся письма из файлов")
        return accounts

    @model_validator(mode="after")
    def _own_providers(self) -> Self:
        for _, login in self.logins():
            login._own_packs = self.packs.dir  # frozen but for this
        return self

    def logins(self) -> list[tuple[tuple[str | int, ...], Login]]:
        """Return every login with its place in the file."""
        accounts = [(("account", i), a) for i, a in enumerate(self.account)]
        return [*accounts, (("smtp",), self.smtp)]


def default_path(environ: Mapping[str, str] = os.environ) -> Path:
    """Say where the configuration lies when nobody said otherwise."""
    if told := environ.get("TRIAGE_CONFIG"):
        return Path(told).expanduser()
    base = environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(base).expanduser() / "triage" / "config.toml"


def load(path: Path) -> Config:
    """Read and check a configuration file.

    Raises:
        ConfigError: with every problem at once, as `file:line: key: what`.
    """
    try:
        text = path.read_text("utf-8")
        data = tomllib.loads(text)
    except FileNotFoundError:
        raise ConfigError(
            f"{path}: файла настроек нет; настройте программу: triage setup, "
            "или укажите файл: triage --config ФАЙЛ"
        ) from None
    except OSError as error:
        raise ConfigError(f"{path}: не читается: {reason(error)}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: файл должен быть в кодировке UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: это не TOML: {error}") from None
    try:
        return Config.model_validate(data, context={"folder": path.absolute().parent})
    except ValidationError as error:
        found = [(each["loc"], in_words(each, Config)) for each in error.errors()]
    raise ConfigError(f"{path}: настройки не годятся", located(path, text, found))
