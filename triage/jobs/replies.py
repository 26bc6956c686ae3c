"""Read one reply of the owner's: runs in a child process, as every letter does."""

import base64
from typing import Any

from triage.core.message import Message, Where
from triage.edges.html import read_html
from triage.edges.parser import markup_of
from triage.edges.terminal import clean
from triage.edges.walker import Part, Tree
from triage.jobs.tasks import WORDS

_NOT_KEPT = frozenset(
    {
        "text/calendar",  # our own, quoted
        "application/pgp-signature",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "application/ms-tnef",
        "message/rfc822",
    }
)
_TINY = 4096  # bytes of a picture: of a signature


def take_reply(tree: Tree, message: Message, what: str) -> dict[str, Any]:
    """Return what a reply says and which files it holds, or the bytes of one file.

    `what` is WORDS or the place of a file among the parts.
    """
    if what != WORDS:
        return {"data": base64.b64encode(tree.parts[int(what)].data).decode()}
    return {
        "subject": message.subject,
        "text": message.text(Where.TEXT),
        "page": "\n".join(
            read_html(page, but_quotes=True).text for page in markup_of(tree)
        ),
        "answers": list(message.answers),
        "date": "".join(tree.values("date")[:1]),
        "files": [
            [place, _name(part, place), part.media_type, len(part.data)]
            for place, part in enumerate(tree.parts)
            if _is_given(part)
        ],
    }


def _is_given(part: Part) -> bool:
    """Say whether the owner attached a part, and no mail program did."""
    if not part.is_file or not part.data or part.media_type in _NOT_KEPT:
        return False
    tiny = len(part.data) < _TINY
    return not (tiny and part.media_type.startswith("image/"))


def _name(part: Part, place: int) -> str:
    """Return the sender's name of a file as data for people, never a path."""
    last = clean(part.name.replace("\\", "/").rpartition("/")[2]).strip(" .")
    return last[-200:] or f"{place}.{part.media_type.rpartition('/')[2]}"
