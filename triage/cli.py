"""The command line: options for all commands, and errors as sentences."""

import errno
import gc
import io
import os
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from itertools import pairwise
from keyword import iskeyword
from pathlib import Path

import click

from triage import __version__
from triage.commands.bilingual import Group, Option, usage_words
from triage.edges.terminal import clean_lines
from triage.errors import DiskError, TriageError, reason

MODULES = {
    "setup": "setup",
    "check": "check",
    "run": "work",
    "tick": "work",
    "digest": "paper",
    "orders": "show",
    "cases": "show",
    "why": "why",
    "letter": "paper",
    "done": "acts",
    "snooze": "acts",
    "resolve": "acts",
    "reopen": "acts",
    "answer": "acts",
    "report": "acts",
    "fact": "facts",
    "attach": "acts",
    "undo": "undo",
    "unrecognised": "teach",
    "teach": "teach",
    "sample": "teach",
    "import": "keep",
    "verify": "keep",
    "export": "bundle",
    "rebuild": "keep",
    "demo": "demo",
    "completion": "complete",
}
"""Where each command stands, in the order in which a person meets them."""

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
GARBAGE = 20_000
"""Objects after which Python looks for garbage: by its own 700 a start looks 150 times."""


class Commands(Mapping[str, click.Command]):
    """All commands. The module of one is imported when it is asked for."""

    def __getitem__(self, name: str) -> click.Command:
        module = import_module(f"triage.commands.{MODULES[name]}")
        found: click.Command = getattr(module, f"{name}_" if iskeyword(name) else name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(MODULES)

    def __len__(self) -> int:
        return len(MODULES)


@click.group(
    cls=Group,
    commands=Commands(),
    invoke_without_command=True,
    both=(
        "Следит за письмами магазина, хранит доказательства и говорит, что делать дальше.",
        "Watch the shop's letters, keep the evidence and say what to do next.",
    ),
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option(
    "--config",
    "config",
    cls=Option,
    both=("файл настроек", "the configuration file"),
    type=click.Path(path_type=Path),
    metavar="FILE",
)
@click.option(
    "--now",
    cls=Option,
    both=("считать, что сейчас этот момент", "pretend that it is this instant"),
    metavar="INSTANT",
)
@click.option(
    "--lang",
    cls=Option,
    both=("язык: ru или en", "language: ru or en"),
    type=click.Choice(["ru", "en"]),
    is_eager=True,
)
@click.option(
    "--debug",
    is_flag=True,
    cls=Option,
    both=("показать, где сбой", "show where it failed"),
)
@click.version_option(
    __version__,
    message="%(prog)s %(version)s",
    cls=Option,
    both=("показать версию", "show the version"),
)
@click.pass_context
def cli(
    context: click.Context,
    config: Path | None,
    now: str | None,
    lang: str | None,
    *,
    debug: bool,
) -> None:
    from triage.commands.desk import Desk  # with all the rest: --version needs none

    desk = Desk(config, now, lang, debug=debug)
    context.obj = desk
    context.call_on_close(desk.close)
    if context.invoked_subcommand is None:
        from triage.commands.glance import glance

        glance(desk, context)


def main(arguments: list[str] | None = None) -> None:
    """Run the program and leave it with a code of sysexits.h."""
    gc.set_threshold(GARBAGE)
    words = sys.argv[1:] if arguments is None else arguments
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a sign that the terminal lacks
    sys.exit(_run(words))


def _run(words: list[str]) -> int:
    debug = "--debug" in words
    english = "--lang=en" in words or ("--lang", "en") in pairwise(words)
    try:
        code = cli.main(words, prog_name="triage", standalone_mode=False)
    except TriageError as error:
        if debug:
            raise
        return _fail(error)
    except click.ClickException as error:
        return _fail(usage_words(error, "en" if english else ""))
    except (click.Abort, KeyboardInterrupt):
        return 130
    except SystemExit:  # of the libraries that write, when whoever read us has gone
        return os.EX_OK
    except Exception as error:
        if debug:
            raise
        return _failed(error)
    return int(code or os.EX_OK)


def _failed(error: Exception) -> int:
    if isinstance(error, OSError) and error.errno in FULL:
        # Python must not try again at exit to write what is left.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _fail(DiskError(f"не пишется: {reason(error)}"))
    sys.stderr.write(
        f"triage: сбой программы ({type(error).__name__}); "
        "повторите с --debug и пришлите вывод без личных данных\n"
    )
    return os.EX_SOFTWARE


def _fail(error: TriageError) -> int:
    sys.stderr.write(f"triage: {clean_lines(str(error))}\n")
    return error.exit_code
