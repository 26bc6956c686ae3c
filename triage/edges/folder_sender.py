"""A sender for the demonstration: letters to the owner become files in a folder."""

import email
import email.policy
from pathlib import Path

from triage.core.attempt import Answer, Outcome


class FolderSender:
    """Writes each letter as .eml, .html and .txt, named by its day."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def send(self, raw: bytes, recipient: str) -> Answer:
        """Accept a letter, whoever it is for."""
        letter = email.message_from_bytes(raw, policy=email.policy.SMTP)
        name = letter["date"].datetime.date().isoformat()
        if letter["X-Triage"] == "urgent":  # the day's own letter keeps its place
            name += f"-{letter['date'].datetime:%H%M}"
        (self.folder / f"{name}.eml").write_bytes(raw)
        for kind, suffix in (("html", "html"), ("plain", "txt")):
            body = letter.get_body((kind,))
            if body is not None:
                path = self.folder / f"{name}.{suffix}"
                path.write_text(body.get_content(), encoding="utf-8")
        return Answer(Outcome.ACCEPTED, f"{recipient}: {name}")
