"""CPU of reading one letter: parse, authenticate, recognise, beside the libraries alone.

python bench/reading.py 300
"""

import email
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from bulk import letters
from mails import AUTHSERV_ID, a_sighting
from selectolax.lexbor import LexborHTMLParser

from triage.core.message import Where
from triage.core.reading import read
from triage.edges.authentication import authenticate
from triage.edges.packs import load
from triage.edges.parser import parse


def main() -> None:
    raws = list(letters(int(sys.argv[1]), 1.0))
    packs, zone = load(["ozon"], "ru", None), ZoneInfo("Europe/Moscow")
    headers = [raw.split(b"\r\n\r\n")[0] + b"\r\n" for raw in raws]
    seen = [a_sighting(raw) for raw in raws]
    messages = [parse(r, s, "ozon.ru") for r, s in zip(raws, seen, strict=True)]
    pages = [f"<p>{m.text(Where.HTML)}</p>" for m in messages]

    def cost(work: Callable[[], object]) -> float:
        best = min(_cpu(work) for _ in range(5))
        return round(best / len(raws) * 1000, 2)

    def libraries() -> None:
        for raw, page in zip(raws, pages, strict=True):
            for part in email.message_from_bytes(raw).walk():
                part.get_payload(decode=True)
            LexborHTMLParser(page).body.text()

    def parsing() -> None:
        for raw, sighting in zip(raws, seen, strict=True):
            parse(raw, sighting, "ozon.ru")

    result = {
        "letters": len(raws),
        "kilobytes": round(sum(map(len, raws)) / len(raws) / 1000, 1),
        "libraries_alone_ms": cost(libraries),
        "parse_ms": cost(parsing),
        "authenticate_ms": cost(
            lambda: [authenticate(header, [AUTHSERV_ID]) for header in headers]
        ),
        "recognise_ms": cost(lambda: [read(m, packs, zone) for m in messages]),
    }
    ours = sum(result[k] for k in ("parse_ms", "authenticate_ms", "recognise_ms"))
    result["ratio"] = round(ours / result["libraries_alone_ms"], 2)
    print(json.dumps(result))


def _cpu(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


if __name__ == "__main__":
    main()
