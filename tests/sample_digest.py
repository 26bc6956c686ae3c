"""One full day as a digest: what its pictures and its checks are made of."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from standings import TODAY, a_digest, a_full_day, a_standing, a_step

from triage.core.button import Button, Heeded, Replies, Unclear
from triage.core.digest import Digest
from triage.core.story import Background, Happening, Telling

MAILTO = "mailto:me@mail.example?subject=%5B261123-0f3c0f3c0f3c0f3c0f3c%5D%20"
BUTTONS = {
    "ru": ("Готово", "Отложить на 3 дня", "Решено — деньги пришли"),
    "en": ("Done", "Snooze for 3 days", "Resolved, the money came"),
}
ASKING = {"ru": ("Верно", "Неверно"), "en": ("Right", "Wrong")}


def full(language: str = "ru") -> Digest:
    """Write a digest with one of everything: stories, questions, answers, warnings."""
    day = a_full_day()
    standings = [*day.pop("standings")]
    first = standings[0].case
    second = a_standing(
        "waiting",
        number=6,
        name="receipt-missing",
        title="Нет чека возврата",
        order=first.order,
        step=a_step("support", done_on=date(2026, 11, 20), deadline_kind="POLICY"),
        next_step=a_step("claim"),
        waiting_until=date(2026, 11, 27),
        amount=Decimal("12490.00"),
    )
    check, support, claim, *rest = standings[0].steps
    standings[0] = replace(
        standings[0],
        steps=(
            replace(check, done_on=date(2026, 11, 13)),
            replace(support, done_on=date(2026, 11, 14)),
            claim,
            *rest[:-2],
            replace(rest[-2], locked=True),
            replace(rest[-1], locked=True),
        ),
        next_step=rest[1],
    )
    standings.append(second)
    buttons = {
        each.case.id: [
            Button(label, MAILTO + str(each.number))
            for label in (ASKING if each.case.asks else BUTTONS)[language]
        ]
        for each in standings
    }
    background = Background(
        tellings={
            first.id: Telling(
                happened="Заказ отменён 12 ноября 2026 г., деньги за него не поступили.",
                quoted_on=date(2026, 11, 12),
                grown="318,42\u00a0₽",
            )
        },
        lives={
            (first.pack, first.order): (
                _happened(date(2026, 11, 3), "заказ оформлен", "заказ оплачен"),
                _happened(date(2026, 11, 12), "заказ отменён"),
                _happened(date(2026, 11, 20), "обращение в поддержку"),
            )
        },
    )
    replies = Replies(
        heeded=(
            Heeded(
                line="Дело 4: отмечено, что вы написали в поддержку 21 ноября.",
                undo=Button("Отменить", MAILTO + "undo"),
            ),
        ),
        unclear=(Unclear(words="готово с тем делом", why="Не понятно, о каком деле."),),
        hints=("готово 3", "отложить 3 на 3 дня", "решено 3"),
    )
    digest = a_digest(
        *standings, **day, background=background, buttons=buttons, replies=replies
    )
    assert digest is not None
    assert digest.today == TODAY
    return digest


def _happened(on: date, *titles: str) -> Happening:
    return Happening(on=on, order="12345678-0001", titles=titles)
