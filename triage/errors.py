"""Errors that speak to the owner. Each carries its sysexits code and all its problems."""

import errno
import os
import socket
import traceback
from collections.abc import Iterable

_REASONS = {
    errno.ENOENT: "такого файла или папки нет",
    errno.EACCES: "нет доступа",
    errno.EPERM: "не разрешено",
    errno.EROFS: "диск доступен только для чтения",
    errno.ENOSPC: "на диске нет места",
    errno.EDQUOT: "исчерпана квота на диске",
    errno.EEXIST: "уже есть",
    errno.EISDIR: "это папка, а не файл",
    errno.ENOTDIR: "это не папка",
    errno.EIO: "диск не читается",
    errno.ENAMETOOLONG: "слишком длинное имя",
    errno.ECONNREFUSED: "в соединении отказано",
    errno.ECONNRESET: "соединение оборвано",
    errno.ETIMEDOUT: "нет ответа",
    errno.ENETUNREACH: "нет сети",
    errno.EHOSTUNREACH: "компьютер недоступен",
}


def reason(error: OSError) -> str:
    """Say in words why the system refused something."""
    if isinstance(error, socket.gaierror):
        return "имя сервера не находится; проверьте host и сеть"
    return _REASONS.get(error.errno or 0) or error.strerror or str(error)


def traced(error: Exception) -> str:
    """Name a fault of the program by kind and place; its words may be a letter's."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {where.filename}:{where.lineno}"


class TriageError(Exception):
    """An expected failure: printed as a sentence, without a traceback."""

    exit_code = os.EX_SOFTWARE

    def __init__(self, message: str, problems: Iterable[str] = ()) -> None:
        self.problems = tuple(problems)
        super().__init__("\n  - ".join([message, *self.problems]))


class ConfigError(TriageError):
    """The configuration or a pack cannot be used as it is."""

    exit_code = os.EX_CONFIG  # systemd: RestartPreventExitStatus=78


class UsageError(TriageError):
    """The command was asked for something that does not exist or makes no sense."""

    exit_code = os.EX_USAGE


class EvidenceError(TriageError):
    """Bytes of the evidence are damaged, missing or not ours."""

    exit_code = os.EX_DATAERR


class DiskError(TriageError):
    """The home cannot be written: full, read-only, or not a local disk."""

    exit_code = os.EX_CANTCREAT


class Unavailable(TriageError):
    """A server cannot be reached or answers nonsense now; trying later may help."""

    exit_code = os.EX_TEMPFAIL


class Refused(TriageError):
    """A server or a lock refuses us; trying again unchanged will not help."""

    exit_code = os.EX_NOPERM
