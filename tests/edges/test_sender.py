"""Who wrote a letter: mail-parser's parts must say what the whole of it says."""

from email.message import Message

import mailparser
from hypothesis import given
from hypothesis import strategies as st

from triage.edges.sender import _mail_parser

ADDRESSES = st.lists(
    st.sampled_from(
        [
            *("Озон <mailer@sender.ozon.ru>", "a@example.org", "<b@example.org>"),
            *('"Doe, J" <j@example.org>', "=?utf-8?B?0J7Qt9C+0L0=?= <o@ozon.ru>"),
            *("undisclosed-recipients:;", "group: a@b.example, c@d.example;", "<>"),
            *(
                "a@b@c.example",
                "one two <x@y.example> <z@y.example>",
                '"a" (b) <c@d.e>',
            ),
        ]
    )
    | st.text('a@b.c<>(),:;" \\=?', max_size=20),
    max_size=3,
).map(", ".join)
DATES = st.sampled_from(
    ["Mon, 2 Mar 2026 10:00:00 +0300", "2 Mar 26 10:00 GMT", "31 Feb 2026", "вчера"]
)
HEADERS = st.fixed_dictionaries(
    {name: st.lists(ADDRESSES, max_size=2) for name in ("from", "to", "cc")}
    | {"date": st.lists(DATES, max_size=2)}
)


@given(HEADERS)
def test_the_parts_of_mail_parser_say_what_the_whole_says(wanted):
    letter = Message()
    for name, values in wanted.items():
        for value in values:
            letter[name] = value
    whole = mailparser.MailParser(letter)

    senders, recipients, sent_at, wrong = _mail_parser(wanted)

    assert senders == list(whole.from_ or [])
    assert recipients == [a for _, a in [*(whole.to or []), *(whole.cc or [])]]
    assert sent_at == whole.date
    assert [defect["reason"] for defect in wrong] == [
        defect["reason"]
        for defect in whole.address_header_defects
        if defect["header"] == "from"
    ]
