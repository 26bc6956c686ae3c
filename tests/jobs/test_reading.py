"""Reading one archived letter, as a child process does it."""

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from triage.core.message import IMPORTED, Role, Sighting
from triage.jobs.demo import load_scenario
from triage.jobs.reading import reader
from triage.jobs.tasks import task_of

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
IDS = {"one": ["mx.mail.example"], "two": ["mx.other.example"], "three": []}


@pytest.mark.parametrize(
    ("account", "believed"),
    [
        ("one", True),
        ("two", False),
        ("three", False),
        (IMPORTED, True),
        ("gone", False),
    ],
)
def test_a_provider_vouches_for_the_letters_of_its_own_account_only(
    tmp_path, account, believed
):
    """In another account's mailbox anybody may write that provider's name."""
    scenario = load_scenario()
    letters = [m.raw for m in scenario.letters if b"dkim=pass" in m.raw]
    read = reader(
        {
            "marketplaces": [scenario.pack],
            "ladder": "ru",
            "dir": "",
            "timezone": "Europe/Moscow",
            "owner": ["anna@mail.example"],
            "authserv_ids": {
                **IDS,
                IMPORTED: [each for ids in IDS.values() for each in ids],
            },
        }
    )
    path = tmp_path / "letter.eml"
    seen = Sighting(
        sha256="",
        size=0,
        account=account,
        folder="INBOX",
        role=Role.INBOX,
        uidvalidity=1,
        uid=1,
        received_at=NOW,
        archived_at=NOW,
        authentication={"domain": "", "result": "foreign", "reason": "other-server"},
    )
    told = []
    for raw in letters:
        path.write_bytes(raw)
        sighting = replace(seen, sha256=sha256(raw).hexdigest(), size=len(raw))
        told += read(task_of(sighting, path))["events"]

    assert bool(told) is believed
