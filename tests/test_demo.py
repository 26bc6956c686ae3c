"""The demonstration: a month in a minute, the same every time."""

import subprocess
import sys
from pathlib import Path

import pytest

from triage.core.words import NBSP

pytestmark = pytest.mark.slow


def play(out: Path, *words: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "triage", *words, "demo", "--out", out],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={"PATH": "/usr/bin:/bin", **environment},
    )


def told(out: Path) -> dict[str, bytes]:
    """What must not depend on the machine: evidence, texts, dossiers."""
    wanted = [
        *out.glob("evidence/*.jsonl"),
        *out.glob("digests/*.txt"),
        *out.glob("orders/*/index.html"),
    ]
    return {str(path.relative_to(out)): path.read_bytes() for path in wanted}


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    out = tmp_path_factory.mktemp("first") / "demo"
    return out, play(out, TZ="Pacific/Chatham", LC_ALL="C")


def test_a_month_ends_with_money_cases_and_a_file_to_open(played):
    _, done = played

    assert (done.returncode, done.stderr) == (0, "")
    assert "Решилось заказов на" in done.stdout
    assert "ещё в работе" in done.stdout
    file = done.stdout.split("Откройте в браузере: ")[1].splitlines()[0]
    assert Path(file).is_file()
    assert sum(line[2:3] == "." for line in done.stdout.splitlines()) == 31


def test_a_refund_in_two_parts_is_told_as_short_until_the_rest_comes(played):
    out, _ = played

    def digest(day):
        text = (out / "digests" / f"2026-11-{day}.txt").read_text("utf-8")
        return text.replace(NBSP, " ")

    assert "Вернули меньше, чем должны (новое дело)" in digest(17)
    assert "заказ 12345678-0005, 2 000,00 ₽" in digest(17)
    assert "Вернули меньше, чем должны (Ozon, заказ 12345678-0005" in digest(23)
    assert "РЕШЕНО" in digest(23)


def test_it_leaves_evidence_orders_an_index_and_every_digest(played):
    out, _ = played

    assert (out / "evidence" / "manifest.jsonl").is_file()
    assert (out / "index.sqlite3").is_file()
    assert len(list((out / "orders").glob("*/index.html"))) == 9
    days = {path.stem for path in (out / "digests").iterdir()}
    for day in days:
        for suffix in ("eml", "html", "txt"):
            assert (out / "digests" / f"{day}.{suffix}").stat().st_size


def test_it_is_the_same_in_another_zone_and_speaks_english_on_request(played, tmp_path):
    out, _ = played
    again = tmp_path / "demo"

    done = play(again, "--lang", "en", TZ="America/Los_Angeles")

    assert "Open in a browser:" in done.stdout, done.stderr
    assert told(again) == told(out)


def test_it_makes_itself_anew_but_touches_no_other_folder(played, tmp_path):
    out, _ = played
    (tmp_path / "diploma.txt").write_text("years of work")

    refused = play(tmp_path)

    assert refused.returncode == 64
    assert (tmp_path / "diploma.txt").read_text() == "years of work"
    before = told(out)
    (out / "evidence" / "manifest.jsonl").chmod(0o644)
    (out / "evidence" / "manifest.jsonl").write_text("")
    assert play(out).returncode == 0
    assert told(out) == before
