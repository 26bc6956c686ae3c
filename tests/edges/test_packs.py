"""Packs from files: everything wrong is said at once, and an owner's file counts whole."""

import re
import shutil
from importlib.resources import files
from pathlib import Path

import pytest
from builders import MOSCOW, on
from ladders import RULES, a_case, did

from triage.core.event import Certainty, EventKind
from triage.core.ladder import stand
from triage.core.rule import Check
from triage.edges.packs import load
from triage.errors import ConfigError

BUILT_IN = Path(str(files("triage").joinpath("packs")))


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Return the owner's own packs, with a copy of the built-in marketplace as "shop"."""
    shutil.copytree(BUILT_IN / "ozon", tmp_path / "shop")
    return tmp_path


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def problems(own: Path, *names: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as raised:
        load(names or ["shop"], "ru", own)
    return raised.value.problems


def test_the_built_in_packs_have_no_fault():
    packs = load(["ozon"], "ru", None)

    market = packs.marketplace("ozon")
    assert market.domains == ("ozon.ru", "ozon.travel")
    assert market.identifiers.order.fullmatch("12345678-0001")
    assert packs.ladder.id == "ru"
    assert set(packs.events) == {kind.value for kind in EventKind}


def test_the_built_in_packs_have_no_fault_in_the_eyes_of_an_owner(tmp_path):
    """His files are looked at more closely: their patterns are compiled at once."""
    shutil.copytree(BUILT_IN, tmp_path, dirs_exist_ok=True)
    shops = [file.parent.name for file in BUILT_IN.glob("*/recognisers.toml")]

    theirs, ours = load(shops, "ru", tmp_path), load(shops, "ru", None)

    assert {"ozon", "yandex-market"} == {*shops}
    assert theirs.receipts == ours.receipts
    for mine, known in zip(theirs.marketplaces, ours.marketplaces, strict=True):
        assert mine.recognisers == known.recognisers


def test_the_rules_of_the_built_in_pack_are_those_that_are_promised():
    rules = {rule.id: rule for rule in load(["ozon"], "ru", None).marketplaces[0].rules}

    assert set(rules) == set(RULES)
    assert rules["refund-short"].check is Check.REFUND_SHORT
    assert rules["pickup-expiring"].grace.before
    assert {name for name in rules if rules[name].report} == {
        *("return-refund-missing", "not-received", "charged-twice", "support-silent"),
        *("receipt-missing", "defective", "wrong-item", "incomplete", "damaged"),
        *("warranty-refused", "counterfeit", "account-blocked", "false-discount"),
    }


def test_a_pack_of_the_owners_is_a_pack_like_any_other(own):
    packs = load(["ozon", "shop"], "ru", own)

    assert [market.id for market in packs.marketplaces] == ["ozon", "shop"]


def test_a_file_of_the_owners_stands_in_place_of_the_built_in_one(tmp_path):
    (tmp_path / "ozon").mkdir()
    text = (BUILT_IN / "ozon" / "rules.toml").read_text("utf-8")
    one = text[: text.index("[[rule]]", text.index("[[rule]]") + 1)]
    one = re.sub(r"(?m)^gives_way_to.*\n", "", one)
    (tmp_path / "ozon" / "rules.toml").write_text(one, "utf-8")

    packs = load(["ozon"], "ru", tmp_path)

    assert [rule.id for rule in packs.marketplaces[0].rules] == ["delivery-overdue"]
    assert len(packs.marketplaces[0].recognisers) > 20


def test_a_folder_of_packs_that_is_not_there_is_no_silence(tmp_path):
    with pytest.raises(ConfigError, match=r"\[packs\] dir: папки .*nowhere нет"):
        load(["ozon"], "ru", tmp_path / "nowhere")


def test_any_change_of_any_file_is_another_fingerprint(own):
    before = load(["shop"], "ru", own).fingerprint

    change(own / "shop" / "contacts.toml", "ООО", "ООО ")

    assert load(["shop"], "ru", own).fingerprint != before
    assert (
        load(["ozon"], "ru", None).fingerprint == load(["ozon"], "ru", None).fingerprint
    )


def test_every_fault_is_named_at_once_with_its_place(own):
    shop = own / "shop"
    change(shop / "recognisers.toml", '"order_placed"', '"order_plased"')
    change(shop / "recognisers.toml", 'certainty   = "pinned"', 'certainty   = "sure"')
    change(
        shop / "rules.toml",
        'since        = ["order_cancelled"',
        'since       = ["cancelled"',
    )
    change(shop / "contacts.toml", 'confidence = "V"', 'confidense = "V"')
    change(shop / "pack.toml", '"seller_stream"', '"seller"')

    found = "\n".join(problems(own))

    for words in (
        (
            "shop/recognisers.toml: recogniser[4] 'order-accepted': "
            "unknown event kind 'order_plased'; did you mean 'order_placed'?"
        ),
        "unknown certainty 'sure'",
        "shop/rules.toml: rule[2] 'refund-missing': unknown event kind 'cancelled'",
        "shop/contacts.toml: marketplace_name: confidence is missing",
        "unknown key 'confidense'; did you mean 'confidence'?",
        "shop/pack.toml: streams: unknown stream 'seller'; did you mean 'seller_stream'?",
    ):
        assert words in found


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("pack.toml", "title ", "titel ", "title is missing"),
        ("pack.toml", 'title   = "Ozon"', "title = 5", "title must be a text, not 5"),
        ("pack.toml", '["ozon.ru", "ozon.travel"]', "[1]", "domains must hold texts only"),
        ("pack.toml", "(?P<order>\\d{7,10}-\\d{4,5})(?!\\d)", "(?P<odrer>\\d)", "unknown groups"),
        ("pack.toml", "(?P<secret>\\d(?:[ -]?\\d){2,9})", "\\d", "no group (?P<secret>…)"),
        ("pack.toml", "order = '(?P<buyer>\\d{7,10})-\\d{4,5}'", "", "order and text are needed"),
        ("recognisers.toml", "'подтверждение", "'(подтверждение", "not a regular expression"),
        ("recognisers.toml", "{total}", "{totel}", "no part {totel}; did you mean 'total'?"),
        ("recognisers.toml", 'id        = "security-notice"', 'id = "sign-in-code"', "given twice"),
        ("recognisers.toml", 'stream    = "security_code"\n', "", "exactly one of kind, stream"),
        ("recognisers.toml", "any_of      = ['товары", "any = ['товары", "unknown key 'any'"),
        ("recognisers.toml", "extract.amount ", "extract.amuont ", "did you mean 'amount'?"),
        ("recognisers.toml", "extract.amount      = ['{total}'", "extract.amount = ['x'",
         "has no group (?P<value>…)"),
        ("recognisers.toml", 'subject   = [\'подтверждение уч[её]тных данных\']\n', "",
         "matches every letter"),
        ("recognisers.toml", "none_of     = ['\\bпринят и", "beside = [\"order-payed\"]\nnone_of = ['\\bпринят и",
         "no recogniser 'order-payed'; did you mean 'order-paid'?"),
        ("rules.toml", "{ days = 1,", "{ days = -1,", "a grace is not negative"),
        ("rules.toml", "{ days = 1,", "{ days = 1, hours = 2,", "one unit"),
        ("rules.toml", '"promised_on" }', '"amount" }', "'amount' is not one of"),
        ("rules.toml", ', from = "keep_until", before = true', ", before = true", "give from"),
        ("rules.toml", "report       = true\nuntil        = []", "until = []", "never holds"),
        ("rules.toml", 'scope        = "posting"', 'scope = "parcel"', "unknown scope 'parcel'"),
        ("rules.toml", 'id           = "false-discount"', 'id = "odd"', "has no steps for it"),
        ("contacts.toml", 'value      = "7704217370"', "value = 7704217370", "must be a text"),
    ],
)  # fmt: skip
def test_a_fault_is_said_in_words_that_help(own, file, old, new, words):
    change(own / "shop" / file, old, new)

    assert words in "\n".join(problems(own))


def test_a_file_that_is_not_toml_hides_no_fault_of_the_others(own):
    (own / "shop" / "pack.toml").write_text("title = ", "utf-8")
    (own / "shop" / "contacts.toml").write_bytes(b'a = "\xff"')
    change(own / "shop" / "rules.toml", '"order_cancelled"', '"cancelled"')

    found = problems(own)

    assert [line.split(":")[0] for line in found] == [
        "shop/pack.toml",
        "shop/contacts.toml",
        "shop/rules.toml",
    ]


def test_a_missing_file_and_a_missing_pack_are_named(own):
    (own / "shop" / "rules.toml").unlink()

    found = "\n".join(problems(own, "shop", "bazaar", "../shop"))

    assert "shop/rules.toml: the file is missing" in found
    assert "bazaar: there is no such pack" in found
    assert "'../shop' is not the name of a pack" in found


def test_no_marketplace_at_all_is_a_fault(own):
    with pytest.raises(ConfigError) as raised:
        load([], "ru", own)

    assert "no marketplace is named" in raised.value.problems


def test_hidden_files_of_the_owner_count_for_nothing(own):
    before = load(["shop"], "ru", own).fingerprint

    (own / "shop" / ".rules.toml.swp").write_bytes(b"\xff")

    assert load(["shop"], "ru", own).fingerprint == before


def test_a_guess_carries_the_conditions_that_all_guesses_have():
    (one,) = [
        r
        for r in load(["ozon"], "ru", None).marketplaces[0].recognisers
        if r.id == "guess-shipped"
    ]

    assert one.certainty is Certainty.GUESS
    assert one.lines == 20
    assert any(pattern.search("если") for pattern in one.unless)


def test_a_space_in_a_pattern_may_be_a_line_end_but_not_within_a_set():
    (one,) = [
        r
        for r in load(["ozon"], "ru", None).marketplaces[0].recognisers
        if r.id == "order-accepted-and-paid"
    ]

    assert one.any_of[0].search("Заказ принят\nи оплачен")
    assert not one.extract["amount"][0].search("Итого 12\n345")


@pytest.mark.parametrize(
    ("pack", "name", "said"),
    [
        ("ru", "laws.toml", "ru/laws.toml: the pack has no such file; did you mean 'law.toml'?"),
        ("ru", "law.tml", "ru/law.tml: the pack has no such file; did you mean 'law.toml'?"),
        ("ru", "letter/claim.txt", "did you mean 'letters/claim.txt'?"),
        ("ru", "letters/clame.txt", "letters/clame.txt is not named here; did you mean 'letters/claim.txt'?"),
        ("ozon", "rule.toml", "ozon/rule.toml: the pack has no such file; did you mean 'rules.toml'?"),
        ("ozon", "whatever", "ozon/whatever: the pack has no such file"),
        ("shop", "recognizers.toml", "shop/recognizers.toml: the pack has no such file; did you mean 'recognisers.toml'?"),
    ],
)  # fmt: skip
def test_a_mistyped_file_of_the_owners_is_named_with_the_nearest_known(
    own, pack, name, said
):
    path = own / pack / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("")

    found = problems(own, "ozon", "shop")

    assert any(said in problem for problem in found), found


def test_notes_of_the_owners_are_no_fault(own):
    (own / "ru").mkdir()
    (own / "ru" / "README.md").write_text("why I changed it")
    (own / "shop" / "notes.md").write_text("samples are elsewhere")

    assert load(["ozon", "shop"], "ru", own)


def test_a_number_in_the_owners_law_moves_a_deadline(tmp_path):
    text = (BUILT_IN / "ru" / "law.toml").read_text("utf-8")
    old = '[norm."refund-26.1"]\nvalue      = 10'
    assert old in text
    (tmp_path / "ru").mkdir()
    own_law = text.replace(old, old.replace("10", "14"))
    (tmp_path / "ru" / "law.toml").write_text(own_law, "utf-8")
    case = a_case("refund-missing")
    acts = [did(case, step, "2026-11-12") for step in ("check", "support", "claim")]

    def deadline(ladder):
        now = stand(case, 1, acts, [], ladder, {}, on("2026-11-23"), zone=MOSCOW)
        return {s.step.id: s.deadline_on for s in now.steps}["claim"]

    assert deadline(load(["ozon"], "ru", None).ladder) == on("2026-11-23")
    assert deadline(load(["ozon"], "ru", tmp_path).ladder) == on("2026-11-26")
