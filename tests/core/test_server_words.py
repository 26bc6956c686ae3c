import base64

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from triage.core.server_words import LONGEST, shown

LETTERS = st.characters(exclude_characters="*", exclude_categories=["Cc", "Cs"])
USERS = st.text(LETTERS, min_size=1)
PASSWORDS = st.text(LETTERS, min_size=6)  # one letter would be found in anything


def shapes(user: str, password: str) -> list[str]:
    escaped = password.replace("\\", "\\\\").replace('"', '\\"')
    told = [
        password,
        f"\0{user}\0{password}",
        f"user={user}\1auth=Bearer {password}\1\1",
    ]
    coded = [base64.b64encode(text.encode()).decode() for text in told]
    return [password, escaped, *coded]


@given(USERS, PASSWORDS)
@example("me", "a\"b\\c'd")
@example("кто", "пароль")
def test_no_shape_of_a_password_is_shown(user, password):
    for shape in shapes(user, password):
        for said in (shape, repr([shape.encode()])):
            words = shown(f"BAD <{said}>", user, password)

            assert "***" in words
            for secret in shapes(user, password):
                assert secret not in words
                assert repr(secret.encode())[2:-1] not in words


@given(st.text(), USERS)
def test_words_are_short_and_cannot_steer_a_terminal(words, user):
    told = shown(words * 50, user, "")

    assert len(told) <= LONGEST
    assert all(c >= " " and not "\x7f" <= c <= "\x9f" for c in told)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("LOGIN failed: b'[ALERT] no'", "LOGIN failed: [ALERT] no"),
        ("BAD [b'what is \\'it\\'']", "BAD [what is 'it']"),
        ("нет\r\nместа", "нет  места"),
    ],
)
def test_the_rest_of_the_words_stays(words, told):
    assert shown(words, "me", "secret") == told
