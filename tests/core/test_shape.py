"""A shape is of the wording: other data leave it as it is, other words change it."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from letters import a_message

from triage.core.hearing import spoken
from triage.core.shape import shape_of
from triage.core.words import day, roubles, short_day

TEMPLATES = (
    (
        "Заказ {order} отменён",
        (
            "Здравствуйте, {name}!\nПродавец отменил заказ {order}.\n{goods}\n"
            "Вернём {sum} до {day}.\nПодробнее: https://www.ozon.ru/my/?order={order}&t={token}"
        ),
    ),
    (
        "Ваш заказ {order}",
        (
            "{name}, заказ {order} передан в доставку.\nОжидаем {day}.\n{goods}\nИтого: {sum}\n"
            "Пункт выдачи: {place}\nПродавец: «{seller}»"
        ),
    ),
    (
        "Заявка на возврат",
        (
            "Заявка по заказу {order} одобрена {day}.\nСдайте товар в пункт выдачи за {days}.\n"
            "Сумма: {sum}\n{goods}\nЕсть вопросы? {mail}"
        ),
    ),
    (
        "Заказ {order} получен",
        "Заказ {order} получен {day}.\n{goods}\nИтого\n{sum}\nСпасибо, {name}!",
    ),
    (
        "Заказ {order} не получен",
        "Заказ {order} не получен {day}.\n{goods}\nИтого\n{sum}\nСпасибо, {name}!",
    ),
    (
        "ЗАКАЗ {order} ОТМЕНЁН",
        "ВАШ ЗАКАЗ ОТМЕНЁН ПРОДАВЦОМ.\n{goods}\nИтого: {sum}",
    ),
    (
        "ЗАКАЗ {order} СОБРАН",
        "ВАШ ЗАКАЗ СОБРАН ПРОДАВЦОМ.\n{goods}\nИтого: {sum}",
    ),
)
NAMES = ("Анна", "Иван", "Роман Ильич", "Елена", "Наталия Ким", "Семён", "Жан-Поль")
GOODS = (
    "Чайник электрический Примерный TWK-3A, 1 шт.",
    "Плед шерстяной",
    "Набор кастрюль, 3 предмета, 2 шт., 4 990 ₽",
    "Кроссовки Demix р. 42",
    "Книга «Мастер и Маргарита»",
    "Корм для кошек 10 кг",
    "Xiaomi Redmi 12 8/256 Гб",
    "Лампа настольная\nЦвет: белый",
)
PLACES = ("Москва, ул. Примерная, 5", "г. Тверь, Садовая 12к3", "Казань")

digits = st.text("0123456789", min_size=8, max_size=8)
tail = st.text("0123456789", min_size=4, max_size=4)
days = st.dates(date(2024, 1, 1), date(2028, 12, 31))
sums = st.integers(1, 99_999_999).map(lambda n: Decimal(n) / 100)
data = st.fixed_dictionaries(
    {
        "order": st.builds("{}-{}".format, digits, tail),
        "name": st.sampled_from(NAMES),
        "goods": st.lists(st.sampled_from(GOODS), max_size=4).map("\n".join),
        "sum": st.one_of(sums.map(roubles), st.integers(1, 9999).map("{} руб.".format)),
        "day": st.one_of(
            days.map(day),
            days.map(short_day),
            days.map("{:%d.%m.%Y}".format),
            st.sampled_from(["завтра", "во вторник", "в среду, 3 июня"]),
        ).map(lambda text: text.removeprefix("во ").removeprefix("в ")),
        "days": st.sampled_from(["1 день", "2 дня", "14 дней"]),
        "token": st.text("abcdef0123456789", min_size=4, max_size=40),
        "place": st.sampled_from(PLACES),
        "seller": st.sampled_from(["Ромашка", "ООО Техносила", "Best Shop"]),
        "mail": st.sampled_from(["help@ozon.ru", "a.b@example.org"]),
    }
)


def shape(template: tuple[str, str], values: dict[str, str]):
    subject, text = (part.format(**values) for part in template)
    return shape_of(spoken(a_message(subject, text)))


@given(st.sampled_from(TEMPLATES), data, data)
def test_other_data_in_a_template_give_the_same_shape(template, one, other):
    assert shape(template, one) == shape(template, other)


@given(st.permutations(TEMPLATES), data, data)
def test_two_templates_have_two_shapes(templates, one, other):
    first, second = shape(templates[0], one), shape(templates[1], other)

    assert first.id
    assert second.id
    assert first.id != second.id


@given(data)
def test_no_data_are_in_a_shape(values):
    found = " ".join(shape(TEMPLATES[0], values).segments).split(" ", 1)[1]

    assert not any(sign.isdigit() for sign in found)
    assert values["name"].lower() not in found
    assert values["token"] not in found.split()


def test_a_word_that_no_list_has_tells_two_wordings_apart():
    def of(word: str) -> str:
        text = f"Сделка по заказу 12345678-0001 {word} магазином.\nВам положено 5 ₽."
        return shape_of(spoken(a_message("Ваш заказ", text))).id

    assert of("расторгнута") != of("подписана") != of("возобновлена")


def test_html_and_text_are_parts_of_the_same_shape():
    text = "Заказ 12345678-0001 передан в доставку."

    both = shape_of(spoken(a_message("Заказ", text, text)))
    alone = shape_of(spoken(a_message("Заказ", text)))

    assert both.id != alone.id


def test_hidden_text_is_no_part_of_a_shape():
    seen = a_message("Заказ", "Заказ 12345678-0001 передан в доставку.")
    unseen = a_message(
        "Заказ", "Заказ 12345678-0001 передан в доставку.", hidden="Заказ отменён"
    )

    assert shape_of(spoken(seen)) == shape_of(spoken(unseen))


def test_too_little_wording_has_no_name():
    assert shape_of(spoken(a_message("Заказ 12345678-0001", "5 ₽"))).id == ""
