"""What we are measured against: a plain imapclient loop, and mbsync."""

import os
import shutil
import ssl
import subprocess
import sys
import time
from pathlib import Path

from imapclient import IMAPClient

MBSYNC = shutil.which("mbsync")


def plain_loop(host: str, port: int, ca: Path, user: str, word: str, out: Path) -> int:
    """Select by the server's SEARCH, fetch one batch after another, fsync each letter."""
    context = ssl.create_default_context(cafile=ca)
    client = IMAPClient(host, port, ssl_context=context)
    client.login(user, "secret")
    client.select_folder("INBOX", readonly=True)
    uids = client.search(["FROM", word])
    out.mkdir(parents=True)
    for start in range(0, len(uids), 100):
        batch = client.fetch(uids[start : start + 100], ["BODY.PEEK[]"])
        for uid, parts in batch.items():
            with (out / f"{uid}.eml").open("wb") as file:
                file.write(parts[b"BODY[]"])
                file.flush()
                os.fsync(file.fileno())
    client.logout()
    return len(uids)


def mbsync(host: str, port: int, ca: Path, user: str, out: Path) -> float:
    """Mirror the whole mailbox with mbsync and return the seconds it took."""
    if MBSYNC is None:
        return float("nan")
    out.mkdir(parents=True)
    config = out / "mbsyncrc"
    config.write_text(
        f"""\
IMAPAccount a
Host {host}
Port {port}
User {user}
Pass secret
SSLType IMAPS
CertificateFile {ca}

IMAPStore far
Account a

MaildirStore near
Path {out}/mail/
Inbox {out}/mail/INBOX

Channel c
Far :far:
Near :near:
Patterns INBOX
Create Near
Sync Pull
SyncState *
"""
    )
    (out / "mail").mkdir()
    started = time.perf_counter()
    subprocess.run([MBSYNC, "-c", config, "-q", "c"], check=True, capture_output=True)
    return time.perf_counter() - started


if __name__ == "__main__":
    host, port, ca, user, word, out = sys.argv[1:]
    plain_loop(host, int(port), Path(ca), user, word, Path(out))
