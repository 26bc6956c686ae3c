"""Programs that tests want beside the product: CI installs them, elsewhere they may lack."""

import os
import shutil

import pytest

PACKAGES = {
    "chromium": "chromium",
    "dovecot": "dovecot-imapd",
    "openssl": "openssl",
    "sha256sum": "",  # every Debian has it
    "systemd-analyze": "systemd",
}
"""Which package of Debian brings a program: `.ci/run` installs each."""


def needs(program: str, *names: str) -> pytest.MarkDecorator:
    """Skip a test where a program lacks under all its names; in CI let it fail there."""
    assert program in PACKAGES
    lacks = not any(map(shutil.which, (program, *names)))
    return pytest.mark.skipif(
        lacks and not os.environ.get("CI"), reason=f"there is no {program} here"
    )
