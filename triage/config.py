"""The owner's configuration: one TOML file, checked as a whole before anything runs."""

import os
import re
import shlex
import tomllib
from collections.abc import Mapping
from datetime import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from triage.config_errors import in_words, located
from triage.errors import ConfigError, reason

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
ADDRESS = re.compile(
    r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+\.[^\s@<>,;:\"()\\]+"
)
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class Tls(StrEnum):
    """How a connection is protected."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"  # loopback only


def _printable(value: str) -> str:
    if CONTROL.search(value):
        raise ValueError("управляющие символы здесь недопустимы")
    return value


def _present(value: str) -> str:
    if not value.strip():
        raise ValueError("не должно быть пустым")
    return _printable(value)


def _some(values: tuple[Any, ...]) -> tuple[Any, ...]:
    if not values:
        raise ValueError("нужен хотя бы один")
    return values


def _address(value: str) -> str:
    if not ADDRESS.fullmatch(value):
        raise ValueError("ожидается один почтовый адрес вида имя@домен")
    if not value.isascii():
        raise ValueError("нужны латинские буквы; домен кириллицей пишется как xn--…")
    return value


def _path(value: Any, info: ValidationInfo) -> Any:
    """Read a path relative to the folder of the configuration file."""
    if not isinstance(value, str):
        return value
    if not value:
        return None
    folder = (info.context or {}).get("folder", Path.cwd())
    return folder / Path(value).expanduser()


def _command(value: Any) -> Any:
    return shlex.split(value) if isinstance(value, str) else value


def _zone(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return ZoneInfo(value)
    except (LookupError, ValueError, OSError):
        raise ValueError(
            "неизвестный часовой пояс; пример: Europe/Moscow, Asia/Yekaterinburg"
        ) from None


def _clock_time(value: Any) -> Any:
    if not isinstance(value, str) or not re.fullmatch(r"[0-2]\d:[0-5]\d", value):
        raise ValueError("ожидается время ЧЧ:ММ в кавычках, например 08:00")
    try:
        return time.fromisoformat(value)
    except ValueError:
        raise ValueError("такого времени суток нет") from None


Words = Annotated[str, AfterValidator(_printable)]
Present = Annotated[str, AfterValidator(_present)]
Address = Annotated[str, AfterValidator(_address)]
OptionalPath = Annotated[Path | None, BeforeValidator(_path)]
Port = Annotated[int, Field(strict=True, ge=1, le=65535)]
Command = Annotated[tuple[Present, ...], BeforeValidator(_command)]


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
        if self.user and len(self.password_sources()) != 1:
            raise ValueError(
                "нужен ровно один источник пароля: password_file, password_command "
                "или password_credential"
            )
        return self


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
    at: Annotated[time, BeforeValidator(_clock_time)] = time(8)
    always: Annotated[bool, Field(strict=True)] = False


class Schedule(Section):
    """How often the mailbox is looked at."""

    poll_minutes: Annotated[int, Field(strict=True, ge=1, le=1440)] = 10


class Trust(Section):
    """How the program makes sure who wrote a letter."""

    dns: Annotated[bool, Field(strict=True)] = True


class PackChoice(Section):
    """Which packs are used. A file in `dir` replaces a built-in file whole."""

    marketplaces: Annotated[tuple[Present, ...], AfterValidator(_some)]
    ladder: Present = "ru"
    dir: OptionalPath = None


class Config(Section):
    """The whole file."""

    home: Annotated[Path, BeforeValidator(_path)]
    language: Literal["ru", "en"] = "ru"
    timezone: Annotated[ZoneInfo, BeforeValidator(_zone)]
    owner: Owner = Owner()
    account: Annotated[tuple[Account, ...], AfterValidator(_some)]
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
            f"{path}: файла настроек нет; возьмите за образец config.example.toml "
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
