"""The modes of files, which mean nothing to root."""

import contextlib
import ctypes
import os
from collections.abc import Iterator

VERSION = 0x20080522  # of the two calls of capabilities(7): sets of 64
DAC_OVERRIDE, DAC_READ_SEARCH = 1, 2


@contextlib.contextmanager
def modes_hold() -> Iterator[None]:
    """Let this thread read and write only what the modes of files allow, even root's."""
    if os.geteuid() != 0:
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)
    head = (ctypes.c_uint32 * 2)(VERSION, 0)
    sets = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable: low, then high
    assert libc.capget(head, sets) == 0
    before = sets[0]
    sets[0] &= ~(1 << DAC_OVERRIDE | 1 << DAC_READ_SEARCH)
    assert libc.capset(head, sets) == 0
    try:
        yield
    finally:
        sets[0] = before
        assert libc.capset(head, sets) == 0
