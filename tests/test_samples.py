"""Sample letters: each matches exactly its recogniser and gives the expected result.

    samples/<pack>/<recogniser>/<what-is-special>.eml + .expected.json
    samples/<pack>/unrecognised/*.eml    must match nothing

`TRIAGE_SAMPLES` may name a private folder of the same shape, of letters that cannot be
published. `TRIAGE_WRITE_SAMPLES=1` writes the expected files anew, for review.
"""

import json
import os
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from builders import MOSCOW
from letters import built_in, packs_of
from mails import AUTHSERV_ID, a_sighting

from triage.core.message import Message
from triage.core.pack import Marketplace
from triage.core.reading import matching, read
from triage.edges.authentication import authenticate
from triage.edges.parser import parse
from triage.jobs.sample import expected

HERE = Path(__file__).parent / "samples"
FOLDERS = [HERE, *map(Path, filter(None, [os.environ.get("TRIAGE_SAMPLES")]))]
NOTHING = "unrecognised"
SAMPLES = sorted(path for folder in FOLDERS for path in folder.glob("*/*/*.eml"))
MADE_UP = ("12345678-", "0123456789-", "12345678901")
PACKS = {path.parent.parent.name for path in SAMPLES}


@pytest.fixture(scope="module")
def markets() -> dict[str, Marketplace]:
    return {name: built_in(name) for name in PACKS}


def message_of(path: Path) -> Message:
    raw = path.read_bytes()
    vouched = authenticate(raw, [AUTHSERV_ID])
    sighting = a_sighting(raw, authentication=vouched)
    return parse(raw, sighting, vouched["domain"])


def result(message: Message, market: Marketplace) -> dict[str, Any]:
    """Write a reading as the expected files hold it."""
    return expected(read(message, packs_of(market), MOSCOW))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_a_sample_gives_the_expected_result(path, markets):
    message, market = message_of(path), markets[path.parent.parent.name]
    expected_at = path.with_suffix(".expected.json")

    found = result(message, market)

    if os.environ.get("TRIAGE_WRITE_SAMPLES"):
        text = json.dumps(found, ensure_ascii=False, indent=2) + "\n"
        expected_at.write_text(text, "utf-8")
    assert found == json.loads(expected_at.read_text("utf-8"))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_a_sample_is_matched_by_its_own_recogniser(path, markets):
    """A pinned one must be the only pinned one; of the guesses the order decides."""
    name, market = path.parent.name, markets[path.parent.parent.name]

    heard = [found.recogniser for found in matching(message_of(path), market)]

    if name == NOTHING:
        assert heard == []
        return
    assert name in [one.id for one in heard]
    best = max(one.certainty for one in heard)
    chosen = [one for one in heard if one.certainty is best]
    assert name in [one.id for one in chosen]
    if best > 1:
        for one, other in combinations(chosen, 2):
            assert one.id in other.beside or other.id in one.beside


def test_every_recogniser_has_a_sample(markets):
    lacking = [
        f"{name}/{one.id}"
        for name, market in markets.items()
        for one in market.recognisers
        if not list(HERE.glob(f"{name}/{one.id}/*.eml"))
    ]

    assert lacking == []


def test_every_folder_of_samples_belongs_to_a_recogniser(markets):
    known = {(n, r.id) for n, market in markets.items() for r in market.recognisers}

    strays = {
        (path.parent.parent.name, path.parent.name)
        for path in SAMPLES
        if path.parent.name != NOTHING
    } - known

    assert strays == set()


def test_samples_name_no_real_order():
    for path in HERE.glob("*/*/*.expected.json"):
        orders = json.loads(path.read_text("utf-8"))["orders"]
        assert all(one.startswith(MADE_UP) for one in orders), path
