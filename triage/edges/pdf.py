"""The text of a PDF. Runs in a child process: its clock and memory limit hold here too."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pypdf import PdfReader

LARGEST = 10 << 20  # bytes of a file: receipts have some ten thousand
MOST_PAGES = 20
LONGEST = 100_000  # characters
_STREAM = 8 << 20  # bytes that one compressed part may come to
_OPERATIONS = 200_000  # of one page
_FAULTS = (
    *(ValueError, LookupError, TypeError, AttributeError, AssertionError),
    *(RecursionError, ArithmeticError, OSError),
)
"""What the library stumbles over in a file that was made to make it stumble."""


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


def _opens(reader: "PdfReader") -> bool:
    """Say whether a file opens without a password: many are only kept from being changed."""
    from pypdf.errors import DependencyError

    try:
        return bool(reader.decrypt(""))
    except (DependencyError, NotImplementedError):  # AES: needs one more library
        return False


def _text(path: Path) -> str:
    import pypdf  # half a second: only for whoever gave a PDF
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it would quote the file
    limits = pypdf.Configuration(
        maximum_declared_stream_length=_STREAM,
        array_based_stream_maximum_output_length=_STREAM,
        zlib_maximum_output_length=_STREAM,
        lzw_maximum_output_length=_STREAM,
        run_length_maximum_output_length=_STREAM,
        brotli_maximum_output_length=_STREAM,
        jbig2_maximum_output_length=_STREAM,
        stream_decoding_work_maximum_length=4 * _STREAM,
        stream_parsing_work_maximum_count=_OPERATIONS,
    )
    found: list[str] = []
    try:
        with pypdf.apply_configuration(limits):
            reader = pypdf.PdfReader(path)
            if reader.is_encrypted and not _opens(reader):
                raise NotReadError("encrypted")
            for number, page in enumerate(reader.pages):
                if number == MOST_PAGES or sum(map(len, found)) > LONGEST:
                    break
                found.append(page.extract_text())
    except _FAULTS as error:
        raise NotReadError("broken") from error
    except PyPdfError as error:
        raise NotReadError("broken") from error
    return "\n".join(found)[:LONGEST]
