"""Signatures made with real keys and checked against a DNS that is none."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mails import ARRIVED, AUTHSERV_ID, a_letter, a_sighting
from signing import BY, DATED, Dns, Domain

from triage.core.verdict import KeyRecord, Outcome, Signature, deciding
from triage.edges.parser import parse
from triage.edges.signature import check, check_seal

SHOP = Domain("sender.ozon.ru")
LETTER = a_letter(auth="", subject="Заказ 12345678-0001", text="Отменён.\n")
SIGNED = SHOP.sign(LETTER)


def everybody(_domain: str) -> bool:
    return True


def outcomes(letter, dns=None, *, allowed=everybody, at=ARRIVED):
    checked = check(letter, allowed, dns or Dns(SHOP), at)
    return [signature.outcome for signature in checked]


@pytest.mark.parametrize(
    "ways",
    [
        (b"relaxed", b"relaxed"),
        (b"relaxed", b"simple"),
        (b"simple", b"relaxed"),
        (b"simple", b"simple"),
    ],
)
@pytest.mark.parametrize("bits", [1024, 2048])
def test_a_right_signature_holds_with_the_key_it_was_checked_by(ways, bits):
    shop = Domain("sender.ozon.ru", bits=bits)

    [signature] = check(shop.sign(LETTER, ways=ways), everybody, Dns(shop), ARRIVED)

    assert signature.words() == {
        "dkim": "pass",
        "dkim_domain": "sender.ozon.ru",
        "dkim_selector": "mail",
        "dkim_key": shop.record,
        "dkim_resolver": BY,
    }


def test_a_letter_without_a_signature_asks_nobody():
    dns = Dns(SHOP)

    assert outcomes(LETTER, dns) == []
    assert dns.asked == []


def test_another_text_is_told_without_asking_for_a_key():
    dns = Dns(SHOP)

    assert outcomes(SIGNED + b"more", dns) == [Outcome.BODY]
    assert dns.asked == []


def test_another_subject_is_told():
    altered = SIGNED.replace(b"Subject:", b"Subject: Re:")

    assert outcomes(altered) == [Outcome.HEADER]


def test_a_signature_by_another_key_is_told():
    other = Domain("sender.ozon.ru", bits=2048)

    assert outcomes(other.sign(LETTER)) == [Outcome.HEADER]
    assert outcomes(other.sign(LETTER), Dns(other)) == [Outcome.PASS]


@pytest.mark.parametrize(
    ("record", "outcome"),
    [
        ("v=DKIM1; p=", Outcome.REVOKED),
        ("v=DKIM1; k=rsa; p= ", Outcome.REVOKED),
        ("v=DKIM1; k=rsa", Outcome.BROKEN),
        ("v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", None),
        ("v=DKIM1; k=new; p=AAAA", Outcome.BROKEN),
        ("v=DKIM1; k=rsa; p=%%%", Outcome.BROKEN),
        ("v=spf1 -all", Outcome.BROKEN),
        ("=", Outcome.BROKEN),
        (";;;", Outcome.BROKEN),
        (f"{SHOP.record}; t=y", Outcome.NONE),
        (f"{SHOP.record}; h=sha1", Outcome.BROKEN),
        (f"{SHOP.record}; t=s", Outcome.PASS),
    ],
)
def test_what_stands_in_dns_is_told_apart(record, outcome):
    shop = Domain("sender.ozon.ru", record=record)

    [found] = outcomes(SIGNED, Dns(shop))

    # whether keys of the newer kind can be used depends on what is installed
    assert found in ([outcome] if outcome else [Outcome.UNCHECKED, Outcome.BROKEN])


def test_a_key_that_is_not_there_and_a_dns_that_is_not_there_are_two_things():
    nowhere, silent = Dns(), Dns(SHOP)
    silent.is_up = False

    assert outcomes(SIGNED, nowhere) == [Outcome.NO_KEY]
    assert outcomes(SIGNED, silent) == [Outcome.UNAVAILABLE]


def test_a_key_that_others_can_break_is_weak():
    shop = Domain("sender.ozon.ru", bits=768)

    assert outcomes(shop.sign(LETTER), Dns(shop)) == [Outcome.WEAK]


def test_a_signature_had_expired_or_had_not_when_the_server_took_the_letter_in():
    letter = SHOP.sign(LETTER, more={"x": DATED + 3600})
    before = datetime.fromtimestamp(DATED + 60, UTC)
    after = datetime.fromtimestamp(DATED + 3660, UTC)

    assert outcomes(letter, at=before) == [Outcome.PASS]
    assert outcomes(letter, at=after) == [Outcome.EXPIRED]


def test_a_signature_of_a_part_of_the_text_vouches_for_nothing():
    letter = SHOP.sign(LETTER, length=True)

    assert outcomes(letter) == [Outcome.PARTIAL]
    assert outcomes(letter + b"https://evil.example\r\n") == [Outcome.ADDED]


def test_a_signature_that_leaves_the_subject_out_vouches_for_nothing():
    assert outcomes(SHOP.sign(LETTER, headers=("from", "date"))) == [Outcome.PARTIAL]


@pytest.mark.parametrize(
    "line",
    [
        b"From: mailer@sender.ozon.ru\r\n",
        b"Subject: another\r\n",
        b"Content-Type: text/html\r\n",
        b"X-Odd: x\rSubject: another\r\n",  # some end a line here, and some do not
    ],
)
def test_a_header_put_on_top_that_readers_would_take_is_told(line):
    assert outcomes(line + SIGNED) == [Outcome.ADDED]


@pytest.mark.parametrize(
    "more",
    [
        {"a": "rsa-sha1"},
        {"v": "2"},
        {"q": "http"},
        {"x": "tomorrow"},
        {"c": "odd/odd"},
        {"i": "@other.example"},
        {"i": "@notsender.ozon.ru"},
        {"bh": "AAAA"},
    ],
)
def test_an_odd_signature_never_holds(more):
    [outcome] = outcomes(SHOP.sign(LETTER, more=more))

    assert outcome in (Outcome.BROKEN, Outcome.BODY)


@pytest.mark.parametrize("selector", ["a b", "x/../y", "*", "", "a" * 300, "мой"])
def test_a_selector_that_cannot_stand_in_dns_asks_for_nothing(selector):
    dns = Dns(SHOP)
    letter = SIGNED.replace(b" s=mail;", f" s={selector};".encode())

    assert outcomes(letter, dns) == []
    assert dns.asked == []


def test_only_keys_of_allowed_domains_are_asked_for():
    """A letter must not make this machine tell its sender that it was read."""
    dns = Dns(SHOP)
    stranger = Domain("me-4711.tracker.example")

    found = outcomes(stranger.sign(SIGNED), dns, allowed="ozon.ru".__eq__)

    assert (found, dns.asked) == ([], [])


def test_each_signature_is_checked_and_no_more_than_a_few():
    other = Domain("ozon.ru", "second")
    dns = Dns(SHOP)

    assert outcomes(other.sign(SIGNED), dns) == [
        Outcome.NO_KEY,
        Outcome.PASS,
    ]

    line = SIGNED[: -len(LETTER)]
    assert len(outcomes(line * 100 + LETTER, dns)) == 5


@pytest.mark.parametrize("more", [b" " * 200_000 + b"x", (b"\t" * 999 + b"x") * 900])
def test_a_letter_that_would_keep_the_library_busy_is_not_checked(more):
    dns = Dns(SHOP)

    assert outcomes(SIGNED + more, dns) == [Outcome.UNCHECKED]
    assert dns.asked == []


def test_a_page_with_wide_margins_is_checked():
    page = LETTER + b"".join(b" " * (n % 80) + b"<td>x</td>\r\n" for n in range(4000))

    assert outcomes(SHOP.sign(page)) == [Outcome.PASS]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_damage_makes_a_signature_raise_or_hold(data):
    place = data.draw(st.integers(0, len(SIGNED) - 1))
    byte = data.draw(st.integers(0, 255))
    damaged = SIGNED[:place] + bytes([byte]) + SIGNED[place + 1 :]

    if Outcome.PASS in outcomes(damaged):
        assert shown(damaged) == shown(SIGNED)


def shown(letter: bytes) -> list[str]:
    """Return what a reader takes from a letter, but for blanks."""
    message = parse(letter, a_sighting(letter), "")
    return ["".join(text.split()) for text in (message.sender, message.subject)]


GATE = Domain("example.org", "arc")
SEALED = GATE.seal(a_letter(auth="pass"), AUTHSERV_ID)


def test_a_seal_of_the_owners_provider_tells_what_it_saw():
    seal = check_seal(SEALED, "example.org".__eq__, Dns(GATE))

    assert seal.outcome is Outcome.PASS
    assert seal.results.startswith(f"{AUTHSERV_ID}; dkim=pass")


def test_a_strangers_seal_is_not_even_asked_about():
    dns = Dns(GATE)

    assert check_seal(SEALED, "other.example".__eq__, dns).outcome is Outcome.NONE
    assert dns.asked == []


def test_a_strangers_seal_on_top_of_the_providers_hides_it():
    evil = Domain("evil.example", "arc")
    forged = b"Authentication-Results: mx.evil.example; arc=pass\r\n" + SEALED.replace(
        b"12345678", b"87654321"
    )
    chain = evil.seal(forged, "mx.evil.example")

    seal = check_seal(chain, "example.org".__eq__, Dns(GATE, evil))

    assert seal.outcome is Outcome.NONE


@pytest.mark.parametrize(
    ("before", "after", "outcome"),
    [
        (b"dkim=pass", b"dkim=none", Outcome.HEADER),
        (b"\r\n\r\n", b"\r\n\r\nmore ", Outcome.HEADER),
        (b"i=1", b"i=99", Outcome.BROKEN),
        (b"Subject:", b"Subject: x\r\nSubject:", Outcome.PARTIAL),
    ],
)
def test_a_letter_changed_behind_the_seal_is_told(before, after, outcome):
    changed = SEALED.replace(before, after)

    assert check_seal(changed, "example.org".__eq__, Dns(GATE)).outcome is outcome


def test_without_dns_a_seal_says_nothing():
    dns = Dns(GATE)
    dns.is_up = False

    found = check_seal(SEALED, "example.org".__eq__, dns)

    assert found.outcome is Outcome.UNAVAILABLE


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200), st.integers(0, len(SEALED)))
def test_no_bytes_make_a_seal_raise(noise, place):
    check_seal(SEALED[:place] + noise + SEALED[place:], everybody, Dns(GATE))
    check_seal(b"ARC-Seal: " + noise, everybody, Dns(GATE))
    outcomes(b"DKIM-Signature: " + noise + b"\r\n\r\n")


# RFC 8463, appendix A: one letter, signed with keys of both kinds
FOOTBALL = b"""DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=brisbane; t=1528637909; h=from : to :
 subject : date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
 Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=test; t=1528637909; h=from : to : subject :
 date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3
 DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz
 dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game.  Are you hungry yet?

Joe.
""".replace(b"\n", b"\r\n")
FOOTBALL_KEYS = {
    "brisbane._domainkey.football.example.com": "v=DKIM1; k=ed25519; "
    "p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
    "test._domainkey.football.example.com": "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUA"
    "A4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCN"
    "b3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip"
    "3G+2kryOTIKT+l/K4w3QIDAQAB",
}


def football(letter=FOOTBALL):
    def ask(name):
        return KeyRecord(FOOTBALL_KEYS[name], BY)

    found = check(letter, lambda name: name == "football.example.com", ask, ARRIVED)
    return [each.outcome for each in found]


def test_both_kinds_of_key_hold_in_the_letter_of_the_norm():
    pytest.importorskip("nacl")

    assert football() == [Outcome.PASS, Outcome.PASS]
    altered = FOOTBALL.replace(b"dinner", b"supper")
    assert football(altered) == [Outcome.HEADER, Outcome.HEADER]


def test_without_its_library_the_newer_kind_is_unchecked_and_the_older_decides(
    monkeypatch,
):
    monkeypatch.delattr("dkim.nacl", raising=False)
    altered = FOOTBALL.replace(b"dinner", b"supper")

    assert football() == [Outcome.UNCHECKED, Outcome.PASS]
    assert football(altered) == [Outcome.UNCHECKED, Outcome.HEADER]
    for letter, outcome in ((FOOTBALL, Outcome.PASS), (altered, Outcome.HEADER)):
        signatures = [Signature(outcome=each) for each in football(letter)]
        assert deciding(signatures, fresh=True).outcome is outcome


def test_a_signature_of_the_newer_kind_alone_is_not_checked_rather_than_refuted(
    monkeypatch,
):
    monkeypatch.delattr("dkim.nacl", raising=False)
    start, end = FOOTBALL.index(b"DKIM-Signature: v=1; a=rsa"), FOOTBALL.index(b"From:")

    assert football(FOOTBALL[:start] + FOOTBALL[end:]) == [Outcome.UNCHECKED]


def test_a_key_of_the_newer_kind_that_is_none_is_unreadable(monkeypatch):
    pytest.importorskip("nacl")
    name = "brisbane._domainkey.football.example.com"
    for public in ("AAAA", "%%%", "A" * 500, ""):
        monkeypatch.setitem(FOOTBALL_KEYS, name, f"v=DKIM1; k=ed25519; p={public}")

        assert football()[0] in (Outcome.BROKEN, Outcome.REVOKED)
