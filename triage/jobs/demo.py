"""A made-up month of a made-up mailbox, from the scenario that a pack brings along.

Everything a letter or an act says stands in the scenario; here it only gets the form
that it would have on a mail server and in the journal.
"""

import hashlib
import html
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from triage.core.act import Act, ActKind

INBOX = "INBOX"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A letter of the scenario."""

    at: datetime  # as the letter and its server date it
    arrives: datetime  # when the mailbox shows it; later where it was out of sight
    folder: str
    raw: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What happens on which day."""

    pack: str
    begins: date
    ends: date
    zone: ZoneInfo
    authserv: str
    owner: Mapping[str, str]
    letters: tuple[Written, ...]  # in order of time
    acts: tuple[Act, ...]


def load_scenario() -> Scenario:
    """Read the scenario that a built-in pack brings along."""
    packs = files("triage").joinpath("packs")
    found = (
        (each.name, each.joinpath("demo", "month.toml")) for each in packs.iterdir()
    )
    pack, file = next((pack, file) for pack, file in sorted(found) if file.is_file())
    return read_scenario(pack, tomllib.loads(file.read_text("utf-8")))


def read_scenario(pack: str, data: Mapping[str, Any]) -> Scenario:
    """Read a scenario that was parsed from TOML."""
    letters = [
        Written(
            at=entry["at"],
            arrives=entry.get("arrives", entry["at"]),
            folder=entry.get("folder", INBOX),
            raw=_raw(number, entry, data["owner"]["email"], data["authserv"]),
        )
        for number, entry in enumerate(data.get("letter", []), 1)
    ]
    acts = [act for entry in data.get("act", []) for act in _acts(pack, entry)]
    return Scenario(
        pack=pack,
        begins=data["begins"],
        ends=data["ends"],
        zone=ZoneInfo(data["timezone"]),
        authserv=data["authserv"],
        owner=data["owner"],
        letters=tuple(sorted(letters, key=lambda letter: letter.at)),
        acts=tuple(sorted(acts, key=lambda act: act.at)),
    )


def _raw(number: int, entry: Mapping[str, Any], owner: str, authserv: str) -> bytes:
    """Write a letter as the owner's provider would hand it out."""
    message = EmailMessage(policy=SMTP)
    domain = entry["from"].rpartition("@")[2].rstrip(">")
    at = format_datetime(entry["at"])
    message["Received"] = f"from {domain} by {authserv}; {at}"
    message["Authentication-Results"] = _verdict(entry["vouched"], domain, authserv)
    message["From"] = entry["from"]
    message["To"] = entry.get("to", owner)
    message["Subject"] = entry["subject"]
    message["Date"] = entry["at"]
    message["Message-ID"] = f"<demo-{number}@{domain}>"
    text = entry["text"].strip()
    link = entry.get("button", "")
    message.set_content("\n\n".join(filter(None, [text, link])) + "\n")
    if entry.get("html"):
        message.add_alternative(_html(text, link), subtype="html")
        message.set_boundary(f"demo-{number}")  # the same bytes every time
    return message.as_bytes()


def _verdict(vouched: str, domain: str, authserv: str) -> str:
    if not vouched:
        return (
            f"{authserv}; dkim=fail header.d={domain}; dmarc=fail header.from={domain}"
        )
    aligned = "pass" if f".{domain}".endswith(f".{vouched}") else "fail"
    return (
        f"{authserv}; dkim=pass header.d={vouched};"
        f" dmarc={aligned} header.from={domain}"
    )


def _html(text: str, link: str) -> str:
    """Lay a text out as marketplaces do: a table row for each line, and a button."""
    rows = "".join(
        f"<tr><td>{html.escape(line)}</td></tr>" for line in text.splitlines() if line
    )
    button = f'<p><a href="{html.escape(link)}">Подробнее</a></p>' if link else ""
    return f"<html><body><table>{rows}</table>{button}</body></html>\n"


def _acts(pack: str, entry: Mapping[str, Any]) -> list[Act]:
    """Turn one entry into the journal's acts."""
    at = entry["at"]
    if "report" in entry:
        data = {"report": entry["report"], "on": at.date().isoformat()}
        return [_act(pack, at, ActKind.REPORTED, data, order=entry["order"])]
    case = entry["case"]
    order = case.rpartition("/")[2]
    if "done" in entry:
        data = {"step": entry["done"], "on": at.date().isoformat()}
        return [_act(pack, at, ActKind.STEP_DONE, data, order=order, case=case)]
    if "answer" in entry:
        data = {"question": "", "answer": entry["answer"]}
        return [_act(pack, at, ActKind.ANSWERED, data, order=order, case=case)]
    if "snooze" in entry:
        data = {"until": entry["snooze"].isoformat()}
        return [_act(pack, at, ActKind.SNOOZED, data, order=order, case=case)]
    if "say" in entry:
        kind = ActKind(entry["say"])  # resolved, reopened
        return [_act(pack, at, kind, {}, order=order, case=case)]
    return [
        _act(
            pack,
            at,
            ActKind.FACT,
            {"name": name, "value": value, "on": at.date().isoformat()},
            order=order,
            case=case,
        )
        for name, value in entry["facts"].items()
    ]


def _act(
    pack: str,
    at: datetime,
    kind: ActKind,
    data: Mapping[str, str],
    *,
    order: str,
    case: str | None = None,
) -> Act:
    return Act(at=at, kind=kind, case=case, order=order, data={"pack": pack, **data})


class Letterbox:
    """A Maildir on disk into which the scenario's letters are delivered."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for folder in (root, root / ".Spam", root / ".Sent"):
            for part in ("cur", "new", "tmp"):
                (folder / part).mkdir(parents=True, exist_ok=True)

    def deliver(self, letter: Written) -> None:
        """Put a letter into its folder, named by the time at which it gets there."""
        folder = (
            self.root if letter.folder == INBOX else self.root / f".{letter.folder}"
        )
        seconds = int(letter.arrives.timestamp())
        mark = hashlib.sha256(letter.raw).hexdigest()[:12]
        path = folder / "new" / f"{seconds}.{mark}.demo"
        path.write_bytes(letter.raw)
        os.utime(path, (seconds, seconds))


def config_text(scenario: Scenario) -> str:
    """Write the configuration of the demonstration's home, beside its mailbox."""
    owner = "\n".join(f'{name} = "{value}"' for name, value in scenario.owner.items())
    address = scenario.owner["email"]
    return f"""\
# Made by `triage demo`. Nothing here reaches a server.
home     = "."
language = "ru"
timezone = "{scenario.zone.key}"

[owner]
{owner}

[[account]]
name        = "demo"
host        = "localhost"
user        = "{address}"
password_command = ["echo", "demo"]
authserv_id = "{scenario.authserv}"

[smtp]
host = "localhost"
from = "{address}"

[digest]
to = "{address}"
at = "08:00"

[packs]
marketplaces = ["{scenario.pack}"]
"""
