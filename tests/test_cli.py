"""Commands as a person types them, on the home that the demonstration leaves behind."""

import io
import json
import logging
import os
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

import pytest
import smtp_sink
from docx import Document
from dovecot import PASSWORD, Dovecot
from mails import AUTHSERV_ID, a_letter
from modes import modes_hold
from paperwork import a_pdf, receipt_text

from triage.cli import MODULES, main
from triage.core.words import NBSP

RULES = Path(__file__).parents[1] / "triage/packs/ozon/rules.toml"

END = "2026-12-02T08:00:00+03:00"


class Answer(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


class Shell:
    """Runs commands as the owner of one configuration."""

    def __init__(self, config: Path, now: str | None = END) -> None:
        self.config, self.now = config, now
        self.home = config.parent

    def run(self, *words: object, now: str | None = None) -> Answer:
        at = ["--now", now or self.now] if now or self.now else []
        arguments = ["--config", self.config, *at, *words]
        out, err = io.StringIO(), io.StringIO()
        left = pytest.raises(SystemExit)
        with redirect_stdout(out), redirect_stderr(err), left as end:
            main([str(word) for word in arguments])
        return Answer(end.value.code, out.getvalue(), err.getvalue())

    def says(self, *words: object, now: str | None = None) -> str:
        done = self.run(*words, now=now)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    def json(self, *words: object, now: str | None = None) -> dict:
        return json.loads(self.says(*words, "--json", now=now))

    def fails(self, code: int, *words: object, now: str | None = None) -> str:
        done = self.run(*words, now=now)
        assert (done.returncode, done.stdout) == (code, ""), done.stderr
        assert "Traceback" not in done.stderr
        return done.stderr


@pytest.fixture(autouse=True)
def _wide(monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    before = logging.getLogger().handlers[:]
    yield
    logging.getLogger().handlers[:] = before


@pytest.fixture(scope="module")
def played(demonstration, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("played") / "demo"
    shutil.copytree(demonstration.out, out)
    return out


@pytest.fixture(scope="module")
def month(played) -> Shell:
    """The home after the month, only read from."""
    return Shell(played / "config.toml")


@pytest.fixture
def own(played, tmp_path) -> Shell:
    """A copy of it to write to."""
    copy = tmp_path / "demo"
    shutil.copytree(played, copy)
    return Shell(copy / "config.toml")


def tree(folder: Path) -> dict[str, bytes]:
    """Everything on disk but SQLite's own scratch files."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }


def number_of(shell: Shell, rule: str, state: str) -> int:
    """Find the case of a rule that is in a state."""
    return next(
        case["number"]
        for case in shell.json("cases")["cases"]
        if (case["rule"], case["state"]) == (rule, state)
    )


# --- what is known


def test_without_a_command_the_program_shows_where_things_stand(month):
    told = month.says()
    assert "вашего шага" in told.splitlines()[0]
    assert "в работе" in told.splitlines()[0]
    assert "Почта прочитана 2 декабря" in told
    for case in month.json("cases")["cases"]:
        if case["state"] == "open":
            assert case["title"] in told


def test_a_step_that_was_taken_is_not_asked_for_again(own):
    number = number_of(own, "return-refused", "open")
    own.says("done", number, "claim")

    told = own.says("cases", number)

    assert "Сделан шаг 2c «Направить претензию», ответа ещё нет" in told
    assert "если сделать сегодня" not in told
    assert "ждём ответа на шаг 2c «Направить претензию», до" in own.says("cases")


def test_a_closed_case_says_when_it_was_closed(month):
    number = number_of(month, "delivery-overdue", "resolved")
    assert "закрыто 20 ноября 2026 г., открыто" in month.says("cases", number)


def test_a_list_of_orders_says_what_the_pages_of_orders_say(month):
    told = {row.split()[0]: row for row in month.says("orders").splitlines()[1:]}
    for order in ("12345678-0002", "12345678-0007"):
        page = (month.home / "orders" / order / "index.html").read_text("utf-8")
        assert "передан покупателю, есть чек" in page
        assert "передан покупателю, есть чек" in told[order]
        shape = month.json("orders", order)["orders"][0]
        assert "handed over" in [
            shape["status"],
            *(p["status"] for p in shape["postings"]),
        ]


def test_where_things_stand_fits_80_columns(month, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert max(map(len, month.says().splitlines())) <= 80


def test_without_settings_the_program_says_how_to_begin(tmp_path):
    told = Shell(tmp_path / "config.toml").says()
    assert "triage setup" in told
    assert "triage demo" in told
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_can_be_taught_the_commands(tmp_path, shell):
    told = Shell(tmp_path / "config.toml").says("completion", shell)
    assert "_TRIAGE_COMPLETE" in told


def test_bash_finds_the_script_without_fault(tmp_path):
    told = Shell(tmp_path / "config.toml").says("completion", "bash")
    subprocess.run(["bash", "-n"], input=told, text=True, check=True)


def test_no_line_of_a_list_is_folded_at_80_columns(month, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")

    for name in ("cases", "orders"):
        assert max(map(len, month.says(name).splitlines())) <= 80
    assert "12345678-0004: ваш ход" in month.says("cases")


def test_a_deadline_of_another_year_is_shown_with_its_year(month):
    assert "до 2 апреля 2027" in month.says("cases")


def test_a_guess_is_shown_beside_the_status_it_may_not_change(month):
    assert "оформлен; похоже, отменён" in month.says("orders")
    orders = month.json("orders", "12345678-0003")["orders"]
    assert orders[0]["status"] == "placed"


def test_facts_are_shown_as_people_write_them(month):
    told = month.says("why", 1)

    assert "день оплаты: 3 ноября 2026 г." in told
    assert "кто отменил: вы" in told


def test_cases_are_listed_in_the_promised_shape(month):
    answer = month.json("cases")

    assert answer["now"] == END
    case = next(c for c in answer["cases"] if c["rule"] == "refund-missing")
    assert case["id"] == "ozon/refund-missing/12345678-0004"
    assert case["number"] == 1
    assert case["order"] == "12345678-0004"
    assert case["state"] in ("open", "waiting")
    assert case["opened_on"] == "2026-11-09"
    assert case["amount"] == "12490.00"
    assert {"posting", "certainty", "asks", "facts", "step"} <= case.keys()
    assert {
        *("id", "rung", "title", "due_on", "deadline_on", "deadline_kind"),
        *("basis", "letter", "lacks"),
    } <= case["step"].keys()
    fact = next(f for f in case["facts"] if f["name"] == "amount_paid")
    assert fact["value"] == "12490.00"
    assert len(fact["evidence"]) == 64
    assert fact["quote"]


def test_orders_are_listed_in_the_promised_shape(month):
    answer = month.json("orders")

    orders = {order["order"]: order for order in answer["orders"]}
    assert len(orders) == 9
    assert orders["12345678-0001"]["postings"][0]["posting"] == "12345678-0001-1"
    event = orders["12345678-0001"]["events"][0]
    assert event["kind"] == "order_paid"
    assert event["certainty"] == "pinned"
    assert event["amount"] == "2490.00"
    assert {"at", "posting", "recogniser", "evidence", "quote"} <= event.keys()


def test_one_order_is_shown_by_its_number_or_its_parcel(month):
    whole = month.json("orders", "12345678-0001")
    parcel = month.json("orders", "12345678-0001-1")

    assert whole == parcel
    assert len(whole["orders"]) == 1


def test_the_past_is_shown_as_it_was(month):
    then = month.json("cases", now="2026-11-10T12:00:00+03:00")

    assert {case["rule"] for case in then["cases"]} == {
        "refund-missing",
        "delivery-overdue",
    }
    assert all(case["opened_on"] <= "2026-11-10" for case in then["cases"])
    assert len(month.json("orders", now="2026-11-03T12:00:00+03:00")["orders"]) < 9


@pytest.mark.parametrize("now", ["2026-11-05T08:00:00+03:00", "2027-03-01T08:00:00Z"])
@pytest.mark.parametrize(
    "words",
    [
        ("cases",),
        ("orders",),
        ("digest",),
        ("unrecognised",),
        ("verify",),
        ("cases", "--json"),
    ],
    ids=" ".join,
)
def test_looking_writes_nothing(own, words, now):
    before = tree(own.home)

    own.says(*words, now=now)

    assert tree(own.home) == before


def test_a_case_is_explained_with_the_words_of_its_letters(month):
    told = month.says("why", 1)

    assert "Вы отменили заказ 12345678-0004" in told
    assert "guess-cancelled-by-buyer" in told
    assert "Закон о защите прав потребителей" in told
    path = next(line for line in told.splitlines() if line.endswith(".eml")).strip()
    assert Path(path).is_file()


def test_each_day_and_word_of_a_case_is_followed_to_its_source(month):
    told = month.json("why", 1)

    reasons = {each["name"]: each for each in told["reasons"]}
    cancelled = reasons["cancelled_on"]
    assert cancelled["source"] == "letter"
    assert Path(cancelled["path"]).name == f"{cancelled['evidence']}.eml"
    assert Path(cancelled["path"]).is_file()
    assert cancelled["subject"] == "Вы отменили заказ 12345678-0004"
    seller = reasons["seller_inn"]
    lines = (month.home / "evidence" / "journal.jsonl").read_text("utf-8").splitlines()
    act = json.loads(lines[seller["journal_line"] - 1])
    assert act["data"]["name"] == "seller_inn"
    assert seller["value"] == act["data"]["value"]
    assert reasons["owner_name"]["source"] == "config"
    assert reasons["amount"]["how"]
    norms = {norm["id"]: norm for norm in told["norms"]}
    assert {"cite", "source", "checked", "confidence"} <= norms["refund-26.1"].keys()
    claim = next(each for each in told["days"] if each["step"] == "claim")
    assert claim["deadline_on"] == "2026-11-30"
    assert "20 ноября 2026 г." in claim["deadline"]
    assert claim["norm"] == "refund-26.1"


def test_one_letter_of_a_case_is_explained(month):
    whole = month.json("why", 1)["reasons"]
    claim = month.json("why", 1, "--step", "2c", "--letter", "claim")["reasons"]

    assert {each["name"] for each in claim} < {each["name"] for each in whole}
    assert "bank_details" in {each["name"] for each in claim}
    assert "claim — Претензия продавцу" in month.fails(64, "why", 1, "--letter", "clam")


def test_a_case_may_be_named_by_its_id(month):
    by_id = month.json("cases", "ozon/refund-missing/12345678-0004")

    assert by_id["cases"] == month.json("cases", 1)["cases"]


def test_letters_nobody_matched_are_listed(month):
    letters = month.json("unrecognised")["letters"]

    assert any(each["outcome"] == "unrecognised" for each in letters)
    assert any(each["outcome"] == "unconfirmed" for each in letters)


def test_phishing_and_other_peoples_letters_are_no_orders_of_ours(month):
    orders = {order["order"] for order in month.json("orders")["orders"]}

    assert not orders & {"11112222-0007", "87654321-0042"}
    refunds = [
        event
        for order in month.json("orders", "12345678-0004")["orders"]
        for event in order["events"]
        if event["kind"] in ("refund_paid", "receipt_refund")
    ]
    assert refunds == []


def test_codes_are_in_no_index_and_no_digest(played):
    index = (played / "index.sqlite3").read_bytes()
    digests = b"".join(p.read_bytes() for p in (played / "digests").iterdir())

    for code in (b"482 913", b"771 204", b"4821-77", b"1903-55"):
        assert code not in index
        assert code not in digests


def test_the_prepared_letter_is_printed_or_written(month, tmp_path):
    shown = month.says("letter", 1, "--step", "claim")
    month.says("letter", 1, "--step", "2c", "--out", tmp_path / "claim.txt")

    assert "ООО «Пример»" in shown
    assert (tmp_path / "claim.txt").read_text("utf-8") == shown


def test_a_state_body_gets_a_text_for_its_form_and_a_letter_on_paper(own, tmp_path):
    own.says("report", "12345678-0099", "false-discount", "--on", "2026-12-01")
    number = next(
        case["number"]
        for case in own.json("cases")["cases"]
        if case["rule"] == "false-discount"
    )
    own.says("fact", number, "advertised=скидка 50 %")

    pasted = own.says("letter", number, "--step", "authority")
    own.says(
        *("letter", number, "--step", "authority", "--format", "docx"),
        *("--out", tmp_path / "paper.docx"),
    )

    on_paper = [p.text for p in Document(tmp_path / "paper.docx").paragraphs]
    assert "Кому" not in pasted
    assert "Кому: Федеральная антимонопольная служба" in on_paper


def test_a_letter_with_a_gap_is_kept_back_and_says_how_to_fill_it(month):
    case = next(
        c for c in month.json("cases")["cases"] if c["rule"] == "return-refused"
    )

    words = month.fails(64, "letter", case["number"], "--step", "claim")

    assert f"triage fact {case['number']} seller_inn=" in words


def test_the_digest_is_shown_as_text_and_as_html(month, tmp_path):
    text = month.says("digest")
    month.says("digest", "--html", tmp_path / "digest.html")

    assert "12345678-0004" in text
    assert "<html" in (tmp_path / "digest.html").read_text("utf-8")


def test_english_is_spoken_on_request(month):
    assert "your move" in month.says("--lang", "en", "cases")
    assert "Usage: triage cases" in month.says("--lang", "en", "cases", "--help")
    assert "Вызов: triage cases" in month.says("cases", "--help")
    assert "Show the cases" in month.says("--lang", "en", "cases", "--help")
    assert "Показать дела" in month.says("cases", "--help")


# --- what the owner does


def test_a_step_that_was_taken_moves_the_case(own):
    before = own.json("cases", 1)["cases"][0]["step"]["id"]

    told = own.says("done", 1, "--on", "2026-12-01", "--note", "через Госуслуги")

    assert "Записано" in told
    assert own.json("cases", 1)["cases"][0]["step"]["id"] != before
    own.says("done", 1, before, "--undo")
    assert own.json("cases", 1)["cases"][0]["step"]["id"] == before


def test_a_case_is_put_off_closed_and_opened_again(own):
    own.says("snooze", 1, "3d")
    assert own.json("cases", 1)["cases"][0]["state"] == "snoozed"

    own.says("resolve", 1, "--how", "деньги пришли")
    assert own.json("cases", 1)["cases"][0]["state"] == "resolved"

    own.says("reopen", 1)
    assert own.json("cases", 1)["cases"][0]["state"] != "resolved"


def test_a_fact_fills_the_gap_of_a_letter(own):
    (number,) = [
        c["number"] for c in own.json("cases")["cases"] if c["rule"] == "return-refused"
    ]

    own.says("fact", number, "seller_inn=7707083893")
    own.says("fact", number, "seller_name=ООО «Пример»")

    assert "7707083893" in own.says("letter", number, "--step", "claim")


def test_the_key_rate_is_told_with_the_day_on_which_it_was_read(own):
    own.says("fact", 1, "key_rate=14,00 с 27.07.2026", "--on", "2026-11-30")

    journal = (own.home / "evidence" / "journal.jsonl").read_text("utf-8")
    told = json.loads(journal.splitlines()[-1])
    assert "2026-11-30" in json.dumps(told)
    assert own.json("cases", 1)


def test_facts_are_told_in_any_form_and_kept_in_one(own):
    own.says("fact", 1, "claim_received_on=20 ноября", "--on", "вчера")
    told = json.loads(
        (own.home / "evidence" / "journal.jsonl").read_text().splitlines()[-1]
    )

    assert told["data"]["value"] == "2026-11-20"
    assert told["data"]["on"] == "2026-12-01"


def test_what_is_known_and_lacking_is_listed_at_80_columns(month, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    case = next(
        c for c in month.json("cases")["cases"] if c["rule"] == "return-refused"
    )

    told = month.says("fact", case["number"])

    assert max(map(len, told.splitlines())) <= 80
    assert f"triage fact {case['number']} seller_inn=7704217370" in " ".join(
        told.split()
    )
    assert "письмо" in told
    listed = month.json("fact", case["number"])
    assert {"name", "value", "evidence", "quote", "on"} <= listed["facts"][0].keys()
    assert "seller_inn" in {n for lack in listed["lacks"] for n in lack["names"]}
    assert not {*listed["useful"]} & {f["name"] for f in listed["facts"]}


def test_a_promised_day_told_of_an_order_opens_its_case(own):
    own.says("report", "12345678-0099", "damaged", "--on", "20.11")
    assert "Известно" in own.says("fact", "12345678-0099")

    told = own.says("fact", "12345678-0001", "promised_on=3.11")

    assert "Записано" in told
    listed = own.json("fact", "12345678-0001")["facts"]
    assert ("promised_on", "2026-11-03", "owner") in {
        (f["name"], f["value"], f["evidence"]) for f in listed
    }


def test_money_that_came_closes_a_case_on_its_day(own):
    told = own.says("fact", 1, "amount_refunded=12 490,00 ₽", "--on", "30.11")

    assert "закрыто" in told
    assert own.json("cases", 1)["cases"][0]["closed_on"] == "2026-11-30"


@pytest.mark.parametrize(
    "words",
    [
        ("fact", 1, "payment=мир"),
        ("fact", 1, "amount_refunded=12490"),
        ("fact", "12345678-0001", "promised_on=3.11"),
        ("done", 1, "--on", "вчера"),
        ("resolve", 1, "--on", "30.11"),
    ],
    ids=lambda words: " ".join(map(str, words[:3])),
)
def test_what_was_told_is_taken_back_whole(own, words):
    before = own.json("cases")

    own.says(*words)
    own.says("undo", "last")

    assert own.json("cases") == before


def test_a_case_is_closed_as_of_the_day_on_which_it_was_settled(own):
    own.says("resolve", 1, "--on", "30 ноября")

    assert own.json("cases", 1)["cases"][0]["closed_on"] == "2026-11-30"


def test_a_case_without_a_number_says_how_to_call_it(month):
    """It opens by time alone on a day that no tick has seen."""
    later, name = "2026-12-20T08:00:00+03:00", "ozon/delivery-overdue/12345678-0009"
    assert month.json("cases", name, now=later)["cases"][0]["number"] is None

    for listed in (month.says(now=later), month.says("cases", now=later)):
        [line] = [each for each in listed.splitlines() if name in each]
        assert month.says("cases", line.split()[-1], now=later)
    assert name not in month.says("cases", now="2026-12-01T08:00:00+03:00")


def test_a_report_opens_a_case(own):
    told = own.says("report", "12345678-0001", "defective")

    assert "Товар с недостатком" in told
    (case,) = [c for c in own.json("cases")["cases"] if c["rule"] == "defective"]
    assert case["posting"] == "12345678-0001-1"


def test_a_case_is_opened_about_an_order_that_no_letter_named(own):
    told = own.says("report", "12345678-0099", "not-received", "--on", "2026-12-01")

    assert "Писем о заказе 12345678-0099 нет" in told  # it may be a slip of the finger
    assert "triage undo last" in told
    assert "Писем о заказе" in own.says("report", "12345678-0099", "damaged")
    assert own.says("orders", "12345678-0099")


def test_an_attachment_becomes_evidence(own, tmp_path):
    (tmp_path / "чек.pdf").write_bytes(b"%PDF-1.4 receipt")

    own.says("attach", 1, tmp_path / "чек.pdf")

    assert json.loads(own.says("verify", "--json"))["attachments"] == 1


def test_acts_survive_a_rebuild(own):
    own.says("snooze", 1, "2026-12-20")
    before = own.json("cases")

    (own.home / "index.sqlite3").unlink()
    assert own.json("cases") == before

    own.says("rebuild")
    assert own.json("cases") == before


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("done", "77"), "нет такого дела: 77"),
        (("done", "1", "nap"), "нет такого шага"),
        (("done", "9" * 30), "нет такого дела"),
        (("done", "1", "--on", "2026-12-03"), "ещё не наступило"),
        (("done", "1", "--on", "2006-12-01"), "слишком давно"),
        (("done", "1", "--on", "в субботу"), "не дата"),
        (("done", "1", "--on", "5.12"), "ещё не наступило"),
        (("done", "1", "--note", "карта 2202200223948454"), "полный номер карты"),
        (("resolve", "1", "--on", "2026-12-03"), "ещё не наступило"),
        (("fact", "1", "payment_mark=2202 2002 2394 8454"), "последних 4 цифр"),
        (("fact", "1", "payment=картой"), "мир, сбп, visa"),
        (("fact", "1", "seller_inn=7704217371"), "seller_inn=7704217370"),
        (("fact", "1", "claim_sent_on=5.11"), "triage done 1 claim --on"),
        (("fact", "1", "penalty=5"), "считает программа"),
        (("fact", "1", "owner_name=Я"), "[owner]"),
        (("fact", "1", "claim_received_on=5.12"), "ещё не наступило"),
        (("snooze", "1", "2026-12-02"), "только вперёд"),
        (("snooze", "1", "2030-01-01"), "больше чем на год"),
        (("answer", "1", "да"), "нет вопроса"),
        (("report", "1234", "defective"), "не номер заказа"),
        (("report", "12345678-0001", "lost"), "not-received"),
        (("fact", "1", "seller_in=1"), "seller_inn"),
        (("fact", "1", "seller_inn"), "ИМЯ=ЗНАЧЕНИЕ"),
        (("fact", "1", "key_rate=14"), "14,00 с 27.07.2026"),
        (("fact", "1", "seller_inn=7", "--on", "2031-01-01"), "ещё не наступило"),
        (("orders", "87654321-0001"), "писем о заказе 87654321-0001 нет"),
        (("orders", "12345678-R6"), "не номер заказа"),
        (("letter", "1", "--letter", "poem"), "нет письма poem"),
        (("import", "/no/such/file"), "/no/such/file"),
        (("cses",), "cases"),
        (("cases", "--jsn"), "--json"),
        (("snooze", "1"), "не хватает: СРОК"),
        (("snooze", "1", "3"), "или 3d"),
        (("cases", "12345678-0005"), "номер заказа, а не дела; его дела: 3, 4"),
        (("cases", "12345678-0099"), "дел о нём нет"),
        (("orders", "--find", "«возврат", "чайник»"), '--find "возврат чайник"'),
        (("digest", "--html", "x.html", "--send"), "выберите одно"),
        (("check", "more", "words"), "лишнее: more words"),
        (("verify", "--head"), "ключу --head нужно значение"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_request_that_makes_no_sense_changes_nothing(month, words, told):
    before = (month.home / "evidence" / "journal.jsonl").read_bytes()

    assert told in month.fails(64, *words)

    assert (month.home / "evidence" / "journal.jsonl").read_bytes() == before


@pytest.mark.parametrize("words", [("cases",), ("digest",), ("cases", "77")])
def test_a_terminal_of_few_signs_is_enough(month, words):
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "triage",
            "--config",
            month.config,
            "--now",
            END,
            *words,
        ],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "koi8-r"},
        check=False,
    )

    told = (done.stdout + done.stderr).decode("koi8-r")
    assert "сбой" not in told
    assert told


def test_unread_letters_are_shown_on_a_leap_day_too(month):
    assert month.says("unrecognised", now="2028-02-29T10:00:00+03:00")


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_a_year_in_which_no_mail_is_read_is_refused(month, year):
    assert year.lstrip("0") in month.fails(
        64, "cases", now=f"{year}-01-01T00:00:00+03:00"
    )


def test_an_instant_without_a_zone_is_refused_with_the_right_form(month):
    words = month.fails(64, "cases", now="2026-11-20T10:00")

    assert "2026-11-20T10:00:00+03:00" in words


# --- bad disks, bad homes


def test_without_a_configuration_set_up_is_named(tmp_path):
    words = Shell(tmp_path / "none.toml").fails(78, "cases")

    assert "triage setup" in words


def test_a_home_of_another_mailbox_is_refused(own):
    text = own.config.read_text("utf-8")
    own.config.write_text(text.replace("anna@mail.example", "boris@mail.example"))

    for words in (("cases",), ("tick",), ("resolve", "1")):
        assert "anna@mail.example" in own.fails(78, *words)


def test_a_home_that_is_not_there_yet_is_said(own):
    text = own.config.read_text("utf-8")
    own.config.write_text(text.replace('home     = "."', 'home = "elsewhere"'))

    assert "triage tick" in own.fails(64, "cases")
    assert not (own.home / "elsewhere").exists()


def test_a_damaged_index_is_made_again(own):
    before = own.json("cases")
    index = own.home / "index.sqlite3"
    index.write_bytes(b"not a database at all" * 500)

    done = own.run("cases", "--json")

    assert done.returncode == 0
    assert json.loads(done.stdout) == before
    assert "индекс повреждён, строится заново" in done.stderr


def test_an_index_damaged_in_its_middle_is_made_again(own):
    before = own.json("cases")
    index = own.home / "index.sqlite3"
    with index.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (index.stat().st_size - 4096))

    answers = [own.run("cases", "--json") for _ in range(2)]

    assert answers[0].returncode in (0, 75)
    assert json.loads(answers[1].stdout) == before


def test_what_verify_prints_is_what_it_takes_back(month):
    lines = month.says("verify").splitlines()[1:]
    assert [line.partition(":")[0] for line in lines] == ["Журнал", "Опись"]
    assert month.says("verify", "--head", lines[0], "--head", lines[1])
    assert month.says("verify", "--head", "\n".join(lines))  # pasted at once


def test_a_date_that_ends_a_sentence_ends_it_once(own):
    own.says("snooze", 1, "3d")
    assert own.says("undo").splitlines()[0].endswith("5 декабря 2026 г.")


def test_a_fact_that_was_told_is_named_in_a_few_words(own):
    own.says("fact", 1, "payment=мир")
    assert "«чем оплачен заказ — мир»" in own.says("undo")


def test_the_day_of_a_step_is_told_by_taking_the_step(month):
    number = number_of(month, "return-refused", "open")
    told = month.says("fact", number)
    assert f"triage done {number} claim" in told
    assert "config.toml" not in told


@pytest.mark.parametrize(
    "asked",
    [["--lang", "en", "why"], ["--lang=en", "why"], ["--lang", "en", "why", "en"]],
)
def test_a_wrong_use_is_said_in_the_language_asked_for(month, asked):
    told = month.fails(64, *asked, "--nonsense")

    assert "No such option" in told


def test_what_stands_for_a_value_is_named_in_the_language_of_the_help(month):
    assert "triage done [КЛЮЧИ] ДЕЛО [ШАГ]" in month.says("done", "--help")
    english = month.says("--lang", "en", "done", "--help")
    assert "triage done [OPTIONS] CASE [STEP]" in english
    for name in MODULES:
        told = month.says(name, "--help")
        assert not re.search(r"\b(?!JSON|HTML|ID|PDF|MBOX)[A-Z]{3,}", told), told


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has such a device")
@pytest.mark.parametrize(
    ("into", "code", "said"),
    [("> /dev/full", 73, "не пишется: на диске нет места"), ("| head -1", 0, "")],
)
def test_what_cannot_be_printed_is_no_fault_of_the_program(month, into, code, said):
    program = Path(sys.executable).with_name("triage")
    words = (
        f"set -o pipefail; {program} --config {month.config} --now {END} why 1 {into}"
    )
    done = subprocess.run(["bash", "-c", words], check=False, capture_output=True)
    assert done.returncode == code
    assert done.stderr.decode().removeprefix("triage: ").strip() == said


def test_a_damaged_letter_is_named_and_left_alone(own):
    letter = next((own.home / "evidence" / "messages").rglob("*.eml"))
    letter.chmod(0o644)
    letter.write_bytes(letter.read_bytes() + b"!")

    words = own.fails(65, "verify")

    assert letter.name in words
    assert letter.read_bytes().endswith(b"!")


def test_the_evidence_is_reported_in_the_language_asked_for(own, tmp_path):
    (tmp_path / "receipt.pdf").write_bytes(b"%PDF-1.4 receipt")
    own.says("attach", 1, tmp_path / "receipt.pdf")
    assert "1 attachment." in own.says("--lang", "en", "verify")
    [letter, other, *_] = (own.home / "evidence" / "messages").rglob("*.eml")
    letter.unlink()
    other.chmod(0o644)
    other.write_bytes(b"!")
    (own.home / "evidence" / "diary.txt").write_text("x")
    journal = own.home / "evidence" / "journal.jsonl"
    first, _second, *rest = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(first + b"".join(rest) + b"x")

    told = own.fails(65, "--lang", "en", "verify")

    assert not re.search("[а-яё]", told, re.IGNORECASE), told
    for words in ("journal.jsonl line", "1 byte", "(missing)", "(extra)", "(damaged)"):
        assert words in told
    assert "journal.jsonl, строка" in own.fails(65, "verify")


def test_a_home_that_cannot_be_written_is_said(own):
    own.home.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        with modes_hold():
            assert str(own.home) in own.fails(73, "resolve", 1)
    finally:
        own.home.chmod(0o700)


def test_two_instances_do_not_share_a_home(own):
    program = (
        "import pathlib, sys\n"
        "from triage.edges.lock import only_one\n"
        "with only_one(pathlib.Path(sys.argv[1])):\n"
        "    print('held', flush=True); sys.stdin.read()\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", program, own.home],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert holder.stdout.readline() == "held\n"

        assert "другой triage" in own.fails(75, "tick")
        own.says("resolve", 1)  # the owner's word does not wait for the daemon's end
    finally:
        holder.communicate("")


# --- import


def test_exported_letters_go_through_the_same_archive(own, tmp_path):
    export = tmp_path / "export"
    export.mkdir()
    letter = a_letter(
        subject="Заказ принят и оплачен",
        text="Заказ 12345678-0077 принят и оплачен. Итого: 500 ₽",
    ).replace(AUTHSERV_ID.encode(), b"mx.mail.example")
    (export / "one.eml").write_bytes(letter)
    other = letter.replace(b"0077", b"0078")
    mbox = b"From x Mon Nov 23 10:00:00 2026\n" + other.replace(b"\r\n", b"\n") + b"\n"
    (export / "all.mbox").write_bytes(mbox)

    first = own.says("import", export / "one.eml", export / "all.mbox")
    again = own.says("import", export / "one.eml", export / "all.mbox")

    orders = {order["order"] for order in own.json("orders")["orders"]}
    assert {"12345678-0077", "12345678-0078"} <= orders
    assert "добавлено: 2" in first
    assert "добавлено: 0" in again
    own.says("verify")


def test_the_daemon_does_not_start_with_words_that_it_cannot_read(own, monkeypatch):
    monkeypatch.setattr("triage.daemon.Daemon.run", lambda _: None)
    own.config.write_text(f'{own.config.read_text("utf-8")}dir = "packs"\n', "utf-8")
    words = own.home / "packs" / "ru" / "replies.toml"
    words.parent.mkdir(parents=True)
    words.write_text("heard = 1\n")

    told = Shell(own.config, now=None).fails(78, "run")

    assert "ru/replies.toml" in told


# --- the servers


@pytest.fixture
def served(tmp_path, dovecot: Dovecot, sink: smtp_sink.Sink) -> Shell:
    secrets = {"imap": PASSWORD, "smtp": smtp_sink.PASSWORD}
    for name, word in secrets.items():
        (tmp_path / name).write_text(word)
        (tmp_path / name).chmod(0o600)
    user = dovecot.user()
    dovecot.put(user, [a_letter()])
    config = tmp_path / "config.toml"
    config.write_text(f"""
home     = "home"
timezone = "Europe/Moscow"
[[account]]
name = "main"
host = "localhost"
port = {dovecot.tls}
ca_file = "{dovecot.ca_file}"
user = "{user}"
password_file = "imap"
authserv_id = "{AUTHSERV_ID}"
[smtp]
host = "localhost"
port = {sink.port}
tls = "starttls"
ca_file = "{sink.ca_file}"
user = "{smtp_sink.USER}"
password_file = "smtp"
from = "me@example.org"
[digest]
to = "me@example.org"
[packs]
marketplaces = ["ozon"]
""")
    return Shell(config, now=None)


def test_check_finds_all_in_order(served):
    told = served.says("check")

    assert "INBOX, Spam, Sent" in told
    assert f"отправителей проверяет {AUTHSERV_ID}" in told
    assert "Всё в порядке" in told
    assert not (served.home / "home").exists()


def test_check_speaks_english_to_whoever_asks_for_it(served):
    told = served.says("--lang", "en", "check")

    assert f"senders are checked by {AUTHSERV_ID}" in told
    assert not re.search("[а-яё]", told, re.IGNORECASE)


def test_check_tells_every_problem_at_once(served):
    (served.home / "imap").write_text("wrong")
    (served.home / "smtp").chmod(0o644)

    done = served.run("check")

    assert done.returncode == 78
    assert "не принял имя и пароль" in done.stderr
    assert "chmod 600" in done.stderr


def test_check_tells_a_wrong_authserv_id_and_the_right_one(served):
    text = served.config.read_text()
    served.config.write_text(text.replace(f'"{AUTHSERV_ID}"', '"mx.other.example"'))

    done = served.run("check")

    assert done.returncode == 78
    assert f'поставьте "{AUTHSERV_ID}"' in done.stderr


def test_a_tick_with_a_wrong_password_reports_it(served):
    (served.home / "imap").write_text("wrong")

    done = served.run("tick")

    assert done.returncode == 75
    assert "не принял имя и пароль" in done.stderr
    assert "triage setup --login" in done.stderr


def test_a_tick_says_when_it_was_too_early_to_look_at_the_mail(served):
    assert "не смотрели" not in served.run("tick").stdout
    again = served.run("tick").stdout
    assert again.startswith("Почту сейчас не смотрели: следующий раз ")


def test_a_journal_that_loses_the_last_act_is_found_out(own):
    own.says("snooze", 1, "3d")
    journal = own.home / "evidence" / "journal.jsonl"
    *kept, _last = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(kept))

    words = own.fails(65, "verify")

    assert f"journal.jsonl, строка {len(kept) + 1}: отрезано с конца строк: 1" in words
    assert "triage verify" in own.fails(65, "reopen", 1)


def test_a_lost_letter_is_told_when_the_index_is_made_again(own):
    next((own.home / "evidence" / "messages").rglob("*.eml")).unlink()

    done = own.run("rebuild")

    assert done.returncode == 0
    assert "не прочитано писем: 1" in done.stderr


@pytest.mark.parametrize("damage", ["garbage", "older"])
def test_an_index_that_is_no_use_is_no_hindrance_to_a_new_one(own, damage):
    before = own.json("cases")
    index = own.home / "index.sqlite3"
    if damage == "garbage":
        index.write_bytes(b"not a database at all" * 500)
    else:
        with sqlite3.connect(index) as old:
            old.execute("ALTER TABLE accounts DROP COLUMN polled_at")
        old.close()

    own.says("rebuild")

    assert own.json("cases") == before


# --- searching


def test_orders_are_found_by_words_of_their_letters(month):
    told = month.says("orders", "--find", "чайника")

    assert "12345678-0001, Ozon" in told
    assert "«Чайник электрический»" in told


def test_found_orders_are_listed_in_the_promised_shape(month):
    answer = month.json("orders", "--find", "чайника")

    [found] = answer["found"]
    assert answer["find"] == "чайника"
    assert (found["order"], found["marketplace"]) == ("12345678-0001", "ozon")
    assert found["letters"][0].keys() == {
        *("evidence", "received_at", "subject", "events", "snippet"),
    }


def test_what_is_in_no_letter_is_not_found(month):
    assert month.says("orders", "--find", "бегемот") == "Таких писем нет.\n"
    assert month.json("orders", "--find", "бегемот")["found"] == []


def test_a_search_for_no_word_is_refused(month):
    assert "искать можно слова" in month.fails(64, "orders", "--find", "123456 !")


# --- receipts and the money of an order


def test_a_receipt_attached_to_an_order_is_read(own, tmp_path):
    text = receipt_text("full", "2490.00", "07.11.2026 19:20")
    (tmp_path / "чек.pdf").write_bytes(a_pdf(text))

    told = own.says("attach", "12345678-0001", tmp_path / "чек.pdf")

    assert "Прочитано: выдан чек полного расчёта, 2 490,00 ₽ (точно)." in told.replace(
        NBSP, " "
    )
    [order] = own.json("orders", "12345678-0001")["orders"]
    [receipt] = [e for e in order["events"] if e["recogniser"] == "fiscal-receipt"]
    assert receipt["seller"] == "ООО «Ромашка»"
    assert order["settlement"]["handed_over"] == "2490.00"


def test_an_attachment_that_is_no_receipt_is_named(own, tmp_path):
    (tmp_path / "чек.pdf").write_bytes(a_pdf("Счёт на оплату"))

    told = own.says("attach", "12345678-0001", tmp_path / "чек.pdf")

    assert "чека в файле не видно" in told
    assert "чек.pdf: чека в файле не видно" in own.says("orders")
    [receipt] = own.json("orders")["receipts"]
    assert (receipt["name"], receipt["problem"]) == ("чек.pdf", "no-receipt")


def test_the_money_of_an_order_is_shown_with_what_lacks(month):
    told = month.says("orders", "12345678-0001").replace(NBSP, " ")

    assert "оплачено 2 490,00 ₽" in told


def test_the_settlement_is_in_the_promised_shape(month):
    for order in month.json("orders")["orders"]:
        assert order["settlement"].keys() == {
            *("paid", "handed_over", "owed", "returned", "certainty"),
            *("missing", "evidence"),
        }
        for gap in order["settlement"]["missing"]:
            assert gap.keys() == {"what", "amount"}


def test_a_file_s_facts_are_explained_with_where_it_lies(own, tmp_path):
    [case] = [c for c in own.json("cases")["cases"] if c["number"] == 1]
    text = receipt_text("full", "2490.00", "07.11.2026 19:20")
    (tmp_path / "чек.pdf").write_bytes(a_pdf(text))
    own.says("attach", case["order"], tmp_path / "чек.pdf")

    told = own.says("why", 1)

    [path] = [line.strip() for line in told.splitlines() if "/attachments/" in line]
    assert Path(path).read_bytes().startswith(b"%PDF")


def test_check_names_a_fault_of_a_pack_once(served, tmp_path):
    served.says("tick")  # there is an index, which knows by which packs it was read
    folder = tmp_path / "own" / "ozon"
    folder.mkdir(parents=True)
    built_in = RULES.read_text("utf-8")
    (folder / "rules.toml").write_text(built_in.replace("grace", "grase", 1), "utf-8")
    text = served.config.read_text()
    served.config.write_text(
        text.replace("marketplaces", f'dir = "{tmp_path / "own"}"\nmarketplaces')
    )

    done = served.run("check")

    assert done.returncode == 78
    assert done.stderr.count("did you mean 'grace'?") == 1, done.stderr
    assert "пакеты не годятся" not in done.stderr


def test_check_says_which_pack_was_tried_on_no_mailbox(served):
    text = served.config.read_text()
    served.config.write_text(text.replace('["ozon"]', '["ozon", "yandex-market"]'))

    assert "Ozon, Яндекс Маркет (пробный пакет), ru" in served.says("check")
