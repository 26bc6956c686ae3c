"""Real servers, shared by a session."""

import os
from collections.abc import Iterator

import pytest
from dovecot import BINARY, Dovecot


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """Run one Dovecot for all tests of this worker."""
    if not BINARY:
        if os.environ.get("CI"):
            pytest.fail(
                "dovecot-imapd is not installed, and CI must not skip its tests"
            )
        pytest.skip("dovecot-imapd is not installed")
    with Dovecot() as server:
        yield server
