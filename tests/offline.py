"""An owner's home without a server: letters are taken in from a folder."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from triage.app import App
from triage.config import load
from triage.core.verdict import Ask, nobody

CONFIG = """
home = "home"
timezone = "Europe/Moscow"
[[account]]
name = "main"
host = "127.0.0.1"
tls = "none"
user = "me@example.org"
password_file = "password"
authserv_id = "mx.example.org"
[smtp]
host = "127.0.0.1"
tls = "none"
from = "me@example.org"
[digest]
to = "me@example.org"
[packs]
marketplaces = ["ozon"]
"""
READING: dict[str, object] = {
    "marketplaces": ["ozon"],
    "ladder": "ru",
    "dir": "",
    "timezone": "Europe/Moscow",
    "owner": [],
    "authserv_ids": {},
}
"""What a reading process is told where a test has nothing special to tell it."""


def an_app(folder: Path, now: datetime, *, ask: Ask = nobody, workers: int = 0) -> App:
    """Make the program of an owner whose folder that is, at an instant."""
    (folder / "config.toml").write_text(CONFIG)
    return App(load(folder / "config.toml"), lambda: now, ask=ask, workers=workers)


def bring(app: App, letters: Iterable[bytes]) -> None:
    """Take letters in, as files of a folder."""
    folder = app.config.home.parent / "letters"
    folder.mkdir(exist_ok=True)
    for number, raw in enumerate(letters):
        (folder / f"{number:04}.eml").write_bytes(raw)
    app.take_in(sorted(folder.iterdir()))
