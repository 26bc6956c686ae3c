"""The installed program between a real IMAP server over TLS and a real SMTP server."""

import email
import email.policy
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from email.message import EmailMessage
from html import unescape
from pathlib import Path
from typing import cast

import pytest
import smtp_sink
from dovecot import PASSWORD, Dovecot
from mails import AUTHSERV_ID, MOSCOW, a_letter

TRIAGE = Path(sys.executable).with_name("triage")
CANCELLED, DELIVERED = "12345678-0001", "12345678-0002"
OTHERS = 10_000
POLICY = email.policy.default

CONFIG = """
home     = "{home}"
timezone = "Europe/Moscow"

[owner]
name  = "Иванова Анна Сергеевна"
email = "me@example.org"

[[account]]
name          = "main"
host          = "localhost"
port          = {imap}
ca_file       = "{imap_ca}"
user          = "{user}"
password_file = "{secrets}/imap"
authserv_id   = "{authserv_id}"

[smtp]
host          = "localhost"
port          = {smtp}
tls           = "starttls"
ca_file       = "{smtp_ca}"
user          = "{smtp_user}"
password_file = "{secrets}/smtp"
from          = "me@example.org"

[digest]
to = "me@example.org"
at = "{at}"
always = true

[packs]
marketplaces = ["ozon"]
ladder       = "ru"
"""


class World:
    """An owner with a mailbox, a way to send, and triage installed."""

    def __init__(self, folder: Path, dovecot: Dovecot, sink: smtp_sink.Sink) -> None:
        self.folder, self.dovecot, self.sink = folder, dovecot, sink
        self.user = dovecot.user()
        self.home = folder / "home"
        for name, word in (("imap", PASSWORD), ("smtp", smtp_sink.PASSWORD)):
            (folder / name).write_text(word)
            (folder / name).chmod(0o600)
        self.configure()

    def configure(self, at: str = "08:00") -> None:
        (self.folder / "config.toml").write_text(
            CONFIG.format(
                home=self.home,
                imap=self.dovecot.tls,
                imap_ca=self.dovecot.ca_file,
                user=self.user,
                secrets=self.folder,
                authserv_id=AUTHSERV_ID,
                smtp=self.sink.port,
                smtp_ca=self.sink.ca_file,
                smtp_user=smtp_sink.USER,
                at=at,
            )
        )

    def command(self, *words: str) -> list[str]:
        return [str(TRIAGE), "--config", str(self.folder / "config.toml"), *words]

    def triage(self, *words: str) -> str:
        done = subprocess.run(
            self.command(*words), capture_output=True, check=False, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def receive(self, when: str, **letter: str) -> None:
        at = datetime.fromisoformat(when).replace(tzinfo=MOSCOW)
        self.dovecot.put(self.user, [a_letter(date=at, **letter)], at=at)


@pytest.fixture
def world(tmp_path: Path, dovecot: Dovecot) -> Iterator[World]:
    with ExitStack() as stack:
        certificate = smtp_sink.make_certificate(tmp_path)
        sink = stack.enter_context(smtp_sink.serve(certificate, tls="starttls"))
        yield World(tmp_path, dovecot, sink)


def an_order(world: World) -> None:
    world.receive(
        "2026-11-01 10:00",
        subject="Заказ оплачен",
        text=f"Заказ № {CANCELLED} оплачен. Сумма 12 490 ₽.",
    )
    world.receive(
        "2026-11-09 12:00",
        subject="Заказ отменён",
        text=f"Заказ {CANCELLED} отменён.",
    )
    world.receive(
        "2026-11-05 12:00",
        subject="Ваш чек",
        text="Ваш чек",
        html='<a href="https://www.ozon.ru/my/e-check/download/'
        f'{DELIVERED}-aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee-0-0">Скачать чек PDF</a>',
    )


def test_a_tick_over_ten_thousand_letters_ends_in_one_digest(world: World):
    other = a_letter(
        sender="Friend <friend#@example.org>",
        subject="Hello #",
        message_id="<#@x.test>",
    )
    world.dovecot.fill(
        world.user, (other.replace(b"#", b"%d" % number) for number in range(OTHERS))
    )
    an_order(world)
    before = world.dovecot.changes(world.user)
    morning = "2026-11-23T09:00:00+03:00"

    world.triage("--now", morning, "tick")

    (taken,) = world.sink.taken
    assert taken.recipients == ("me@example.org",)
    digest = email.message_from_bytes(taken.raw, policy=email.policy.default)
    assert digest["Auto-Submitted"] == "auto-generated"
    text = digest.get_body(("plain",)).get_content()
    html = unescape(digest.get_body(("html",)).get_content())
    for part in (text, html):
        assert CANCELLED in part
        assert re.search("12\u00a0490,00\u00a0₽", part)
    answer = json.loads(world.triage("--now", morning, "cases", "--json"))
    (case,) = answer["cases"]
    assert case["id"] == f"ozon/refund-missing/{CANCELLED}"
    assert case["opened_on"] == "2026-11-12"
    assert case["amount"] == "12490.00"
    assert case["number"] == 1
    archived = list((world.home / "evidence" / "messages").glob("??/*.eml"))
    assert len(archived) == 3
    assert (world.home / "orders" / CANCELLED / "index.html").exists()
    world.triage("verify")
    assert world.dovecot.changes(world.user) == before


def test_a_second_tick_of_the_day_sends_nothing_and_the_next_day_does(world: World):
    an_order(world)
    morning = datetime(2026, 11, 23, 9, tzinfo=MOSCOW)

    for hours in (0, 1, 24):
        world.triage("--now", (morning + timedelta(hours=hours)).isoformat(), "tick")

    ids = [email.message_from_bytes(t.raw)["Message-ID"] for t in world.sink.taken]
    assert [re.search(r"2026-\d\d-\d\d", i)[0] for i in ids] == [
        "2026-11-23",
        "2026-11-24",
    ]


def test_the_daemon_sends_the_digest_and_ends_when_told(world: World):
    an_order(world)
    world.configure(at="00:00")
    with (world.folder / "log").open("wb") as log:
        daemon = subprocess.Popen(
            world.command("run"), stderr=log, stdout=log, env={**os.environ}
        )
    try:
        for _ in range(600):
            if world.sink.taken:
                break
            with pytest.raises(subprocess.TimeoutExpired):
                daemon.wait(0.1)
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(30) == 0
    finally:
        daemon.kill()
    text = (world.folder / "log").read_text()
    assert len(world.sink.taken) == 1, text
    for private in (CANCELLED, "me@example.org", "Иванова", "отменён"):
        assert private not in text


OWN = f"{AUTHSERV_ID}; dkim=pass header.d=example.org; dmarc=pass header.from=me@example.org"


def test_a_reply_in_the_inbox_is_heeded_and_the_next_digest_confirms_it(world: World):
    """The loop of `test_by_reply` once more, through the servers' own hands."""
    an_order(world)
    morning = datetime(2026, 11, 23, 9, tzinfo=MOSCOW)

    def tick(at: datetime) -> EmailMessage:
        world.triage("--now", at.isoformat(), "tick")
        last = world.sink.taken[-1].raw
        return cast(EmailMessage, email.message_from_bytes(last, policy=POLICY))

    def answer(digest: EmailMessage, words: str, at: datetime, auth: str = OWN) -> None:
        headers = dict.fromkeys(("In-Reply-To", "References"), digest["Message-ID"])
        letter = a_letter(
            sender="Анна <me@example.org>",
            subject=f"Re: {digest['Subject']}",
            text=f"{words}\n\n> Решено 1\n",
            auth=auth,
            date=at,
            headers=headers,
        )
        world.dovecot.put(world.user, [letter], at=at)

    digest = tick(morning)
    answer(digest, "Решено 1, деньги пришли", morning + timedelta(hours=1), "fail")
    answer(digest, "Готово 1", morning + timedelta(hours=2))
    before = world.dovecot.changes(world.user)
    noon = tick(morning + timedelta(hours=3))
    [case] = json.loads(
        world.triage(
            "--now", (morning + timedelta(hours=4)).isoformat(), "cases", "--json"
        )
    )["cases"]
    told = text_of(tick(morning + timedelta(days=1)))

    assert noon["Message-ID"] == digest["Message-ID"]  # it waits for the next morning
    assert (case["state"], case["step"]["id"]) == ("open", "support")
    assert "ВАШИ ОТВЕТЫ" in told.upper()
    assert "Сделано" in told
    assert "Не приняли" in told  # nobody vouched for the first one
    assert world.dovecot.changes(world.user) == before


def text_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())
