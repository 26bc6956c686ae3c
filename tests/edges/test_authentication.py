import authres
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mails import AUTHSERV_ID, a_letter

from triage.edges import authentication
from triage.edges.authentication import authenticate, registered

IDS = ["MX.Example.ORG", "other.example.net"]


def judged(auth="pass", *, sender="Ozon <mailer@sender.ozon.ru>", before=b"", **more):
    header, _, _ = a_letter(auth=auth, sender=sender, **more).partition(b"\r\n\r\n")
    answer = authenticate(before + header, IDS)
    return answer["domain"], answer["result"], answer["reason"]


def test_an_aligned_signature_vouches_for_the_registered_domain():
    assert judged("mx.example.org; dkim=pass header.d=sender.ozon.ru") == (
        "ozon.ru",
        "pass",
        "dkim",
    )


@pytest.mark.parametrize(
    "words",
    [
        "dkim=pass header.i=@ozon.ru",
        "dkim=pass header.i=@sender.ozon.ru header.s=mail header.b=AbC/d+1=",
        "dkim=pass (2048-bit key; unprotected) header.d=ozon.ru header.i=@ozon.ru",
        "dkim=fail header.d=esp.example; dkim=pass header.d=ozon.ru",
        "dkim=pass header.d=esp.example; dkim=pass header.d=ozon.ru",
        "dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=sender.ozon.ru",
        "dmarc=pass action=none header.from=SENDER.ozon.ru;compauth=pass reason=100",
        (
            "spf=pass (mx.example.org: domain of b@sender.ozon.ru designates 192.0.2.1 as"
            " permitted sender) smtp.mailfrom=b@sender.ozon.ru;\r\n dkim=pass"
            " header.d=ozon.ru; arc=none"
        ),
        "auth=pass smtp.auth=x; DKIM=Pass Header.D=OZON.RU",
    ],
)
def test_the_words_of_real_providers_are_understood(words):
    assert judged(f"{AUTHSERV_ID}; {words}")[:2] == ("ozon.ru", "pass")


@pytest.mark.parametrize(
    ("words", "result", "reason"),
    [
        ("none", "none", "nobody-vouches"),
        ("spf=pass smtp.mailfrom=mailer@sender.ozon.ru", "none", "nobody-vouches"),
        ("dkim=pass header.d=evil.example", "none", "dkim-of-another-domain"),
        ("dkim=pass header.d=notozon.ru", "none", "dkim-of-another-domain"),
        ("dkim=pass header.d=ozon-security.com", "none", "dkim-of-another-domain"),
        ("dkim=pass header.d=ozon.ru.evil.com", "none", "dkim-of-another-domain"),
        ("dkim=pass header.d=ru", "none", "dkim-of-another-domain"),
        ("dkim=pass", "none", "dkim-of-another-domain"),
        ("dkim=fail header.d=ozon.ru", "fail", "dkim-fail"),
        ("dkim=neutral header.d=ozon.ru", "none", "nobody-vouches"),
        ("dmarc=pass header.from=ozon.ru", "none", "nobody-vouches"),
        ("dmarc=pass header.from=promo.ozon.ru", "none", "nobody-vouches"),
        ("dmarc=none header.from=sender.ozon.ru", "none", "nobody-vouches"),
        (
            "dkim=pass header.d=ozon.ru; dmarc=fail header.from=sender.ozon.ru",
            "fail",
            "dmarc-fail",
        ),
        # two domains in one verdict: one of them was smuggled in
        (
            "dkim=pass header.d=evil.example header.i=@ozon.ru",
            "none",
            "dkim-of-another-domain",
        ),
        (
            'dkim=pass header.i="@ozon.ru header.i=@ozon.ru"@evil.example',
            "none",
            "dkim-of-another-domain",
        ),
        # a quoted envelope sender, and a comment, that play at being a verdict
        (
            'spf=pass smtp.mailfrom="x; dkim=pass header.i=@ozon.ru"@evil.example',
            "none",
            "nobody-vouches",
        ),
        (
            (
                "spf=pass (domain of x; dkim=pass header.i=@ozon.ru)"
                " smtp.mailfrom=x@evil.example"
            ),
            "none",
            "nobody-vouches",
        ),
        (
            (
                "spf=pass (of (nested; dkim=pass header.d=ozon.ru) still)"
                " smtp.mailfrom=x@evil.example"
            ),
            "none",
            "nobody-vouches",
        ),
        # the reason is free text as well
        (
            'dkim=fail reason="dkim=pass header.d=ozon.ru" header.d=evil.example',
            "fail",
            "dkim-fail",
        ),
    ],
)
def test_nothing_else_vouches(words, result, reason):
    assert judged(f"{AUTHSERV_ID}; {words}") == ("", result, reason)


PIECES = (
    f"{AUTHSERV_ID} ; dkim = pass fail none header .d .i ozon.ru evil.example reason"
    ' dmarc spf smtp .mailfrom @ " \\ ( ) a@ozon.ru /1 1 ? \r\n \x00 ё'
).split(" ")


def parsed(value):
    try:
        found = authentication._parsed(value)
    except (authres.AuthResError, ValueError) as error:
        return str(error)
    return found.authserv_id, found.version, [told(one) for one in found.results]


def told(result):
    properties = [(one.type, one.name, one.value) for one in result.properties]
    return result.method, result.version, result.result, result.reason, properties


@given(st.lists(st.sampled_from([*PIECES, " "]), max_size=30))
def test_a_verdict_is_parsed_as_the_library_parses_it(pieces):
    value = f"{AUTHSERV_ID}; dkim=pass {''.join(pieces)}"
    quick = [parsed(value), parsed(value)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(authentication, "_parsed", authentication._parse)
        library = authres.all_features().header_class
        patch.setattr(authentication, "_quick", lambda: library)
        slow = parsed(value)

    assert quick == [slow, slow]


def test_a_lower_header_is_the_senders_own_work():
    forged = {"Authentication-Results": "mx.example.org; dkim=pass header.d=ozon.ru"}

    assert judged("mx.example.org; dkim=none", headers=forged)[0] == ""


def test_another_servers_word_does_not_count():
    assert judged("mx.evil.example; dkim=pass header.d=ozon.ru") == (
        "",
        "foreign",
        "other-server",
    )


def test_another_server_on_top_hides_ours():
    above = b"Authentication-Results: mx.evil.example; none\r\n"

    assert judged(before=above)[1] == "foreign"


@pytest.mark.parametrize(
    "value",
    [
        "mx.example.org.evil.example; dkim=pass header.d=ozon.ru",
        "(mx.example.org) mx.evil.example; dkim=pass header.d=ozon.ru",
        "dkim=pass header.d=ozon.ru",
        "mx.example.org 2; dkim=pass header.d=ozon.ru",
        "mx.example.org; dkim=pass (unclosed header.d=ozon.ru",
        "mx.example.org; dkim",
        "mx.example.org; dkim=pass header.d=ozon.ru; none",
        "",
        "(" * 5000,
        "mx.example.org; dkim=pass header.d=ozon.ru" + " " * 20_000,
    ],
)
def test_a_verdict_that_cannot_be_read_vouches_for_nobody(value):
    header = (
        f"Authentication-Results: {value}\r\nFrom: mailer@sender.ozon.ru\r\n".encode()
    )

    assert authenticate(header, IDS)["domain"] == ""


@pytest.mark.parametrize(
    "hidden",
    [
        (
            b"Return-Path: <x\rAuthentication-Results: mx.example.org; dkim=pass"
            b" header.d=ozon.ru\ry>\r\nAuthentication-Results: mx.example.org; none\r\n"
        ),
        b"X: y\rFrom: mailer@sender.ozon.ru\r\rFrom: evil@ozon.ru\r\n",
    ],
)
def test_a_field_behind_a_line_end_that_is_none_vouches_for_nobody(hidden):
    verdict = b"Authentication-Results: mx.example.org; dkim=pass header.d=ozon.ru\r\n"
    letter = hidden + verdict + b"From: mailer@sender.ozon.ru\r\n"

    told = ("untrusted", "bare-line-end")
    for one in (letter, verdict + hidden):
        answer = authenticate(one, IDS)
        assert (answer["domain"], answer["result"], answer["reason"]) == ("", *told)


def test_a_letter_without_a_verdict_is_nobodys():
    assert judged("") == ("", "none", "no-header")


def test_without_a_configured_provider_nobody_is_trusted():
    assert authenticate(a_letter(), [])["result"] == "foreign"


@pytest.mark.parametrize(
    "sender",
    [
        "mailer@sender.ozon.ru)<evil@x.example>",
        "<mailer@sender.ozon.ru>, <evil@x.example>",
        "mailer@sender.ozon.ru <evil@x.example>",
        "Ozon: mailer@sender.ozon.ru;",
        "",
        "Ozon",
        "mailer@sender.ozon.ru\r\nFrom: evil@x.example",
        "<@evil.example:mailer@sender.ozon.ru> (x",
        "=?utf-8?q?mailer=40sender.ozon.ru?=",
        "mailer@sender.oz\x00on.ru",
        '"mailer@sender.ozon.ru"@evil.example',
        "mailer@sender.ozоn.ru",
        "mailer@sender.xn--ozn-jlc.ru",
        "mailer@oz0n.ru",
        "mailer@[192.0.2.1]",
    ],
)
def test_an_unclear_or_other_sender_is_not_the_marketplace(sender):
    header = (
        "Authentication-Results: mx.example.org;"
        " dkim=pass header.d=ozon.ru; dmarc=pass header.from=sender.ozon.ru\r\n"
        f"From: {sender}\r\nSubject: x\r\n"
    ).encode()

    assert authenticate(header, IDS)["domain"] == ""


@pytest.mark.parametrize(
    "sender",
    [
        "mailer@sender.ozon.ru",
        "<mailer@sender.ozon.ru>",
        "Ozon <mailer@sender.ozon.ru>",
        '"Ozon, магазин" <Mailer@Sender.Ozon.RU>',
        "=?utf-8?b?0J7Qt9C+0L0=?=\r\n <mailer@sender.ozon.ru>",
        "=?windows-1251?q?" + "=CE=E7=EE=ED_" * 8 + "?= <mailer@sender.ozon.ru>",
    ],
)
def test_the_name_beside_the_address_does_not_matter(sender):
    header = (
        "Authentication-Results: mx.example.org; dkim=pass header.d=ozon.ru\r\n"
        f"From: {sender}\r\nSubject: x\r\n"
    ).encode()

    assert authenticate(header, IDS)["domain"] == "ozon.ru"


def test_a_domain_in_another_script_is_compared_as_it_stands_in_dns():
    header = (
        "Authentication-Results: mx.example.org; dkim=pass header.d=xn--80a1acny.xn--p1ai"
        "\r\nFrom: a@почта.рф\r\n"
    ).encode()

    assert authenticate(header, IDS)["domain"] == "xn--80a1acny.xn--p1ai"


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("news.ozon.travel", "ozon.travel"),
        ("ozon.ru.evil.com", "evil.com"),
        ("ozon.ru", "ozon.ru"),
        ("ru", ""),
        ("", ""),
    ],
)
def test_the_registered_domain_is_what_somebody_pays_for(domain, expected):
    assert registered(domain) == expected
