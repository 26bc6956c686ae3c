"""The owner's mail program, and others': answers to a digest, dropped into the mailbox."""

import email
import email.policy
import json
import os
import re
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from html import unescape
from urllib.parse import parse_qsl, unquote, urlsplit

from world import World

from triage.core.act import Act, ActKind
from triage.edges import cases

OWNER = "anna@mail.example"
VOUCHED = "mx.mail.example; dkim=pass header.d=mail.example; dmarc=pass header.from=mail.example"


class Postbag:
    """Writes letters into the mailbox of a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.count = 0

    @property
    def digest(self) -> EmailMessage:
        """Return the last letter that the program sent."""
        return email.message_from_bytes(
            self.world.sent.letters[-1], policy=email.policy.default
        )

    def reply(self, text: str, **more: object) -> bytes:
        """Answer the last digest from the owner's phone: it lies in Sent."""
        digest = more.pop("to", None) or self.digest
        headers = {
            "Subject": f"Re: {digest['Subject']}",
            "In-Reply-To": digest["Message-ID"],
            "References": digest["Message-ID"],
        }
        return self.write(text, **{**headers, **more})

    def press(self, url: str, **more: object) -> bytes:
        """Send the letter that a button writes, as it is."""
        parts = urlsplit(url)
        fields = dict(parse_qsl(parts.query, strict_parsing=True))
        assert parts.scheme == "mailto"
        assert unquote(parts.path) == OWNER
        return self.write(fields["body"], **{"Subject": fields["subject"], **more})

    def write(
        self,
        text: str,
        *,
        folder: str = "Sent",
        files: tuple[tuple[str, str, bytes], ...] = (),
        html: str = "",
        **headers: object,
    ) -> bytes:
        """Put a letter into a folder, dated now, from the owner to himself unless told."""
        self.count += 1
        at = self.world.now
        letter = EmailMessage(policy=email.policy.SMTP)
        usual = {
            "From": f"Анна <{OWNER}>",
            "To": OWNER,
            "Date": format_datetime(at),
            "Message-ID": f"<{self.count}.{at.timestamp()}@phone.example>",
        }
        for name, value in {**usual, **headers}.items():
            if value is not None:
                letter[name.replace("_", "-")] = str(value)
        if html:
            letter.set_content(html, subtype="html")
        else:
            letter.set_content(text)
        for name, kind, data in files:
            main, sub = kind.split("/")
            letter.add_attachment(data, maintype=main, subtype=sub, filename=name)
        raw = letter.as_bytes()
        self.drop(raw, folder, at)
        return raw

    def drop(self, raw: bytes, folder: str, at: datetime) -> None:
        root = self.world.letterbox.root
        place = root if folder == "INBOX" else root / f".{folder}"
        self.count += 1
        path = place / "new" / f"{int(at.timestamp())}.{self.count:06}.phone"
        path.write_bytes(raw)
        os.utime(path, (int(at.timestamp()),) * 2)

    def buttons(self, number: int) -> dict[str, str]:
        """Return the buttons that today's digest has for a case, by what they write."""
        place = self.world.app.place
        with place.store() as store:
            today = place.scribe.today(store, place.now)
        [case] = [s.case.id for s in today.standings if s.number == number]
        return {word(one.url): one.url for one in today.buttons[case]}

    def body(self, side: str) -> str:
        """Return one side of the last letter, on one line."""
        part = self.digest.get_body((side,))
        assert part is not None
        return re.sub(r"\s+", " ", str(part.get_content()))

    def pressable(self, said: str) -> str:
        """Return the first button of the last letter that says something, or ""."""
        if not self.world.sent.letters:
            return ""
        found = re.findall(r'href="(mailto:[^"]+)"', self.body("html"))
        return next((unescape(url) for url in found if word(url) == said), "")

    def acts(self, *kinds: ActKind) -> list[Act]:
        """Return the owner's acts in the journal that came by mail."""
        with self.world.app.place.store() as store:
            chosen = kinds or tuple(set(ActKind) - {ActKind.REPLIED})
            found = cases.acts_of_kind(store, *chosen)
        return [act for act in found if "reply" in act.data]

    def lost(self) -> list[str]:
        """Return why what was said came to nothing, in the journal's words."""
        with self.world.app.place.store() as store:
            closed = cases.acts_of_kind(store, ActKind.REPLIED)
        return [
            why
            for act in closed
            for _, why, _ in json.loads(act.data.get("lost", "[]"))
        ]

    def said(self) -> object:
        """Return what the next digest says of the answers so far."""
        place = self.world.app.place
        with place.store() as store:
            return place.scribe.today(store, place.now).replies

    def tick(self, **later: int) -> None:
        """Let time pass, and look into the mailbox."""
        self.world.now += timedelta(**(later or {"minutes": 15}))
        assert self.world.app.tick().problems == []


def word(url: str) -> str:
    """Return what a button says, without its case and its token."""
    subject = dict(parse_qsl(urlsplit(unescape(url)).query))["subject"]
    return subject.partition(" [")[0].split(maxsplit=2)[-1]


def a_picture(size: int = 9000) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + os.urandom(size)
