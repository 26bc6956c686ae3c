"""The house, as a table. A test here names the file and the line that breaks it."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "triage").rglob("*.py"))

CORE_MAY_USE = {
    "binascii",
    "bisect",
    "calendar",
    "collections",
    "dataclasses",
    "datetime",
    "decimal",
    "enum",
    "fractions",
    "functools",
    "hashlib",
    "hmac",
    "html",
    "itertools",
    "json",
    "math",
    "operator",
    "re",
    "string",
    "types",
    "typing",
    "unicodedata",
    "urllib",
    "zoneinfo",
}
"""Standard modules that hold values only: no clock, no path, no chance, no network."""

ROOMS = {
    "errors": set(),
    "core": {"core", "errors"},
    "edges": {"core", "errors", "edges"},  # edges among themselves: see NEIGHBOURS
    "config": {"errors", "config"},
    "jobs": {"core", "errors", "edges", "jobs", "config"},
    "place": {"core", "errors", "edges", "jobs", "config", "scribe"},
    "scribe": {"core", "errors", "edges", "jobs", "config", "place"},
    "app": {"core", "errors", "edges", "jobs", "config", "place"},
    "daemon": {"errors", "edges", "config", "app", "daemon", "core"},
    "cli": {
        "core",
        "errors",
        "edges",
        "jobs",
        "config",
        "app",
        "place",
        "daemon",
        "cli",
        "commands",
        "",
    },
    "commands": {
        *(
            "core",
            "errors",
            "edges",
            "jobs",
            "config",
            "app",
            "place",
            "daemon",
            "commands",
            "",
        ),
    },
    "__main__": {"cli"},
    "": set(),
}
"""Which room may look into which; "" is the package itself."""

FLOORS = {"disk", "ledger", "schema", "store", "tables", "plans", "templates"}
"""Edges that other edges stand on."""

NEIGHBOURS = {
    ("authentication", "sender"),
    ("imap_line", "imap_wire"),
    ("mailbox", "imap_line"),
    ("packs", "factpack"),
    ("packs", "lawpack"),
    ("packs", "marketpack"),
    ("packs", "receiptpack"),
    ("packs", "titlepack"),
    ("parser", "html"),
    ("parser", "sender"),
    ("parser", "walker"),
    ("worker", "child"),
}
"""The only other edges that may import one another: parts of one device."""

LIMIT = 300
PARSER = "triage.edges.parser"
MARKETPLACES = re.compile(
    r"ozon|озон|wildberries|вайлдберр|яндекс.?маркет|yandex.?market", re.IGNORECASE
)


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def room_of(module: str) -> str:
    parts = module.removesuffix(".__init__").split(".")
    room = parts[1] if len(parts) > 1 else ""
    return "config" if room in ("config_errors", "config_values") else room


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Yield every imported module with its line, `from triage.x import y` as triage.x.y
    where y is itself a module."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}:{node.lineno}: a relative import"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                file = ROOT / Path(*whole.split("."))
                is_module = file.with_suffix(".py").exists() or file.is_dir()
                yield node.lineno, whole if is_module else str(node.module)


@pytest.fixture(scope="module")
def all_imports() -> list[tuple[str, Path, int]]:
    return [(module, path, line) for path in SOURCES for line, module in imports(path)]


def test_rooms_look_only_where_the_table_allows(all_imports):
    wrong = []
    for module, path, line in all_imports:
        if module.split(".")[0] != "triage":
            continue
        here = room_of(name_of(path))
        assert here in ROOMS, (
            f"{path} lies outside the house: add its room to the table"
        )
        if room_of(module) not in ROOMS[here]:
            wrong.append(f"{path.relative_to(ROOT)}:{line}: {here} imports {module}")

    assert wrong == []


def test_the_core_uses_values_only(all_imports):
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {module}"
        for module, path, line in all_imports
        if room_of(name_of(path)) == "core"
        and module.split(".")[0] not in CORE_MAY_USE | {"triage"}
    ]

    assert wrong == []


def test_edges_do_not_know_one_another(all_imports):
    wrong = []
    for module, path, line in all_imports:
        here, there = name_of(path).split("."), module.split(".")
        if not here[:2] == there[:2] == ["triage", "edges"] or len(there) < 3:
            continue
        if there[2] not in FLOORS and (here[2], there[2]) not in NEIGHBOURS:
            wrong.append(f"{path.relative_to(ROOT)}:{line}: {module}")

    assert wrong == []


def test_each_third_party_library_has_one_edge_but_the_command_line_ones(all_imports):
    everywhere = {"click", "pydantic", "pydantic_core"}
    users: dict[str, set[str]] = {}
    for module, path, _ in all_imports:
        library = module.split(".")[0]
        if library in sys.stdlib_module_names or library in {"triage", *everywhere}:
            continue
        users.setdefault(library, set()).add(name_of(path))

    shared = {library: names for library, names in users.items() if len(names) > 1}
    assert shared == SHARED
    outside = {
        library
        for library, names in users.items()
        for name in names
        if room_of(name) not in ("edges", "daemon", "commands", "cli")
    }
    assert outside == set()


SHARED: dict[str, set[str]] = {}
"""Libraries that two modules need, with the reason why."""


def test_no_marketplace_is_named_in_the_code():
    wrong = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in SOURCES
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if MARKETPLACES.search(line)
    ]

    assert wrong == []


def test_no_file_grows_past_what_one_reads_at_once():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in SOURCES
        if (lines := len(path.read_text("utf-8").splitlines())) > LIMIT
    }

    assert long == {}


CLOCKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
}


def calls(path: Path) -> Iterator[tuple[int, str, str]]:
    """Yield (line, object, method) of every call; object is "" for a plain name."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                yield node.lineno, "", node.func.id
            elif isinstance(node.func, ast.Attribute):
                owner = node.func.value
                last = owner.id if isinstance(owner, ast.Name) else ""
                last = owner.attr if isinstance(owner, ast.Attribute) else last
                yield node.lineno, last, node.func.attr


def test_only_the_clock_reads_the_time():
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {owner}.{method}()"
        for path in SOURCES
        if path.name != "clock.py"
        for line, owner, method in calls(path)
        if (owner, method) in CLOCKS
    ]

    assert wrong == []


def test_sqlite_is_never_asked_for_the_time():
    functions = re.compile(
        r"\b(strftime|julianday|unixepoch|CURRENT_(DATE|TIME))\b|'now'"
    )
    wrong = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in (ROOT / "triage" / "edges").glob("*.py")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if functions.search(line) and ".strftime(" not in line
    ]

    assert wrong == []


def test_nothing_is_printed_but_by_the_terminal():
    wrong = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in SOURCES
        for line, owner, method in calls(path)
        if (owner, method) == ("", "print")
    ]

    assert wrong == []


def test_nobody_commits_behind_the_store():
    wrong = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.With):
                for item in node.items:
                    manager = item.context_expr
                    if isinstance(manager, ast.Attribute) and manager.attr == "conn":
                        wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")

    assert wrong == []


def test_sql_stays_in_the_edges():
    statement = re.compile(
        r"\b(SELECT .+ FROM|INSERT (OR \w+ )?INTO|DELETE FROM|UPDATE \w+ SET)\b"
    )
    wrong = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in SOURCES
        if room_of(name_of(path)) != "edges"
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if statement.search(line)
    ]

    assert wrong == []


def test_only_edges_and_jobs_keep_a_log(all_imports):
    wrong = [
        f"{path.relative_to(ROOT)}:{line}"
        for module, path, line in all_imports
        if module == "logging"
        and room_of(name_of(path)) in ("core", "errors", "config")
    ]

    assert wrong == []


def test_no_name_says_nothing():
    empty = re.compile(
        r"(manager|helper|util|base|handler|service|processor)s?", re.IGNORECASE
    )
    wrong = []
    for path in SOURCES:
        if empty.fullmatch(path.stem):
            wrong.append(str(path.relative_to(ROOT)))
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                words = re.findall(r"[A-Z][a-z]+", node.name)
                if any(empty.fullmatch(word) for word in words):
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}: {node.name}")

    assert wrong == []


@pytest.mark.parametrize(
    ("module", "later"),
    [
        ("triage.cli", {"pydantic", "sqlite_utils", "triage.app"}),
        ("triage.commands.work", {"jinja2", "rich", "triage.core.hearing", PARSER}),
        ("triage.jobs.reading", {"click", "jinja2", "pydantic", "sqlite_utils"}),
    ],
)
def test_what_starts_imports_nothing_that_it_may_never_need(module, later):
    """A tick is at the server the sooner, and its processes read the sooner."""
    names = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", names], check=True, capture_output=True, text=True
    )

    assert module in done.stdout.split()
    assert later.isdisjoint(done.stdout.split())
