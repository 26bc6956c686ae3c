"""The text of a PDF. Runs in a child process: its clock and memory limit hold here too."""

import logging
from pathlib import Path

LARGEST = 10 << 20  # bytes of a file: receipts have some ten thousand
MOST_PAGES = 20
LONGEST = 100_000  # characters
_STREAM = 8 << 20  # bytes that one compressed part may come to


class NotReadError(Exception):
    """The file has no text for us; says why in one word."""


def text_of(path: Path) -> str:
    """Return the text of the first pages, a line for each line.

    Raises:
        NotReadError: it is no PDF, too large, encrypted or broken.
    """
    if path.stat().st_size > LARGEST:
        raise NotReadError("too-large")
    with path.open("rb") as file:
        if b"%PDF-" not in file.read(1024):
            raise NotReadError("no-pdf")
    return _text(path)


def _text(path: Path) -> str:
    import pypdf  # half a second: only for whoever gave a PDF
    from pypdf import filters
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it would quote the file
    for limit in (
        "ZLIB_MAX_OUTPUT_LENGTH",
        "LZW_MAX_OUTPUT_LENGTH",
        "RUN_LENGTH_MAX_OUTPUT_LENGTH",
        "JBIG2_MAX_OUTPUT_LENGTH",
        "MAX_DECLARED_STREAM_LENGTH",
        "MAX_ARRAY_BASED_STREAM_OUTPUT_LENGTH",
    ):
        setattr(filters, limit, _STREAM)
    found: list[str] = []
    try:
        reader = pypdf.PdfReader(path)
        if reader.is_encrypted:
            raise NotReadError("encrypted")
        for number, page in enumerate(reader.pages):
            if number == MOST_PAGES or sum(map(len, found)) > LONGEST:
                break
            found.append(page.extract_text())
    except (PyPdfError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise NotReadError("broken") from error
    except (RecursionError, OverflowError, AssertionError, OSError) as error:
        raise NotReadError("broken") from error
    return "\n".join(found)[:LONGEST]
