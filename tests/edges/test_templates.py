"""The sandbox of the packs' templates: what it lets through, and how values are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from triage.edges.templates import CELL, Environment, one_line

FORBIDDEN = [
    "{{ word.__class__ }}",
    "{{ told.clear() }}",
    "{{ listed.append(1) }}",
    "{{ '{0.__class__}'.format(told) }}",
    "{{ word.format(x=told) }}",
    "{{ '{x[__class__]}'.format_map({'x': word}) }}",
    "{{ told['__class__'] }}",
    "{{ word | attr('__class__') }}",
]
VALUES = {"told": {"a": 1, "items": 2}, "listed": [1], "word": "{x.__class__.__mro__}"}


@pytest.mark.parametrize("template", FORBIDDEN)
@pytest.mark.parametrize("before", ["", "{{ told.a }}{{ '{x}'.format(x=1) }}"])
def test_a_template_sees_no_more_than_in_a_plain_sandbox(template, before):
    """Whatever it was let see before."""

    def made(kind: type[ImmutableSandboxedEnvironment]) -> str:
        try:
            return kind().from_string(before + template).render(VALUES)
        except (SecurityError, KeyError, TypeError) as error:
            return type(error).__name__

    ours = made(Environment)

    assert ours == made(ImmutableSandboxedEnvironment)
    assert "class" not in ours


@given(
    st.text(st.sampled_from("{}x0.[]!:> aя"), max_size=12),
    st.text(max_size=4),
)
def test_a_format_gives_what_a_guarded_one_does(text, value):
    def made(kind: type[ImmutableSandboxedEnvironment]) -> str:
        try:
            page = kind().from_string("{{ text.format(value, x=value) }}")
            return page.render(text=text, value=value)
        except (ValueError, LookupError, SecurityError) as error:
            return type(error).__name__

    assert made(Environment) == made(ImmutableSandboxedEnvironment)


def test_a_word_of_a_table_is_found_and_a_method_of_it_is_not_hidden():
    made = Environment().from_string("{{ told.a }} {{ told.items() | length }}")

    assert made.render(VALUES) == "1 2"


@given(
    st.text(
        st.sampled_from("ab  \t\n\r\u00a0\u00ad\u2028\u2029\u202e\ud800₽"), max_size=9
    )
)
def test_a_value_is_one_line_of_what_can_be_seen(text):
    made = one_line(text)

    assert "  " not in made
    assert all(c.isprintable() or c == "\u00a0" for c in made)
    assert one_line(made) == made
    assert made == one_line(Markup(text))  # which is looked at more closely


@pytest.mark.parametrize("text", ["<b>", "a", "x" * (CELL + 1)])
def test_markup_becomes_plain_text(text):
    assert type(one_line(Markup(text))) is str
    assert len(one_line(text)) <= CELL
