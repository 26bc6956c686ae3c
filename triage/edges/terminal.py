"""The owner's terminal. Nothing that came from mail reaches it raw.

Letters may carry escape sequences, bidirectional overrides and rich's own markup; every
text goes through `clean` and is printed with markup off.
"""

import json
import unicodedata
from collections.abc import Sequence
from typing import IO, Any

Row = Sequence[object]


def clean(text: str) -> str:
    """Make one line of printable text: no control, format or unassigned characters."""
    return " ".join(clean_lines(text).split())


def clean_lines(text: str) -> str:
    """Drop what is not printable, keeping line breaks and the text's own spaces."""
    return "".join(_printable(char) for char in text.replace("\r\n", "\n"))


def _printable(char: str) -> str:
    if char in "\n\t":
        return char
    category = unicodedata.category(char)
    if category in ("Zl", "Zp"):
        return "\n"
    if category == "Cc":
        return " "
    return "" if category[0] == "C" else char


def as_json(value: Any) -> str:
    """Write JSON whose every character is printable; the rest is escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return "".join(c if c == "\n" or c.isprintable() else _escape(c) for c in text)


def _escape(char: str) -> str:
    return json.dumps(char)[1:-1]


class Terminal:
    """Plain lines, tables and JSON on one stream."""

    def __init__(self, stream: IO[str] | None = None, *, width: int | None = None):
        from rich.console import Console

        self.console: Console = Console(
            file=stream, width=width, markup=False, highlight=False, emoji=False
        )

    def say(self, text: str = "", *, style: str = "") -> None:
        """Print a text, wrapped to the terminal where there is one."""
        from rich.text import Text

        words = Text(clean_lines(text), style=style)
        self.console.print(words, soft_wrap=not self.console.is_terminal)

    def exact(self, text: str) -> None:
        """Print a text as it stands, for what another program will read."""
        from rich.text import Text

        self.console.print(Text(clean_lines(text)), soft_wrap=True, end="")

    def table(self, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Print rows under headings; None is an empty cell."""
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, header_style="bold")
        for name in columns:
            table.add_column(Text(name), overflow="fold")
        for row in rows:
            cells = ("" if cell is None else str(cell) for cell in row)
            table.add_row(*(Text(clean(cell)) for cell in cells))
        self.console.print(table)

    def json(self, value: Any) -> None:
        """Print a value as JSON."""
        self.console.out(as_json(value), highlight=False)
