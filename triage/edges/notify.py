"""Tell systemd how we are: sd_notify(3) without its library."""

import os
import socket
from collections.abc import Mapping


def notify(*lines: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Send READY=1, STATUS=…, WATCHDOG=1, STOPPING=1 and the like.

    Returns False outside systemd, where nothing happens.
    """
    address = environ.get("NOTIFY_SOCKET")
    if not address:
        return False
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        try:
            channel.connect(address)
            channel.sendall("\n".join(lines).encode())
        except OSError:
            return False  # systemd's own watchdog notices what we cannot say
    return True


def watchdog_seconds(environ: Mapping[str, str] = os.environ) -> float | None:
    """Return how often to say WATCHDOG=1: half of what systemd allows."""
    allowed, pid = environ.get("WATCHDOG_USEC"), environ.get("WATCHDOG_PID")
    if not allowed or (pid and int(pid) != os.getpid()):
        return None
    return int(allowed) / 2_000_000
