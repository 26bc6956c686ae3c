"""CPU of reading one letter: parse, authenticate, recognise, beside the libraries alone.

python bench/reading.py 300

Every round reads letters that were not read before: what is remembered from one letter to
the next counts, what is remembered of the same letter does not.
"""

import email
import gc
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import bulk
import shop
from goals import Goal, report
from mails import AUTHSERV_ID, a_sighting
from selectolax.lexbor import LexborHTMLParser

from triage.core.findable import shadow
from triage.core.reading import read
from triage.edges.authentication import authenticate
from triage.edges.packs import load
from triage.edges.parser import parse
from triage.edges.stemmer import stem

ROUNDS = 5
PACKS, ZONE = load(["ozon"], "ru", None), ZoneInfo("Europe/Moscow")


def libraries(raw: bytes) -> None:
    """Take a letter apart and its page to text, with nothing of ours."""
    for part in email.message_from_bytes(raw).walk():
        data = part.get_payload(decode=True)
        if part.get_content_type() == "text/html":
            assert isinstance(data, bytes)
            body = LexborHTMLParser(data.decode()).body
            assert body is not None
            body.text()


def cost(work: Callable[[Any], object], rounds: Sequence[Sequence[Any]]) -> float:
    """Return the milliseconds of CPU for one letter: the best round."""
    times = []
    for batch in rounds:
        gc.collect()
        started = time.process_time()
        for one in batch:
            work(one)
        times.append((time.process_time() - started) / len(batch) * 1000)
    return round(min(times), 2)


def measure(name: str, rounds: Sequence[Sequence[bytes]]) -> None:
    """Say what reading costs in letters of one kind."""
    seen = [[(raw, a_sighting(raw)) for raw in batch] for batch in rounds]
    parsed = [[parse(raw, s, "ozon.ru") for raw, s in batch] for batch in seen]
    told = [[(m, read(m, PACKS, ZONE)) for m in batch] for batch in parsed[:1]]
    fresh = parsed[1:]
    heads = [[raw.split(b"\r\n\r\n")[0] + b"\r\n" for raw in each] for each in rounds]
    alone = cost(libraries, rounds)
    result = {
        "letters": name,
        "kilobytes": round(statistics.median(map(len, rounds[0])) / 1000, 1),
        "libraries_alone_ms": alone,
        "parse_ms": cost(lambda one: parse(*one, "ozon.ru"), seen),
        "authenticate_ms": cost(lambda head: authenticate(head, [AUTHSERV_ID]), heads),
        "recognise_ms": cost(lambda message: read(message, PACKS, ZONE), fresh),
        "words_to_find_it_by_ms": cost(lambda one: shadow(*one, stem), told),
    }
    ours = sum(result[k] for k in ("parse_ms", "authenticate_ms", "recognise_ms"))
    ratio = round(ours / alone, 2)
    report(result, Goal(f"reading a letter {name}, to the libraries alone", ratio, 3))


def main() -> None:
    count, seeds = int(sys.argv[1]), range(1 + ROUNDS)
    measure("heavy with text", [list(bulk.letters(count, 1.0, seed)) for seed in seeds])
    measure("like a shop's", [list(shop.letters(count, seed)) for seed in seeds])


if __name__ == "__main__":
    main()
