"""Shows a page in a real browser: as wide as a phone or a desktop, in light or in dark."""

import html
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
WIDTHS = (320, 375, 1000)
SCHEMES = {"light": 1, "dark": 0}  # as Blink numbers them

# A window of a headless browser is 500 pixels wide or more; a frame in it is as we like.
FRAME = """<!doctype html><html><body style="margin:0">
<iframe id="f" style="border:0;width:{width}px;height:10px" srcdoc="{page}"></iframe>
<script>f.onload = () => {{ const d = f.contentDocument.documentElement;
f.style.height = d.scrollHeight + "px";
document.title = d.scrollHeight + " " + d.scrollWidth; }}</script></body></html>"""


def measure(page: str, width: int) -> tuple[int, int]:
    """Return height and width that a page needs in a frame of a width."""
    out = _run(page, width, "light", "--virtual-time-budget=2000", "--dump-dom")
    found = re.search(rb"<title>(\d+) (\d+)</title>", out)
    if found is None:
        raise RuntimeError("the page was not laid out")
    return int(found[1]), int(found[2])


def shoot(page: str, width: int, scheme: str, path: Path, most: int = 12000) -> None:
    """Take a picture of a page, whole or its first `most` pixels."""
    height = min(measure(page, width)[0], most)
    _run(
        page,
        width,
        scheme,
        "--virtual-time-budget=2000",
        f"--window-size={width},{height}",
        f"--screenshot={path}",
    )


def _run(page: str, width: int, scheme: str, *words: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "page.html")
        framed = FRAME.format(width=width, page=html.escape(page))
        file.write_text(framed, "utf-8")
        done = subprocess.run(
            [
                str(CHROMIUM),
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
    shoot(source.read_text("utf-8"), int(sys.argv[3]), sys.argv[4], target, *most)
