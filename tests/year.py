"""A year of a busy buyer: sixty orders, eight of them in trouble, and the letters he gets.

`python tests/year.py` prints the table that docs/noise.md shows.
"""

import email
import email.policy
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from life import ONE_DAY, Life, hurry, plain, read_scenario

from triage.core.act import Act, ActKind
from triage.core.case import State
from triage.core.mention import Reason, load_mentions
from triage.core.step import Standing
from triage.core.words import day as in_words
from triage.edges import cases
from triage.jobs.assess import standings

MOSCOW = ZoneInfo("Europe/Moscow")
BEGINS, ENDS = date(2026, 1, 5), date(2027, 1, 4)
ORDERS = 60
EVERY = timedelta(days=6)

TROUBLE = {
    4: "late, and comes after a fortnight",
    11: "cancelled, the money comes after the claim",
    18: "left at the pickup point until the last days",
    25: "cancelled, less money comes back than was paid",
    32: "a return is refused; the owner opens a dispute, and the money comes",
    39: "marked as received and is not there; the owner reports it",
    46: "late; the owner puts it off for ten days, and it comes",
    53: "cancelled, and the owner never does a thing",
}
IGNORED = "12345678-0053"
PUT_OFF = "12345678-0046"
REPORTED = "12345678-0039"


@dataclass(frozen=True)
class Told:
    """One letter to the owner."""

    at: datetime
    kind: str  # digest or urgent
    subject: str
    reasons: tuple[str, ...]
    new: tuple[str, ...]  # the cases that it tells as new


def letter(on: date, subject: str, text: str, hour: int = 12) -> dict[str, object]:
    return {
        "at": datetime.combine(on, time(hour, 15), MOSCOW),
        "from": "Ozon <mailer@sender.ozon.ru>",
        "vouched": "ozon.ru",
        "subject": subject,
        "text": text,
    }


def receipt(on: date, order: str, what: str, amount: str, n: int) -> dict[str, object]:
    link = (
        f"https://www.ozon.ru/my/e-check/download/{order}"
        f"-0a1b2c3d-{n:04}-4000-8000-000000000001-1-1"
    )
    text = f"{what}\nЗаказ {order}\nИтого: {amount}\n"
    return {**letter(on, "Ваш чек", text), "button": link}


def placed(on: date, order: str) -> dict[str, object]:
    return letter(
        on,
        "Заказ принят и оплачен",
        f"Заказ {order} принят и оплачен.\nДоставим {_day(on + 6 * ONE_DAY)}.\n"
        "Итого: 3 200,00 ₽\n",
        hour=10,
    )


def _day(on: date) -> str:
    return in_words(on).rpartition(" ")[0].rpartition(" ")[0]


def _life(number: int, on: date) -> Iterator[dict[str, object]]:
    """Write the letters of one order that is placed on a day."""
    order = f"12345678-{number:04}"

    def after(days: int) -> date:
        return on + days * ONE_DAY

    full = "Товарный чек: полный расчёт"
    back = "Чек возврата: возврат прихода"
    yield placed(on, order)
    match number:
        case 4:
            yield receipt(after(20), order, full, "3 200,00 ₽", number)
        case 11:
            yield letter(after(2), f"Вы отменили заказ {order}", _cancelled(order))
            yield receipt(after(26), order, back, "3 200,00 ₽", number)
        case 18:
            yield letter(after(5), "Заберите ваши товары", _ready(order, after(12)))
            yield receipt(after(12), order, full, "3 200,00 ₽", number)
        case 25:
            yield letter(after(2), f"Вы отменили заказ {order}", _cancelled(order))
            yield receipt(after(4), order, back, "1 200,00 ₽", number)
            yield receipt(after(15), order, back, "2 000,00 ₽", number + 100)
        case 32:
            yield receipt(after(5), order, full, "3 200,00 ₽", number)
            asked = f"Заявка на возврат 12345678-R6 по заказу {order} "
            yield letter(after(8), "Заявка на возврат создана", asked + "создана.\n")
            yield letter(
                after(9), "Заявка на возврат отклонена", asked + "отклонена.\n"
            )
            yield receipt(after(25), order, back, "3 200,00 ₽", number + 100)
        case 39:
            yield letter(after(4), "Заказ получен", f"Заказ {order} получен.\n")
            yield receipt(after(18), order, back, "3 200,00 ₽", number)
        case 46:
            yield receipt(after(22), order, full, "3 200,00 ₽", number)
        case 53:
            yield letter(after(2), f"Вы отменили заказ {order}", _cancelled(order))
        case _:
            yield letter(
                after(2),
                "Заказ передан в доставку",
                f"Отправление {order}-1 передано в доставку.\n"
                f"Доставим {_day(after(6))}.\n",
            )
            yield letter(after(4), "Заберите ваши товары", _ready(order, after(11)))
            yield receipt(after(6), order, full, "3 200,00 ₽", number)


def _cancelled(order: str) -> str:
    return f"Вы отменили заказ {order}.\nСумма заказа 3 200,00 ₽.\n"


def _ready(order: str, keep: date) -> str:
    return (
        f"Заберите ваши товары\n\nЗаказ {order}\n"
        f"Пункт выдачи: Москва, ул. Примерная, д. 5\nЗабрать до {_day(keep)}, 21:00\n"
    )


class Year(Life):
    """A year that is lived: the owner acts on the same day or, every other time, the next."""

    def __init__(self, folder: Path) -> None:
        scenario = read_scenario(
            "ozon",
            {
                "begins": BEGINS,
                "ends": ENDS,
                "timezone": "Europe/Moscow",
                "authserv": "mx.mail.example",
                "owner": {
                    "name": "Анна Сергеевна Примерова",
                    "email": "anna@mail.example",
                    "phone": "+7 900 000-00-00",
                    "address": "101000, г. Москва, ул. Примерная, д. 1, кв. 2",
                },
                "letter": [
                    each
                    for number in range(1, ORDERS + 1)
                    for each in _life(number, BEGINS + EVERY * (number - 1))
                ],
            },
        )
        super().__init__(folder, scenario)
        self.asked: dict[str, date] = {}
        self.done = 0

    def live_it(self) -> list[Told]:
        for n in range((ENDS - BEGINS).days + 1):
            on = BEGINS + n * ONE_DAY
            self.begin(on)
            self._hours(on)
        return self.told()

    def _hours(self, on: date) -> None:
        """Go through the day: letters come at noon, and the owner acts after them."""
        self.now = datetime.combine(on, time(10), MOSCOW).astimezone(UTC)
        if on == self._placed(39) + 5 * ONE_DAY:
            self._record(ActKind.REPORTED, REPORTED, report="not-received", on=str(on))
        if self._letters_wait():
            self.now = datetime.combine(on, time(13), MOSCOW).astimezone(UTC)
            self.arrive()
            self.tick()
        self._act(on)

    def _letters_wait(self) -> bool:
        noon = datetime.combine(self.today, time(13), MOSCOW).astimezone(UTC)
        return any(
            self.delivered_to < each.arrives <= noon for each in self.scenario.letters
        )

    @property
    def today(self) -> date:
        return self.now.astimezone(MOSCOW).date()

    def _placed(self, number: int) -> date:
        return BEGINS + EVERY * (number - 1)

    def _act(self, on: date) -> None:
        """Do what is asked, at once or a day later, unless it is left alone."""
        open_now = {
            s.case.id: s
            for s in self._alive()
            if s.state is State.OPEN and s.case.order != IGNORED
        }
        for case in self.asked.keys() - open_now.keys():
            del self.asked[case]
        for case, standing in open_now.items():
            since = self.asked.setdefault(case, on)
            if on - since < (self.done % 2) * ONE_DAY:
                continue
            self.done += 1
            del self.asked[case]
            self._do(standing, on)

    def _alive(self) -> list[Standing]:
        """Say where the cases stand that are not over, of all of a year."""
        with self.app.place.store() as store:
            orders = cases.orders_alive(store)
            return standings(store, self.app.place.bench, self.now, orders)

    def _do(self, standing: Standing, on: date) -> None:
        case = standing.case
        known: dict[str, str] = {"pack": case.pack}
        if case.asks:
            known |= {"question": case.asks, "about": " ".join(case.asks_about)}
            kind, data = ActKind.ANSWERED, {**known, "answer": "yes"}
        elif case.order == PUT_OFF and not standing.back_on:
            until = str(on + 10 * ONE_DAY)
            kind, data = ActKind.SNOOZED, {**known, "until": until}
        elif standing.step:
            step = standing.step.step.id
            kind, data = ActKind.STEP_DONE, {**known, "step": step, "on": str(on)}
        self._record(kind, case.order, case.id, case.posting, **data)

    def _record(
        self,
        kind: ActKind,
        order: str,
        case: str | None = None,
        posting: str | None = None,
        **data: str,
    ) -> None:
        self.app.place.record(
            Act(
                at=self.now,
                kind=kind,
                order=order,
                case=case,
                posting=posting,
                data={"pack": "ozon", **data},
            )
        )

    def told(self) -> list[Told]:
        """Return every letter to the owner with the reasons for it."""
        found = []
        with self.app.place.store() as store:
            notes = {
                row["message_id"]: row
                for row in store.rows(
                    "SELECT json_extract(data, '$.message_id') message_id,"
                    " json_extract(data, '$.mentions') mentions FROM acts"
                    " WHERE kind = 'digest_accepted'"
                )
            }
        for raw in self.sent.letters:
            written = email.message_from_bytes(raw, policy=email.policy.SMTP)
            mentions = load_mentions(notes[written["Message-ID"].strip()]["mentions"])
            found.append(
                Told(
                    at=written["Date"].datetime,
                    kind=written["X-Triage"],
                    subject=plain(written["Subject"]),
                    reasons=tuple(sorted({m.reason.value for m in mentions})),
                    new=tuple(m.case for m in mentions if m.reason is Reason.NEW),
                )
            )
        return found


WHY = {
    "new": "something new went wrong",
    "step_due": "the next step is due",
    "answered": "nobody answered in time: the owner's turn again",
    "changed": "a question, or a case that was put off comes back",
    "deadline_near": "the owner's last day is near",
    "overdue": "the owner's last day went by",
    "reminder": "a reminder: daily for three days, then weekly",
    "resolved": "it is over",
    "": "nothing at all for a week: a sign of life",
}


def table(told: list[Told]) -> str:
    """Say how many letters there were, and why."""
    firsts = Counter(next((w for w in WHY if w in each.reasons), "") for each in told)
    rows = [f"| {words} | {firsts[why]} |" for why, words in WHY.items() if firsts[why]]
    urgent = sum(each.kind == "urgent" for each in told)
    return "\n".join(
        [
            "| why | letters |",
            "| --- | --- |",
            *rows,
            f"| **all**, {urgent} of them at once | **{len(told)}** |",
        ]
    )


if __name__ == "__main__":
    with hurry(), tempfile.TemporaryDirectory() as folder:
        year = Year(Path(folder))
        for each in (told := year.live_it()):
            print(f"{each.at:%d.%m.%Y %H:%M}", each.kind, each.subject, each.reasons)
        print(table(told))
        year.close()
