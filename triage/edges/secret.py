"""The key that signs buttons: 32 random bytes in a file that only its owner can read.

It is no evidence and stands in no log. A lost key is made anew: the buttons of letters
sent before are dead then, and the next digest says so.
"""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from triage.edges import disk
from triage.errors import DiskError, reason

LENGTH = 32  # bytes


def read_key(path: Path) -> bytes:
    """Return the key, b"" where there is none.

    Raises:
        DiskError: it is there and cannot be read.
    """
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise DiskError(f"{path}: не читается: {reason(error)}") from None
    return key if len(key) == LENGTH else b""


def make_key(path: Path) -> bytes:
    """Return the key, made where there is none; others may not read it.

    Raises:
        DiskError: it cannot be read or written.
    """
    if key := read_key(path):
        with suppress(OSError):
            if path.stat().st_mode & 0o077:
                os.chmod(path, disk.PRIVATE_FILE)  # noqa: PTH101 - a backup was put back, say
        return key
    key = secrets.token_bytes(LENGTH)
    disk.replace_file(path, key, disk.PRIVATE_FILE)
    return key
