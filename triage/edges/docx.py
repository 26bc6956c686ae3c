"""Writes a letter as a Word document that the owner can edit."""

import re
from io import BytesIO
from typing import TYPE_CHECKING

from triage.core.sheet import Block, Part, Sheet
from triage.core.words import NBSP
from triage.errors import UsageError

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

FONT = "Times New Roman"  # metric twins of it are on every system
SIGN_HERE = " " + "_" * 24

WIDTH = 165  # mm between the margins
FIRST_COLUMN = 48  # mm of it: two dates

_LONG = re.compile(rf"[^ {NBSP}]{{19,}}")
_GLUE = re.compile(
    r"(?<=\bп\.) (?=\d)|(?<=\bч\.) (?=\d)|(?<=\bд\.) (?=\d)|(?<=\bст\.) (?=\d)"
    r"|(?<=№) (?=\d)|(?<=\b\d{4}) (?=г\.)"
)
"""Spaces that no line may break at: ст. 23.1, № 2300-1, 2026 г."""


def docx(sheet: Sheet, *, author: str) -> bytes:
    """Write a letter.

    Raises:
        UsageError: python-docx is not installed.
    """
    try:
        from docx import Document
    except ImportError:
        raise UsageError(
            "для DOCX нужна библиотека python-docx",
            ["поставьте её: pip install 'triage[docx]'"],
        ) from None
    document = Document()
    document.core_properties.author = author
    document.core_properties.title = sheet.title
    document.core_properties.comments = ""
    _set_page(document)
    _head(document, sheet)
    for block in sheet.blocks:
        _block(document, block)
    written = BytesIO()
    document.save(written)
    return written.getvalue()


def _set_page(document: "Document") -> None:
    """Set margins and type as Russian business letters have them (ГОСТ Р 7.0.97)."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.top_margin = section.bottom_margin = Mm(20)
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(12)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:cs", "w:eastAsia", "w:hAnsi"):
        fonts.set(qn(script), FONT)
    style.paragraph_format.space_after = Pt(6)
    style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    _number_pages(section.footer.paragraphs[0])


def _number_pages(paragraph: "Paragraph") -> None:
    """Put the page's number into a footer, as a field that Word counts."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run()
    run.font.size = Pt(9)
    for kind, words in (("begin", ""), ("", "PAGE"), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = words
        run._r.append(part)


def _head(document: "Document", sheet: Sheet) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt

    parted = False
    for line in sheet.head:
        if not line:
            parted = True
            continue
        paragraph = document.add_paragraph(line)
        layout = paragraph.paragraph_format
        layout.left_indent, layout.space_after = Mm(65), Pt(2)
        layout.space_before = Pt(8) if parted else Pt(0)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT
        parted = False
    if sheet.title:
        title = document.add_paragraph()
        title.alignment = WD_ALIGN_PARAGRAPH.CENTER
        title.paragraph_format.space_before = Pt(18)
        title.paragraph_format.space_after = Pt(12)
        run = title.add_run(sheet.title)
        run.bold, run.font.size = True, Pt(14)


def _block(document: "Document", block: Block) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt

    if block.part is Part.TABLE:
        _table(document, block.rows)
        return
    for line in block.lines:
        paragraph = document.add_paragraph()
        layout = paragraph.paragraph_format
        run = paragraph.add_run(_GLUE.sub(NBSP, line))
        if block.part is Part.HEADING:
            run.bold = True
            layout.space_before, layout.keep_with_next = Pt(12), True
        elif block.part is Part.ITEMS:
            layout.left_indent, layout.first_line_indent = Mm(17.5), Mm(-5)
            layout.space_after = Pt(2)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT
        elif block.part is Part.SIGNATURE:
            run.text += SIGN_HERE
            layout.space_before = Pt(18)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT
        elif block.part is Part.DATE:
            layout.space_before, layout.keep_with_next = Pt(18), True
        else:
            layout.first_line_indent = Mm(12.5)
            layout.space_before = Pt(6 if block.apart else 0)
            layout.keep_with_next = line.endswith(":")  # brings in a list or a table
            if _LONG.search(line):  # would tear its line apart
                paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT


def _table(document: "Document", rows: tuple[tuple[str, ...], ...]) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt

    table = document.add_table(len(rows), len(rows[0]), style="Table Grid")
    table.autofit = False
    width = (WIDTH - FIRST_COLUMN) / max(len(rows[0]) - 1, 1)
    for column, part in enumerate(table.columns):
        part.width = Mm(width if column else FIRST_COLUMN)
    for number, row in enumerate(rows):
        for column, words in enumerate(row):
            cell = table.cell(number, column)
            cell.width = Mm(width if column else FIRST_COLUMN)
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(2)
            paragraph.alignment = (
                WD_ALIGN_PARAGRAPH.RIGHT if column else WD_ALIGN_PARAGRAPH.LEFT
            )
            paragraph.paragraph_format.keep_with_next = number < len(rows) - 1
            run = paragraph.add_run(words)
            run.font.size, run.bold = Pt(10), number == 0
    document.add_paragraph().paragraph_format.space_after = Pt(0)
