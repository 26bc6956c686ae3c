"""Fill the gaps of a template with numbers, sums and days in the shapes people write."""

import hashlib
import random
import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from mails import MOSCOW

MONTHS = (
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря"
).split()
WEEKDAYS = "понедельник вторник среда четверг пятница суббота воскресенье".split()
OF_WEEKDAY = "понедельника вторника среды четверга пятницы субботы воскресенья".split()
NAMES = "Анна Игорь Мария Пётр Алёна Сергей Ольга Дмитрий Зоя Артём".split()
ITEMS = [
    "Чайник электрический Redmond RK-G178, 1,7 л",
    "Кроссовки мужские Demix, размер 43",
    "Набор постельного белья «Сатин», евро",
    "Смартфон Xiaomi Redmi Note 13 8/256 ГБ, чёрный",
    "Корм для кошек Purina One, 10 кг",
    "Книга «Мастер и Маргарита»",
    "Пылесос-робот Dreame D10 Plus",
    "Куртка зимняя детская, рост 128",
    "Фильтр воздушный Mann C 30 005",
    "Кабель USB-C — USB-C, 2 м",
    "Лампа настольная светодиодная",
    "Витамин D3 2000 МЕ, 90 капсул",
]
SHOPS = [
    "ООО «Север Трейд»",
    "ИП Кузнецов А. В.",
    "TechnoLine",
    "Дом и сад",
    "Лавка 21",
]
PICKUPS = [
    "г. Москва, ул. Профсоюзная, д. 25, корп. 1",
    "Казань, проспект Победы, 78",
    "Екатеринбург, ул. Малышева, 51, ПВЗ № 14",
    "г. Тверь, бульвар Радищева, 12",
    "Санкт-Петербург, Лиговский пр., 30А",
]
CITIES = ["Москва", "Казань", "Екатеринбург", "Тверь", "Новосибирск", "Пермь"]
DAY = r"[+-]\d+"
GAP = re.compile(r"\{([^{}]+)\}")


@dataclass
class Gaps:
    """The values of one copy. The same seed gives the same values."""

    seed: str
    used: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        digest = hashlib.sha256(self.seed.encode()).digest()
        self.chance = random.Random(int.from_bytes(digest, "big"))
        self.account = self.chance.choice(["12345678", "12345678", "0123456789"])
        numbers = self.chance.sample(range(1, 1900), 4)
        self.orders = [f"{self.account}-{number:04d}" for number in numbers]
        self.sent_at = datetime(2026, 2, 2, 7, 10, tzinfo=MOSCOW) + timedelta(
            days=self.chance.randrange(270), minutes=self.chance.randrange(800)
        )
        self.sums = {name: self._sum() for name in "abcdef"}
        self.style = self.chance.randrange(7)
        self.items = self.chance.sample(ITEMS, 4)

    def _sum(self) -> Decimal:
        roubles = self.chance.choice([(49, 990), (300, 9990), (1000, 89990)])
        kopecks = self.chance.choice([0, 0, 0, 50, 99, 5])
        return Decimal(self.chance.randint(*roubles)) + Decimal(kopecks) / 100

    def fill(self, text: str) -> str:
        return GAP.sub(lambda gap: self.value(gap[1]), text)

    def value(self, name: str) -> str:
        """Write the value of a gap; the same gap twice is the same value."""
        if name not in self.used:
            self.used[name] = self._value(name)
        return self.used[name]

    def _value(self, name: str) -> str:
        if found := re.fullmatch(r"order(\d?)", name):
            return self.orders[int(found[1] or 1) - 1]
        if found := re.fullmatch(r"([pq])(\d)", name):
            return self.posting(found[1] + found[2])
        if found := re.fullmatch(r"([a-f](?:[+-][a-f])*)(:n)?", name):
            return self.sum_in_words(self.sum(found[1]), bare=bool(found[2]))
        if found := re.fullmatch(rf"({DAY})\.\.({DAY})", name):
            return self._range(self.day(found[1]), self.day(found[2]))
        if found := re.fullmatch(rf"({DAY})([dwny]?)", name):
            return self._day(self.day(found[1]), found[2])
        return self._word(name)

    def _word(self, name: str) -> str:
        chance = self.chance
        if found := re.fullmatch(r"item(\d?)", name):
            return self.items[int(found[1] or 1) - 1]
        words = {
            "name": lambda: chance.choice(NAMES),
            "shop": lambda: chance.choice(SHOPS),
            "pvz": lambda: chance.choice(PICKUPS),
            "city": lambda: chance.choice(CITIES),
            "card": lambda: f"{chance.randrange(10000):04d}",
            "code": lambda: f"{chance.randrange(100000, 999999)}",
            "return": self.return_number,
            "time": lambda: f"{chance.randint(9, 21)}:{chance.choice(['00', '30'])}",
            "ship": lambda: f"{chance.randrange(10**10, 10**11)}",
            "sku": lambda: f"{chance.randrange(10**8, 10**9)}",
            "uuid": lambda: "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}".format(
                *(chance.getrandbits(4 * n) for n in (8, 4, 4, 4, 12))
            ),
            "account": lambda: self.account,
        }
        return words[name]()

    def order(self, number: str) -> str:
        return self.orders[int(number) - 1]

    def posting(self, name: str) -> str:
        return f"{self.orders['pq'.index(name[0])]}-{name[1]}"

    def return_number(self) -> str:
        return f"{self.account}-R{self.chance.randint(2, 99)}"

    def sum(self, terms: str) -> Decimal:
        """Add up a+b-c."""
        return sum(
            (
                self.sums[name] if sign != "-" else -self.sums[name]
                for sign, name in re.findall(r"([+-]?)([a-f])", terms)
            ),
            Decimal(0),
        )

    def day(self, offset: str) -> date:
        return self.sent_at.date() + timedelta(days=int(offset))

    def sum_in_words(self, amount: Decimal, *, bare: bool) -> str:
        space = ["\u00a0", " ", "\u202f", "", "\u2009", "\u00a0", " "][self.style]
        roubles, kopecks = divmod(amount, 1)
        text = f"{int(roubles):,}".replace(",", space if roubles >= 1000 else "")
        if kopecks or self.style in (0, 3):
            text += f",{int(kopecks * 100):02d}"
        mark = ["₽", "₽", "₽", "руб.", "₽", "рублей", "р."][self.style]
        if mark == "рублей" and (kopecks or roubles % 10 in (1, 2, 3, 4)):
            mark = "руб."
        gap = "" if self.style == 2 and self.chance.random() < 0.3 else " "
        return (
            text
            if bare
            else text + (gap.replace(" ", "\u00a0 "[self.style % 2]) + mark)
        )

    def _day(self, day: date, form: str) -> str:
        plain = f"{day.day} {MONTHS[day.month - 1]}"
        if form == "d":
            return plain
        if form == "w":
            return f"{OF_WEEKDAY[day.weekday()]} {plain}"
        if form == "n":
            return f"{day:%d.%m.%Y}"
        if form == "y":
            return f"{plain} {day.year}" + self.chance.choice([" года", " г.", ""])
        return self.chance.choice(
            [
                plain,
                plain,
                f"{plain} {day.year}",
                f"{plain} {day.year} г.",
                f"{day:%d.%m.%Y}",
                f"{plain} ({WEEKDAYS[day.weekday()]})",
                f"{plain}, {WEEKDAYS[day.weekday()]}",
                plain.replace(" ", "\u00a0"),
            ]
        )

    def _range(self, first: date, last: date) -> str:
        month = MONTHS[last.month - 1]
        dash = self.chance.choice(["–", " – ", "-", " - ", "—"])
        if first.month == last.month:
            return self.chance.choice(
                [
                    f"{first.day}{dash}{last.day} {month}",
                    f"с {first.day} по {last.day} {month}",
                ]
            )
        start = f"{first.day} {MONTHS[first.month - 1]}"
        return self.chance.choice(
            [f"{start} – {last.day} {month}", f"с {start} по {last.day} {month}"]
        )
