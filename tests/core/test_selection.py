import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.core.message import Role
from triage.core.selection import LONGEST_HEADER, fold, wanted

NEEDLES = ("ozon", "озон")


def header(**fields: str | bytes) -> bytes:
    """Write header fields; an underscore in a name stands for a hyphen."""
    lines = []
    for name, value in fields.items():
        data = value.encode() if isinstance(value, str) else value
        lines.append(name.replace("_", "-").encode() + b": " + data + b"\r\n")
    return b"".join([*lines, b"\r\n"])


def word(text: str, charset: str, label: str | None = None) -> str:
    data = base64.b64encode(text.encode(charset)).decode()
    return f"=?{label or charset}?B?{data}?="


@pytest.mark.parametrize(
    "fields",
    [
        {"From": "Ozon <mailer@sender.ozon.ru>"},
        {"FROM": "mailer@SENDER.OZON.RU"},
        {"Sender": "news@news.ozon.ru", "From": "x@example.org"},
        {"Reply_To": "help@ozon.ru", "From": "x@example.org"},
        {"Subject": "Fwd: заказ Ozon"},
        {"Subject": "Ваш заказ на ОЗОН"},
        {"Subject": "Ваш\r\n\tзаказ Oz\r\n on"[:14] + "\r\n\tOzon"},
        {"Subject": word("Заказ в Озоне", "utf-8")},
        {"Subject": word("Заказ в Озоне", "koi8-r")},
        {"Subject": word("Заказ в Озоне", "windows-1251")},
        {"Subject": word("Заказ в Озоне", "windows-1251", label="utf-8")},
        {"Subject": word("Заказ в Озоне", "utf-8", label="koi8-r")},
        {"Subject": word("Заказ в Озоне", "utf-8", label="x-unheard-of")},
        {"Subject": word("Заказ в Озоне", "utf-7")},
        {"Subject": word("Заказ в Озоне", "utf-16")},
        {"Subject": "=?UTF-8?Q?=D0=9E=D0=97=D0=9E=D0=9D:_=D0=B7=D0=B0?="},
        {"Subject": "=?utf-8*ru?q?=D0=9E=D0=97=D0=9E=D0=9D?="},
        {"Subject": "Заказ в Озоне".encode("windows-1251")},
        {"Subject": "Заказ в Озоне".encode("koi8-r")},
        {"Subject": "Заказ в Озоне".encode()},
        {"From": f"{word('Озон', 'utf-8')} <x@example.org>"},
    ],
)
@pytest.mark.parametrize("role", list(Role))
def test_a_letter_that_names_the_marketplace_is_wanted(fields, role):
    assert wanted(header(**fields), role, NEEDLES)


@pytest.mark.parametrize(
    "sender",
    [
        "Ozоn <mailer@example.org>",  # Cyrillic о
        "mailer@ozоn.ru",
        "mailer@оzоn.ru",
        "mailer@oz0n.ru",
        "mailer@0z0n-pay.ru",
        "mailer@xn--ozn-ted.ru",  # ozоn
        "mailer@sender.XN--OZN-TED.ru",
        "ОЗ0Н <mailer@example.org>",
        "Ｏｚｏｎ <mailer@example.org>",  # full width
        "𝐎𝐳𝐨𝐧 <mailer@example.org>",  # bold
        "O\u200bz\u00ado\u2060n <mailer@example.org>",  # invisible characters
        "Özön <mailer@example.org>",
        "Oʒon <mailer@example.org>",
        "notozon@example.org",
    ],
)
def test_a_look_alike_is_wanted_so_that_phishing_can_be_shown(sender):
    assert wanted(header(From=sender), Role.SPAM, NEEDLES)


def test_encoded_words_cut_inside_a_character_are_joined():
    data = "Заказ в Озоне".encode()
    cut = data.index("з".encode(), 10) + 1
    words = [base64.b64encode(d).decode() for d in (data[:cut], data[cut:])]

    folded = "\r\n ".join(f"=?utf-8?B?{w}?=" for w in words)

    assert wanted(header(Subject=folded), Role.INBOX, NEEDLES)


def test_an_encoded_word_that_lost_a_character_is_read_as_far_as_it_goes():
    text = word("Озон: заказ", "utf-8").replace("=?=", "?=")

    assert wanted(header(Subject=text[:-3] + "?="), Role.INBOX, NEEDLES)


@pytest.mark.parametrize(
    "fields",
    [
        {"From": "shop@example.org", "Subject": "Ваш заказ"},
        {"From": "a@amazon.com", "Subject": "Сезон скидок, резонанс, газон"},
        {"From": "a@example.org", "Message_ID": "<1@sender.ozon.ru>"},
        {"From": "a@example.org", "References": "<1@sender.ozon.ru>"},
        {},
    ],
)
@pytest.mark.parametrize("role", list(Role))
def test_other_mail_is_not_wanted(fields, role):
    assert not wanted(header(**fields), role, NEEDLES)


@pytest.mark.parametrize("field", ["To", "Cc"])
def test_whom_the_owner_wrote_to_counts_outside_the_inbox(field):
    letter = header(**{"From": "me@example.org", field: "help@ozon.ru"})

    roles = {role for role in Role if wanted(letter, role, NEEDLES)}

    assert roles == {Role.SENT, Role.ALL, Role.OTHER}


@pytest.mark.parametrize(
    "fields",
    [
        {"X_Triage": "digest", "Subject": "Ozon: 3 дела"},
        {"X_Triage": "digest", "Subject": f"triage 3 готово [261123-{'0f' * 10}]"},
        {
            "Auto_Submitted": "auto-generated",
            "Subject": f"triage 3 готово [261123-{'0f' * 10}]",
        },
        {
            "Auto_Submitted": "auto-replied",
            "In_Reply_To": "<digest.2026-03-02@triage.invalid>",
            "Subject": "Ozon: меня нет на месте",
        },
    ],
)
@pytest.mark.parametrize("role", list(Role))
def test_our_own_letters_and_automatic_answers_to_them_are_not_wanted(fields, role):
    assert not wanted(header(From="Ozon <me@ozon.ru>", **fields), role, NEEDLES)


@pytest.mark.parametrize(
    "fields",
    [
        {"In_Reply_To": "<digest.2026-03-02.0@triage.invalid>", "Subject": "Re: дела"},
        {"References": "<a@b> <DIGEST.1@Triage.Invalid>", "Subject": "Re: дела"},
        {"References": "<a@b> <digest.1@triage.invalid>", "Auto_Submitted": "no"},
        {"Subject": f"triage 3 готово [261123-{'0f' * 10}]"},
        {"Subject": word(f"triage 3 готово [261123-{'0f' * 10}]", "utf-8")},
        {"Subject": word(f"triage 3 готово [261123-{'0F' * 10}]", "koi8-r")},
    ],
)
@pytest.mark.parametrize("role", list(Role))
def test_answers_to_a_digest_and_what_its_buttons_write_are_wanted(fields, role):
    assert wanted(header(From="me@example.org", **fields), role, NEEDLES)


@given(st.binary(max_size=400), st.sampled_from(Role))
def test_no_bytes_break_the_selection(data, role):
    assert wanted(data, role, NEEDLES) in (True, False)


@given(
    st.lists(
        st.sampled_from(
            [
                *rb"Subject: |From:|=?utf-8?B?|=?x?q?|?=|=D0|xn--|a|=|?|_".split(b"|"),
                *(b"xn--99999999999", b"\r\n ", b"\n", b"\xce\xe7", b"\x00"),
            ]
        ),
        max_size=40,
    )
)
def test_no_half_written_field_breaks_the_selection(pieces):
    assert wanted(b"".join(pieces), Role.INBOX, NEEDLES) in (True, False)


@given(
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60),
    st.sampled_from(["utf-8", "windows-1251", "koi8-r"]),
    st.sampled_from(["utf-8", "us-ascii", "iso-2022-jp", "nonsense"]),
    st.sampled_from(["ozon", "озон", "OZON", "Озоне"]),
)
def test_the_needle_is_found_in_any_encoding_under_any_label(
    around, charset, label, needle
):
    clean = around.encode(charset, "replace").decode(charset).replace("\n", "")
    clean = "".join(c for c in clean if c.isalnum() and c.isascii())

    subject = word(f"{clean} Заказ {needle}", charset, label)

    assert wanted(header(Subject=subject), Role.INBOX, NEEDLES)


@given(st.text(max_size=80))
def test_folding_twice_equals_once(text):
    assert fold(fold(text)) == fold(text)


@pytest.mark.timeout(6)
@pytest.mark.parametrize("fields", [1, 30])
def test_a_field_made_to_be_slow_is_not(fields):
    marks = ("\u0315\u0300\u0316" * (LONGEST_HEADER // 6 // fields)).encode()

    letter = b"".join(b"Subject: a" + marks + b"\r\n" for _ in range(fields))

    assert not wanted(letter, Role.INBOX, NEEDLES)
