"""Write one letter out for people: runs in a child process, as reading does.

Nothing in what comes out loads, runs or leads anywhere, and no code stands in it.
"""

from collections.abc import Mapping
from typing import Any

from triage.core.codes import blot_of, without_codes
from triage.core.message import Message, Where
from triage.core.pack import Packs
from triage.edges.harmless import harmless
from triage.edges.parser import markup_of
from triage.edges.walker import Tree

LONGEST = 200_000  # characters of a text


def show_letter(
    tree: Tree, message: Message, packs: Packs, how: Mapping[str, str]
) -> dict[str, Any]:
    """Return who wrote what to whom, `html` parts, `links` of theirs, and the `text`.

    A letter of which nothing is known may be one with a code: bare numbers of a code's
    length are blotted out of it, too.
    """
    known = how["outcome"] in ("recognised", "sent")
    secrets = [
        one
        for market in packs.marketplaces
        if how["pack"] in ("", market.id)
        for one in market.identifiers.secrets
    ]
    blot = blot_of(secrets, widely=not known)
    pages: list[str] = []
    links: list[str] = []
    for markup in markup_of(tree):
        if shown := harmless(markup, blot, first=len(links) + 1):
            pages.append(shown.html)
            links += shown.links
    text = message.text(Where.TEXT)
    if not (pages or text):  # a page too large to be shown still has words
        text = message.text(Where.HTML)
    text = text[:LONGEST]
    return {
        "subject": blot(message.subject),
        "sender": message.sender,
        "sender_name": message.sender_name,
        "recipients": list(message.recipients),
        "sent_at": message.sent_at and message.sent_at.isoformat(),
        "html": pages,
        "links": list(map(without_codes, links)),
        "text": blot(text),
        "attachments": [
            [blot(one.name), one.media_type, one.size, one.sha256]
            for one in message.attachments
        ],
    }
