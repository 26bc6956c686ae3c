"""A marketplace's own rules count in its own cases only."""

from builders import EVERY_DAY_WORKED

from triage.core.granted import ladder_of
from triage.edges.packs import load

RU = load(["ozon"], "ru", None).ladder
GRANTED = {norm.id for norm in RU.norms.values() if norm.kind in RU.granted_by}


def named(ladder, step):
    yield from (*step.basis, step.answer, step.window)
    for variant in step.variants:
        changes = variant.changes
        yield from changes.get("basis", ())
        yield from (changes.get("answer", ""), changes.get("window", ""))


def test_a_marketplace_keeps_what_it_grants():
    assert GRANTED
    assert ladder_of(RU, "ozon") == RU


def test_another_marketplace_s_rules_are_named_nowhere():
    other = ladder_of(RU, "shop")

    assert not GRANTED & other.norms.keys()
    for plan in other.plans.values():
        for step in plan:
            assert not GRANTED & {*named(other, step)}


def test_what_the_law_grants_stays():
    other = ladder_of(RU, "shop")

    assert other.norms.keys() == RU.norms.keys() - GRANTED
    for rule, plan in RU.plans.items():
        for before, after in zip(plan, other.plans[rule], strict=True):
            kept = [norm for norm in before.basis if norm not in GRANTED]
            assert list(after.basis) == kept


def test_a_window_gives_way_to_the_edge_behind_it():
    """Two weeks by a rule of business, and behind them what the law allows."""
    hard = {norm.id: norm.then for norm in RU.norms.values() if norm.id in GRANTED}
    other = ladder_of(RU, "shop")

    for rule, plan in RU.plans.items():
        for before, after in zip(plan, other.plans[rule], strict=True):
            if before.window in GRANTED:
                edge = hard[before.window]
                assert after.window == ("" if edge in GRANTED else edge)


def test_a_ladder_without_such_rules_is_the_same_for_all():
    from dataclasses import replace

    plain = replace(RU, granted_by={}, calendar=EVERY_DAY_WORKED)

    assert ladder_of(plain, "shop") is plain
