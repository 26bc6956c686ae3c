"""Teaching by one command: the letter, those like it before and after, and taking it back."""

import io
import json
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from importlib.resources import files

import pytest
from mails import MOSCOW, a_letter
from test_cli import Shell, _wide  # noqa: F401 - the fixture

from triage.app import App
from triage.jobs.demo import config_text, load_scenario

SERVER = "mx.mail.example"
NOW = "2026-11-23T09:00:00+03:00"
MORNING = datetime(2026, 11, 23, 5, 0, tzinfo=MOSCOW)

# Nothing in the packs matches this wording.
ODD = """Здравствуйте, {name}!

Сделка по заказу {order} расторгнута магазином.
{goods}
Вам положено {sum} ₽.

Подробнее: https://www.ozon.ru/my/orderdetails/?order={order}&t={token}
"""
FIRST = {
    "name": "Анна",
    "order": "12345678-0001",
    "goods": "Чайник Примерный, 1 шт.",
    "sum": "12 490,00",
    "token": "a1b2c3",
}
SECOND = {
    "name": "Анна Сергеевна",
    "order": "12345678-0002",
    "goods": "Плед шерстяной\nЛампа настольная, 2 шт.",
    "sum": "990",
    "token": "99ffee00",
}
THIRD = {**SECOND, "order": "12345678-0003", "sum": "5,50"}


def vouched(domain: str = "sender.ozon.ru") -> str:
    return f"{SERVER}; dkim=pass header.d={domain}; dmarc=pass header.from={domain}"


class Owner(Shell):
    """Types commands, and gets letters by importing files."""

    def gets(
        self, text: str, *, subject: str = "Ваш заказ", hours: int = 0, now="", **more
    ) -> str:
        at = MORNING + timedelta(hours=hours)
        raw = a_letter(
            subject=subject, text=text, date=at, **({"auth": vouched()} | more)
        )
        path = self.home / f"letter-{len(list(self.home.glob('letter-*')))}.eml"
        path.write_bytes(raw)
        self.says("import", path, now=now or None)
        return sha256(raw).hexdigest()

    def told(self, order: str) -> list[dict]:
        orders = self.json("orders")["orders"]
        return [e for each in orders if each["order"] == order for e in each["events"]]

    def unread(self) -> list[dict]:
        return self.json("unrecognised")["letters"]


@pytest.fixture
def owner(tmp_path, monkeypatch):
    monkeypatch.setattr("triage.commands.desk.App", partial(App, workers=0))
    text = config_text(load_scenario())
    (tmp_path / "config.toml").write_text(text, "utf-8")
    return Owner(tmp_path / "config.toml", NOW)


def test_a_letter_that_was_taught_is_read_and_so_are_those_like_it(owner):
    first = owner.gets(ODD.format(**FIRST))
    owner.gets(ODD.format(**SECOND), hours=1)
    assert len(owner.unread()) == 2

    said = owner.says("teach", first[:6], "order_cancelled", "--yes")

    assert "12345678-0001" in said
    assert "12 490,00" not in said.split("Будет прочитано")[0]
    assert "расторгнута магазином" in said
    assert "2 письма" in said
    for order in ("12345678-0001", "12345678-0002"):
        [event] = owner.told(order)
        assert (event["kind"], event["certainty"]) == ("order_cancelled", "taught")
    assert owner.unread() == []


def test_a_letter_that_comes_after_the_lesson_is_read_by_it(owner):
    first = owner.gets(ODD.format(**FIRST))
    owner.says("teach", first[:12], "заказ отменён", "--yes")

    owner.gets(ODD.format(**THIRD), hours=2)

    [event] = owner.told("12345678-0003")
    assert (event["kind"], event["certainty"]) == ("order_cancelled", "taught")


def test_another_wording_is_not_read_by_the_lesson(owner):
    first = owner.gets(ODD.format(**FIRST))
    owner.says("teach", first[:12], "order_cancelled", "--yes")

    other = ODD.replace("расторгнута", "подписана").format(**THIRD)
    owner.gets(other, hours=2)

    assert owner.told("12345678-0003") == []
    assert len(owner.unread()) == 1


def test_a_lesson_can_be_taken_back(owner):
    first = owner.gets(ODD.format(**FIRST))
    second = owner.gets(ODD.format(**SECOND), hours=1)
    owner.says("teach", first[:12], "order_cancelled", "--yes")

    owner.says("teach", second[:12], "--undo")

    assert owner.told("12345678-0001") == owner.told("12345678-0002") == []
    assert len(owner.unread()) == 2


def test_the_last_lesson_counts(owner):
    first = owner.gets(ODD.format(**FIRST))
    owner.says("teach", first[:12], "order_cancelled", "--yes")
    owner.says("teach", first[:12], "nothing", "--yes")

    assert owner.told("12345678-0001") == []
    assert owner.unread() == []


def test_a_rebuild_gives_what_the_lessons_gave(owner):
    first = owner.gets(ODD.format(**FIRST))
    owner.says("teach", first[:12], "order_cancelled", "--yes")
    owner.gets(ODD.format(**SECOND), hours=1)
    live = owner.json("orders"), owner.json("cases"), owner.unread()

    owner.says("rebuild")

    assert (owner.json("orders"), owner.json("cases"), owner.unread()) == live


def test_nothing_is_taught_without_a_yes(owner, monkeypatch):
    first = owner.gets(ODD.format(**FIRST))
    monkeypatch.setattr("sys.stdin", io.StringIO(""))

    done = owner.run("teach", first[:12], "order_cancelled")

    assert done.returncode == 130
    assert owner.told("12345678-0001") == []


def test_without_a_kind_the_letter_is_shown_with_all_that_can_be_said(owner):
    first = owner.gets(ODD.format(**FIRST))

    said = owner.says("teach", first[:12])

    assert "расторгнута магазином" in said
    assert "Примерный" not in said
    assert "12345678" not in said
    assert "order_cancelled" in said
    assert "nothing" in said
    assert len(owner.unread()) == 1


def test_a_letter_that_nobody_vouches_for_cannot_be_taught(owner):
    forged = owner.gets(ODD.format(**FIRST), auth="")

    said = owner.fails(64, "teach", forged[:12], "order_cancelled", "--yes")

    assert "не подтвердил" in said
    assert owner.told("12345678-0001") == []


def test_a_forged_letter_of_a_taught_shape_tells_nothing(owner):
    first = owner.gets(ODD.format(**FIRST))
    owner.says("teach", first[:12], "order_cancelled", "--yes")

    owner.gets(ODD.format(**THIRD), hours=1, auth="")

    assert owner.told("12345678-0003") == []


def test_a_letter_without_an_order_cannot_be_taught_to_tell_an_event(owner):
    odd = owner.gets("Сделка расторгнута магазином, вам положено 100 ₽.\n")

    said = owner.run("teach", odd[:12], "order_cancelled", "--yes")

    assert said.returncode == 64
    assert "нет номера заказа" in said.stderr


def test_what_a_pinned_recogniser_is_sure_of_cannot_be_taught_away(owner):
    paid = owner.gets("Заказ 12345678-0001 принят и оплачен.\nИтого: 990,00 ₽\n")

    said = owner.run("teach", paid[:12], "order_cancelled", "--yes")

    assert said.returncode == 64
    assert "order-accepted-and-paid" in said.stderr
    assert owner.told("12345678-0001")[0]["kind"] == "order_paid"


@pytest.mark.parametrize("name", ["zz", "ab", "", "0000"])
def test_a_name_that_no_letter_has_is_refused_in_words(owner, name):
    owner.gets(ODD.format(**FIRST))

    assert "triage unrecognised" in owner.fails(64, "teach", name or "''")


def test_a_letter_whose_text_changed_is_named_before_all_others(owner):
    owner.gets("Заказ 12345678-0001 принят и оплачен.\n", subject="Заказ 12345678-0001")
    owner.gets(ODD.format(**SECOND), subject="Новости")
    changed = owner.gets(
        "Сделка по заказу 12345678-0003 состоялась.\n",
        subject="Заказ 12345678-0003",
        hours=1,
    )

    first, _ = owner.unread()

    assert first["evidence"] == changed
    assert first["why"] == "changed"
    assert "заказ оплачен" in first["known"]
    digest = owner.says("digest")
    assert "письмо изменилось" in digest
    assert f"triage teach {changed[:12]}" in digest
    assert "12345678-0003" in digest


def test_a_guess_that_was_confirmed_is_taught_to_all_letters_like_it(owner):
    owner.gets(
        "Продавец отменил заказ 12345678-0001.\nСумма 100 ₽.\n", subject="Отмена"
    )
    [case, *_] = [c for c in owner.json("cases")["cases"] if c["asks"]]

    owner.says("answer", case["number"], "yes")
    owner.gets(
        "Продавец отменил заказ 12345678-0002.\nСумма 200 ₽.\n",
        subject="Отмена",
        hours=1,
    )

    certainties = {
        o: owner.told(o)[0]["certainty"] for o in ("12345678-0001", "12345678-0002")
    }
    assert set(certainties.values()) == {"taught"}
    live = owner.json("cases"), owner.json("orders")
    assert [case for case in live[0]["cases"] if case["asks"]] == []
    owner.says("rebuild")
    assert (owner.json("cases"), owner.json("orders")) == live


def test_a_guess_that_was_denied_is_not_made_again(owner):
    owner.gets(
        "Продавец отменил заказ 12345678-0001.\nСумма 100 ₽.\n", subject="Отмена"
    )
    [case, *_] = [c for c in owner.json("cases")["cases"] if c["asks"]]

    owner.says("answer", case["number"], "no")
    owner.gets(
        "Продавец отменил заказ 12345678-0002.\nСумма 200 ₽.\n",
        subject="Отмена",
        hours=1,
    )

    assert [e["certainty"] for e in owner.told("12345678-0001")] == ["guess"]
    assert owner.told("12345678-0002") == []
    assert [c for c in owner.json("cases")["cases"] if c["state"] != "resolved"] == []


@pytest.mark.parametrize("first", ["", "no"])
def test_a_case_closes_on_a_guess_only_when_the_owner_has_taught_it(owner, first):
    owner.gets(
        "Заказ 12345678-0001 принят и оплачен.\nДоставим 23 ноября.\n",
        subject="Заказ принят и оплачен",
    )
    later = {"now": "2026-11-26T09:00:00+03:00"}
    [late] = owner.json("cases", **later)["cases"]
    got = owner.gets(
        "Заказ 12345678-0001 уже получен вами, приятных покупок.\n",
        subject="Заказ получен",
        hours=70,
        now=later["now"],
    )
    [asking] = owner.json("cases", **later)["cases"]
    assert late["asks"] is None
    assert asking["asks"]
    assert asking["state"] != "resolved"

    if first:
        owner.says("answer", asking["number"], first, now=later["now"])
    owner.says("teach", got[:12], "posting_delivered", "--yes", now=later["now"])

    [closed] = owner.json("cases", **later)["cases"]
    assert closed["state"] == "resolved"


def test_a_donated_letter_lies_beside_what_it_is_read_as(owner):
    first = owner.gets(ODD.format(**FIRST))
    out = owner.home / "given"

    owner.says("sample", first[:12], "--out", out)

    [letter] = out.glob("ozon/unrecognised/*.eml")
    text = letter.read_text("utf-8")
    assert "расторгнута магазином" in text
    assert "a1b2c3" not in text
    assert "Примерный" not in text
    expected = json.loads(letter.with_suffix(".expected.json").read_text("utf-8"))
    assert expected["outcome"] == "unrecognised"
    assert expected["orders"] == ["12345678-0001"]


def test_a_recogniser_that_comes_later_counts_more_than_a_lesson_and_that_is_told(
    owner,
):
    first = owner.gets(ODD.format(**FIRST))
    owner.says("teach", first[:12], "order_cancelled", "--yes")
    with_packs(
        owner,
        """
[[recogniser]]
id        = "deal-dissolved"
kind      = "return_refused"
certainty = "pinned"
any_of    = ['\\bрасторгнута магазином\\b']
evidence  = "V: a letter of an owner"
""",
    )

    owner.run("orders")  # the packs have changed: all mail is read again

    [event] = owner.told("12345678-0001")
    assert (event["kind"], event["certainty"]) == ("return_refused", "pinned")
    [unread] = owner.unread()
    assert (unread["why"], unread["recogniser"]) == ("against", "deal-dissolved")
    assert f"triage teach {first[:12]} --undo" in owner.says("digest")
    owner.says("teach", first[:12], "--undo")
    assert owner.unread() == []


def with_packs(owner: Owner, more: str) -> None:
    """Let the owner's own folder of packs hold the recognisers and one more."""
    folder = owner.home / "packs" / "ozon"
    folder.mkdir(parents=True)
    built_in = files("triage").joinpath("packs", "ozon", "recognisers.toml")
    known = built_in.read_text("utf-8")
    (folder / "recognisers.toml").write_text(known + more, "utf-8")
    text = owner.config.read_text("utf-8")
    text = text.replace("[packs]", f'[packs]\ndir = "{folder.parent}"')
    owner.config.write_text(text, "utf-8")
