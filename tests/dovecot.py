"""A real Dovecot on loopback, made for the tests and thrown away with them.

Needs no root and touches nothing outside its own folder. Started by root it runs as
nobody, because Dovecot's login processes refuse to be root; not being root, they may not
chroot either, hence the empty `chroot` lines. Every user exists, with one password.
"""

import base64
import contextlib
import grp
import itertools
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from imapclient import IMAPClient

PASSWORD = "secret"
SESSIONS = 8  # at once, of one user
SBIN = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin"])
BINARY = os.environ.get("DOVECOT") or shutil.which("dovecot", path=SBIN)

CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
instance_name = triage-tests
listen = 127.0.0.1
protocols = imap
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
ssl = yes
ssl_min_protocol = TLSv1.2
auth_mechanisms = plain login xoauth2
auth_failure_delay = 0
auth_username_chars =
mail_max_userip_connections = {sessions}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Spam {{
    auto = create
    special_use = \\Junk
  }}
  mailbox Sent {{
    auto = create
    special_use = \\Sent
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {tls}
    ssl = yes
  }}
}}
"""

# What 2.4 says in other words than 2.3; Debian has it since 13.
UNTIL_2_3 = """
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.key
disable_plaintext_auth = yes
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
mail_location = maildir:~/Maildir:LAYOUT=fs
mail_plugins = notify mail_log
plugin {{
  mail_log_events = {events}
  mail_log_fields = uid box flags
}}
"""
OAUTH2 = """
introspection_mode = local
local_validation_key_dict = fs:posix:prefix={folder}/keys/
username_attribute = email
"""
SINCE_2_4 = """
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
ssl_server_cert_file = {folder}/server.pem
ssl_server_key_file = {folder}/server.key
auth_allow_cleartext = no
oauth2 {{
  introspection_mode = local
  username_attribute = email
  oauth2_local_validation {{
    dict fs {{
      fs posix {{
        prefix = {folder}/keys/
      }}
    }}
  }}
}}
passdb oauth2 {{
  mechanisms_filter = xoauth2
}}
passdb static {{
  password = {password}
}}
userdb static {{
  fields {{
    uid = {uid}
    gid = {gid}
    home = {folder}/mail/%{{user}}
  }}
}}
mail_driver = maildir
mail_path = ~/Maildir
mailbox_list_layout = fs
mail_plugins = notify mail_log
mail_log_events = {events}
mail_log_fields = uid box flags
"""
EVENTS = (
    "delete undelete expunge save copy mailbox_create mailbox_delete mailbox_rename"
    " flag_change"
)

TOKEN_KEY = b"a key of the tests, of no use elsewhere"

EXTENSIONS = """
subjectAltName = DNS:localhost, IP:127.0.0.1
extendedKeyUsage = serverAuth
authorityKeyIdentifier = keyid
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def modern() -> bool:
    """Ask the program whether it wants the settings of 2.4."""
    assert BINARY
    said = subprocess.check_output([BINARY, "--version"], text=True)
    major, minor = said.split(".")[:2]
    return (int(major), int(minor)) >= (2, 4)


def make_certificates(folder: Path) -> None:
    """Make an authority (ca.pem) and a server's certificate for localhost."""
    key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
    (folder / "extensions").write_text(EXTENSIONS)
    usage = "-addext keyUsage=critical,keyCertSign"
    signed = "-CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile extensions"
    for command in (
        f"req -x509 {key} -keyout ca.key -out ca.pem -days 2 -subj /CN=ca {usage}",
        f"req {key} -keyout server.key -out server.csr -subj /CN=localhost",
        f"x509 -req -in server.csr {signed} -out server.pem",
    ):
        words = ["openssl", *command.split()]
        subprocess.run(words, cwd=folder, check=True, capture_output=True)


class Dovecot:
    """One server for a whole test session; each test takes a user of its own."""

    def __init__(self) -> None:
        # a short path: those of unix sockets end at 107 bytes
        self.folder = Path(tempfile.mkdtemp(prefix="dc"))
        self.plain, self.tls = free_port(), free_port()
        self.ca_file = self.folder / "ca.pem"
        self._numbers = itertools.count(1)
        self._server: subprocess.Popen[bytes] | None = None
        root = os.getuid() == 0
        self._account = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.getuid())
        for name in ("run", "state", "mail"):
            (self.folder / name).mkdir()
        make_certificates(self.folder)
        words = (SINCE_2_4 if modern() else UNTIL_2_3) + CONFIGURATION
        (self.folder / "conf").write_text(
            words.format(
                folder=self.folder,
                user=self._account.pw_name,
                group=grp.getgrgid(self._account.pw_gid).gr_name,
                uid=self._account.pw_uid,
                gid=self._account.pw_gid,
                password=PASSWORD,
                sessions=SESSIONS,
                plain=self.plain,
                tls=self.tls,
                events=EVENTS,
            )
        )
        (self.folder / "oauth2").write_text(OAUTH2.format(folder=self.folder))
        keys = self.folder / "keys" / "default" / "HS256"
        keys.mkdir(parents=True)
        (keys / "default").write_bytes(base64.b64encode(TOKEN_KEY))
        self._own(self.folder)

    def __enter__(self) -> Self:
        assert BINARY
        options: dict[str, Any] = {}
        if os.getuid() == 0:
            options = {"user": self._account.pw_uid, "group": self._account.pw_gid}
            options["extra_groups"] = []
        with (self.folder / "out").open("wb") as out:
            self._server = subprocess.Popen(
                [BINARY, "-F", "-c", str(self.folder / "conf")],  # -F: stay our child
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **options,
            )
        for _ in range(2000):
            with contextlib.suppress(OSError, TimeoutError):
                socket.create_connection(("127.0.0.1", self.tls), 5).close()
                return self
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._server.wait(0.01)
                break
        raise RuntimeError(f"dovecot does not start: {self.log()}")

    def __exit__(self, *_: object) -> None:
        server = self._server
        assert server
        server.send_signal(signal.SIGTERM)  # the master ends its own services
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(5)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)  # our own session only
        server.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def user(self) -> str:
        """Name a user that nobody has used."""
        return f"buyer{next(self._numbers)}"

    def log(self) -> str:
        path = self.folder / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def changes(self, user: str) -> list[str]:
        """Name every change that anybody made to the letters of a user, new ones too."""
        mine = [line for line in self.log().splitlines() if f"imap({user})" in line]
        told = r"Disconnected|Connection|Mailbox created"  # dovecot makes Spam itself
        return [line for line in mine if not re.search(told, line)]

    @contextlib.contextmanager
    def session(self, user: str) -> Iterator[IMAPClient]:
        """Log in as the owner's other mail program, which may change things."""
        import ssl

        context = ssl.create_default_context(cafile=self.ca_file)
        with IMAPClient(
            "127.0.0.1", self.tls, ssl_context=context, timeout=20
        ) as client:
            client.normalise_times = False
            client.login(user, PASSWORD)
            yield client

    def put(
        self,
        user: str,
        letters: Iterable[bytes],
        folder: str = "INBOX",
        at: datetime | None = None,
    ) -> None:
        """Append letters through the server."""
        with self.session(user) as client:
            if not client.folder_exists(folder):
                client.create_folder(folder)
            for letter in letters:
                client.append(folder, letter, msg_time=at)

    def fill(self, user: str, letters: Iterable[bytes]) -> None:
        """Drop many letters into the inbox as files, as a delivery agent would."""
        folder = self.folder / "mail" / user / "Maildir"
        for name in ("tmp", "cur", "new"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        for letter in letters:
            number = next(self._numbers)
            path = folder / "new" / f"1700000000.M{number:08}P1.test"
            path.write_bytes(letter.replace(b"\r\n", b"\n"))
        self._own(folder.parent)

    def _own(self, folder: Path) -> None:
        if os.getuid() == 0:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, self._account.pw_uid, self._account.pw_gid)
