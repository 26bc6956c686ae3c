"""How values of the configuration are read: each error says what is expected."""

import re
import shlex
from datetime import time
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

ADDRESS = re.compile(
    r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+\.[^\s@<>,;:\"()\\]+"
)
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def printable(value: str) -> str:
    if CONTROL.search(value):
        raise ValueError("управляющие символы здесь недопустимы")
    return value


def present(value: str) -> str:
    if not value.strip():
        raise ValueError("не должно быть пустым")
    return printable(value)


def some(values: tuple[Any, ...]) -> tuple[Any, ...]:
    if not values:
        raise ValueError("нужен хотя бы один")
    return values


def address(value: str) -> str:
    if not ADDRESS.fullmatch(value):
        raise ValueError("ожидается один почтовый адрес вида имя@домен")
    if not value.isascii():
        raise ValueError("нужны латинские буквы; домен кириллицей пишется как xn--…")
    return value


def path(value: Any, info: ValidationInfo) -> Any:
    """Read a path relative to the folder of the configuration file."""
    if not isinstance(value, str):
        return value
    if not value:
        return None
    folder = (info.context or {}).get("folder", Path.cwd())
    return folder / Path(value).expanduser()


def command(value: Any) -> Any:
    return shlex.split(value) if isinstance(value, str) else value


def zone(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return ZoneInfo(value)
    except (LookupError, ValueError, OSError):
        raise ValueError(
            "неизвестный часовой пояс; пример: Europe/Moscow, Asia/Yekaterinburg"
        ) from None


def clock_time(value: Any) -> Any:
    if not isinstance(value, str) or not re.fullmatch(r"[0-2]\d:[0-5]\d", value):
        raise ValueError("ожидается время ЧЧ:ММ в кавычках, например 08:00")
    try:
        return time.fromisoformat(value)
    except ValueError:
        raise ValueError("такого времени суток нет") from None


def span_of_day(value: Any) -> Any:
    if not isinstance(value, list) or len(value) not in (0, 2):
        raise ValueError('ожидаются два времени, например ["22:00", "08:00"], или []')
    if not value:
        return None
    since, until = map(clock_time, value)
    if since == until:
        raise ValueError("начало и конец совпадают; без тихих часов: []")
    return since, until


Words = Annotated[str, AfterValidator(printable)]
Present = Annotated[str, AfterValidator(present)]
Address = Annotated[str, AfterValidator(address)]
OptionalPath = Annotated[Path | None, BeforeValidator(path)]
Port = Annotated[int, Field(strict=True, ge=1, le=65535)]
Command = Annotated[tuple[Present, ...], BeforeValidator(command)]
Zone = Annotated[ZoneInfo, BeforeValidator(zone)]
ClockTime = Annotated[time, BeforeValidator(clock_time)]
SpanOfDay = Annotated[tuple[time, time] | None, BeforeValidator(span_of_day)]
Home = Annotated[Path, BeforeValidator(path)]
