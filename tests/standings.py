"""Cases on their ladder, and the packs and letters that a digest is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from builders import MOSCOW, ORDER, a_shop, at

from triage.core.case import Case, Fact, State
from triage.core.chain import Head
from triage.core.deadline import Term
from triage.core.digest import Digest, Today, write
from triage.core.event import Certainty
from triage.core.mention import Mention, Reason
from triage.core.news import (
    Health,
    Letters,
    Recognised,
    Unconfirmed,
    Undelivered,
    Unread,
)
from triage.core.pack import Packs
from triage.core.step import Standing, Step, StepNow, When

TODAY = date(2026, 11, 23)
MORNING = at("2026-11-23 08:00")
HEADS = {"manifest": Head(214, "ab" * 32), "journal": Head(57, "cd" * 32)}
WELL = Health(
    on_server=214, archived=214, unread=0, last_read_at=at("2026-11-23 07:40")
)

RUNGS = (
    ("1", "check", "Проверить статус заказа"),
    ("2", "support", "Написать в поддержку"),
    ("2c", "claim", "Претензия продавцу"),
    ("4", "social", "Социальные сети"),
    ("5", "bank", "Банк"),
    ("6", "authority", "Роспотребнадзор"),
    ("7", "lawyer", "Юрист"),
)


def a_step(name: str = "support", **more: Any) -> StepNow:
    """Make a dated step; keywords go to the step or to its dates, where they belong."""
    rung, title = next((rung, title) for rung, id_, title in RUNGS if id_ == name)
    dates = {
        key: more.pop(key) for key in set(StepNow.__slots__) & more.keys() - {"step"}
    }
    step = Step(
        id=name,
        rung=rung,
        title=title,
        **{
            "action": f"Сделайте: {title.lower()}.",
            "due": (When(anchor="opened", term=Term(0)),),
        }
        | more,
    )
    return StepNow(step=step, **{"due_on": TODAY, **dates})


def a_case(name: str = "refund-missing", **more: Any) -> Case:
    values: dict[str, Any] = {
        "id": f"shop/{name}/{more.get('posting') or more.get('order', ORDER)}",
        "pack": "shop",
        "rule": name,
        "title": "Деньги за отменённый заказ не вернулись",
        "order": ORDER,
        "posting": None,
        "opened_on": date(2026, 11, 12),
        "amount": Decimal("12490.00"),
        "certainty": Certainty.PINNED,
    }
    return Case(**{**values, **more})


def a_standing(
    state: str = "open",
    *,
    today: date = TODAY,
    step: StepNow | None = None,
    number: int = 3,
    next_step: StepNow | None = None,
    waiting_until: date | None = None,
    back_on: date | None = None,
    **more: Any,
) -> Standing:
    """Make a case on its ladder; keywords that are not the standing's are the case's."""
    now = None if state == "resolved" else step or a_step()
    steps = tuple(
        now if now and now.step.id == name else a_step(name) for _, name, _ in RUNGS
    )
    return Standing(
        case=a_case(**more),
        number=number,
        today=today,
        state=State(state),
        step=now,
        steps=steps,
        next_step=next_step,
        waiting_until=waiting_until,
        back_on=back_on,
    )


def told(standing: Standing, on: date, reason: str = "new", **more: str) -> Mention:
    """Make an earlier mention that says what is still so."""
    values = {
        "step": standing.step.step.id if standing.step else "",
        "state": "asks" if standing.case.asks else standing.state.value,
        **more,
    }
    return Mention(case=standing.case.id, told_on=on, reason=Reason(reason), **values)


def some_packs() -> Packs:
    """Make packs with the titles that a digest looks up."""
    shop = a_shop()
    ladder = replace(
        shop.ladder,
        kinds={"LAW": "срок по закону", "POLICY": "наш совет"},
        fact_names={"seller_inn": "ИНН продавца", "seller_name": "название продавца"},
        documents={
            "D1": "страница заказа (снимок)",
            "D2": "письма о заказе и оплате",
            "D4": "выписка банка",
        },
    )
    return replace(
        shop,
        ladder=ladder,
        events={
            "refund_paid": "деньги возвращены",
            "posting_shipped": "посылка передана в доставку",
        },
    )


def a_digest(
    *standings: Standing,
    told: Mapping[str, Sequence[Mention]] | None = None,
    now: datetime = MORNING,
    last_sent_on: date | None = TODAY - timedelta(days=1),
    undelivered: Sequence[Undelivered] = (),
    always: bool = False,
    **more: Any,
) -> Digest | None:
    values: dict[str, Any] = {
        "packs": some_packs(),
        "standings": standings,
        "health": WELL,
        "heads": HEADS,
    }
    return write(
        Today(**{**values, **more}),
        told or {},
        now=now,
        zone=MOSCOW,
        last_sent_on=last_sent_on,
        undelivered=undelivered,
        always=always,
    )


def a_full_day() -> dict[str, Any]:
    """Return what a day with one of everything is written from."""
    claim = a_step(
        "claim",
        action="Отправьте претензию продавцу заказным письмом и копию в поддержку.",
        deadline_on=TODAY + timedelta(days=1),
        deadline_of="owner",
        deadline_kind="LAW",
        basis="ст. 22, п. 4 ст. 26.1 Закона РФ № 2300-1",
        caution="проверьте редакцию нормы",
        addressee="ООО «Пример»",
        channel="заказное письмо с описью",
        documents=("D1", "D2", "D4"),
        lacks=("seller_inn",),
        after="Если за 10 дней не ответят, откроются шаги 5 и 6.",
    )
    support = a_step(
        "support",
        action="Напишите в поддержку: вставьте готовый текст в чат заказа.",
        deadline_on=TODAY + timedelta(days=2),
        deadline_of="other",
        deadline_kind="POLICY",
        basis="п. 2 ст. 23.1 Закона РФ № 2300-1",
        addressee="Поддержка Shop",
        channel="чат в приложении",
        documents=("D1",),
        after="Нет ответа два дня — повторим; потом претензия.",
    )
    quote = Fact(
        "cancelled_on", "2026-11-12", "ab12" * 16, "Заказ отменён, деньги вернём"
    )
    standings: Sequence[Standing] = [
        a_standing(step=claim, number=3, facts=(quote,)),
        a_standing(
            step=support,
            number=7,
            name="delivery-overdue",
            title="Посылка не пришла в обещанный день",
            order="87654321-0002",
            posting="87654321-0002-1",
            amount=Decimal("3150.50"),
        ),
        a_standing(
            step=a_step("check"),
            number=8,
            order="12345678-0009",
            asks="Похоже, заказ отменён. Верно?",
            certainty=Certainty.GUESS,
            amount=Decimal(990),
        ),
        a_standing(
            "waiting",
            step=a_step("support", done_on=date(2026, 11, 21), deadline_kind="POLICY"),
            next_step=a_step("claim"),
            waiting_until=date(2026, 11, 25),
            number=4,
            name="return-unanswered",
            title="На заявку о возврате не ответили",
            order="12345678-0004",
            amount=Decimal(2000),
        ),
        a_standing(
            "snoozed",
            number=5,
            name="receipt-missing",
            title="Нет кассового чека",
            order="12345678-0005",
            waiting_until=date(2026, 12, 1),
            amount=None,
        ),
        a_standing(
            "resolved",
            number=2,
            order="12345678-0002",
            amount=Decimal(700),
            closed_by="refund_paid",
        ),
    ]
    waiting, snoozed, resolved = standings[3:]
    yesterday = TODAY - timedelta(days=1)
    history = [
        told(waiting, yesterday),
        told(snoozed, yesterday, state="open"),
        told(resolved, yesterday, state="open"),
    ]
    letters = Letters(
        recognised=[
            Recognised(
                order="12345678-0010",
                title="посылка передана в доставку",
                received_on=TODAY,
            )
        ],
        unread=[
            Unread(
                evidence="ef" * 32,
                reason="письмо о заказе, которого никто не узнал",
                order="12345678-0004",
                received_on=TODAY,
            )
        ],
        unconfirmed=[
            Unconfirmed(
                evidence="dd" * 32,
                sender="noreply@shop-bonus.example",
                reason="имя похоже на магазин, подписи нет",
                received_on=TODAY,
            )
        ],
    )
    text = "Здравствуйте!\n\nЗаказ 87654321-0002 должен был прийти 20 ноября 2026 г.\nПрошу назвать точный день доставки."
    return {
        "standings": standings,
        "texts": {standings[1].case.id: text},
        "told": {each.case: [each] for each in history},
        "letters": letters,
    }
