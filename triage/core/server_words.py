"""A server's words, made fit to be shown."""

import re
from binascii import b2a_base64
from collections.abc import Iterator

LONGEST = 200

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_BYTES = re.compile(r"""\bb(['"])(.*)\1""")


def shown(words: str, user: str, password: str) -> str:
    """Return them with no secret, no control character, and no great length.

    A server may repeat what it was told, plain or as SASL carries it, and a library may
    quote that once more. Backslashes go, as they stand in such quotations only.
    """
    words = words.replace("\\", "")
    for secret in _secrets(user, password) if password else ():
        words = words.replace(secret.replace("\\", ""), "***")
    return CONTROL.sub(" ", _BYTES.sub(r"\2", words))[:LONGEST]


def _secrets(user: str, password: str) -> Iterator[str]:
    """Yield every shape of the password; those before that hold one of those after."""
    plain, token = f"\0{user}\0{password}", f"user={user}\1auth=Bearer {password}\1\1"
    for text in (plain, token, password):
        yield b2a_base64(text.encode(), newline=False).decode()
    yield password
    yield str(password.encode())[2:-1]
