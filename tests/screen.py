"""Shows a page in a real browser: as wide as a phone or a desktop, in light or in dark."""

import html
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(shutil.which, NAMES), NAMES[0])
WIDTHS = (320, 375, 1000)
SCHEMES = {"light": 1, "dark": 0}  # as Blink numbers them

# A window of a headless browser is 500 pixels wide or more; a frame in it is as we like.
# Several stand side by side: most of a picture's price is the browser's start.
HEAD = """<!doctype html><html><body style="margin:0"><script>const sizes = [];
function grow(f) { const d = f.contentDocument.documentElement;
f.style.height = d.scrollHeight + "px";
sizes[f.dataset.n] = d.scrollHeight + " " + d.scrollWidth;
document.title = sizes.join(); }</script>"""
FRAME = """<iframe data-n="{n}" onload="grow(this)" srcdoc="{page}"
style="border:0;position:absolute;top:0;left:{left}px;width:{width}px;height:10px"></iframe>"""

Frame = tuple[str, int]  # a page and the width to show it in


def measure(frames: Sequence[Frame]) -> list[tuple[int, int]]:
    """Return height and width that each page needs in a frame of its width."""
    out = _run(frames, "light", "--dump-dom").decode()
    title = re.search(r"<title>([\d ,]+)</title>", out)
    sizes = re.findall(r"(\d+) (\d+)", title[1]) if title else []
    if len(sizes) != len(frames):
        raise RuntimeError("a page was not laid out")
    return [(int(height), int(width)) for height, width in sizes]


def shoot(
    frames: Sequence[Frame], scheme: str, path: Path, most: int = 12000
) -> list[int]:
    """Take one picture of pages side by side, each whole or its first `most` pixels.

    Return the height of each; below a page that is lower than others there is nothing.
    """
    heights = [min(height, most) for height, _ in measure(frames)]
    wide = sum(width for _, width in frames)
    size = f"--window-size={wide},{max(heights)}"
    _run(frames, scheme, size, f"--screenshot={path}")
    return heights


def _run(frames: Sequence[Frame], scheme: str, *words: str) -> bytes:
    lefts = accumulate((width for _, width in frames), initial=0)
    framed = HEAD + "".join(
        FRAME.format(n=n, left=left, width=width, page=html.escape(page))
        for n, ((page, width), left) in enumerate(zip(frames, lefts, strict=False))
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "page.html")
        file.write_text(framed, "utf-8")
        done = subprocess.run(
            [
                CHROMIUM,
                *(
                    "--headless=new",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--hide-scrollbars",
                ),
                *("--no-first-run", "--disable-sync", "--disable-quic"),
                *("--disable-background-networking", "--disable-component-update"),
                f"--blink-settings=preferredColorScheme={SCHEMES[scheme]}",
                f"--user-data-dir={folder}/profile",
                "--virtual-time-budget=2000",
                *words,
                file.as_uri(),
            ],
            capture_output=True,
            check=True,
            timeout=120,
        )
    return done.stdout


if __name__ == "__main__":  # screen.py PAGE PICTURE WIDTH SCHEME [MOST]
    source, target = map(Path, sys.argv[1:3])
    most = map(int, sys.argv[5:])
    frame = (source.read_text("utf-8"), int(sys.argv[3]))
    shoot([frame], sys.argv[4], target, *most)
