"""Who really wrote a letter, from its arrival to the digest, and again without a network."""

import socket
from dataclasses import replace
from datetime import timedelta

import pytest
from letters import ozon, packs_of
from mails import ARRIVED, AUTHSERV_ID, a_letter, a_sighting
from offline import an_app, bring
from signing import BY, Dns, Domain

from triage.core.verdict import nobody
from triage.edges.resolver import Resolver
from triage.jobs.compose import preview
from triage.jobs.trust import Judge, vouched_for

SHOP = Domain("sender.ozon.ru")
GATE = Domain("example.org", "arc")
NOW = ARRIVED + timedelta(hours=1)
ORDER = "12345678-0001"
CANCELLED = {
    "subject": f"Заказ {ORDER} отменён",
    "text": f"Заказ отменён: https://www.ozon.ru/my/orderdetails/?order={ORDER}\n",
}
IDS = [AUTHSERV_ID]


def judged(letter, dns=nobody, *, ids=IDS, now=NOW):
    return Judge(ids, packs_of(ozon()), lambda: now, dns)(letter, ARRIVED)


def trusted(letter, dns=nobody, **more):
    return judged(letter, dns, **more)["domain"]


@pytest.mark.parametrize(
    "auth", ["", "none", "mx.evil.example; dkim=pass header.d=ozon.ru"]
)
def test_a_signature_that_holds_vouches_where_the_provider_does_not(auth):
    found = judged(SHOP.sign(a_letter(auth=auth)), Dns(SHOP))

    assert found == {
        "domain": "ozon.ru",
        "result": "pass",
        "reason": "dkim-checked",
        "dkim": "pass",
        "dkim_domain": "sender.ozon.ru",
        "dkim_selector": "mail",
        "dkim_key": SHOP.record,
        "dkim_resolver": BY,
    }


def test_a_signature_of_another_domain_vouches_for_nobody_and_asks_for_nothing():
    dns = Dns(evil := Domain("evil.example"))

    assert trusted(evil.sign(a_letter(auth="")), dns) == ""
    assert dns.asked == []


def test_a_letter_of_nobody_we_know_is_not_checked():
    dns = Dns(evil := Domain("evil.example"))
    letter = evil.sign(a_letter(auth="", sender="Ozon <a@evil.example>"))

    assert "dkim" not in judged(letter, dns)
    assert dns.asked == []


def test_a_pass_that_the_signature_belies_is_not_trusted():
    letter = SHOP.sign(a_letter(**CANCELLED)).replace(b"\r\n\r\n", b"\r\n\r\n ", 1)
    broken = letter + b"more"

    assert trusted(a_letter(**CANCELLED)) == "ozon.ru"
    assert judged(broken, Dns(SHOP))["reason"] == "dkim-refuted"
    assert judged(broken)["reason"] == "dkim-refuted"  # that needs no DNS


def test_a_key_that_was_withdrawn_belies_a_new_letter_and_no_old_one():
    revoked = Dns(Domain("sender.ozon.ru", record="v=DKIM1; p="))
    letter = SHOP.sign(a_letter())

    assert trusted(letter, revoked) == ""
    assert trusted(letter, revoked, now=NOW + timedelta(days=400)) == "ozon.ru"


@pytest.mark.parametrize("record", ["", "v=DKIM1; p=%%"])
def test_trouble_with_dns_takes_no_trust_away(record):
    dns = Dns(Domain("sender.ozon.ru", record=record)) if record else Dns()
    dns.is_up = bool(record)
    letter = SHOP.sign(a_letter())

    assert trusted(letter, dns) == "ozon.ru"


def test_an_unclear_sender_is_trusted_by_no_signature():
    letter = SHOP.sign(a_letter(auth=""))
    two = b"From: mailer@sender.ozon.ru\r\n" + letter

    assert trusted(letter, Dns(SHOP)) == "ozon.ru"
    assert trusted(two, Dns(SHOP)) == ""


def test_a_large_letter_of_which_only_the_header_came_is_left_to_the_provider():
    header = SHOP.sign(a_letter()).partition(b"\r\n\r\n")[0] + b"\r\n"

    assert judged(header, Dns(SHOP))["dkim"] == "unchecked"
    assert trusted(header, Dns(SHOP)) == "ozon.ru"


def test_a_pass_without_a_signature_counts_until_signatures_are_known_to_arrive():
    """A provider that leaves the signatures of a shop in place leaves them in every letter."""
    judge = Judge(IDS, packs_of(ozon()), lambda: NOW, Dns(SHOP))
    unsigned, signed = a_letter(**CANCELLED), SHOP.sign(a_letter())

    assert judge(unsigned, ARRIVED)["domain"] == "ozon.ru"
    assert judge(signed, ARRIVED)["domain"] == "ozon.ru"
    after = judge(unsigned, ARRIVED)
    assert (after["domain"], after["result"], after["reason"]) == (
        "",
        "none",
        "dkim-missing",
    )


@pytest.mark.parametrize(
    "claim", ["dkim=none; dmarc=pass header.from=sender.ozon.ru", "spf=pass"]
)
def test_a_provider_that_speaks_of_no_signature_is_heard_as_ever(claim):
    letter = a_letter(auth=f"{AUTHSERV_ID}; {claim}")
    judge = Judge(
        IDS, packs_of(ozon()), lambda: NOW, Dns(), signers=lambda: {"ozon.ru"}
    )

    assert judge(letter, ARRIVED)["domain"] == trusted(letter)


def test_a_forged_signature_does_not_show_that_signatures_arrive():
    judge = Judge(IDS, packs_of(ozon()), lambda: NOW, Dns(SHOP))
    forged = SHOP.sign(a_letter()) + b"more"

    assert judge(forged, ARRIVED)["domain"] == ""
    assert judge(a_letter(), ARRIVED)["domain"] == "ozon.ru"


FORWARDED = b"Authentication-Results: mx.example.org; dkim=fail header.d=ozon.ru\r\n"


def test_what_the_provider_sealed_before_a_second_mailbox_still_counts():
    sealed = FORWARDED + GATE.seal(a_letter(), AUTHSERV_ID)

    found = judged(sealed, Dns(GATE))

    assert (found["domain"], found["reason"], found["arc"]) == (
        "ozon.ru",
        "arc",
        "pass",
    )


def test_anybodys_seal_counts_for_nothing():
    evil = Domain("evil.example", "arc")
    claims = a_letter(auth=f"{AUTHSERV_ID}; dkim=pass header.d=ozon.ru")
    dns = Dns(evil)

    sealed = FORWARDED + evil.seal(claims, AUTHSERV_ID)

    assert trusted(sealed, dns) == ""
    assert dns.asked == []


def test_what_was_found_on_the_day_is_believed_ever_after():
    """Making the index again asks nobody: keys change, evidence does not."""
    letter = SHOP.sign(a_letter(auth=""))
    seen = a_sighting(letter, authentication=judged(letter, Dns(SHOP)))

    assert vouched_for(seen, letter, [])["domain"] == "ozon.ru"


def test_a_provider_named_later_does_not_overrule_the_signature_of_the_day():
    letter = SHOP.sign(a_letter()) + b"more"
    then = judged(letter, Dns(SHOP), ids=[])
    seen = a_sighting(letter, authentication=then)

    assert then["result"] == "foreign"
    assert vouched_for(seen, letter, IDS)["reason"] == "dkim-refuted"
    assert vouched_for(a_sighting(letter), letter, IDS)["domain"] == "ozon.ru"


def test_a_line_of_an_older_version_is_read_as_it_was_meant():
    letter = a_letter()
    old = {"domain": "", "result": "foreign", "reason": "other-server"}

    assert vouched_for(a_sighting(letter, authentication=old), letter, IDS)["domain"]


@pytest.fixture
def app(tmp_path):
    app = an_app(tmp_path, NOW, ask=Dns(SHOP))
    yield app
    app.close()


def shown(app, language="ru"):
    head = replace(app.place.scribe.letterhead, language=language)
    with app.place.store() as store:
        today = app.place.scribe.today(store, NOW, everything=True)
        page = preview(store, head, today, NOW)
        events = store.rows("SELECT order_number FROM events")
    return [row["order_number"] for row in events], page.text, page.html


def test_a_signed_letter_tells_and_a_forged_one_is_named_in_the_digest(app):
    true = a_letter(auth="", **CANCELLED)
    signature = SHOP.sign(true)[: -len(true)]
    forged = signature + a_letter(
        subject=CANCELLED["subject"], text="https://evil.example/pay\n"
    )
    bring(app, [signature + true, forged])

    events, text, html = shown(app)

    assert events == [ORDER]
    for side in (text, html):
        assert "его подпись не сходится" in side
        assert "ссылки ведут не на сайт магазина" in side
        assert "https://evil.example" not in side


def test_a_dns_that_never_answers_holds_nothing_up_and_takes_no_letter_away(app):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mute:
        mute.bind(("127.0.0.1", 0))
        ask = Resolver(["127.0.0.1"], port=mute.getsockname()[1], patience=0.05)
        app._ask = ask
        shops = [Domain("sender.ozon.ru", selector) for selector in "abc"]
        bring(app, [shop.sign(a_letter(**CANCELLED)) for shop in shops])

    assert ask.asked == 1
    assert set(shown(app)[0]) == {ORDER}


def test_the_english_digest_names_it_as_well(app):
    forged = SHOP.sign(a_letter(**CANCELLED)) + b"more"
    bring(app, [forged, a_letter(auth="none", sender="Ozon <a@oz0n.ru>")])

    _, text, html = shown(app, "en")

    for side in (text, html):
        assert "its signature does not hold" in side
        assert "made to look like the shop" in side


def test_a_rebuilt_index_is_the_same_without_dns(app):
    forged = SHOP.sign(a_letter(**CANCELLED)) + b"more"
    bring(app, [SHOP.sign(a_letter(auth="", **CANCELLED)), forged])
    before = dump(app)

    app._ask = None  # a network, if anything asked for one
    app.place.rebuild()

    assert dump(app) == before
    assert any("dkim-refuted" in row["warnings"] for row in before)


def test_a_mark_without_its_signature_is_named_and_stays_unconfirmed(app):
    """What the archive has seen is remembered by the next pass, and by a new index."""
    bring(app, [SHOP.sign(a_letter(subject="Здравствуйте"))])
    bring(app, [a_letter(**CANCELLED)])

    events, text, _ = shown(app)
    before = dump(app)
    app.place.rebuild()

    assert events == []
    assert "подписи магазина в нём нет" in text
    assert dump(app) == before


def dump(app):
    with app.place.store() as store:
        return store.rows("SELECT * FROM messages ORDER BY evidence")


def test_an_order_of_another_buyer_is_pointed_out_and_still_told(app):
    mine = [
        a_letter(
            subject=f"Заказ 12345678-000{n} отменён",
            text=f"https://www.ozon.ru/my/orderdetails/?order=12345678-000{n}\n",
        )
        for n in range(1, 4)
    ]
    other = a_letter(
        subject="Заказ 87654321-0001 отменён",
        text="https://www.ozon.ru/my/orderdetails/?order=87654321-0001\n",
    )
    fake = a_letter(
        auth="none",
        subject="Заказ 87654321-0002 отменён",
        sender="Ozon <a@evil.example>",
    )
    bring(app, [*mine, other, fake])

    events, text, _ = shown(app)

    assert "87654321-0001" in events
    assert "87654321-0002" not in events
    assert text.count("номер заказа не с вашего аккаунта") == 2


def test_a_forged_letter_leaves_nothing_of_which_a_case_could_be_made(app):
    bring(app, [a_letter(auth="none", sender="Ozon <a@evil.example>", **CANCELLED)])

    with app.place.store() as store:
        assert store.rows("SELECT * FROM events") == []
        assert store.rows("SELECT * FROM cases") == []
        assert store.rows("SELECT * FROM letters_by_order") == []
