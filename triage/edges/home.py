"""The home folder: where things lie in it, and whose mailbox it holds.

evidence/          letters, manifest, journal: the truth
orders/            a view for people, made again at will
inbox/             the owner drops receipts in; see jobs/inbox.py
index.sqlite3      derived
reply.key          signs the digest's buttons; see edges/secret.py
home.json          the user name of every account that was ever collected here
lock, turn         see edges/lock.py
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from triage.edges import disk
from triage.errors import ConfigError, DiskError, reason


@dataclass(frozen=True, slots=True)
class Home:
    """Paths of one owner's home."""

    root: Path

    @property
    def evidence(self) -> Path:
        return self.root / "evidence"

    @property
    def orders(self) -> Path:
        return self.root / "orders"

    @property
    def inbox(self) -> Path:
        return self.root / "inbox"

    @property
    def key(self) -> Path:
        return self.root / "reply.key"

    @property
    def index(self) -> Path:
        return self.root / "index.sqlite3"

    def make(self) -> None:
        """Make the folder, for its owner only; one that was there is made so too.

        Raises:
            DiskError: it cannot be made.
        """
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not (self.root / "home.json").exists():
                with suppress(PermissionError):  # another user knows who may look
                    self.root.chmod(0o700)
        except OSError as error:
            raise DiskError(
                f"{self.root}: папку home не создать: {reason(error)}"
            ) from None

    def claim(self, users: Mapping[str, str]) -> None:
        """Note whose mailboxes these are (account name to user), once for each.

        Raises:
            ConfigError: the home belongs to another mailbox.
        """
        known = self.users()
        if problem := self.foreign(users):
            raise ConfigError(problem)
        if added := {name: user for name, user in users.items() if name not in known}:
            text = json.dumps({"accounts": {**known, **added}}, ensure_ascii=False)
            disk.replace_file(self.root / "home.json", f"{text}\n".encode())

    def foreign(self, users: Mapping[str, str]) -> str:
        """Say in words whose mailbox the home holds if it is not one of these."""
        for name, before in self.users().items():
            now = users.get(name, before)
            if now.casefold() != before.casefold():
                return (
                    f"{self.root}: здесь лежит переписка ящика {before}, а в настройках "
                    f"{name} — это {now}; укажите другую папку home или другое имя ящика"
                )
        return ""

    def users(self) -> dict[str, str]:
        """Return the user of every account that was ever collected here."""
        try:
            text = (self.root / "home.json").read_text("utf-8")
            accounts = json.loads(text)["accounts"]
            return {str(name): str(user) for name, user in accounts.items()}
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise DiskError(f"{self.root}: не читается: {reason(error)}") from None
        except (ValueError, LookupError, AttributeError):
            raise ConfigError(
                f"{self.root / 'home.json'}: файл повреждён; удалите его, если уверены, "
                "что это папка вашего ящика"
            ) from None
