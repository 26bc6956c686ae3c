"""Errors that speak to the owner. Each carries its sysexits code and all its problems."""

import os
from collections.abc import Iterable


class TriageError(Exception):
    """An expected failure: printed as a sentence, without a traceback."""

    exit_code = os.EX_SOFTWARE

    def __init__(self, message: str, problems: Iterable[str] = ()) -> None:
        self.problems = tuple(problems)
        super().__init__("\n  - ".join([message, *self.problems]))


class ConfigError(TriageError):
    """The configuration or a pack cannot be used as it is."""

    exit_code = os.EX_CONFIG  # systemd: RestartPreventExitStatus=78


class UsageError(TriageError):
    """The command was asked for something that does not exist or makes no sense."""

    exit_code = os.EX_USAGE


class EvidenceError(TriageError):
    """Bytes of the evidence are damaged, missing or not ours."""

    exit_code = os.EX_DATAERR


class DiskError(TriageError):
    """The home cannot be written: full, read-only, or not a local disk."""

    exit_code = os.EX_CANTCREAT


class Unavailable(TriageError):
    """A server cannot be reached or answers nonsense now; trying later may help."""

    exit_code = os.EX_TEMPFAIL


class Refused(TriageError):
    """A server or a lock refuses us; trying again unchanged will not help."""

    exit_code = os.EX_NOPERM
