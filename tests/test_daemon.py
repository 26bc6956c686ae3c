"""The daemon as a process: signals in, notifications out."""

import signal
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

APP = """
import signal, sys, time
from datetime import UTC, datetime
from triage.daemon import Daemon
from triage.errors import ConfigError

class App:
    def __init__(self, name):
        self.name, self.ticks = name, 0
    def tick(self, stop):
        self.ticks += 1
        print(f"{self.name} tick {self.ticks}", flush=True)
        {BODY}
        return f"{self.name} {self.ticks}"
    def pulse(self):
        return self.ticks
    def rest(self):
        pass
    def close(self):
        print(f"{self.name} closed", flush=True)

def reload():
    {RELOAD}

Daemon(App("old"), reload=reload, clock=lambda: datetime.now(UTC), every={EVERY},
       hung={HUNG}).run()
print("ended", flush=True)
"""


class Run:
    """A daemon in a process of its own, and the socket on which it tells systemd."""

    def __init__(self, folder: Path, program: str, **environ: str) -> None:
        self.systemd = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.systemd.bind(str(folder / "notify"))
        self.systemd.settimeout(20)
        self.process = subprocess.Popen(
            [sys.executable, "-c", program],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={"NOTIFY_SOCKET": str(folder / "notify"), **environ},
        )

    def line(self) -> str:
        return self.process.stdout.readline().strip()

    def hears(self, words: str) -> str:
        """Wait until systemd is told something."""
        while True:
            told = self.systemd.recv(4096).decode()
            if words in told:
                return told

    def send(self, number: int) -> None:
        self.process.send_signal(number)


@pytest.fixture
def start(tmp_path):
    started = []

    def start(body="pass", reload="return App('new')", every=0.05, hung=600, **environ):
        program = textwrap.dedent(APP)
        for name, text in (
            ("BODY", body),
            ("RELOAD", reload),
            ("EVERY", str(every)),
            ("HUNG", str(hung)),
        ):
            program = program.replace("{" + name + "}", text)
        run = Run(tmp_path, program, **environ)
        started.append(run)
        return run

    yield start
    for run in started:
        run.process.kill()
        run.process.communicate()
        run.systemd.close()


def test_the_first_tick_comes_at_once_and_others_follow(start):
    run = start()

    assert run.hears("READY=1")
    assert run.line() == "old tick 1"
    assert run.line() == "old tick 2"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_after_the_step_in_progress(start, number):
    body = "\n        ".join(
        ["while not stop(): time.sleep(0.01)", 'print("step done", flush=True)']
    )
    run = start(body)
    assert run.line() == "old tick 1"

    run.send(number)

    assert run.hears("STOPPING=1")
    assert [run.line() for _ in range(3)] == ["step done", "old closed", "ended"]
    assert run.process.wait(10) == 0


def test_a_hangup_brings_the_new_configuration_without_a_restart(start):
    run = start()
    assert run.line() == "old tick 1"

    run.send(signal.SIGHUP)

    assert "MONOTONIC_USEC" in run.hears("RELOADING=1")
    assert run.hears("READY=1")
    lines = iter(run.line, "new tick 1")
    assert list(lines)[-1] == "old closed"


def test_a_broken_new_configuration_leaves_the_old_one_at_work(start):
    run = start(reload="raise ConfigError('config.toml', ['3: digest.at: плохо'])")
    assert run.line() == "old tick 1"

    run.send(signal.SIGHUP)

    assert "прежним" in run.hears("STATUS=новые настройки")
    assert run.line().startswith("old tick")
    run.send(signal.SIGTERM)
    _, errors = run.process.communicate(timeout=10)
    assert "digest.at: плохо" in errors


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("raise ConfigError('нет места')", "нет места"),
        ("raise ZeroDivisionError('секрет из письма')", "ZeroDivisionError"),
    ],
)
def test_a_tick_that_fails_does_not_end_the_daemon(start, body, told):
    run = start(body)

    assert told in run.hears(told)
    assert run.line() == "old tick 1"
    assert run.line() == "old tick 2"
    run.send(signal.SIGTERM)
    _, errors = run.process.communicate(timeout=10)
    assert told in errors
    assert "секрет" not in errors


def test_the_watchdog_is_fed_while_ticks_get_somewhere(start):
    run = start(WATCHDOG_USEC="100000")

    assert run.hears("WATCHDOG=1")
    assert run.hears("WATCHDOG=1")


def test_a_hung_tick_is_not_covered_up(start):
    run = start("time.sleep(60)", hung=0.2, WATCHDOG_USEC="100000")
    assert run.line() == "old tick 1"
    run.systemd.settimeout(0.6)

    with pytest.raises(TimeoutError):
        run.hears("never said")
