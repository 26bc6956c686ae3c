"""The file of a grant: its owner's alone, replaced whole, one renewal at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from triage.core.grant import Grant
from triage.edges import disk
from triage.errors import ConfigError, reason


def read(path: Path) -> Grant:
    """Read a grant.

    Raises:
        ConfigError: there is none, or anybody may read it.
    """
    try:
        if path.stat().st_mode & 0o077:
            raise ConfigError(
                f"{path}: токен доступен другим; выполните: chmod 600 {path}"
            )
        return Grant.from_json(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(
            f"{path}: файл с токеном не читается: {reason(error)}"
        ) from None
    except ValueError:
        raise ConfigError(
            f"{path}: это не токен; войдите заново: triage setup --login"
        ) from None


def write(path: Path, grant: Grant) -> None:
    """Put a grant in place of the one before."""
    disk.replace_file(path, grant.to_json().encode(), disk.PRIVATE_FILE)


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Keep other processes from renewing meanwhile: a refresh token may be used once."""
    with disk.held(path.with_name(f"{path.name}.lock")):
        yield
