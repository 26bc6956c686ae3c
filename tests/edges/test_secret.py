"""The key of the buttons: made once, for nobody else's eyes."""

from pathlib import Path

import pytest
from modes import modes_hold

from triage.edges.secret import LENGTH, make_key, read_key
from triage.errors import DiskError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "reply.key"


def test_a_key_is_made_once_and_only_its_owner_can_read_it(path):
    assert read_key(path) == b""

    key = make_key(path)

    assert len(key) == LENGTH
    assert make_key(path) == read_key(path) == key
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_key_that_others_can_read_is_closed_to_them(path):
    key = make_key(path)
    path.chmod(0o644)

    assert make_key(path) == key
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_damaged_key_is_no_key_and_is_made_anew(path):
    path.write_bytes(b"short")

    assert read_key(path) == b""
    assert len(make_key(path)) == LENGTH


def test_two_homes_have_two_keys(path):
    assert make_key(path) != make_key(path.with_name("other"))


def test_a_key_that_cannot_be_read_is_an_error(path):
    make_key(path)
    path.chmod(0)

    with modes_hold(), pytest.raises(DiskError):
        read_key(path)
