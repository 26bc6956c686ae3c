"""The words for states, statuses and days that several commands show."""

from datetime import date

from triage.commands.desk import Desk
from triage.core.case import State
from triage.core.dossier import HANDED_OVER, whereabouts
from triage.core.event import Certainty
from triage.core.timeline import Timeline
from triage.core.words import short_day

STATES = {
    State.OPEN: ("ваш ход", "your move"),
    State.WAITING: ("ждём", "waiting"),
    State.SNOOZED: ("отложено", "snoozed"),
    State.RESOLVED: ("закрыто", "resolved"),
}
CERTAINTIES = {
    Certainty.PINNED: ("точно", "pinned"),
    Certainty.TAUGHT: ("подтверждено вами", "taught"),
    Certainty.GUESS: ("догадка", "guess"),
}
STATUSES = {
    "placed": "оформлен",
    "paid": "оплачен",
    "payment failed": "оплата не прошла",
    "packed": "собран",
    "shipped": "в пути",
    "with the courier": "у курьера",
    "ready for pickup": "ждёт в пункте выдачи",
    "delivered": "получен",
    HANDED_OVER: "передан покупателю, есть чек",
    "cancelled": "отменён",
    "return requested": "возврат запрошен",
    "return approved": "возврат одобрен",
    "return refused": "в возврате отказано",
    "returned": "возвращён",
    "refunded": "деньги вернули",
    "unknown": "неизвестно",
}
WHO = {"seller": "продавец", "buyer": "вы", "marketplace": "площадка"}
"""Who cancelled, as facts name them."""


def when(desk: Desk, on: date, today: date | None = None) -> str:
    """Write a day, with its year where it is not this one."""
    if desk.lang == "en":
        return on.isoformat()
    this = (today or desk.today).year
    return short_day(on) + ("" if on.year == this else f" {on.year}")


def status_of(desk: Desk, timeline: Timeline, posting: str | None) -> str:
    """Say where a posting stands, and what a later letter only seems to say."""
    sure, guess = whereabouts(timeline, posting), timeline.guess(posting)
    words = desk.words(STATUSES.get(sure, sure), sure)
    if not guess:
        return words
    seems = desk.words(STATUSES.get(guess, guess), guess)
    return desk.words(f"{words}; похоже, {seems}", f"{words}; perhaps {seems}")
