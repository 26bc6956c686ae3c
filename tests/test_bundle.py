"""What the owner types to take something along: `export`, `orders --format pdf`."""

import subprocess
from datetime import UTC, datetime

import pytest
from world import World

from triage.cli import main

NOW = datetime(2026, 11, 22, 5, tzinfo=UTC)
ORDER = "12345678-0004"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    world = World(tmp_path_factory.mktemp("home"), NOW)
    world.deliver()
    world.app.tick()
    world.close()
    return world.folder


@pytest.fixture
def triage(home, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> tuple[int, str, str]:
        start = ["--config", str(home / "config.toml"), "--now", NOW.isoformat()]
        with pytest.raises(SystemExit) as left:
            main([*start, *words])
        told = capsys.readouterr()
        return left.value.code, told.out, told.err

    return run


def test_an_export_says_how_to_check_it_and_the_command_works(triage, tmp_path):
    code, out, _ = triage("export", ORDER, "--out", "bag")

    assert code == 0
    assert "Заказов 1, письма: 2" in out or "Заказов 1, письма: 3" in out
    command = out.split("Проверить: ")[1].strip()
    assert (
        subprocess.run(["sh", "-c", command], cwd=tmp_path, check=False).returncode == 0
    )


def test_a_posting_names_its_order(triage, tmp_path):
    assert triage("export", "12345678-0001-1", "--out", "bag")[0] == 0
    assert (tmp_path / "bag" / "data" / "orders" / "12345678-0001").is_dir()


def test_an_export_of_everything_speaks_english_on_request(triage, tmp_path):
    code, out, _ = triage("--lang", "en", "export", "--out", "bag")

    assert code == 0
    assert "To check: cd bag && sha256sum" in out
    assert (tmp_path / "bag" / "data" / "evidence" / "manifest.jsonl").is_file()


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("export", "--out", "."), 64, "уже есть"),
        (("export", "12345678-9999", "--out", "bag"), 64, "писем о заказе"),
        (("export", "../x", "--out", "bag"), 64, "не номер заказа"),
        (("export",), 64, "не хватает: ПАПКА"),
        (("export", ORDER, "--out", "no/such/folder"), 73, "no/such/folder"),
        (("orders", "--format", "pdf"), 64, "одного заказа"),
        (("orders", "--format", "png", ORDER), 64, "pdf"),
    ],
)
def test_what_cannot_be_is_said_and_leaves_nothing(triage, tmp_path, words, code, told):
    found, _, problem = triage(*words)

    assert (found, told in problem) == (code, True), problem
    assert list(tmp_path.iterdir()) == []


def test_the_home_is_left_as_it_was(triage, home):
    def state() -> dict[str, tuple[int, bytes]]:
        return {
            str(p): (p.stat().st_mtime_ns, p.read_bytes())
            for folder in ("evidence", "orders")
            for p in (home / folder).rglob("*")
            if p.is_file()
        }

    before = state()
    triage("export", "--out", "bag")
    triage("orders", ORDER, "--format", "pdf")

    assert state() == before


def test_a_dossier_on_paper_is_named_after_its_order(triage, tmp_path):
    code, out, _ = triage("orders", ORDER, "--format", "pdf")

    assert (code, out) == (0, f"Записано: order-{ORDER}.pdf\n")
    assert (tmp_path / f"order-{ORDER}.pdf").read_bytes().startswith(b"%PDF")
    assert triage("orders", ORDER, "--format", "pdf", "--out", "o.pdf")[0] == 0
    assert (tmp_path / "o.pdf").is_file()
