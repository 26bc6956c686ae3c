"""A letter's bytes become a Message. Nothing in them can make this raise.

What is odd about a letter is named in its defects. A defect that begins with
`not-read:` says that the letter is over a limit: it is archived, and tells nothing.
"""

import re
from datetime import timedelta

from triage.core.charset import decode, header_text, is_utf8, one_line
from triage.core.message import Attachment, Message, Passage, Sighting, Where
from triage.core.token import DOMAIN
from triage.edges.html import Page, link, read_html
from triage.edges.sender import read_sender
from triage.edges.walker import Part, Tree, take_apart

LARGEST_TEXT = 2 << 20  # bytes of a part that is read as text
APART = timedelta(days=1)  # between the letter's own date and the server's

_MOST_LINKS = 2_000
_MOST_NAMED = 32  # letters in In-Reply-To or References that are looked for
_ADDRESS = re.compile(r"https?://[^\s<>\"'«»`{}|\\^]+", re.IGNORECASE)
_AFTER_ADDRESS = ".,;:!?)]*_"
_LINE_ENDS = ("\r\n", "\r", "\u2028", "\u2029")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_META = re.compile(
    rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE
)
_IDENTIFIER = re.compile(r"<[^<>\s]{1,990}>")
_QUOTED = re.compile(r">*")
_OURS = f"@{DOMAIN}>"


def parse(raw: bytes, sighting: Sighting, authenticated_domain: str) -> Message:
    """Read one letter; `authenticated_domain` is whom the provider vouches for."""
    return message_of(take_apart(raw), sighting, authenticated_domain)


def message_of(tree: Tree, sighting: Sighting, authenticated_domain: str) -> Message:
    """Read a letter that was taken apart."""
    sender = read_sender(tree.headers)
    subject, subject_defect = _header(tree, "subject")
    defects = dict.fromkeys([*tree.defects, *sender.defects, subject_defect])
    if sender.sent_at and abs(sender.sent_at - sighting.received_at) > APART:
        defects["date-differs"] = None
    passages, attachments = _read_parts(tree, subject, defects)
    return Message(
        evidence=sighting.sha256,
        role=sighting.role,
        message_id=_identifier(_header(tree, "message-id")[0]),
        in_reply_to=_identifier(_header(tree, "in-reply-to")[0]),
        sender=sender.address,
        sender_name=sender.name,
        recipients=sender.recipients,
        subject=subject,
        sent_at=sender.sent_at,
        received_at=sighting.received_at,
        passages=passages,
        attachments=attachments,
        authenticated_domain=authenticated_domain,
        automatic=_is_automatic(tree),
        own=bool(tree.values("x-triage")),
        account=sighting.account,
        answers=_answers(tree),
        parents=_identifiers(tree, "in-reply-to")[:_MOST_NAMED],
        thread=_thread(tree),
        unattended=_is_unattended(tree),
        defects=tuple(code for code in defects if code),
    )


def _read_parts(
    tree: Tree, subject: str, defects: dict[str, None]
) -> tuple[tuple[Passage, ...], tuple[Attachment, ...]]:
    """Read texts into passages, links first, and everything else into attachments."""
    links: dict[str, None] = {}
    texts, pages, hidden = [], [], []
    attachments = []
    for part in tree.parts:
        unread = False
        if part.is_text and len(part.data) > LARGEST_TEXT:
            unread, defects["text-too-long"] = True, None
        elif part.is_text and part.media_type == "text/html":
            page = _page(part, defects)
            unread = bool(page.defect)
            links |= dict.fromkeys(page.links)
            pages.append(page.text)
            hidden.append(page.hidden)
        elif part.is_text:
            text = _text(part, defects)
            links |= dict.fromkeys(_addresses(text))
            texts.append(text)
        if part.data and (part.is_file or unread):
            attachments.append(
                Attachment(part.name, part.media_type, len(part.data), part.sha256)
            )
    places = (
        (Where.LINK, list(links)[:_MOST_LINKS]),
        (Where.SUBJECT, [subject]),
        (Where.TEXT, texts),
        (Where.HTML, pages),
        (Where.HIDDEN, hidden),
    )
    passages = tuple(
        Passage(where, text) for where, found in places for text in found if text
    )
    return passages, tuple(attachments)


def markup_of(tree: Tree) -> list[str]:
    """Return the HTML that is a letter's own text, part by part; it may say anything."""
    return [
        decode(part.data, _charset(part)).text
        for part in tree.parts
        if part.is_text and part.media_type == "text/html"
        if len(part.data) <= LARGEST_TEXT
    ]


def _charset(part: Part) -> str:
    if not part.charset and (meta := _META.search(part.data[:4096])):
        return meta[1].decode("ascii")
    return part.charset


def _page(part: Part, defects: dict[str, None]) -> Page:
    charset = _charset(part)
    found = decode(part.data, charset)
    same = is_utf8(part.data, charset, found)
    page = read_html(part.data if same else found.text)
    defects |= dict.fromkeys([found.defect, page.defect])
    return page


def _text(part: Part, defects: dict[str, None]) -> str:
    text, defect = decode(part.data, part.charset)
    defects[defect] = None
    for end in _LINE_ENDS:
        text = text.replace(end, "\n")
    text = _CONTROL.sub(" ", text)
    if part.flowed:
        text = _unflowed(text, joined=part.joined)
    return text.strip("\n \t")


def _unflowed(text: str, *, joined: bool) -> str:
    """Join the lines that a mail program cut (RFC 3676, section 4)."""
    lines: list[str] = []
    depth_before, open_before = 0, False
    for line in text.split("\n"):
        depth = len(_QUOTED.match(line)[0])  # type: ignore[index]  # always matches
        content = line[depth:].removeprefix(" ")
        flows = content.endswith(" ") and content != "-- "
        if flows and joined:
            content = content[:-1]
        if open_before and depth == depth_before:
            lines[-1] += content
        else:
            lines.append(">" * depth + " " * bool(depth) + content)
        depth_before, open_before = depth, flows
    return "\n".join(lines)


def _addresses(text: str) -> list[str]:
    if "://" not in text:
        return []
    found = (m[0].rstrip(_AFTER_ADDRESS) for m in _ADDRESS.finditer(text))
    return [address for one in found if (address := link(one))]


def _header(tree: Tree, name: str) -> tuple[str, str]:
    """Return the first header of a name as one line of text, and a defect."""
    values = tree.values(name)
    if not values:
        return "", ""
    text, defect = header_text(values[0])
    return text, defect or (f"several-{name}" if len(values) > 1 else "")


def _identifier(value: str) -> str:
    """Return the first <identifier> of a header, or the little that there is."""
    found = _IDENTIFIER.search(value)
    return found[0] if found else one_line(value)[:998]


def _answers(tree: Tree) -> tuple[str, ...]:
    """List the letters of ours that a letter names as those it answers, once each."""
    parents = _identifiers(tree, "in-reply-to")
    named = (*parents, *reversed(_identifiers(tree, "references")))
    return tuple(dict.fromkeys(one for one in named if one.endswith(_OURS)))


def _thread(tree: Tree) -> tuple[str, ...]:
    """List the letters before this one, the nearest first; of very many, both ends."""
    first, *rest = dict.fromkeys(_identifiers(tree, "references")) or [""]
    nearest = rest[:-_MOST_NAMED:-1]
    return tuple(filter(None, (*nearest, first)))


def _identifiers(tree: Tree, name: str) -> tuple[str, ...]:
    """Find every <identifier> of a header (RFC 5322, section 3.6.4)."""
    return tuple(_IDENTIFIER.findall(_header(tree, name)[0]))


def _is_unattended(tree: Tree) -> bool:
    """Tell what nobody wrote by hand: robots (RFC 3834), mailing lists, bulk mail."""
    submitted = _header(tree, "auto-submitted")[0].strip().lower()
    precedence = _header(tree, "precedence")[0].strip().lower()
    return (
        _is_automatic(tree)
        or submitted not in ("", "no")
        or precedence in ("bulk", "junk", "list")
        or bool(tree.values("list-id"))
    )


def _is_automatic(tree: Tree) -> bool:
    """Tell bounces, reports and answering machines, which quote and never speak.

    A shop's own notices may say `auto-generated` (RFC 3834) and do speak.
    """
    submitted = _header(tree, "auto-submitted")[0].lower()
    return (
        tree.media_type == "multipart/report"
        or submitted.startswith(("auto-replied", "auto-notified"))
        or any(value.strip() == "<>" for value in tree.values("return-path")[:1])
        or _header(tree, "precedence")[0].lower() in ("auto_reply", "auto-reply")
        or bool(tree.values("x-autoreply") or tree.values("x-autorespond"))
    )
