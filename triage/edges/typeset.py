"""Sets letters and dossiers as PDF with typst: its own fonts inside, nothing read from the machine."""

import json
import re
from dataclasses import asdict
from datetime import datetime, timedelta, timezone
from importlib import resources
from pathlib import Path
from typing import Final

from triage.core.sheet import Sheet
from triage.errors import ConfigError, UsageError

TEMPLATE = "paper.typ"
STANDARD: Final = "a-2b"  # PDF/A, ISO 19005-2: each character has a glyph inside
ZERO = timedelta(0)
MISSING = "□"  # stands for a character that no font has, such as an emoji

_UNSHOWN = re.compile("[^\n -~\xa0-\u024f\u0370-\u0482\u048a-\u04ff–—‘’‚“”„•…‰‹›€₴₽№□]")
"""Characters that the fonts of typst may lack: all but common Latin, Greek, Cyrillic."""


def pdf(
    sheet: Sheet, *, author: str, at: datetime, language: str, own: Path | None = None
) -> bytes:
    """Set a letter; the same sheet at the same second gives the same bytes.

    Raises:
        UsageError: typst is not installed.
        ConfigError: the template does not work.
    """
    values = {**asdict(sheet), "author": author}
    return set_type(TEMPLATE, values, at=at, folder=language, own=own)


def set_type(
    template: str,
    values: object,
    *,
    at: datetime,
    folder: str,
    own: Path | None = None,
) -> bytes:
    """Set values that JSON takes with a template of a pack's folder.

    Raises:
        UsageError: typst is not installed.
        ConfigError: the template does not work.
    """
    file = _find(template, folder, own)
    try:
        try:
            return _compile(file, values, at)
        except RuntimeError as error:  # TypstError
            if "could not be displayed" not in str(error):
                raise
        return _compile(file, _shown(values), at)
    except RuntimeError as error:
        raise ConfigError(f"{file}: {error}") from error


def _compile(file: Path, values: object, at: datetime) -> bytes:
    try:
        import typst
    except ImportError:
        raise UsageError(
            "для PDF нужна библиотека typst",
            ["поставьте её: pip install 'triage[pdf]'"],
        ) from None
    compiler = typst.Compiler(
        file.read_bytes(),
        root=file.parent,
        font_paths=typst.Fonts(include_system_fonts=False),
    )
    made = compiler.compile(
        format="pdf",
        sys_inputs={"sheet": json.dumps(values, ensure_ascii=False)},
        pdf_standards=STANDARD,
        timestamp=at.replace(microsecond=0, tzinfo=timezone(at.utcoffset() or ZERO)),
    )
    if not isinstance(made, bytes):
        raise ConfigError(f"{file}: no document came out")
    return made


def _shown(value: object) -> object:
    """Put a sign in place of each character that the fonts may lack."""
    if isinstance(value, str):
        return _UNSHOWN.sub(MISSING, value)
    if isinstance(value, dict):
        return {key: _shown(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(each) for each in value]
    return value


def _find(template: str, folder: str, own: Path | None) -> Path:
    """Find a template: the owner's own replaces the built-in one whole."""
    if own is not None and (mine := own / folder / template).is_file():
        return mine
    return Path(str(resources.files("triage"))) / "packs" / folder / template
