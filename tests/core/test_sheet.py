"""A letter as a sheet of paper."""

from hypothesis import given
from hypothesis import strategies as st

from triage.core.calculation import plain as table
from triage.core.sheet import Block, Part, plain, sheet
from triage.core.words import NBSP

LETTER = """\
Кому: ООО «Ромашка», ИНН 7704217370
От кого: Анна Иванова

# Претензия

Заказ оформлен 1 ноября 2026 г.
Оплачен 1 ноября 2026 г.

## Требование
Прошу вернуть деньги.

Приложения (копии):
— чек;
— снимок заказа.

5 декабря 2026 г.

Анна Иванова ____________________

— — —
Проверьте перед отправкой.
"""


def test_what_stands_above_the_title_is_the_block_of_addresses() -> None:
    found = sheet(LETTER)
    assert found.head == (
        "Кому: ООО «Ромашка», ИНН 7704217370",
        "От кого: Анна Иванова",
    )
    assert found.title == "Претензия"


def test_every_line_of_a_letter_stands_on_the_sheet_in_its_order() -> None:
    found = sheet(LETTER)
    lines = [*found.head, found.title]
    lines += [line for block in found.blocks for line in block.lines]
    pasted = plain(LETTER).partition("\n— — —")[0]
    assert lines == [line.rstrip(" _") for line in pasted.split("\n") if line]


def test_headings_lists_the_day_and_the_signature_are_told_apart() -> None:
    parts = [block.part for block in sheet(LETTER).blocks]
    assert parts == [
        Part.PARAGRAPH,
        Part.PARAGRAPH,
        Part.HEADING,
        Part.PARAGRAPH,
        Part.PARAGRAPH,
        Part.ITEMS,
        Part.DATE,
        Part.SIGNATURE,
    ]


def test_a_paragraph_after_a_blank_line_stands_apart() -> None:
    blocks = sheet(LETTER).blocks
    assert [b.lines[0] for b in blocks if b.apart] == ["Приложения (копии):"]


def test_a_blank_line_parts_who_is_written_to_from_who_writes() -> None:
    found = sheet(LETTER.replace("От кого", "\nОт кого"))
    assert found.head[1] == ""


def test_what_the_owner_strikes_out_is_not_on_the_sheet() -> None:
    found = sheet(LETTER)
    assert found.note == "Проверьте перед отправкой."
    assert not any("Проверьте" in line for b in found.blocks for line in b.lines)


def test_a_pasted_letter_has_no_marks() -> None:
    assert "#" not in plain(LETTER)


def test_a_letter_without_a_title_is_all_text() -> None:
    found = sheet("Здравствуйте!\n\nГде заказ?\n")
    assert (found.head, found.title) == ((), "")
    assert [block.lines for block in found.blocks] == [
        ("Здравствуйте!",),
        ("Где заказ?",),
    ]


word = st.text("абвгд0123456789", min_size=1, max_size=9)
cell = st.lists(word, min_size=1, max_size=3).map(NBSP.join)


@given(st.data(), st.integers(2, 5), st.integers(1, 4))
def test_a_table_is_read_back_as_it_was_written(
    data: st.DataObject, columns: int, rows: int
) -> None:
    head = tuple(data.draw(cell) for _ in range(columns))
    body = [
        tuple(data.draw(st.one_of(cell, st.just(""))) for _ in range(columns))
        for _ in range(rows)
    ]
    written = [head, *((data.draw(cell), *row[1:]) for row in body)]
    (block,) = sheet(table(written)).blocks
    assert block == Block(Part.TABLE, rows=tuple(written))
