"""The wheel as a stranger gets it: data inside, no development tool needed."""

import os
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import pytest
from demonstration import told

ROOT = Path(__file__).parents[1]
PACKS = ROOT / "triage" / "packs"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """Build the wheel with the tools of the development environment, offline."""
    folder = tmp_path_factory.mktemp("wheel")
    tools = str(Path(sys.executable).parent)
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"),
            *("--no-build-isolation", "--no-index", "--wheel-dir", folder, ROOT),
        ],
        check=True,
        env={**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"},
    )
    (built,) = folder.glob("*.whl")
    return built


def needed(name: str, found: dict[str, Distribution]) -> dict[str, Distribution]:
    """Gather a distribution and all that it requires at run time."""
    try:
        package = distribution(name)
    except PackageNotFoundError:
        return found  # required on another platform only
    key = re.sub(r"[-_.]+", "-", name).lower()
    if key not in found:
        found[key] = package
        for requirement in package.requires or []:
            text, _, condition = requirement.partition(";")
            if "extra ==" not in condition:
                needed(re.match(r"[\w.-]+", text)[0], found)
    return found


@pytest.fixture(scope="module")
def alone(wheel, tmp_path_factory) -> Path:
    """Install the wheel into a fresh environment that holds its requirements only."""
    folder = tmp_path_factory.mktemp("alone")
    venv.create(folder, with_pip=False)
    (site,) = folder.glob("lib/python3*/site-packages")
    for name, package in needed("triage", {}).items():
        if name == "triage":
            continue
        for top in {file.parts[0] for file in package.files or [] if file.parts}:
            source = Path(package.locate_file(top))
            if top not in ("..", "__pycache__") and source.exists():
                (site / top).symlink_to(source)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    return folder / "bin" / "python"


def run(
    python: Path, *words: object, cwd: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [python, "-I", "-m", "triage", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={"PATH": "/usr/bin:/bin", "HOME": str(cwd)} | environment,
    )


def test_the_wheel_holds_every_file_of_the_packs(wheel):
    packed = set(zipfile.ZipFile(wheel).namelist())

    missing = [
        str(path.relative_to(ROOT))
        for path in PACKS.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
        if str(path.relative_to(ROOT)) not in packed
    ]

    assert missing == []


def test_the_wheel_holds_nothing_else(wheel):
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}

    assert tops == {"triage", next(top for top in tops if top.endswith(".dist-info"))}


def test_the_program_starts_without_development_tools(alone, tmp_path):
    done = run(alone, "--lang", "en", "--help", cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert "Watch the shop's letters" in done.stdout


@pytest.fixture(scope="module")
def again(alone, demonstration, tmp_path_factory):
    """Play over what is left of another play: from the wheel, elsewhere, in English."""
    folder = tmp_path_factory.mktemp("again")
    shutil.copytree(demonstration.out, out := folder / "demo")
    for name in told(out):
        (out / name).chmod(0o644)
        (out / name).write_text("")
    words = ("--lang", "en", "demo", "--out", out)
    return out, run(alone, *words, cwd=folder, TZ="America/Los_Angeles")


def test_the_demonstration_runs_from_the_wheel_and_speaks_english_on_request(again):
    out, done = again

    assert done.returncode == 0, done.stderr
    assert "Open in a browser:" in done.stdout
    assert list((out / "digests").glob("*.html"))


def test_it_is_made_anew_and_is_the_same_in_another_zone(demonstration, again):
    out, _ = again

    assert told(out) == told(demonstration.out)
