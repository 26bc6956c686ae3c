"""The documents against the program: nothing undocumented, nothing documented that is not."""

import json
import os
import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from pydantic import BaseModel

from triage.cli import cli
from triage.config import Account, Config, Digest, Owner, PackChoice, Schedule, Smtp
from triage.core.act import Act, ActKind
from triage.core.event import ATTRIBUTES, EventKind, Stream
from triage.core.inspection import Kind
from triage.edges.packs import load

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    [
        *(ROOT / name for name in ("README.md", "README.ru.md", "CHANGELOG.md")),
        *(ROOT / name for name in ("CONTRIBUTING.md", "triage/packs/README.md")),
        *(ROOT / "docs").glob("*.md"),
    ]
)
SECTIONS = (Config, Owner, Account, Smtp, Digest, Schedule, PackChoice)

page = pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))


def text_of(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def code_in(text: str) -> set[str]:
    """Return every span and line of code of a page, without its backticks."""
    return {*re.findall(r"`([^`\n]+)`", text)}


def words_in(text: str) -> set[str]:
    """Return every word that stands in code."""
    return {word for code in code_in(text) for word in re.split(r"[^\w.-]+", code)}


def command_lines() -> Iterator[tuple[str, str]]:
    """Yield (page, line) for every `triage …` that a page shows."""
    for path in PAGES:
        text = path.read_text("utf-8")
        fenced = re.findall(
            r"^ *```(?:sh)?\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE
        )
        lines = [line for block in fenced for line in block.splitlines()]
        for piece in [*lines, *code_in(text)]:
            for found in re.finditer(r"(?:^|\s)triage ((?!=|triage )[^#;&|]+)", piece):
                if line := found[1].strip():  # alone it shows where things stand
                    yield str(path.relative_to(ROOT)), line


def shown() -> list[tuple[str, str]]:
    """Return the lines that show how a command is called, not only that there is one."""
    kept = []
    for name, line in command_lines():
        if line.split()[0] in ("*", "[--config", "…"):
            continue
        kept.append((name, line.split("   ")[0]))
    return kept


def filled(line: str) -> list[str]:
    """Put values in the place of the words that stand for one."""
    line = re.sub(r"\[[^]]*\]", "", line)  # optional: see the --help tests
    values = {
        "CASE": "1",
        "ORDER": "12345678-0001",
        "KIND": "defective",
        "FILE": "f",
        "FOLDER": "f",
        "PATH…": "f",
        "NAME=VALUE": "seller_inn=1",
        "LINE": "x",
    }
    return [values.get(word, word) for word in shlex.split(line)]


def test_some_command_lines_are_found():
    assert len(shown()) > 40


def test_the_readme_counts_what_can_be_reported():
    market = load(["ozon"], "ru", None).marketplace("ozon")
    count = sum(rule.report for rule in market.rules)
    assert f"one of {count} kinds of trouble" in text_of("README.md")
    assert f"{count} видов бед" in text_of("README.ru.md")


@pytest.mark.parametrize(("name", "line"), sorted(set(shown())))
def test_a_command_line_of_the_documents_parses(name, line):
    words = filled(line)
    options = []
    while words and words[0].startswith("-"):
        if words[0] in ("--help", "--version"):
            return
        options += [words.pop(0), words.pop(0)]
    named = words[0] if words else ""
    assert named in cli.commands, f"{name}: triage {line}"

    context = cli.make_context("triage", [*options, named])
    command = cli.commands[named]
    if len(words) > 1:  # a bare name only speaks of the command
        command.make_context(named, words[1:], parent=context)


@pytest.mark.parametrize("name", list(cli.commands))
def test_every_command_is_documented_with_its_options(name):
    text = text_of("docs/commands.md")
    row = next(
        line for line in text.splitlines() if line.startswith(f"| `triage {name}")
    )

    for parameter in cli.commands[name].params:
        if isinstance(parameter, click.Option) and parameter.name != "help":
            assert parameter.opts[0] in row, (name, parameter.opts)


def test_every_option_of_all_commands_is_documented():
    told = words_in(text_of("docs/commands.md"))

    assert {option.opts[0] for option in cli.params} <= told


@pytest.mark.parametrize("name", ["", *cli.commands])
@pytest.mark.parametrize("lang", ["ru", "en"])
def test_help_is_in_one_language_and_80_columns_wide(name, lang):
    words = ["--lang", lang, *filter(None, [name]), "--help"]

    done = CliRunner().invoke(cli, words, prog_name="triage", terminal_width=80)

    assert done.exit_code == 0
    assert max(map(len, done.output.splitlines())) <= 80
    assert bool(re.search(r"[а-яё]{3}", done.output)) is (lang == "ru")
    assert ("Show this" in done.output) is False


def keys_of(section: type[BaseModel]) -> Iterator[str]:
    for name, field in section.model_fields.items():
        yield field.alias or name


@pytest.mark.parametrize("section", SECTIONS, ids=lambda s: s.__name__)
def test_every_key_of_the_configuration_is_documented(section):
    told = words_in(text_of("docs/configuration.md"))

    nested = {"owner", "account", "smtp", "digest", "schedule", "packs"}
    assert set(keys_of(section)) - nested <= told
    assert all(f"[{name}]" in text_of("docs/configuration.md") for name in nested)


def test_the_example_shows_every_key_with_the_documented_default():
    example = tomllib.loads(text_of("config.example.toml"))
    shown = text_of("config.example.toml")

    for section in SECTIONS:
        for key in keys_of(section):
            assert re.search(rf"^[#\[ ]*{key}\b", shown, re.MULTILINE), key
    rows = re.findall(
        r"^\| `(\w+)` \| `([^`]+)` \|", text_of("docs/configuration.md"), re.MULTILINE
    )
    flat = {**example, **example["digest"], **example["schedule"], **example["packs"]}
    for key, default in rows:
        if key in flat and key != "port":
            assert tomllib.loads(f"x = {default}")["x"] == flat[key], key


def test_every_kind_of_event_and_every_attribute_is_documented():
    told = words_in(text_of("docs/packs.md"))

    assert {kind.value for kind in (*EventKind, *Stream)} <= told
    assert told >= ATTRIBUTES


def test_every_rule_and_every_step_is_documented():
    packs = load(["ozon"], "ru", None)
    steps = {step.id for plan in packs.ladder.plans.values() for step in plan}

    rules = {rule.id for market in packs.marketplaces for rule in market.rules}
    assert rules <= words_in(text_of("docs/packs.md"))
    reports = {r.id for m in packs.marketplaces for r in m.rules if r.report}
    assert reports <= words_in(text_of("docs/commands.md"))
    for name in ("docs/ladder.md", "docs/commands.md"):
        assert steps <= words_in(text_of(name)), name


def test_every_finding_of_verify_is_documented():
    assert {kind.value for kind in Kind} <= words_in(text_of("docs/evidence-format.md"))


def test_every_exit_code_is_documented():
    codes = set(re.findall(r"exit_code = os\.(EX_\w+)", text_of("triage/errors.py")))
    table = re.findall(r"^\| (\d+) \|", text_of("docs/commands.md"), re.MULTILINE)

    assert {str(getattr(os, code)) for code in codes} <= set(table)


def anchors(path: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", head.lower()) for head in heads)
    return {head.strip().replace(" ", "-") for head in plain}


@page
def test_links_lead_somewhere(page):
    text = page.read_text("utf-8")
    links = re.findall(r"\]\(([^)\s]+)\)|src=\"([^\"]+)\"", text)

    for link in (first or second for first, second in links):
        if re.match(r"https?:", link):
            continue
        file, _, anchor = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target), link


@page
def test_no_path_of_somebodys_machine_is_shown(page):
    text = page.read_text("utf-8")

    assert re.findall(r"(?<![\w.~])/(?:work|tmp|Users|home/\w|root/)", text) == []


@pytest.mark.parametrize("name", ["README.md", "README.ru.md"])
def test_the_first_screen_names_the_two_commands_first(name):
    top = text_of(name).splitlines()[:6]

    assert any(line.startswith("    make demo") for line in top)
    assert any(line.startswith("    make test") for line in top)


@pytest.mark.parametrize("name", ["README.md", "README.ru.md"])
def test_a_readme_stays_a_screen_and_a_half(name):
    assert len(text_of(name).splitlines()) <= 90


def test_both_readmes_say_the_same():
    def shape(name: str) -> list[str]:
        text = text_of(name)
        blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
        commands = [re.sub(r"#.*|;.*", "", block).split() for block in blocks]
        links = re.findall(r"\]\(((?!README)[^)]+)\)", text)
        return [*map(str, commands), *sorted(links), str(text.count("\n## "))]

    assert shape("README.md") == shape("README.ru.md")


def test_the_picture_is_small():
    assert (ROOT / "docs/pictures/digest.png").stat().st_size < 200_000


def test_every_target_of_make_that_the_documents_name_is_there():
    rules = set(re.findall(r"^([a-z]+):", text_of("Makefile"), re.MULTILINE))
    named = {
        word
        for path in PAGES
        for word in re.findall(r"\bmake ([a-z]+)", path.read_text("utf-8"))
        if f"`make {word}" in path.read_text("utf-8")
        or f"    make {word}" in path.read_text("utf-8")
    }

    assert {"demo", "test", "pictures"} <= named <= rules


def test_every_page_is_reached_from_another():
    linked = {
        Path(link).name
        for page in PAGES
        for link in re.findall(r"\]\(([\w./-]+\.md)", page.read_text("utf-8"))
    }
    pages = {path.name for path in (ROOT / "docs").glob("*.md")}

    assert pages <= linked


def test_names_of_files_in_the_documents_exist():
    pieces = {
        (path, code)
        for path in PAGES
        for code in code_in(path.read_text("utf-8"))
        if re.fullmatch(
            r"(?:triage|tests|core|edges|jobs|systemd|docs)/[\w/.-]*\.(?:py|md|toml|service)",
            code,
        )
    }

    missing = [
        (path.name, code)
        for path, code in sorted(pieces)
        if not (ROOT / code).exists() and not (ROOT / "triage" / code).exists()
    ]
    assert missing == []


def test_the_act_whose_id_the_evidence_page_gives_has_it():
    text = text_of("docs/evidence-format.md")
    [(array, told)] = re.findall(r"```json\n(\[.*\])\n```\n\nis `(\w+)`", text)
    at, kind, case, order, posting, *data = json.loads(array)

    act = Act(
        at=datetime.fromisoformat(at),
        kind=ActKind(kind),
        case=case,
        order=order,
        posting=posting,
        data=dict(data),
    )

    assert act.id == told


def test_the_checks_of_the_evidence_page_are_shell_and_python_that_parse():
    text = text_of("docs/evidence-format.md")
    for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        compile(block, "evidence-format.md", "exec")
    for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
        subprocess.run(["sh", "-n", "-c", block], check=True)
