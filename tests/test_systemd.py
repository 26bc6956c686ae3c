import re
import subprocess
from pathlib import Path

import pytest
from needs import needs

UNITS = Path(__file__).parents[1] / "systemd"
SYSTEM = UNITS / "triage.service"
USER = UNITS / "triage-user.service"

needs_systemd = needs("systemd-analyze")


def runnable(unit: Path, folder: Path) -> Path:
    """Copy a unit with a program that exists here: verify looks for the file."""
    copy = folder / "triage.service"
    text = unit.read_text("utf-8")
    copy.write_text(re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", text))
    return copy


def analyze(*words: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "PAGER": "cat", **environment},
    )


@needs_systemd
@pytest.mark.parametrize("unit", [SYSTEM, USER], ids=["system", "user"])
def test_a_unit_is_clean(unit, tmp_path):
    mode = "--user" if unit is USER else "--system"

    done = analyze(
        "verify", mode, runnable(unit, tmp_path), XDG_RUNTIME_DIR=str(tmp_path)
    )

    # In a container there may be no bus: that is said of the machine, not of the unit.
    told = re.sub(r"(?m)^Failed to connect to .* bus: .*\n", "", done.stderr)
    assert (done.returncode, done.stdout + told) == (0, "")


@needs_systemd
def test_the_system_unit_is_hardened():
    done = analyze("security", "--offline=yes", "--no-pager", SYSTEM)

    (score,) = re.findall(r"Overall exposure level .*: ([\d.]+)", done.stdout)
    assert float(score) <= 1.5


@pytest.mark.parametrize("unit", [SYSTEM, USER], ids=["system", "user"])
def test_a_fault_of_the_owner_is_not_retried_by_systemd(unit):
    text = unit.read_text("utf-8")

    assert "RestartPreventExitStatus=78 77" in text
    assert "Restart=on-failure" in text
    assert "Type=notify" in text
    assert "WatchdogSec=" in text


@pytest.mark.parametrize("unit", [SYSTEM, USER], ids=["system", "user"])
def test_a_reading_process_that_fills_the_memory_does_not_end_the_service(unit):
    text = unit.read_text("utf-8")

    assert "OOMPolicy=continue\n" in text  # without it systemd stops all the rest too


@pytest.mark.parametrize("unit", [SYSTEM, USER], ids=["system", "user"])
def test_a_reload_needs_no_program_that_a_small_system_lacks(unit):
    (reload,) = re.findall("(?m)^ExecReload=(.*)$", unit.read_text("utf-8"))

    assert reload == "/bin/sh -c 'kill -HUP $MAINPID'"  # /bin/kill is of procps


@pytest.mark.parametrize("told", [SYSTEM, UNITS.parent / "docs" / "operations.md"])
def test_settings_are_told_to_be_installed_for_the_unit_and_nobody_else(told):
    text = told.read_text("utf-8")

    (line,) = re.findall("install [^#\n]*config[.]toml", text)
    assert "-m 640 --group=triage " in line
    assert text.index("useradd --system --user-group triage") < text.index(line)
    # no other user is named: systemd takes the one that is called as the unit
    assert "\nUser=" not in SYSTEM.read_text("utf-8")


def test_every_relaxation_says_why():
    lines = SYSTEM.read_text("utf-8").splitlines()
    relaxed = ("RestrictAddressFamilies=AF_UNIX",)

    for number, line in enumerate(lines):
        if line.startswith(relaxed):
            assert lines[number - 1].startswith("# Relaxed:")
