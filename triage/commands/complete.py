"""Completion of commands and options by the shell, written by click."""

import click
from click.shell_completion import get_completion_class

from triage.commands.desk import Desk, command

SHELLS = ("bash", "zsh", "fish")
VARIABLE = "_TRIAGE_COMPLETE"  # click answers the shell when it is set


@command(
    "completion",
    "Напечатать настройку дополнения для оболочки.",
    "Print what makes the shell complete commands.",
    click.argument("shell", type=click.Choice(SHELLS)),
)
def completion(desk: Desk, shell: str) -> None:
    """Print a script: `eval "$(triage completion bash)"`."""
    made = get_completion_class(shell)
    root = click.get_current_context().find_root().command
    assert made is not None  # noqa: S101 - click has all of SHELLS
    desk.terminal.exact(made(root, {}, "triage", VARIABLE).source() + "\n")
