"""Letters on paper: PDF that archives accept and Word documents that one can edit."""

import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import pytest
from builders import at
from docx import Document
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pypdf import PdfReader

from triage.core.calculation import plain as table
from triage.core.sheet import Sheet, sheet
from triage.core.words import NBSP
from triage.edges.docx import docx
from triage.edges.typeset import MISSING, pdf
from triage.errors import ConfigError

NOW = at("2026-11-23 08:00")
ROWS = (
    ("Период", "Дней", "Долг", "Ставка", "Сумма"),
    ("03.11.2026–23.11.2026", "21", "12 490,00 ₽", "0,5 % в день", "1 311,45 ₽"),
    ("Итого", "21", "", "", "1 311,45 ₽"),
)
CLAIM = f"""\
Кому: ООО «Ромашка», ИНН 7704217370
От кого: Анна Иванова, 101000, Москва

# Претензия

Товар: ITEM.

## Расчёт
{table(ROWS)}

Приложения (копии):
— чек;
— снимок страницы заказа.

23 ноября 2026 г.

Анна Иванова ____________________

— — —
Проверьте перед отправкой.
"""


def claim(item: str = "чайник") -> Sheet:
    return sheet(CLAIM.replace("ITEM", item))


def set_in_type(letter: Sheet, own: Path | None = None) -> bytes:
    return pdf(letter, author="Анна Иванова", at=NOW, language="ru", own=own)


def words_of(document: bytes) -> str:
    pages = PdfReader(BytesIO(document)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_a_pdf_says_what_the_letter_says_but_not_the_owner_s_note() -> None:
    said = words_of(set_in_type(claim()))
    for words in ("Претензия", "Товар: чайник.", "1 311,45 ₽", "снимок страницы"):
        assert words in said.replace(NBSP, " ")
    assert "Проверьте" not in said


def test_a_pdf_is_an_archive_s_pdf_with_its_fonts_inside() -> None:
    reader = PdfReader(BytesIO(set_in_type(claim())))
    metadata = reader.xmp_metadata
    assert metadata is not None
    assert b"<pdfaid:part>2</pdfaid:part>" in metadata.stream.get_data()
    fonts = reader.pages[0]["/Resources"]["/Font"].values()  # type: ignore[index]
    for font in fonts:
        (descendant,) = font.get_object()["/DescendantFonts"]
        descriptor = descendant.get_object()["/FontDescriptor"].get_object()
        assert {"/FontFile2", "/FontFile3"} & descriptor.keys()


def test_the_same_letter_gives_the_same_bytes() -> None:
    assert set_in_type(claim()) == set_in_type(claim())


def test_a_character_that_no_font_has_becomes_a_sign_and_not_an_error() -> None:
    said = words_of(set_in_type(claim("Кружка 😀 漢")))
    assert f"Кружка {MISSING} {MISSING}" in said


@pytest.mark.parametrize(
    "item",
    ["#set page(width: 1cm)", "*жирный* $x$ _к_", "<b>html</b> &amp;", 'а"б\\в', "= А"],
)
def test_markup_in_a_name_is_printed_and_not_obeyed(item: str) -> None:
    assert item in words_of(set_in_type(claim(item)))
    paragraphs = Document(BytesIO(docx(claim(item), author="А"))).paragraphs
    assert f"Товар: {item}." in [each.text for each in paragraphs]


@hypothesis_settings(max_examples=15, deadline=None)
@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12))
def test_any_name_can_be_set(item: str) -> None:
    assert set_in_type(claim(item)).startswith(b"%PDF")


def test_a_word_document_holds_every_line_and_the_table() -> None:
    document = Document(BytesIO(docx(claim(), author="Анна Иванова")))
    lines = [each.text for each in document.paragraphs]
    assert "Претензия" in lines
    assert "— чек;" in lines
    cells = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert cells == [[cell.replace(" ", NBSP) for cell in row] for row in ROWS]
    assert document.core_properties.author == "Анна Иванова"


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")
def test_libreoffice_opens_the_word_document(tmp_path: Path) -> None:
    written = tmp_path / "claim.docx"
    written.write_bytes(docx(claim(), author="Анна Иванова"))
    subprocess.run(
        [
            *("soffice", f"-env:UserInstallation=file://{tmp_path}/profile"),
            *("--headless", "--convert-to", "pdf", "--outdir", tmp_path, written),
        ],
        check=True,
        capture_output=True,
        timeout=100,
    )
    assert "Претензия" in words_of((tmp_path / "claim.pdf").read_bytes())


def test_the_owner_may_bring_a_template_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "ru").mkdir()
    template = tmp_path / "ru" / "paper.typ"
    template.write_text('#set document(title: "я")\nМой бланк')
    assert words_of(set_in_type(claim(), tmp_path)) == "Мой бланк"


def test_a_template_that_does_not_work_is_named(tmp_path: Path) -> None:
    (tmp_path / "ru").mkdir()
    template = tmp_path / "ru" / "paper.typ"
    template.write_text("#nothing-of-the-kind()")
    with pytest.raises(ConfigError, match=r"paper\.typ"):
        set_in_type(claim(), tmp_path)


def test_a_template_reads_nothing_outside_its_own_folder(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("тайна")
    (tmp_path / "ru").mkdir()
    (tmp_path / "ru" / "paper.typ").write_text('#read("../secret")')
    with pytest.raises(ConfigError):
        set_in_type(claim(), tmp_path)
