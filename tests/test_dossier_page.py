"""The dossier in a real browser, beside a listener that must hear nothing."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import html5lib
import pytest
import screen
from needs import needs
from world import World

pytestmark = [pytest.mark.slow, needs(*screen.NAMES)]

SHAPES = """
<img src="{at}/img.png"><img srcset="{at}/set.png 1x" alt="a"><picture><source srcset="{at}/p.png">
</picture><div style="background-image:url({at}/bg.png);background:url('{at}/b2.png')">x</div>
<style>@import "{at}/i.css"; @font-face {{ font-family: f; src: url({at}/f.woff) }} p {{ font-family: f }}
body {{ background: url({at}/body.png) }}</style><link rel="stylesheet" href="{at}/l.css">
<link rel="prefetch" href="{at}/pre"><link rel="icon" href="{at}/icon.png">
<meta http-equiv="refresh" content="0;url={at}/refresh"><base href="{at}/base/">
<script src="{at}/s.js"></script><script>fetch("{at}/fetch"); location = "{at}/go"</script>
<iframe src="{at}/frame"></iframe><object data="{at}/object"></object><embed src="{at}/embed">
<video src="{at}/v.mp4" poster="{at}/poster.png" autoplay></video><audio src="{at}/a.mp3" autoplay></audio>
<form id="q" action="{at}/form"><input type="image" src="{at}/input.png"></form><script>q.submit()</script>
<svg><image href="{at}/svg.png"/><use href="{at}/use.svg#a"/></svg><table background="{at}/t.png"><td>x</table>
<body background="{at}/body2.png" onload="new Image().src='{at}/onload'"><p>текст</p>
"""


class Listener:
    """Counts who calls."""

    def __init__(self) -> None:
        self.heard = 0
        self.server = socket.create_server(("127.0.0.1", 0))
        self.at = f"http://127.0.0.1:{self.server.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                caller, _ = self.server.accept()
            except OSError:
                return
            self.heard += 1
            caller.close()


@contextmanager
def listening() -> Iterator[Listener]:
    listener = Listener()
    try:
        yield listener
    finally:
        listener.server.close()


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """Pages of a home that got a letter with everything that can call somebody."""
    with listening() as listener:
        world = World(
            tmp_path_factory.mktemp("home"), datetime(2026, 11, 14, 5, tzinfo=UTC)
        )
        body = SHAPES.format(at=listener.at)
        world.deliver()
        raw = (
            "Received: from sender.ozon.ru by mx.mail.example; Fri, 13 Nov 2026 10:00:00"
            " +0300\r\nAuthentication-Results: mx.mail.example; dkim=pass header.d=ozon.ru;"
            " dmarc=pass header.from=sender.ozon.ru\r\nFrom: Ozon <mailer@sender.ozon.ru>\r\n"
            "To: anna@mail.example\r\nSubject: Hostile\r\n"
            "Date: Fri, 13 Nov 2026 10:00:00 +0300\r\nMIME-Version: 1.0\r\n"
            "Content-Type: text/html; charset=utf-8\r\n\r\n"
            f"<p>Заказ 12345678-0004</p>{body}"
        )
        new = world.letterbox.root / "new"
        new.joinpath("1794546000.1.hostile").write_bytes(raw.encode())
        world.app.tick()
        yield world.folder / "orders", listener, body
        world.close()


def load(tmp_path: Path, *pages: str) -> None:
    """Let the browser lay pages out; the picture proves that it did."""
    frames = [(page, 375) for page in pages]
    heights = screen.shoot(frames, "light", tmp_path / "page.png", 2000)
    assert min(heights) > 0
    assert (tmp_path / "page.png").stat().st_size > 500 * len(pages)


def test_the_listener_hears_a_page_that_was_not_cleaned(shelf, tmp_path):
    _, listener, _ = shelf
    before = listener.heard

    load(tmp_path, f"<p>x</p><img src='{listener.at}/x.png'>")

    assert listener.heard > before


def test_the_policy_alone_lets_nothing_through(shelf, tmp_path):
    """Were the sanitiser to fail, the page still calls nobody."""
    orders, listener, _ = shelf
    page = next(orders.rglob("letters/*.html")).read_text("utf-8")
    head, _, _ = page.partition("</head>")
    loading = (
        f"<img src='{listener.at}/x.png'><link rel=stylesheet href='{listener.at}/y'>"
    )
    before = listener.heard

    load(
        tmp_path,
        f"{head}{loading}</head><body style='background:url({listener.at}/z)'>x",
    )

    assert listener.heard == before


def test_no_page_of_the_folder_calls_anybody(shelf, tmp_path):
    orders, listener, _ = shelf
    pages = [orders / "index.html", orders / "12345678-0004" / "index.html"]
    pages += (orders / "12345678-0004" / "letters").glob("*.html")
    before = listener.heard

    load(tmp_path, *(page.read_text("utf-8") for page in pages))

    assert len(pages) > 3
    assert any("текст" in page.read_text("utf-8") for page in pages)
    assert listener.heard == before


def test_every_page_is_valid_html_with_one_title(shelf):
    orders, _, _ = shelf

    for page in orders.rglob("*.html"):
        text = page.read_text("utf-8")
        html5lib.HTMLParser(strict=True).parse(text)
        assert text.startswith("<!doctype html>\n")
        assert '<meta charset="utf-8">' in text[:1024]
        assert len(re.findall("<h1", text)) == 1
        ids = re.findall(r' id="([^"]+)"', text)
        assert len(ids) == len(set(ids))


def test_no_page_is_wider_than_the_screen(shelf):
    orders, _, _ = shelf
    pages = [orders / "index.html", orders / "12345678-0004" / "index.html"]
    pages += (orders / "12345678-0004" / "letters").glob("*.html")
    shown = [(page, width) for page in pages for width in screen.WIDTHS]

    sizes = screen.measure([(page.read_text("utf-8"), width) for page, width in shown])

    for (page, width), (_, needed) in zip(shown, sizes, strict=True):
        assert needed <= width, page.name
