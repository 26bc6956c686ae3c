import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.edges.terminal import Terminal, as_json, clean, clean_lines


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2Jзаказ", "[2Jзаказ"),
        ("a\x9b31mb", "a 31mb"),
        ("\u202eсчёт\u2066", "счёт"),
        ("две\nстроки\u2028и\tтабуляция", "две строки и табуляция"),
        ("[link=http://x]жми[/link]", "[link=http://x]жми[/link]"),
        ("ё😀", "ё😀"),
    ],
)
def test_a_line_from_a_letter_is_made_harmless(text, shown):
    assert clean(text) == shown


@given(st.text())
def test_nothing_but_printable_text_and_line_breaks_survives(text):
    assert all(
        c.isprintable() or c in "\n\t\u00a0" or c.isspace() for c in clean_lines(text)
    )
    assert "\x1b" not in clean_lines(text)


@given(st.text())
def test_json_is_printable_and_says_the_same(text):
    written = as_json({"subject": text})

    assert json.loads(written) == {"subject": text}
    assert all(c == "\n" or c.isprintable() for c in written)


def test_markup_of_a_subject_is_printed_and_not_obeyed():
    stream = io.StringIO()
    terminal = Terminal(stream, width=80)

    terminal.table(["Тема"], [["[red]x[/red] \x1b]0;title\x07"], [None]])
    terminal.say("[bold]y[/bold]")

    assert "[red]x[/red]" in stream.getvalue()
    assert "[bold]y[/bold]" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()


def test_off_a_terminal_a_long_line_stays_one_line():
    stream = io.StringIO()

    Terminal(stream).say("слово " * 100)

    assert stream.getvalue().count("\n") == 1
