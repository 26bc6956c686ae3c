"""Reading a law pack: what is right is kept, what is wrong is all said at once."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import ladder_tables
import pytest
from ladders import RULES, STEPS, a_case, ru, ru_files, standing

from triage.core.deadline import Term, Unit
from triage.edges import plans
from triage.edges.lawpack import read_ladder
from triage.edges.packs import load


def problems_with(path: str, old: str, new: str) -> list[str]:
    """Read the built-in pack with one change, and return what is said of it."""
    files = dict(ru_files())
    text = files[path].decode()
    assert old in text
    files[path] = text.replace(old, new, 1).encode()
    problems: list[str] = []
    assert (read_ladder(files, problems) is None) is bool(problems)
    return problems


def test_every_rule_has_a_plan():
    assert set(RULES) <= set(ru().plans)


def test_a_plan_has_all_steps_in_order_unless_it_names_its_own():
    own = {
        "pickup-expiring": ("check",),
        "receipt-missing": ("check", "support", "documents", "authority"),
        "false-discount": ("check", "support", "documents", "authority"),
        "support-silent": STEPS[1:],
        "charged-twice": (
            *("check", "support", "bank", "claim"),
            *("documents", "social", "authority", "lawyer"),
        ),
    }
    for rule in RULES:
        assert tuple(each.id for each in ru().plan(rule)) == own.get(rule, STEPS), rule


def test_a_plan_like_another_has_its_steps_wording_and_penalty():
    assert ru().texts["damaged"]["demand"] == ru().texts["defective"]["demand"]
    assert ru().accruals["damaged"] == ru().accruals["defective"]
    mine, other = ru().plan("damaged"), ru().plan("defective")
    assert mine[2] == other[2]
    assert mine[1] != other[1]


BANK = {
    "сбп": ("bank-150", "sbp-answer", "bank"),
    "Карта МИР": ("bank-150", "bank-wait", "bank"),
    "ozon карта": ("bank-150", "bank-wait", "bank"),
    "UnionPay": ("bank-90", "bank-wait", "bank"),
    "виза": ("bank-150-other", "bank-wait", "bank"),
    "в рассрочку": ("", "bank-wait", "creditor"),
    "": ("bank-150", "bank-wait", "bank"),
}


@pytest.mark.parametrize("payment", BANK)
def test_the_bank_step_goes_by_the_way_of_payment(payment):
    told = {"payment": payment} if payment else {}

    plan = {each.id: each for each in ru().plan("refund-missing", told.get)}

    bank = plan["bank"]
    assert (bank.window, bank.answer, bank.letter) == BANK[payment]


def test_what_was_paid_from_the_balance_cannot_be_disputed():
    plan = ru().plan("refund-missing", {"payment": "баланс"}.get)

    assert "bank" not in {each.id for each in plan}


def test_a_variant_may_ask_only_that_a_fact_is_told():
    late, handed_over = (
        [each.step.id for each in standing(case, "2026-12-05").steps]
        for case in (
            a_case("delivery-overdue"),
            a_case("delivery-overdue", delivered_on="2026-11-20"),
        )
    )

    assert [step for step in late if step not in handed_over] == ["bank"]


def test_a_variant_that_fits_no_word_changes_nothing():
    assert ru().plan("defective", {"wish": "подумаю"}.get) == ru().plan("defective")


def test_a_rules_own_key_stands_over_the_default_and_the_rest_stays():
    default = {step.id: step for step in ru().plan("default")}["claim"]
    own = {step.id: step for step in ru().plan("refund-missing")}["claim"]

    since = "fact:cancelled_on|fact:item_cancelled_on|opened"
    assert [(w.anchor, w.term) for w in own.due] == [(since, Term(10))]
    assert own.answer == "refund-26.1"
    assert own.letter == default.letter
    assert own.channel == default.channel


def test_an_empty_text_takes_away_what_the_default_gives():
    support = {step.id: step for step in ru().plan("return-refused")}["support"]

    assert support.again == ""


def test_a_norm_is_read_whole():
    norm = ru().norms["bank-answer"]

    assert norm.term == Term(15, Unit.WORKING_DAYS, shifts=True)
    assert (norm.kind, norm.confidence, norm.checked) == (
        "LAW",
        "S",
        date(2026, 11, 23),
    )


def test_the_penalties_are_capped_by_what_was_paid():
    small, large = ru().norms["penalty-23.1"], ru().norms["penalty-23"]

    assert (small.rate_per_day, small.cap, small.cap_from) == (
        "0.005",
        "amount_paid",
        None,
    )
    assert (large.rate_per_day, large.cap_from) == ("0.01", date(2026, 2, 1))


def test_the_windows_of_the_owner_never_shift():
    windows = {s.window for plan in ru().plans.values() for s in plan if s.window}

    assert windows
    for name in windows:
        norm = ru().norms[name]
        assert norm.term is not None
        assert not norm.term.shifts


def test_every_norm_of_the_law_has_a_source_and_a_citation():
    for norm in ru().norms.values():
        assert norm.source
        assert norm.cite or norm.kind == "POLICY", norm.id


def test_the_retail_rules_lapse_and_fall_back():
    norm = ru().norms["sale-rules"]

    assert norm.valid_to == date(2026, 12, 31)
    assert norm.fallback == "Закон о защите прав потребителей"


def test_the_key_rate_ends_where_it_was_last_confirmed():
    table = ru().key_rate

    assert len(table.rows) == 19
    assert table.rows[-1] == (date(2026, 7, 27), Decimal("14.00"))
    assert table.confirmed_through == date(2026, 10, 25)


@pytest.mark.parametrize(
    ("path", "old", "new", "said"),
    [
        ("law.toml", 'kind       = "LAW"', 'kind       = "LAV"', "law.toml: norm: refund-22: unknown kind 'LAV'; did you mean 'LAW'?"),
        ("law.toml", 'value      = 10', 'walue      = 10', "unknown key 'walue'"),
        ("law.toml", 'checked    = "2026-11-23"', 'checked    = "23.11.2026"', "not a date such as 2026-11-23"),
        ("law.toml", 'shift      = "debtor"', 'shift      = "mine"', "shift must be debtor or never"),
        ("law.toml", 'unit       = "months"', 'unit       = "moons"', "unknown unit 'moons'"),
        ("law.toml", 'confidence = "V"', 'confidence = "sure"', "confidence must be V, S, K or T"),
        ("law.toml", 'rate_per_day = "0.005"', 'rate_per_day = "0,5 %"', "rate_per_day must be a fraction"),
        ("law.toml", 'then       = "bank-180"', 'then       = "bank-150"', "then must name a last edge"),
        ("law.toml", 'warn       = 45\n', '', "warn and warning go together"),
        ("law.toml", '"2022-09-19 7.50"', '"2022-09-19"', "not «day rate»"),
        ("law.toml", 'within              =', 'vithin              =', "law.toml: phrases: within is missing"),
        ("calendar.toml", '"01-01"', '"13-01"', "not a day of 2025: '13-01'"),
        ("ladder.toml", '[plan.default.social]', '[plan.default.sociable]', "unknown key 'sociable'; did you mean 'social'?"),
        ("ladder.toml", 'answer    = "refund-22"', 'answer    = "refund-23"', "claim: answer: unknown 'refund-23'; did you mean"),
        ("ladder.toml", 'letter    = "claim"', 'letter    = "klaim"', "letter: unknown 'klaim'"),
        ("ladder.toml", 'documents = ["D7", "D1"]', 'documents = ["D77"]', "documents: unknown 'D77'"),
        ("ladder.toml", 'due       = ["opened + claim-after"]', 'due       = ["opened + soon"]', "due: unknown term 'soon'"),
        ("ladder.toml", 'due       = ["opened + claim-after"]', 'due       = ["in a week"]', "due: not «anchor + days»"),
        ("ladder.toml", 'due       = ["opened + claim-after"]', 'due       = []', "due names no day"),
        ("ladder.toml", '"term:claim + 1"', '"term:klaim + 1"', "unknown step 'klaim'"),
        ("ladder.toml", 'window_from = "fact:keep_until"', 'window_from = "fact:kept"', "unknown fact 'kept'"),
        ("ladder.toml", 'window      = "ozon-storage"', 'window      = "rpn-answer"', "shifts, but it is the owner's own last day"),
        ("ladder.toml", 'lock_reason = ', 'after_reason = ', "unknown key 'after_reason'"),
        ("ladder.toml", 'steps = ["check"]', 'steps = ["cheque"]', "steps: unknown 'cheque'"),
        ("ladder.toml", 'norm = "penalty-23"', 'norm = "refund-22"', "penalty: 'refund-22' is not a norm with a rate"),
        ("ladder.toml", 'title     = "Направить претензию"', 'title     = ""', "title is missing"),
        ("ladder.toml", 'public = "', 'publik = "', "the default plan has no such text"),
        ("ladder.toml", 'claim          = "Претензия', 'clame          = "Претензия', "letters/clame.txt is missing"),
        ("ladder.toml", 'claim          = "Претензия', 'clame          = "Претензия', "letters/claim.txt is not named here"),
        ("letters/refusal.txt", "$today", "$toda", "letters/refusal.txt: unknown fact 'toda'; did you mean 'today'?"),
        ("letters/bank.txt", "?bank_name", "?bank_nam", "unknown fact 'bank_nam'"),
        ("letters/refusal.txt", "$today", "$ 5", "letters/refusal.txt: a lone $ in the text"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_place(path, old, new, said):
    problems = problems_with(path, old, new)

    assert any(said in problem for problem in problems), problems


def test_all_faults_are_said_at_once():
    files = dict(ru_files())
    files["law.toml"] = files["law.toml"].replace(b'"debtor"', b'"mine"')
    files["calendar.toml"] = b"year = 5"
    problems: list[str] = []

    read_ladder(files, problems)

    places = {problem.split(":")[0] for problem in problems}
    assert {"law.toml", "calendar.toml"} <= places


def test_a_missing_file_and_one_that_is_not_toml_are_said():
    problems: list[str] = []

    assert read_ladder({"law.toml": b"", "ladder.toml": b""}, problems) is None
    assert problems == ["calendar.toml: the file is missing"]

    broken = {**ru_files(), "law.toml": b"[", "letters/claim.txt": b"\xff"}
    problems = []
    assert read_ladder(broken, problems) is None
    assert any("law.toml: not TOML" in problem for problem in problems)
    assert "letters/claim.txt: not text in UTF-8" in problems


def test_other_files_of_the_pack_are_left_alone():
    problems: list[str] = []

    assert read_ladder({**ru_files(), "digest.txt.j2": b"\xff"}, problems)
    assert problems == []


# --- docs/ladder.md

DOCS = Path(__file__).parents[2] / "docs" / "ladder.md"
KEYS = re.compile(r"`([a-z_]+)`")


def test_the_tables_in_the_docs_are_what_the_packs_say():
    text = DOCS.read_text(encoding="utf-8")

    assert text == ladder_tables.page(text, load(["ozon"], "ru", None)), "make docs"


def test_every_step_of_every_issue_has_its_row_in_the_docs():
    _, _, tables = DOCS.read_text(encoding="utf-8").partition(ladder_tables.BEGIN)
    issues = dict(
        zip(*[iter(re.split(r"### .*\(`(.*)`\)", tables)[1:])] * 2, strict=True)
    )

    assert issues.keys() == set(RULES)
    for rule in RULES:
        for step in ru().plan(rule):
            assert f"| {step.rung} `{step.id}` |" in issues[rule]


def test_every_key_is_in_the_docs():
    documented = set(KEYS.findall(DOCS.read_text(encoding="utf-8")))
    keys = {*plans.TEXTS, *plans.LISTS, *plans.FLAGS, "due", "recheck", "then"}

    assert keys <= documented


@pytest.mark.parametrize(
    ("rule", "claim", "kind_of_answer", "first"),
    [
        ("delivery-overdue", 4, "LAW", "support"),  # row 1: promised + 5
        ("refund-missing", 10, "LAW", "support"),  # row 2: cancelled + 10
        ("refund-short", 10, "LAW", "support"),  # row 2a
        ("return-refund-missing", 7, "LAW", "support"),  # row 3: handed in + 10
        ("return-refused", 6, "LAW", "dispute"),  # row 4: after the 5-day window
        ("return-unanswered", 5, "LAW", "support"),  # row 4, last line
        ("defective", 5, "LAW", "support"),  # row 5
        ("not-received", 3, "LAW", "support"),  # row 7
    ],
)
def test_the_decision_table_is_kept_row_by_row(rule, claim, kind_of_answer, first):
    plan = {step.id: step for step in ru().plan(rule)}
    since = (
        "fact:cancelled_on|fact:item_cancelled_on|opened"
        if rule == "refund-missing"
        else "opened"
    )

    due = plan["claim"].due[0]
    assert (due.anchor, due.term.value) == (since, claim)
    answer = ru().norms[plan["claim"].answer]
    assert (answer.kind, answer.term) == (kind_of_answer, Term(10, shifts=True))
    assert plan["support"].letter == first
    assert plan["authority"].locked_by == plan["lawyer"].locked_by == ("claim",)
    assert plan["bank"].window == "bank-150"
    assert plan["social"].optional
    assert plan["documents"].background
