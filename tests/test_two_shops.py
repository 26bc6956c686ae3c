"""Two marketplaces in one mailbox: neither hears the other's letters, and no Python knows either."""

from dataclasses import replace

import pytest
from builders import MOSCOW
from letters import a_message, built_in, packs_of
from test_samples import SAMPLES, message_of

from triage.core.pack import Packs
from triage.core.reading import read
from triage.edges.packs import load
from triage.jobs.look import parse_order

OURS = [
    path for path in SAMPLES if path.parent.parent.name in ("ozon", "yandex-market")
]


@pytest.fixture(scope="module")
def both() -> Packs:
    return load(["ozon", "yandex-market"], "ru", None)


@pytest.mark.parametrize("path", OURS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_a_letter_reads_the_same_beside_another_shop(path, both):
    message = message_of(path)
    alone = read(message, packs_of(built_in(path.parent.parent.name)), MOSCOW)
    swapped = replace(both, marketplaces=both.marketplaces[::-1])

    assert read(message, both, MOSCOW) == alone
    assert read(message, swapped, MOSCOW) == alone


@pytest.mark.parametrize(
    ("typed", "pack"),
    [
        ("12345678-0001", "ozon"),
        ("12345678-0001-2", "ozon"),
        ("0123456789-0001", "ozon"),
        ("12345678901", "yandex-market"),
    ],
)
def test_an_order_number_belongs_to_one_shop(both, typed, pack):
    assert parse_order(both, typed)[0] == pack


def test_a_letter_of_one_shop_that_names_the_other_s_order_ties_to_none(both):
    message = a_message("Заказ № 12345678901 отменён", "Заказ 12345678901 отменён")

    assert read(message, both, MOSCOW).events == ()


def test_whoever_has_a_mailbox_at_the_same_provider_is_not_the_shop(both):
    message = a_message(
        "Заказ № 12345678901 отменён",
        sender="seller@yandex.ru",
        sender_name="Яндекс Маркет",
        vouched="yandex.ru",
    )

    assert read(message, both, MOSCOW).outcome == "unconfirmed"


def test_a_pack_that_was_tried_on_no_mailbox_says_so(both):
    assert [market.experimental for market in both.marketplaces] == [False, True]


def test_no_letter_of_another_shop_quotes_the_rules_of_the_first(both):
    from triage.core.granted import ladder_of

    ladder = ladder_of(both.ladder, "yandex-market")

    for rule in both.marketplace("yandex-market").rules:
        for step in ladder.plan(rule.id):
            cited = [ladder.norms[norm].cite for norm in step.basis]
            assert not [cite for cite in cited if "Ozon" in cite]
