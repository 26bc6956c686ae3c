"""Passwords: from a file, a command or a systemd credential, never from the settings."""

import os
import stat
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from triage.errors import ConfigError, reason

COMMAND_SECONDS = 30


def password(
    *,
    file: Path | None = None,
    command: Sequence[str] = (),
    credential: str = "",
    environ: Mapping[str, str] = os.environ,
) -> str:
    """Return the password from the one source that is given.

    Raises:
        ConfigError: there is no password there, or anyone may read it.
    """
    if file is not None:
        return _from_file(file)
    if command:
        return _from_command(command)
    return _from_credential(credential, environ)


def _from_file(path: Path) -> str:
    if problem := file_problem(path):
        raise ConfigError(problem)
    return _first_line(path.read_text("utf-8"), str(path))


def file_problem(path: Path) -> str:
    """Say why a password file cannot be used; "" when it can."""
    try:
        found = path.stat()
    except OSError as error:
        return f"{path}: файл с паролем не читается: {reason(error)}"
    if not stat.S_ISREG(found.st_mode):
        return f"{path}: это не файл"
    if found.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return f"{path}: пароль доступен другим; выполните: chmod 600 {path}"
    if not os.access(path, os.R_OK):
        return f"{path}: файл с паролем не читается этим пользователем"
    return ""


def _from_command(command: Sequence[str]) -> str:
    name = command[0]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            timeout=COMMAND_SECONDS,
            check=False,
        )
    except OSError as error:
        raise ConfigError(f"password_command: {name}: {reason(error)}") from None
    except subprocess.TimeoutExpired:
        raise ConfigError(
            f"password_command: {name}: нет ответа за {COMMAND_SECONDS} с"
        ) from None
    if done.returncode:
        raise ConfigError(f"password_command: {name}: код выхода {done.returncode}")
    return _first_line(
        done.stdout.decode("utf-8", "replace"), f"password_command: {name}"
    )


def _from_credential(name: str, environ: Mapping[str, str]) -> str:
    folder = environ.get("CREDENTIALS_DIRECTORY")
    if not folder:
        raise ConfigError(
            f"password_credential: {name}: программа запущена не из systemd с "
            f"LoadCredential={name}:…"
        )
    path = Path(folder, name)
    if path.parent != Path(folder) or not path.is_file():
        raise ConfigError(f"password_credential: systemd не передал {name}")
    return _first_line(path.read_text("utf-8"), f"password_credential: {name}")


def _first_line(text: str, source: str) -> str:
    """Drop the newline an editor adds; anything else belongs to the password."""
    line = text.split("\n", 1)[0].rstrip("\r")
    if not line:
        raise ConfigError(f"{source}: пароль пуст")
    return line
