"""The demonstration: a month in a minute, the same every time."""

from pathlib import Path

import pytest
from demonstration import play

from triage.core.words import NBSP

pytestmark = pytest.mark.slow


def test_a_month_ends_with_money_cases_and_a_file_to_open(demonstration):
    lines = demonstration.printed.splitlines()

    assert "Решилось заказов на" in demonstration.printed
    assert "ещё в работе" in demonstration.printed
    file = demonstration.printed.split("Откройте в браузере: ")[1].splitlines()[0]
    assert Path(file).is_file()
    assert sum(line[2:3] == "." for line in lines) == 31


def test_a_refund_in_two_parts_is_told_as_short_until_the_rest_comes(demonstration):
    out, _ = demonstration

    def digest(day):
        text = (out / "digests" / f"2026-11-{day}.txt").read_text("utf-8")
        return text.replace(NBSP, " ")

    assert "Новое дело. Вернули меньше, чем должны" in digest(17)
    assert "заказ 12345678-0005, 2 000,00 ₽" in digest(17)
    assert "Вернули меньше, чем должны (Ozon, заказ 12345678-0005" in digest(23)
    assert "РЕШЕНО" in digest(23)


def test_it_leaves_evidence_orders_an_index_and_every_digest(demonstration):
    out, _ = demonstration

    assert (out / "evidence" / "manifest.jsonl").is_file()
    assert (out / "index.sqlite3").is_file()
    assert len(list((out / "orders").glob("*/index.html"))) == 9
    days = {path.stem for path in (out / "digests").iterdir()}
    for day in days:
        for suffix in ("eml", "html", "txt"):
            assert (out / "digests" / f"{day}.{suffix}").stat().st_size


def test_it_touches_no_folder_of_another(tmp_path):
    (tmp_path / "diploma.txt").write_text("years of work")

    refused = play(tmp_path)

    assert refused.returncode == 64
    assert (tmp_path / "diploma.txt").read_text() == "years of work"
