"""A new owner on an empty machine: a mailbox, a way to send, and a terminal of his own."""

import contextlib
import os
import pty
import re
import select
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import smtp_sink
from click.testing import CliRunner, Result
from dovecot import PASSWORD, Dovecot
from mails import AUTHSERV_ID, a_letter

from triage.cli import cli

BUILT_IN = Path(__file__).parents[1] / "triage" / "packs" / "providers.toml"
TRIAGE = Path(sys.executable).with_name("triage")

PROVIDER = """
[[provider]]
id = "example"
title = "Пример Почта"
domains = ["example.org"]
authserv_id = "{authserv_id}"
imap = {{ host = "localhost", port = {imap}, tls = "tls" }}
smtp = {{ host = "localhost", port = {smtp}, tls = "tls" }}
password_page = "https://example.org/app-passwords"
passwords = {passwords}
[provider.prepare]
ru = ["Создайте пароль приложения."]
en = ["Create an app password."]
{oauth}
"""

OAUTH = """
[provider.oauth]
flow = "{flow}"
device_url = "{url}/device"
authorize_url = "{url}/authorize"
token_url = "{url}/token"
scopes = ["mail.read", "mail.send"]
secret = false
"""

CONTROLLED = """
import fcntl, os, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGINT, signal.SIG_DFL)  # a job in the background ignores Ctrl-C
os.execv(sys.argv[1], sys.argv[1:])
"""


class Newcomer:
    """Nothing is set up but the mailbox."""

    def __init__(self, folder: Path, dovecot: Dovecot, sink: smtp_sink.Sink) -> None:
        self.folder, self.dovecot, self.sink = folder, dovecot, sink
        self.machine = folder / "machine"
        self.machine.mkdir()
        self.packs = folder / "packs"
        self.packs.mkdir()
        self.address = f"{dovecot.user()}@example.org"
        sink.user, sink.password = self.address, PASSWORD
        self.describe()

    def describe(self, oauth: str = "", *, passwords: bool = True) -> None:
        """Write the directory in which the owner's provider stands."""
        text = PROVIDER.format(
            authserv_id=AUTHSERV_ID,
            imap=self.dovecot.tls,
            smtp=self.sink.port,
            oauth=oauth,
            passwords=str(passwords).lower(),
        )
        built_in = BUILT_IN.read_text("utf-8")
        general = built_in[built_in.index("[[trouble]]") :]
        (self.packs / "providers.toml").write_text(text + general, "utf-8")

    @property
    def config(self) -> Path:
        return self.machine / ".config" / "triage" / "config.toml"

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("XDG", "TRI"))}
        path = f"{self.machine / 'bin'}:{kept['PATH']}"
        return kept | {
            "HOME": str(self.machine),
            "TZ": "Europe/Moscow",
            "PATH": path,
            "TERM": "dumb",
        }

    def words(self, *more: str) -> list[str]:
        own = ["--packs", str(self.packs), "--ca-file", str(self.dovecot.ca_file)]
        return ["setup", *own, *more]

    def run(self, *more: str, typed: str = "", lang: str = "ru") -> Result:
        """Set up in this process; the owner types lines, then nothing more."""
        return self.call("--lang", lang, *self.words(*more), typed=typed)

    def call(self, *words: str, typed: str = "") -> Result:
        """Call the program in this process."""
        environment: dict[str, str | None] = dict.fromkeys(os.environ)
        environment |= self.environment
        with contextlib.ExitStack() as stack:
            stack.enter_context(contextlib.chdir(self.folder))
            return CliRunner(env=environment).invoke(cli, words, input=typed)

    def receive(self, *letters: bytes) -> None:
        self.dovecot.put(self.address, letters or [a_letter()])

    def left(self) -> list[str]:
        """Name everything that is on the machine, but what the test put there."""
        return sorted(
            str(path.relative_to(self.machine))
            for path in self.machine.rglob("*")
            if not path.is_relative_to(self.machine / "bin")
        )

    def modes(self) -> dict[str, str]:
        folder = self.config.parent
        return {
            str(path.relative_to(folder.parent)): oct(stat.S_IMODE(path.stat().st_mode))
            for path in [folder, *sorted(folder.rglob("*"))]
        }

    def a_systemd(self, complaint: str = "", *, lingers: bool = False) -> Path:
        """Put a systemctl and a loginctl on the path that only write down their words."""
        folder = self.machine / "bin"
        folder.mkdir()
        said = folder / "said"
        for name in ("systemctl", "loginctl"):
            fails = f'case "$*" in *{complaint}*) echo no >&2; exit 1;; esac\n'
            text = (
                f'#!/bin/sh\necho "{name} $*" >> {said}\n'
                f'case "$1" in show-user) echo Linger={"yes" if lingers else "no"};; esac\n'
                f"{fails if complaint else ''}"
            )
            (folder / name).write_text(text)
            (folder / name).chmod(0o755)
        return said


class Screen:
    """The program on a terminal of its own, as over SSH."""

    def __init__(self, words: list[str], environment: dict[str, str], at: Path) -> None:
        self._fd, slave = pty.openpty()
        self.text = ""
        self.program = subprocess.Popen(
            [sys.executable, "-c", CONTROLLED, *words],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env=environment,
            cwd=at,
        )
        os.close(slave)
        self._seen = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.program.kill()
        self.program.wait()
        os.close(self._fd)

    def wait_for(self, words: str) -> str:
        """Read until words appear behind those waited for before."""
        ends = time.monotonic() + 90
        while (at := self.text.find(words, self._seen)) < 0:
            assert time.monotonic() < ends, f"no {words!r} in: {self.text}"
            if not self._read(1.0) and self.program.poll() is not None:
                assert words in self.text[self._seen :], self.text
        passed = self.text[self._seen : at]
        self._seen = at + len(words)
        return passed

    def type(self, words: str) -> None:
        os.write(self._fd, words.encode())

    def interrupt(self) -> int:
        """Press Ctrl-C until the program ends, as a person would; return the exit code.

        Python does not notice a signal that comes just before it begins to read a line.
        """
        while self.program.poll() is None:
            self.type("\x03")
            for _ in range(10):
                self._read(0.1)
                if self.program.poll() is not None:
                    break
        return self.end()

    def hang_up(self) -> None:
        """Lose the connection."""
        os.close(self._fd)
        self._fd = os.open(os.devnull, os.O_RDWR)

    def end(self) -> int:
        """Wait for the end; return the exit code."""
        while self.program.poll() is None:
            self._read(0.2)
        while self._read(0.05):
            pass
        return self.program.returncode

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self._fd], [], [], seconds)
        if not ready:
            return False
        try:
            data = os.read(self._fd, 65536)
        except OSError:  # Linux: the other side was closed
            return False
        self.text += data.decode("utf-8", "replace").replace("\r\n", "\n")
        return bool(data)


@contextlib.contextmanager
def arrived(folder: Path, dovecot: Dovecot) -> Iterator[Newcomer]:
    certificate = dovecot.folder / "server.pem", dovecot.folder / "server.key"
    with smtp_sink.serve(certificate, tls="tls") as sink:
        yield Newcomer(folder, dovecot, sink)


def secrets_in(folder: Path, word: str) -> list[Path]:
    """Find the files that hold a word."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return [
        path for path in files if re.search(re.escape(word).encode(), path.read_bytes())
    ]
