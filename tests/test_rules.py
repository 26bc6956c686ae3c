"""Every rule has timelines on which it fires and timelines on which it stays quiet."""

import tomllib
from decimal import Decimal
from pathlib import Path

import pytest
from builders import MOSCOW, ORDER, an_act, an_event

from triage.core.cases import assess
from triage.core.timeline import Timeline
from triage.edges.packs import load

RULES = Path(__file__).parent / "rules"
SAMPLES = sorted(RULES.glob("*/*.toml"))
PACKS = load(["ozon"], "ru", None)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_a_rule_answers_its_sample(path):
    sample = tomllib.loads(path.read_text())
    events = [
        an_event(row.pop("kind"), row.pop("at"), pack="ozon", **row)
        for row in sample.get("event", [])
    ]
    acts = [
        an_act(row.pop("kind"), row.pop("at"), **row) for row in sample.get("act", [])
    ]

    found = assess(
        Timeline.of(events) if events else None,
        acts,
        PACKS,
        pack="ozon",
        order=ORDER,
        zone=MOSCOW,
        today=sample["today"],
    )

    cases = [case for case in found.cases if case.rule == path.parent.name]
    if "opened" not in sample:
        assert cases == []
        return
    (case,) = cases
    assert case.opened_on == sample["opened"]
    assert case.closed_on == sample.get("closed")
    if "amount" in sample:
        assert case.amount == Decimal(sample["amount"])


@pytest.mark.parametrize("rule", PACKS.marketplaces[0].rules, ids=lambda r: r.id)
def test_a_rule_has_a_sample_that_fires_and_one_that_is_quiet(rule):
    names = {path.stem.split("-")[0] for path in (RULES / rule.id).glob("*.toml")}

    assert names == {"fires", "quiet"}
