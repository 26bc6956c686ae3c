"""The orders/ folder: pages that load nothing, names that lead nowhere, cheap to make."""

import email
import hashlib
import itertools
import re
import shutil
import subprocess
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from world import World

from triage.core.act import Act, ActKind
from triage.core.words import NBSP
from triage.edges import cases, disk
from triage.edges.store import Store
from triage.jobs import showing, view

START = datetime(2026, 11, 14, 5, 0, tzinfo=UTC)
ORDER = "12345678-0004"
LETTER = (
    "Received: from sender.ozon.ru by mx.mail.example; Fri, 13 Nov 2026 10:00:00 +0300\r\n"
    "Authentication-Results: mx.mail.example; dkim=pass header.d=ozon.ru;"
    " dmarc=pass header.from=sender.ozon.ru\r\n"
    "From: Ozon <mailer@sender.ozon.ru>\r\nTo: anna@mail.example\r\n"
    "Subject: {subject}\r\nDate: Fri, 13 Nov 2026 10:00:00 +0300\r\n"
    "Message-ID: <hostile-{number}@sender.ozon.ru>\r\nMIME-Version: 1.0\r\n"
    "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    "<html><body><p>Заказ 12345678-0004 передан в доставку</p>{body}</body></html>\r\n"
)


@pytest.fixture
def world(tmp_path):
    with World(tmp_path, START) as world:
        world.deliver()
        yield world


def write(world: World, body: str, subject: str = "Order", number: int = 1) -> None:
    text = LETTER.format(body=body, subject=subject, number=number)
    seconds = int(world.now.timestamp())
    path = world.letterbox.root / "new" / f"{seconds}.{number}.hostile"
    path.write_bytes(text.encode())


class Inert(HTMLParser):
    """Fails on whatever could load, run, send or lead out of the folder."""

    FORBIDDEN = frozenset(
        "script iframe object embed form input button link base img video audio"
        " source svg:script image use foreignobject frame frameset applet".split()
    )

    def handle_starttag(self, tag, attrs):
        assert tag not in self.FORBIDDEN, tag
        for name, value in attrs:
            assert not name.startswith("on"), name
            assert name not in ("src", "srcset", "background", "action", "ping", "data")
            if name.endswith("href"):
                assert re.fullmatch(r"[\w./%-]+", value), value
                assert not value.startswith("/")
            if name == "http-equiv":
                assert value == "Content-Security-Policy"
            if name == "style":
                assert "url" not in value

    def handle_data(self, data):
        if self.lasttag == "style":
            assert "url(" not in data
            assert "@import" not in data


def pages(world: World) -> list[Path]:
    found = sorted((world.folder / "orders").rglob("*.html"))
    assert found
    return found


def assert_inert(world: World) -> None:
    for page in pages(world):
        text = page.read_text("utf-8")
        Inert().feed(text)
        assert "default-src 'none'" in text


def test_an_order_has_a_page_its_letters_and_their_sums(world):
    world.app.tick()
    home = world.folder / "orders" / ORDER

    page = (home / "index.html").read_text("utf-8")

    assert "<h1>Заказ 12345678-0004" in page
    assert "<svg" in page
    letters = sorted((home / "letters").glob("*.eml"))
    assert letters
    for letter in letters:
        sha256 = hashlib.sha256(letter.read_bytes()).hexdigest()
        assert sha256 in page
        assert f"letters/{letter.name}" in page
        assert letter.with_suffix(".html").is_file()
    done = subprocess.run(
        ["sha256sum", "--strict", "-c", "SHA256SUMS"],
        cwd=home,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_every_link_of_every_page_leads_to_a_file_in_the_folder(world):
    world.app.tick()

    for page in pages(world):
        for link in re.findall(r'href="([^"]+)"', page.read_text("utf-8")):
            target = (page.parent / link).resolve()
            assert target.is_relative_to(world.folder / "orders"), link
            assert target.is_file(), link


def test_no_page_could_load_run_or_send_anything(world):
    write(world, "<script>alert(1)</script><img src=//evil.example/x.png>")

    world.app.tick()

    assert_inert(world)
    assert any("передан в доставку" in page.read_text("utf-8") for page in pages(world))


def test_markup_in_subject_and_quotes_is_text(world):
    write(world, "<p>z</p>", subject="<script>alert(1)</script> & <b>")

    world.app.tick()

    assert_inert(world)
    page = (world.folder / "orders" / ORDER / "index.html").read_text("utf-8")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;" in page


def test_a_pickup_code_stands_on_no_page(world):
    world.now = START.replace(day=8)

    world.app.tick()

    assert "4821" not in "".join(page.read_text("utf-8") for page in pages(world))
    letters = (world.folder / "orders").rglob("*.eml")
    told = [email.message_from_bytes(p.read_bytes()).walk() for p in letters]
    parts = [part.get_payload(decode=True) or b"" for walk in told for part in walk]
    assert any(b"4821" in part for part in parts)


def test_a_letter_with_a_sign_in_code_is_neither_shown_nor_copied(world):
    write(world, "<p>z</p>", subject="Zakaz")
    world.app.tick()
    with Store(world.folder / "index.sqlite3") as store:
        [row] = store.rows("SELECT * FROM messages WHERE subject = 'Zakaz'")
        store.execute(
            "UPDATE messages SET stream = 'security_code' WHERE evidence = ?",
            row["evidence"],
        )
        place = world.app.place
        shelf = place.scribe.shelf(store, world.folder / "again")
        list(shelf.write([("ozon", ORDER)]))

    names = [p.name for p in (world.folder / "again").rglob("*")]
    assert not any(row["evidence"][:12] in name for name in names)
    page = (world.folder / "again" / ORDER / "index.html").read_text("utf-8")
    assert f"Письмо с{NBSP}кодом входа" in page


def attach(world: World, name: str, data: bytes = b"%PDF-1.4") -> None:
    sha256 = world.app.place.archive.add_attachment(data)
    told = {"sha256": sha256, "name": name, "media_type": "image/png", "pack": "ozon"}
    world.app.place.record(
        Act(at=world.now, kind=ActKind.ATTACHED, order=ORDER, data=told)
    )


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("снимок экрана.png", ".png"),
        ("../../../etc/passwd", ".bin"),
        ("..\\..\\evil.exe", ".bin"),
        ("page.html", ".bin"),
        ("picture.svg", ".bin"),
        ("a/b.PDF", ".pdf"),
        ("<img src=x>.png", ".png"),
        ("", ".bin"),
        ("x" * 400 + ".jpg", ".jpg"),
    ],
)
def test_a_file_of_the_owner_lies_under_a_name_of_ours(world, name, ending):
    world.app.tick()
    attach(world, name)

    [file] = (world.folder / "orders" / ORDER / "attachments").iterdir()

    assert re.fullmatch(rf"2026-11-14_[0-9a-f]{{12}}{re.escape(ending)}", file.name)
    assert file.read_bytes() == b"%PDF-1.4"
    assert_inert(world)


def test_what_is_taken_back_leaves_the_folder(world):
    world.app.tick()
    attach(world, "a.png")
    [act] = [a for a, _ in world.app.place.journal.acts() if a.kind == "attached"]
    world.now += timedelta(seconds=1)
    world.app.place.record(
        Act(
            at=world.now,
            kind=ActKind.UNDONE,
            order=ORDER,
            data={"act": act.id, "pack": "ozon"},
        )
    )

    assert list((world.folder / "orders" / ORDER / "attachments").iterdir()) == []


def test_a_damaged_letter_leaves_a_page_that_says_so(world):
    write(world, "<p>z</p>", subject="Zakaz")
    world.app.tick()
    with Store(world.folder / "index.sqlite3") as store:
        [row] = store.rows("SELECT * FROM messages WHERE subject = 'Zakaz'")
        path = world.app.place.archive.path(row["evidence"])
        path.chmod(0o644)
        path.write_bytes(b"another")
        shelf = world.app.place.scribe.shelf(store, world.folder / "again")
        list(shelf.write([("ozon", ORDER)]))

    folder = world.folder / "again" / ORDER / "letters"
    [page] = folder.glob(f"*{row['evidence'][:12]}.html")
    assert "не удалось показать" in page.read_text("utf-8")
    assert not page.with_suffix(".eml").exists()


def test_letters_are_looked_into_once(world, monkeypatch):
    shown = []
    whole = showing.show_letter
    monkeypatch.setattr(
        "triage.jobs.reading.show_letter",
        lambda *all_of_it: shown.append(1) or whole(*all_of_it),
    )
    world.app.tick()
    first = len(shown)
    attach(world, "a.png")
    world.now += timedelta(days=3)
    world.app.tick()

    assert first > 0
    assert len(shown) == first


def test_a_new_way_of_showing_writes_all_letters_anew(world, monkeypatch):
    world.app.tick()
    page = pages(world)[-1]
    page.write_text("of an older version")
    monkeypatch.setattr(view, "SHOWING", "2")

    world.app.place.rebuild()

    assert "of an older version" not in page.read_text("utf-8")


class PowerCut(BaseException):
    """The moment at which nothing is written any more."""


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_what_a_power_cut_left_empty_is_written_anew(world, monkeypatch):
    """Wherever it comes, and though names reach the disk before any byte does."""
    world.app.tick()
    whole, cut = world.folder / "whole", world.folder / "cut"
    put_file, sync_all = disk.put_file, disk.sync_all
    with Store(world.folder / "index.sqlite3") as store:
        orders = cases.all_orders(store)[:2]
        shelf = world.app.place.scribe.shelf
        view.refresh(shelf(store, whole), orders)
        last = len(contents(whole)) + 1  # and the sync of them all
        for step in range(1, last + 1):
            places = itertools.count(1)

            def watched(*args: object, step=step, places=places) -> None:
                if next(places) == step:
                    raise PowerCut
                (put_file if len(args) == 2 else sync_all)(*args)

            monkeypatch.setattr(disk, "put_file", watched)
            monkeypatch.setattr(disk, "sync_all", watched)
            with pytest.raises(PowerCut):
                view.refresh(shelf(store, cut), orders)
            monkeypatch.setattr(disk, "put_file", put_file)
            monkeypatch.setattr(disk, "sync_all", sync_all)
            for path in cut.rglob("*"):
                if path.is_file():
                    path.write_bytes(b"")

            view.refresh(shelf(store, cut), orders)

            assert contents(cut) == contents(whole), f"cut at file {step}"
            shutil.rmtree(cut)
    assert last > 10


class Slow:
    """Reading processes that have an answer only when somebody waits for one."""

    def __init__(self, pool) -> None:
        self.pool = pool
        self.jobs = []
        self.waited_at = []  # how many letters had been given each time

    def give(self, task):
        self.jobs.append(self.pool.give(task))
        self.jobs[-1].done = False
        return self.jobs[-1]

    def pump(self, *, wait=True):
        if wait:
            self.waited_at.append(len(self.jobs))
            next(job for job in self.jobs if not job.done).done = True


def test_nobody_waits_for_a_letter_while_there_is_another_to_give(world, monkeypatch):
    world.app.tick()
    orders = world.folder / "orders"
    slow = Slow(world.app.place.pool)
    with Store(world.folder / "index.sqlite3") as store:
        shelf = world.app.place.scribe.shelf(store, world.folder / "again")
        shelf = replace(shelf, pool=lambda: slow)
        list(shelf.write(cases.all_orders(store)))
        ahead = slow.waited_at
        monkeypatch.setattr(view, "AHEAD", 2)
        shelf, slow.waited_at, slow.jobs = (
            replace(shelf, folder=world.folder / "2"),
            [],
            [],
        )
        list(shelf.write(cases.all_orders(store)))

    assert set(ahead) == {len(list(orders.glob("*/letters/*.html")))}
    assert min(slow.waited_at) <= 2 + len(list((orders / ORDER).glob("letters/*.html")))
    for name in ("again", "2"):
        written = contents(world.folder / name)
        assert written.keys() == contents(orders).keys() - {"index.html"}


def test_a_page_is_there_only_when_all_is_that_it_leads_to(world, monkeypatch):
    world.app.tick()
    put_file, pages = disk.put_file, []

    def watched(path: Path, data: bytes) -> None:
        if path.name == "index.html":
            pages.append(path)
            for link in re.findall(r'href="(\w[^"]+)"', data.decode()):
                assert (path.parent / link).is_file(), link
        put_file(path, data)

    monkeypatch.setattr(disk, "put_file", watched)
    with Store(world.folder / "index.sqlite3") as store:
        slow = Slow(world.app.place.pool)
        shelf = world.app.place.scribe.shelf(store, world.folder / "again")
        list(replace(shelf, pool=lambda: slow).write(cases.all_orders(store)))

    assert len(pages) > 3


def test_the_list_has_every_order_those_that_want_something_first(world):
    world.app.tick()
    text = (world.folder / "orders" / "index.html").read_text("utf-8")

    listed = re.findall(r"<h3><a href=\"([^/]+)/index.html\">", text)

    assert sorted(listed) == sorted(
        path.name for path in (world.folder / "orders").glob("*/")
    )
    alive = re.findall(r"card alive\">\n<h3><a href=\"([^/]+)/", text)
    assert alive == listed[: len(alive)]
    assert alive


def test_an_order_that_does_not_change_is_not_written_again(world):
    world.app.tick()
    before = {p: p.stat().st_mtime_ns for p in pages(world)}
    world.now += timedelta(minutes=10)

    world.app.tick()

    assert {p: p.stat().st_mtime_ns for p in pages(world)} == before


def test_a_page_costs_milliseconds(world):
    world.app.tick()
    with Store(world.folder / "index.sqlite3") as store:
        shelf = world.app.place.scribe.shelf(store, world.folder / "orders")
        orders = [("ozon", path.name) for path in (world.folder / "orders").glob("*/")]
        list(shelf.write(orders))
        started = time.process_time()
        for _ in range(5):
            list(shelf.write(orders))
        each = (time.process_time() - started) / (5 * len(orders))

    assert each < 0.05  # measured: about 6 ms, most of it the page


def test_a_home_without_orders_has_a_list_that_says_so(world):
    with world.app.place.writing() as store:
        shelf = world.app.place.scribe.shelf(store, world.folder / "none")
        shelf.index([])

    assert "Заказов пока нет" in (world.folder / "none" / "index.html").read_text()
