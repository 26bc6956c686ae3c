"""Draws a sample of every kind of letter for docs/letters.md: `make pictures` runs it.

python tests/pictures.py FOLDER
"""

import json
import struct
import sys
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path

import typst
from ladders import CONTACTS, OWNER, a_case, did, ru, standing, told

from triage.core.letter import facts_for, render
from triage.core.sheet import Sheet, sheet

INCH = 80  # dots in one
SHADES = 4  # bits of grey: text needs no more
ROOM = 24  # rows of white below the last line
COMMON = {
    "ordered_on": "2026-10-20",
    "paid_on": "2026-10-20",
    "amount_paid": "12490.00",
    "item": "Чайник электрический",
    "seller_name": "ИП Петров Пётр Петрович",
    "seller_inn": "771234567890",
}
LATE = {"promised_on": "2026-11-02", "moved_to": "2026-11-07"}
CANCELLED = {"cancelled_on": "2026-11-09", "amount_promised": "12490.00"}
REFUSED = {
    "delivered_on": "2026-11-05",
    "return_requested_on": "2026-11-10",
    "return_number": "R-17",
    "return_refused_on": "2026-11-12",
}
SWAPPED = {"delivered_on": "2026-11-11", "promised_on": "2026-11-10"}
SAMPLES: dict[str, tuple[str, str, Mapping[str, str], Mapping[str, str]]] = {
    "check": ("return-refused", "check", REFUSED, {}),
    "support": ("delivery-overdue", "support", LATE, {}),
    "support-again": ("refund-missing", "support", CANCELLED, {"ticket": "555-01"}),
    "dispute": ("return-refused", "support", REFUSED, {"only_in_person": "да"}),
    "documents": ("defective", "documents", {}, {"defect": "не включается"}),
    "claim": ("delivery-overdue", "claim", LATE, {}),
    "refusal": ("delivery-overdue", "claim", LATE, {}),
    "police": ("not-received", "claim", SWAPPED, {"box": "подмена"}),
    "social-message": ("refund-missing", "social", CANCELLED, {"ticket": "555-01"}),
    "social-post": ("refund-missing", "social", CANCELLED, {}),
    "bank": ("refund-missing", "bank", CANCELLED, {"payment": "карта Мир"}),
    "creditor": ("refund-missing", "bank", CANCELLED, {"payment": "рассрочка"}),
    "bank-complaint": ("refund-missing", "bank", CANCELLED, {}),
    "bank-complaint-paper": ("refund-missing", "bank", CANCELLED, {}),
    "authority": ("delivery-overdue", "authority", LATE, {}),
    "authority-paper": ("delivery-overdue", "authority", LATE, {}),
    "antitrust": ("false-discount", "authority", {}, {"advertised": "скидка 50 %"}),
    "antitrust-paper": (
        "false-discount",
        "authority",
        {},
        {"advertised": "скидка 50 %"},
    ),
    "tax": ("receipt-missing", "authority", {"delivered_on": "2026-11-05"}, {}),
    "tax-paper": ("receipt-missing", "authority", {"delivered_on": "2026-11-05"}, {}),
    "lawyer": ("delivery-overdue", "lawyer", LATE, {"claim_reply": "отказ"}),
    "pickup": ("pickup-expiring", "check", {"keep_until": "2026-11-25"}, {}),
}
"""Letter -> the case, the step, what letters tell and what the owner tells."""

DAYS = {
    "check": "2026-11-12",
    "support": "2026-11-14",
    "claim": "2026-11-16",
    "bank": "2026-12-01",
    "authority": "2026-12-01",
}
BANK = {"bank_name": "АО «Банк»", "payment_mark": "1234"}


def written(letter: str) -> str:
    """Write a sample of a letter."""
    rule, step, by_letters, by_owner = SAMPLES[letter]
    day = DAYS.get(step, "2026-12-05" if step == "lawyer" else "2026-11-20")
    if letter.startswith("bank-complaint"):
        day = "2026-12-25"
    case = a_case(rule, **COMMON, **by_letters)
    acts = [
        did(case, taken, taken_on)
        for taken, taken_on in DAYS.items()
        if taken_on < day or (taken, letter) == ("support", "support-again")
    ]
    acts += [
        told(case, name, value, "2026-11-25" if name == "claim_reply" else "2026-11-12")
        for name, value in {**BANK, **by_owner}.items()
    ]
    now = standing(case, day, *acts)
    contacts = {"marketplace": "Лавка", **CONTACTS}
    facts = facts_for(now, acts, ru(), OWNER, step=step, contacts=contacts)
    return render(ru().letters[letter], facts)


def pages(letter: Sheet) -> list[bytes]:
    """Set a letter as on paper and return a picture of each page, as typst draws it."""
    folder = Path(str(files("triage"))) / "packs" / "ru"
    values = json.dumps({**asdict(letter), "author": ""}, ensure_ascii=False)
    drawn = typst.compile(
        folder / "paper.typ",
        format="png",
        ppi=INCH,
        sys_inputs={"sheet": values},
        font_paths=typst.Fonts(include_system_fonts=False),
    )
    return drawn if isinstance(drawn, list) else [drawn]


def small(picture: bytes) -> bytes:
    """Draw a picture again in a few greys and without the white below (RFC 2083)."""
    width, height = struct.unpack(">II", picture[16:24])
    data = b"".join(part for name, part in _chunks(picture) if name == b"IDAT")
    rows = [_greys(row) for row in _rows(zlib.decompress(data), width * 4)]
    white = bytes([255]) * width
    last = max((n for n, row in enumerate(rows) if row != white), default=0)
    rows = rows[: min(last + ROOM, height)]
    packed = b"".join(b"\0" + _packed(row) for row in rows)
    head = struct.pack(">IIBBBBB", width, len(rows), SHADES, 0, 0, 0, 0)
    return picture[:8] + b"".join(
        _chunk(name, part)
        for name, part in (
            (b"IHDR", head),
            (b"IDAT", zlib.compress(packed, 9)),
            (b"IEND", b""),
        )
    )


def _chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = 8
    while place < len(picture):
        (length,) = struct.unpack(">I", picture[place : place + 4])
        start = place + 8
        yield picture[place + 4 : start], picture[start : start + length]
        place = start + length + 4


def _chunk(name: bytes, part: bytes) -> bytes:
    body = name + part
    return struct.pack(">I", len(part)) + body + struct.pack(">I", zlib.crc32(body))


def _rows(data: bytes, width: int) -> Iterator[bytes]:
    """Undo the filters of the rows: each byte may be told by its neighbours."""
    above = bytes(width)
    for start in range(0, len(data), width + 1):
        kind, row = data[start], bytearray(data[start + 1 : start + 1 + width])
        for n in range(width) if kind else ():
            left, corner = (row[n - 4], above[n - 4]) if n > 3 else (0, 0)
            row[n] = (row[n] + _guess(kind, left, above[n], corner)) % 256
        above = bytes(row)
        yield above


def _guess(kind: int, left: int, up: int, corner: int) -> int:
    if kind == 4:
        best = left + up - corner
        return min((left, up, corner), key=lambda one: abs(best - one))
    return (0, left, up, (left + up) // 2)[kind]


def _greys(row: bytes) -> bytes:
    """Keep the green of each point: black text on white has it all."""
    return row[1::4]


def _packed(row: bytes) -> bytes:
    """Pack two points into a byte."""
    high = [point >> SHADES for point in row] + [0] * (len(row) % 2)
    return bytes(a << SHADES | b for a, b in zip(high[::2], high[1::2], strict=True))


def main(arguments: Sequence[str]) -> None:
    """Draw all samples into a folder."""
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    for letter in SAMPLES:
        drawn = pages(sheet(written(letter)))
        for number, picture in enumerate(drawn, 1):
            name = letter if number == 1 else f"{letter}-page-{number}"
            (folder / f"{name}.png").write_bytes(small(picture))


if __name__ == "__main__":
    main(sys.argv[1:])
