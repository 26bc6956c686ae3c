import os
import socket

from triage.edges.notify import notify, watchdog_seconds


def test_systemd_hears_every_line(tmp_path):
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(address)

        sent = notify("READY=1", "STATUS=готов", environ={"NOTIFY_SOCKET": address})

        assert sent
        assert systemd.recv(4096).decode() == "READY=1\nSTATUS=готов"


def test_outside_systemd_nothing_happens(tmp_path):
    assert not notify("READY=1", environ={})
    assert not notify("READY=1", environ={"NOTIFY_SOCKET": str(tmp_path / "gone")})


def test_the_watchdog_is_fed_twice_as_often_as_asked():
    assert watchdog_seconds({"WATCHDOG_USEC": "300000000"}) == 150
    assert watchdog_seconds({}) is None


def test_a_watchdog_of_another_process_is_not_ours():
    mine = {"WATCHDOG_USEC": "2000000", "WATCHDOG_PID": str(os.getpid())}

    assert watchdog_seconds(mine) == 1
    assert watchdog_seconds({**mine, "WATCHDOG_PID": "1"}) is None
