"""The files of a reply become evidence of the case that it is about."""

import base64
import hashlib
from collections.abc import Iterator, Sequence

from triage.core.act import Act
from triage.core.deed import Deed, Docket, Given
from triage.core.phrasebook import Why
from triage.core.step import Standing
from triage.core.wish import Lost
from triage.jobs.clerk import Clerk, Letter

MOST = 20  # files of one reply
LARGEST = 25 << 20  # bytes of one of them


def enclosed(
    clerk: Clerk, letter: Letter, docket: Docket, about: Sequence[Standing]
) -> Iterator[tuple[str, Deed]]:
    """Yield what comes of each file, with its place; its bytes are safe before its act.

    `about` are the cases that the reply names.
    """
    for count, (place, name, media_type, size) in enumerate(letter.files):
        part = f"file.{place}"
        if count >= MOST:
            yield part, Lost(name, Why.TOO_MANY)
            return
        if size > LARGEST:
            yield part, Lost(name, Why.TOO_LARGE)
            continue
        [(_, found, _)] = clerk.pool.map([{**letter.task, "answer": str(place)}])
        if found is None or "data" not in found:
            yield part, Lost(name, Why.STRANGE)
            continue
        data = base64.b64decode(found["data"])
        given = Given(name, hashlib.sha256(data).hexdigest(), media_type)
        deed = docket.attach(given, about)
        if isinstance(deed, Act):
            clerk.archive.add_attachment(data)
        yield part, deed
