"""A fiscal receipt is read from its text; what does not add up is not there."""

from datetime import UTC, datetime
from decimal import Decimal
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.core.event import Certainty
from triage.core.receipt import is_inn, read_receipt
from triage.edges.receiptpack import read_shapes

SHOP, SELLER = "7704217370", "7707083893"
TEXT = f"""КАССОВЫЙ ЧЕК
Приход
ООО "ИНТЕРНЕТ РЕШЕНИЯ"
ИНН {SHOP}
15.11.2026 12:30
1. Чайник электрический
1 X 2490.00
= 2490.00
ПОЛНЫЙ РАСЧЕТ
ИНН поставщика: {SELLER}
Наименование поставщика: ООО «Ромашка»
ИТОГ: 2490.00
Предоплата (аванс): 2490.00
ФН 9999078900001234
Номер ФД: #63525
ФПД 0540083616
"""


@pytest.fixture(scope="module")
def shapes():
    problems: list[str] = []
    data = files("triage").joinpath("packs", "ru", "receipts.toml").read_bytes()
    found = read_shapes("ru", data, problems)
    assert problems == []
    return found


def test_everything_on_a_receipt_is_read(shapes):
    found = read_receipt(TEXT, shapes)

    assert found.kind == "receipt_full"
    assert found.amount == Decimal("2490.00")
    assert found.issued_at == datetime(2026, 11, 15, 9, 30, tzinfo=UTC)
    assert (found.fn, found.fd, found.fpd) == (
        "9999078900001234",
        "63525",
        "0540083616",
    )
    assert found.inns == {SHOP}
    assert (found.seller_inn, found.seller) == (SELLER, "ООО «Ромашка»")
    assert found.quote == "ПОЛНЫЙ РАСЧЕТ"
    assert found.certainty is Certainty.PINNED


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("ПРЕДОПЛАТА 100%", "receipt_prepayment"),
        ("ПРЕДОПЛАТА 100 %", "receipt_prepayment"),
        ("Признак способа расчёта: АВАНС", "receipt_prepayment"),
        ("ПОЛНЫЙ РАСЧЁТ", "receipt_full"),
        ("Полный\u00a0расчет", "receipt_full"),
        ("ВОЗВРАТ ПРИХОДА\nПОЛНЫЙ РАСЧЕТ", "receipt_refund"),
        ("Кассовый чек / Возврат прихода\nПРЕДОПЛАТА 100%", "receipt_refund"),
        ("ПРЕДОПЛАТА 100%\nПОЛНЫЙ РАСЧЕТ", None),
        ("ПРЕДОПЛАТА (АВАНС): 699.00", None),
        ("РАСХОД", None),
        ("ВОЗВРАТ РАСХОДА", None),
        ("", None),
    ],
)
def test_the_words_for_its_kind_decide(shapes, words, kind):
    found = read_receipt(TEXT.replace("ПОЛНЫЙ РАСЧЕТ", words), shapes)

    assert found.kind == kind
    assert (found.certainty is Certainty.PINNED) == (kind is not None)


@pytest.mark.parametrize(
    "lost",
    [
        *("ФН 9999078900001234", "Номер ФД: #63525", "ФПД 0540083616"),
        *(f"ИНН {SHOP}\n", "15.11.2026 12:30", "ИТОГ: 2490.00"),
    ],
)
def test_a_receipt_that_lacks_what_the_law_wants_is_a_guess(shapes, lost):
    found = read_receipt(TEXT.replace(lost, "\n"), shapes)

    assert found.kind == "receipt_full"
    assert found.certainty is Certainty.GUESS


@pytest.mark.parametrize(
    "line",
    [
        *("ИТОГ ≡ 12 490,00", "ИТОГО:\t12490.00", "ИТОГ\n= 12490,00"),
        *("Итого: 12\u00a0490,00 ₽", "Всего: 12490.00"),
    ],
)
def test_a_total_is_read_in_all_its_shapes(shapes, line):
    assert read_receipt(f"чек\n{line}\n", shapes).amount == Decimal("12490.00")


def test_two_totals_are_none(shapes):
    assert read_receipt("ИТОГ: 10.00\nИТОГ: 20.00\n", shapes).amount is None
    assert read_receipt("ИТОГ: 10.00\nИТОГ: 10.00\n", shapes).amount == 10


@pytest.mark.parametrize(
    "day", ["31.02.2026 10:00", "15.13.2026 10:00", "15.11.2026 25:00"]
)
def test_a_day_that_cannot_be_is_none(shapes, day):
    assert read_receipt(day, shapes).issued_at is None


def test_an_inn_with_a_wrong_check_digit_is_none(shapes):
    found = read_receipt(TEXT.replace(SELLER, "7707083894"), shapes)

    assert found.seller_inn == ""


def test_two_sellers_are_none(shapes):
    found = read_receipt(f"{TEXT}\nИНН поставщика: {SHOP}\n", shapes)

    assert found.seller_inn == ""


@pytest.mark.parametrize("inn", [SHOP, SELLER, "9704254424", "500100732259"])
def test_a_true_inn_is_one(inn):
    assert is_inn(inn)


@pytest.mark.parametrize(
    "inn", ["7703382711", "", "0000000000", "770421737", "77042173700"]
)
def test_a_false_inn_is_none(inn):
    assert not is_inn(inn)


@given(st.sampled_from([SHOP, SELLER, "500100732259"]), st.integers(1, 9))
def test_another_check_digit_makes_no_inn(inn, more):
    assert not is_inn(inn[:-1] + str((int(inn[-1]) + more) % 10))


@given(st.text())
def test_no_text_is_too_odd(shapes, text):
    read_receipt(text, shapes)


def test_a_receipt_in_a_table_is_read_cell_by_cell(shapes):
    """HTML sets the label and the value in cells of their own, which become lines."""
    labels = ("ИНН поставщика", "Наименование поставщика", "ИНН", "ИТОГ", "ФН", "ФПД")
    table = TEXT.replace(": ", "\n").replace("#", "")
    for label in labels:
        table = table.replace(f"\n{label} ", f"\n{label}\n")

    assert read_receipt(table, shapes) == read_receipt(TEXT, shapes)


@pytest.mark.parametrize(
    "line",
    [
        "N ФД: 63525",
        "ФД № 63525",
        "№ ФД 63525",
        "Номер ФД: 63525",
        "ФД: 63525",
        "ФД\t63525",
    ],
)
def test_a_document_s_number_is_read_in_all_its_shapes(shapes, line):
    assert read_receipt(f"чек\n{line}\n", shapes).fd == "63525"


def test_numbers_keep_their_leading_noughts(shapes):
    assert read_receipt("ФПД: 0001234567", shapes).fpd == "0001234567"
