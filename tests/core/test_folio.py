"""The names of an order's folder and files: none leads elsewhere, no two are one."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from letters import ORDER, ozon, packs_of

from triage.core.act import Act, ActKind
from triage.core.folio import enclosures, folder_of, leaf

ZONE = ZoneInfo("Europe/Moscow")
PACKS = packs_of(ozon())
PLAIN = re.compile(r"[\w.-]{1,100}", re.ASCII)


def test_a_folder_is_called_like_its_order():
    assert folder_of(ORDER, "ozon", PACKS) == ORDER


@pytest.mark.parametrize(
    "order",
    [
        *("..", ".", "", "../../etc", "a/b", "a\\b", "CON", "nul.txt", "№ 12 / 7"),
        *("x" * 300, "-rf ~", "a:b", "<script>", "заказ", "\x00", ".hidden", "a."),
        "a\nb",
    ],
)
def test_an_odd_number_gives_a_plain_name(order):
    name = folder_of(order, "ozon", PACKS)

    assert PLAIN.fullmatch(name)
    assert not name.startswith(".")
    assert name.upper() not in ("CON", "NUL.TXT")


@given(st.lists(st.text(max_size=100), unique=True, min_size=2, max_size=2))
def test_two_orders_never_share_a_folder(orders):
    one, other = (folder_of(order, "ozon", PACKS) for order in orders)

    assert one != other
    assert PLAIN.fullmatch(one)
    assert PLAIN.fullmatch(other)


def test_a_number_that_two_shops_may_give_is_told_apart_by_the_shop():
    packs = packs_of(ozon(), replace(ozon(), id="another"))

    assert folder_of(ORDER, "ozon", packs) != folder_of(ORDER, "another", packs)


def row(**more: str) -> dict[str, str]:
    return {
        "evidence": "ab" * 32,
        "received_at": "2026-11-05T22:30:00+00:00",
        "stream": "",
        "sender": "mailer@sender.ozon.ru",
        "authenticated_domain": "ozon.ru",
        "subject": "Заказ",
        "outcome": "recognised",
        **more,
    }


def test_a_letter_is_named_by_the_owners_day_and_its_checksum():
    assert leaf(row(), [], ZONE).name == "2026-11-06_0130_abababababab"


def test_a_letter_with_a_sign_in_code_has_no_file():
    assert leaf(row(stream="security_code"), [], ZONE).name == ""


@given(st.text(max_size=60))
def test_no_name_of_the_owners_file_becomes_a_path_or_a_page(name):
    told = {"sha256": "cd" * 32, "name": name, "media_type": "text/html"}
    at = datetime(2026, 11, 5, tzinfo=UTC)

    [one] = enclosures([Act(at=at, kind=ActKind.ATTACHED, data=told)], ZONE)

    assert re.fullmatch(r"2026-11-05_(?:cd){6}\.[a-z0-9]{2,4}", one.file)
    assert not one.file.endswith((".html", ".htm", ".svg", ".xml", ".js"))
    assert one.title == name
