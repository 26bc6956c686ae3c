"""Every letter of every plan, rendered from documented facts and read as a person would."""

import re
from io import BytesIO
from pathlib import Path
from string import Template

import pytest
from builders import an_act, at, on
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from ladders import CONTACTS, OWNER, RULES, a_case, did, ru, standing, told
from pypdf import PdfReader

from triage.core.letter import facts_for, lacking, render
from triage.core.sheet import sheet
from triage.edges.docx import docx
from triage.edges.typeset import pdf

OWNER_CONTACT = f"{OWNER['address']}, {OWNER['email']}, {OWNER['phone']}"

BY_LETTERS = {
    "ordered_on": "2026-10-20",
    "paid_on": "2026-10-20",
    "amount_paid": "12490.00",
    "promised_on": "2026-11-02",
    "moved_to": "2026-11-07",
    "keep_until": "2026-11-25",
    "delivered_on": "2026-11-11",
    "cancelled_on": "2026-11-09",
    "amount_refunded": "3000.00",
    "amount_promised": "12490.00",
    "return_number": "R-17",
    "return_requested_on": "2026-11-10",
    "return_refused_on": "2026-11-12",
    "return_received_on": "2026-11-08",
    "item": "Чайник электрический",
    "seller_name": "ИП Петров Пётр Петрович",
    "seller_inn": "771234567890",
    "advertised": "скидка 50 %",
}
BY_THE_OWNER = {
    "seller_address": "101000, Москва, Дальняя ул., д. 3",
    "refusal_reason": "следы использования",
    "defect": "не включается",
    "only_in_person": "да",
    "ticket": "555-01",
    "support_reply": "ждите",
    "payment_mark": "карта 1234",
    "bank_name": "АО «Банк»",
    "bank_details": "счёт 40817810000000000000",
    "claim_reply": "отказ",
}
DAYS = (
    "2026-11-12",
    "2026-11-23",
    "2026-12-05",
    "2027-01-20",
    "2027-07-01",
    "2028-03-01",
)
PERSONAL = (
    *("Иванова", "Анна", "anna@", "900 000", "Тихий", "12345678-0001", "R-17"),
    *("1234", "40817810000000000000", "771234567890", "Петров", "555-01"),
)


def letters_of(rule: str) -> list[tuple[str, str]]:
    """List (step, letter) of a plan."""
    return [
        (step.id, name)
        for step in ru().plan(rule)
        for name in (step.letter, step.again, *step.more_letters)
        if name
    ]


EVERY = [(rule, *each) for rule in RULES for each in letters_of(rule)]


def facts_of(
    rule: str, step: str, day: str, *more: tuple[str, str], rich: bool, less: str = ""
):
    """Gather what a letter may say of a case about which little or much is known."""
    by_letters = {name: each for name, each in BY_LETTERS.items() if name != less}
    case = a_case(rule, posting="12345678-0001-1" if rich else None, **by_letters)
    acts = [did(case, s, "2026-11-12") for s in ("check", "support")]
    if day >= "2026-11-13":
        acts.append(did(case, "claim", "2026-11-13"))
    told_of = (*BY_THE_OWNER.items(), *more) if rich else more
    acts += [told(case, name, value) for name, value in told_of]
    now = standing(case, day, *acts)
    facts = facts_for(now, acts, ru(), OWNER, step=step, contacts=CONTACTS)
    return now, facts


def written(
    rule: str,
    step: str,
    letter: str,
    day: str,
    *more: tuple[str, str],
    rich: bool,
    less: str = "",
) -> str:
    _, facts = facts_of(rule, step, day, *more, rich=rich, less=less)
    return render(ru().letters[letter], facts)


SLIPS = {
    "a placeholder": r"\$|^\?|\?!?[a-z_]+ |None|False|True|\{|\}",
    "two spaces": r"  |\u00a0 | \u00a0| $",
    "a doubled word": r"(?i)(?<![.…])\b([^\W\d]+)[ \u00a0,.]+\1\b",
    "a space before a sign": r"[ \u00a0][.,;:!?](?!eml)|\( | \)",
    "two signs": r"\.\.|,,|,\.|(?<!г)(?<!ул)(?<!пер)\.,|;\.|:\.|\?\.|!\.|\(\)|: —|—,|— —(?! —\n)(?<!— — —)",
    "two colons in a sentence": r"^(?!Отдельно|Перед)[^.;\n]*: [^.;\n]*: (?!ст|п)",
    "a gap": r"\n{3,}",
    "a date for machines": r"\b\d{4}-\d\d-\d\d\b",
    "a sum without its sign": r"\d,\d\d(?!\d|\u00a0₽| с \d)",
    "a year twice": r"г\. г\.|2026 2026",
    "two alphabets in a word": r"[A-Za-z][а-яёА-ЯЁ]|[а-яё][A-Za-z]",
    "a sum in the nominative": r"\d копейка|одна тысяча",
    "a sum as machines keep it": r"(?<![\d.])(?<!ст\.[ \u00a0])\d+\.\d\d(?!\d|\.\d)",
    "a sum torn from its sign": r"\d ₽",
    "words of a program": r"\b[a-z]+_[a-z]+\b(?!=|\)|, )",
}


def slips(text: str) -> list[str]:
    """Name what a careful reader would stumble over."""
    found = []
    for what, pattern in SLIPS.items():
        lines = re.sub(r"^.*\u00a0{2}.*\n", "", text, flags=re.MULTILINE)  # a table
        if match := re.search(pattern, lines, re.MULTILINE):
            found.append(f"{what}: {match[0]!r}")
    lines = [line for line in text.split("\n") if len(line) > 40]
    found += [f"twice: {line}" for line in lines if lines.count(line) > 1]
    found += [f"has no end: {line}" for line in text.split("\n") if endless(line)]
    return found


def endless(line: str) -> bool:
    """Say whether a sentence stops short; lists, headings and addresses may."""
    plain = (
        not line
        or line[-1] in ".:;!?,_"
        or line.startswith(("# ", "## ", "—", "Кому:", "Копия:", "От кого:"))
        or "\u00a0\u00a0" in line
        or line in {*OWNER.values(), OWNER_CONTACT}
        or line == BY_THE_OWNER["seller_address"]
    )
    return not plain


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Заказ $order отменён.", "a placeholder"),
        ("?item Товар: чайник.", "a placeholder"),
        ("Заказ  отменён.", "two spaces"),
        ("Прошу прошу вернуть деньги.", "a doubled word"),
        ("Заказ отменён .", "a space before a sign"),
        ("Заказ отменён..", "two signs"),
        ("Сумма: номер: два.", "two colons"),
        ("Заказ\n\n\nотменён.", "a gap"),
        ("Заказ отменён 2026-11-09.", "a date for machines"),
        ("Верните 12,50 руб.", "a sum without its sign"),
        ("Заказ отменён 9 ноября 2026 г. г.", "a year twice"),
        ("Заказ отмeнён.", "two alphabets"),
        ("Прошу вернуть 2 (два) рубля 01 копейка.", "a sum in the nominative"),
        ("На балансе кабинета: 1500.00.", "a sum as machines keep it"),
        ("Верните 12,50 ₽.", "a sum torn from its sign"),
        ("Причина: refusal_reason.", "words of a program"),
        ("Заказ отменён", "has no end"),
        ("Деньги за отменённый заказ так и не поступили.\n" * 2, "twice"),
    ],
)
def test_the_careful_reader_sees_each_slip(text, what):
    assert any(slip.startswith(what) for slip in slips(text))


@pytest.mark.parametrize(("rule", "step", "letter"), EVERY)
def test_every_letter_reads_well_on_every_day(rule, step, letter):
    days = DAYS[1:] if letter.startswith("authority") else DAYS
    for day in days:
        for rich in (False, True):
            text = written(rule, step, letter, day, rich=rich)

            assert text.strip()
            assert slips(text) == [], text


CHOICES = [
    *(
        ("defective", "wish", wish)
        for wish in ("замена", "ремонт", "скидка", "возврат")
    ),
    *(("wrong-item", "wish", wish) for wish in ("замена", "скидка")),
    *(("incomplete", "box", box) for box in ("пустая", "подмена")),
    *(("not-received", "box", box) for box in ("пустая", "подмена")),
    ("warranty-refused", "warranty", "нет"),
    ("cancelled-by-seller", "choice", "исполнение"),
    ("charged-twice", "subscription", "да"),
    ("return-refund-missing", "in_transit", "да"),
    *(("defective", name, "да") for name in ("heavy_goods", "complex_goods")),
    ("defective", "substantial", "повторяется после ремонта"),
    *(
        ("refund-missing", "payment", way)
        for way in ("мир", "сбп", "visa", "unionpay", "ozon карта", "рассрочка")
    ),
    ("refund-missing", "key_rate", "14,00 с 27.07.2026"),
    ("account-blocked", "balance", "1500.00"),
    *(("damaged", "wish", wish) for wish in ("ремонт", "скидка")),
]


@pytest.mark.parametrize(("rule", "name", "value"), CHOICES)
def test_what_the_owner_chose_or_told_reads_well_too(rule, name, value):
    now, _ = facts_of(rule, "", "2026-12-05", (name, value), rich=True)

    for step in [each.step for each in now.steps]:
        for letter in filter(None, (step.letter, step.again, *step.more_letters)):
            text = written(
                rule, step.id, letter, "2026-12-05", (name, value), rich=True
            )

            assert slips(text) == [], text


def test_two_branches_are_open_to_a_buyer_whose_order_was_cancelled():
    back, goods = (
        written(
            "cancelled-by-seller", "claim", "claim", "2026-11-12", *told_, rich=True
        )
        for told_ in ((), (("choice", "исполнение"),))
    )

    assert "прошу вернуть уплаченную за отменённый заказ" in back
    assert "передать оплаченный товар" in goods
    assert "вернуть уплаченную" not in goods
    assert "реквизиты: " not in goods


@pytest.mark.parametrize(
    ("rule", "demand", "ground"),
    [
        ("delivery-overdue", "уплатить неустойку за просрочку", "п. 3 ст. 23.1"),
        ("refund-missing", "вернуть уплаченную за отменённый заказ", "ст. 26.1"),
        ("refund-short", "вернуть недостающую", "ст. 22"),  # a defect is told
        ("return-unanswered", "вернуть уплаченную за товар", "ст. 18"),
        ("return-refused", "вернуть уплаченную за товар", "ст. 18"),
        ("return-refund-missing", "вернуть уплаченную за возвращённый", "ст. 22"),
        ("not-received", "Товар не передан", "ст. 23.1"),
        ("defective", "вернуть уплаченную за товар", "ст. 22"),
        ("wrong-item", "вернуть уплаченную за товар", "ст. 10"),
        ("incomplete", "вернуть уплаченную за товар", "ст. 10"),
        ("damaged", "вернуть уплаченную за товар", "ст. 18"),
        ("warranty-refused", "вернуть уплаченную за товар", "п. 6 ст. 18"),
        ("counterfeit", "вернуть уплаченную за товар", "ст. 12"),
        ("account-blocked", "Отказываюсь от неполученного заказа", "ст. 1102 ГК РФ"),
        ("storage-expired", "Отказываюсь от товара до его передачи", "ст. 26.1"),
        ("charged-twice", "вернуть списанную без основания", "ст. 1102 ГК РФ"),
        ("support-silent", "рассмотреть обращение по существу", "ст. 14.8 КоАП РФ"),
    ],
)
def test_each_kind_of_case_demands_its_own_on_its_own_ground(rule, demand, ground):
    text = written(rule, "claim", "claim", "2026-11-12", rich=True)
    asked, because = text.split("## Обоснование")

    assert demand in asked.split("## Требование")[1]
    assert ground in because


@pytest.mark.parametrize(
    "rule", ["defective", "wrong-item", "incomplete", "damaged", "warranty-refused"]
)
def test_goods_with_a_defect_are_offered_for_inspection_to_the_seller_alone(rule):
    claim = written(rule, "claim", "claim", "2026-11-12", rich=True)
    to_others = [
        written(rule, "authority", "authority", "2026-12-05", rich=True),
        written(rule, "lawyer", "lawyer", "2026-12-05", rich=True),
    ]

    assert "прошу сообщить о" in claim
    assert "готов" in claim
    assert not any("прошу сообщить о её времени" in text for text in to_others)


def test_a_claim_says_the_sum_in_words_and_the_penalty_beside_it():
    text = written(
        *("delivery-overdue", "claim", "claim", "2026-11-23"),
        rich=False,
        less="delivered_on",
    )
    asked = text.split("## Требование")[1].split("##")[0].replace("\u00a0", " ")

    assert "12 490 (двенадцать тысяч четыреста девяносто) рублей 00 копеек" in asked
    assert "на 23 ноября 2026 г. она составляет 1 311,45 ₽" in asked


def test_who_got_the_parcel_late_asks_for_the_penalty_and_not_for_the_price():
    text = written("delivery-overdue", "claim", "claim", "2026-11-23", rich=True)

    assert "передали 11 ноября 2026 г." in text
    assert "не передан" not in text
    assert "Отказываюсь" not in text
    assert "Неустойка с 3 ноября 2026 г. по 11 ноября 2026 г." in text
    assert "Вместе с основной суммой" not in text


def test_a_claim_asks_for_interest_without_a_sum_while_the_rate_is_not_known():
    text = written("refund-missing", "claim", "claim", "2027-01-20", rich=False)

    assert "Также прошу уплатить проценты за пользование деньгами по день их" in text
    assert "они составляют" not in text
    assert "проценты не посчитаны" in text


CHAT = 1000  # signs that fit a chat box
LONG = "Очень длинное название товара с подробностями, цветом и размером " * 2


@pytest.mark.parametrize(
    ("rule", "step", "letter"),
    [e for e in EVERY if e[2] in {"support", "support-again", "dispute"}],
)
def test_a_message_to_support_fits_the_chat_box_and_asks_one_thing(rule, step, letter):
    told_ = ("item", LONG.strip())
    text = written(rule, step, letter, "2026-11-12", told_, rich=True)
    message = text.partition("\n— — —\n")[0]

    assert len(message) <= CHAT
    assert "12345678-0001" in message
    opening = "Прошу открыть спор" in message
    assert len(re.findall(r"[Пп]рошу", message)) == 1 + opening


@pytest.mark.parametrize("letter", ["social-message", "social-post"])
@pytest.mark.parametrize("rule", RULES)
def test_a_post_is_short(rule, letter):
    if "social" in {step for step, _ in letters_of(rule)}:
        text = written(rule, "social", letter, "2026-11-23", rich=True)

        assert len(text.partition("\n— — —\n")[0]) <= 500


PUBLIC = {
    *("marketplace", "order_tail", "support_sent_on"),
    *("promised_on", "delivered_on", "cancelled_on", "refunded_on", "keep_until"),
    "item_cancelled_on",
    *("return_requested_on", "return_refused_on", "return_received_on", "charged_on"),
}
"""All that a post may be told: days, the shop, the last digits of the order."""


@pytest.mark.parametrize("rule", RULES)
def test_nothing_but_days_can_get_into_a_post_whatever_is_known(rule):
    passages = ru().texts_of(rule)
    text = ru().letters["social-post"].text
    for _ in range(3):
        text = Template(text).safe_substitute(passages)

    assert set(Template(text).get_identifiers()) <= PUBLIC
    message = ru().letters["social-message"].text
    for _ in range(3):
        message = Template(message).safe_substitute(passages)
    assert set(Template(message).get_identifiers()) <= PUBLIC | {"order", "ticket"}


@given(st.dictionaries(st.sampled_from(sorted(BY_THE_OWNER)), st.uuids().map(str)))
@settings(max_examples=30, deadline=None)
def test_no_word_of_the_owners_ever_gets_into_a_post(words):
    for rule in ("return-refused", "not-received", "defective", "account-blocked"):
        text = written(
            rule, "social", "social-post", "2026-11-23", *words.items(), rich=True
        )

        assert not [word for word in words.values() if word in text]


@pytest.mark.parametrize(
    ("rule", "step", "letter"), [e for e in EVERY if e[1] == "authority"]
)
def test_a_form_gets_bare_text_and_paper_an_address_and_a_signature(rule, step, letter):
    text = written(rule, step, letter, "2026-12-05", rich=True)
    on_paper = letter.endswith("-paper")

    assert ("Кому: " in text) is on_paper
    assert ("____" in text) is on_paper
    assert ("# " in text.partition("\n## ")[0]) is on_paper
    assert ("со входом через ЕСИА" in text) is not on_paper


@pytest.mark.parametrize("letter", sorted(ru().letters))
def test_every_letter_that_is_signed_has_a_title_an_address_and_a_day(letter):
    text = ru().letters[letter].text

    assert ("____" in text) is ("$from_whom" in text)
    if "____" in text:
        assert "\n# " in text
        assert "\n$today\n" in text
        assert "Приложения" in text


ONCE = {letter: (rule, step, letter) for rule, step, letter in reversed(EVERY)}


@pytest.mark.parametrize("letter", sorted(ONCE))
def test_every_kind_of_letter_can_be_set_on_paper(letter):
    rule, step, _ = ONCE[letter]
    text = written(rule, step, letter, "2026-12-05", rich=True)

    document = pdf(sheet(text), author="А", at=at("2026-12-05 08:00"), language="ru")
    word = Document(BytesIO(docx(sheet(text), author="А")))

    assert document.startswith(b"%PDF")
    assert len(PdfReader(BytesIO(document)).pages) <= 3
    assert word.paragraphs


def test_the_brief_tells_the_days_in_order_each_with_its_letter():
    text = written("delivery-overdue", "lawyer", "lawyer", "2026-12-05", rich=True)
    course = text.split("## Ход дела\n")[1].split("\n\n")[0].split("\n")

    assert course[0] == "— 20 октября 2026 г. — заказ оформлен (письмо ab12)"
    assert "— 13 ноября 2026 г. — направлена претензия (со слов покупателя)" in course
    assert "— 23 ноября 2026 г. — истёк срок ответа на претензию" in course


def test_the_list_of_documents_says_what_was_attached_and_what_is_not_known():
    case = a_case("refund-missing")
    file = an_act("attached", "2026-11-12 12:00", case.id, name="чек.pdf", sha256="ab")

    def said(*acts):
        now = standing(case, "2026-11-12", *acts)
        facts = facts_for(now, acts, ru(), OWNER, step="documents")
        return render(ru().letters["documents"], facts)

    assert "К делу ещё ничего не приложено." in said()
    assert "Вы уже приложили:\n— чек.pdf\n" in said(file)
    assert "ИНН продавца" in said()
    assert "ИНН продавца" not in said(told(case, "seller_inn", "7707083893"))


@pytest.mark.parametrize(("rule", "step", "letter"), EVERY)
def test_numbers_go_with_the_right_form_of_day(rule, step, letter):
    text = written(rule, step, letter, "2026-12-05", rich=True)

    for number, word in re.findall(r"(\d+)\s(день|дня|дней)\b", text):
        n = int(number)
        genitive = f"течение {number}" in text
        if n % 10 == 1 and n % 100 != 11:
            right = {"дня"} if genitive else {"день"}
        elif 2 <= n % 10 <= 4 and not 12 <= n % 100 <= 14:
            right = {"дней"} if genitive else {"дня"}
        else:
            right = {"дней"}
        assert word in right, f"{number} {word}"


@pytest.mark.parametrize("rule", RULES)
def test_what_is_public_tells_nothing_personal(rule):
    if "social" not in {step for step, _ in letters_of(rule)}:
        return

    text = written(rule, "social", "social-post", "2026-11-23", rich=True)

    assert [word for word in PERSONAL if word in text] == []
    assert "@" not in text


@pytest.mark.parametrize("rule", RULES)
def test_a_private_message_names_the_order_and_no_money_or_codes(rule):
    if "social" not in {step for step, _ in letters_of(rule)}:
        return

    text = written(rule, "social", "social-message", "2026-11-23", rich=True)

    assert "12345678-0001" in text
    for secret in ("40817810000000000000", "1234.", "Тихий", "anna@", "Иванова"):
        assert secret not in text


@pytest.mark.parametrize(("rule", "step", "letter"), EVERY)
def test_bank_details_stand_only_where_the_seller_is_asked_for_money(
    rule, step, letter
):
    text = written(rule, step, letter, "2026-11-23", rich=True)

    asks_for_money = letter in {"claim", "refusal"} and rule != "support-silent"
    assert ("40817810000000000000" in text) is asks_for_money


@pytest.mark.parametrize(
    ("rule", "step", "letter"), [e for e in EVERY if e[1] in {"support", "social"}]
)
def test_first_messages_threaten_with_no_sums(rule, step, letter):
    text = written(rule, step, letter, "2026-11-23", rich=True)

    assert "неустойк" not in text.lower() or letter == "dispute"
    assert "штраф" not in text.lower()


ADDRESSED = {
    "seller": (
        "Кому: ИП Петров Пётр Петрович, ИНН 771234567890",
        "Копия: ООО «Лавка»",
    ),
    "account-blocked": ("Кому: ООО «Лавка»",),
}
CLAIMS = [rule for rule, step, _ in EVERY if step == "claim"]


@pytest.mark.parametrize("rule", sorted({*CLAIMS}))
def test_a_claim_has_all_its_parts_and_one_demand(rule):
    text = written(rule, "claim", "claim", "2026-11-12", rich=True)

    for part in (
        *ADDRESSED.get(rule, ADDRESSED["seller"]),
        "От кого: Иванова Анна Сергеевна",
        "Претензия\n",
        "12345678-0001",
        "\u00a0₽",
        "в течение 10 дней",
        "ГК РФ" if rule == "charged-twice" else "о защите прав потребителей",
        "Приложения (копии):\n— ",
        "12 ноября 2026 г.\n",
        "Проверьте перед отправкой",
        "не заменяет совет юриста",
    ):
        assert part in text, part
    demand = text.split("Требование\n")[1].split("\n")[0]
    assert len(re.findall(r"[Пп]рошу|[Тт]ребую", demand)) == 1


def test_no_letter_promises_a_fine_or_names_the_platform_law():
    for letter in ru().letters.values():
        assert "289-ФЗ" not in letter.text
        assert "пятьдесят процентов" not in letter.text
        assert "50 %" not in letter.text


def test_a_letter_to_the_seller_waits_for_the_seller_and_for_the_owner():
    case = a_case()
    now = standing(case, "2026-11-23")
    facts = facts_for(now, [], ru(), {}, step="claim")

    assert lacking(ru().letters["claim"], facts) == (
        "owner_contact",
        "owner_name",
        "seller_inn",
        "seller_name",
    )


@pytest.mark.parametrize("rule", RULES)
def test_the_first_texts_need_nothing_but_the_letters_own_facts(rule):
    case = a_case(rule, keep_until="2026-11-14", promised_on="2026-11-02", amount=None)
    now = standing(case, "2026-11-12")
    facts = facts_for(now, [], ru(), {})

    for step in ru().plan(rule):
        if step.id in {"check", "support", "social"}:
            assert lacking(ru().letters[step.letter], facts) == (), step.id


def test_what_a_letter_may_lack_has_a_russian_name():
    for rule in RULES:
        for step in standing(a_case(rule, amount=None), "2026-11-12").steps:
            for name in step.lacks:
                assert re.search("[а-я]", ru().fact_names[name])


def test_every_letter_belongs_to_a_step_or_to_a_variant_of_one():
    changes = [
        variant.changes
        for rule in RULES
        for step in ru().plans.get(rule, ())
        for variant in step.variants
    ]
    used = {letter for _, _, letter in EVERY}
    used |= {each.get("letter") for each in changes}
    used |= {name for each in changes for name in each.get("more_letters", ())}

    assert used >= set(ru().letters)


def test_nothing_is_offered_to_a_state_body_by_e_mail():
    for rule in RULES:
        for step in ru().plan(rule):
            if step.id == "authority":
                assert "почте его не примут" in step.action
                assert "@" not in step.channel


DOCS = Path(__file__).parents[1] / "docs"


def test_a_small_picture_of_every_letter_stands_in_the_documents():
    page = (DOCS / "letters.md").read_text("utf-8")
    shown = re.findall(r"\]\(pictures/letters/([\w-]+)\.png\)", page)
    drawn = {path.stem: path for path in (DOCS / "pictures" / "letters").iterdir()}

    assert sorted(shown) == sorted(drawn)
    assert set(ru().letters) == {re.sub(r"-page-\d$", "", name) for name in shown}
    assert max(path.stat().st_size for path in drawn.values()) < 60_000


@pytest.mark.parametrize(
    ("name", "value", "last_day"),
    [
        ("wish", "возврат", "2026-11-20"),
        ("wish", "замена", "2026-11-20"),
        ("wish", "ремонт", "2028-11-05"),
        ("wish", "скидка", "2028-11-05"),
        ("substantial", "повторяется после ремонта", "2028-11-05"),
    ],
)
def test_only_money_or_another_thing_must_be_asked_in_the_first_fifteen_days(
    name, value, last_day
):
    case = a_case("defective", delivered_on="2026-11-05")
    acts = [told(case, "complex_goods", "да"), told(case, name, value)]

    claim = next(
        each
        for each in standing(case, "2026-11-12", *acts).steps
        if each.step.id == "claim"
    )

    assert claim.deadline_on == on(last_day)


@pytest.mark.parametrize("wish", ["ремонт", "скидка", "замена"])
def test_who_keeps_the_thing_is_not_told_that_its_price_is_owed(wish):
    for letter, step in (("authority", "authority"), ("lawyer", "lawyer")):
        text = written(
            "defective", step, letter, "2026-12-05", ("wish", wish), rich=True
        )

        assert "Вместе с основной суммой" not in text
        assert "Штраф в пользу потребителя" not in text
    assert ("Цена иска на" in text) is (wish == "замена")


def test_a_thing_cancelled_is_never_told_as_the_order_cancelled():
    """The order itself may still be on its way."""
    known = {k: v for k, v in BY_LETTERS.items() if k != "cancelled_on"}
    case = a_case("refund-missing", **known, item_cancelled_on="2026-11-09")
    acts = [did(case, s, "2026-11-12") for s in ("check", "support", "claim")]

    for step, name in letters_of("refund-missing"):
        now = standing(case, "2026-12-05", *acts)
        facts = facts_for(now, acts, ru(), OWNER, step=step, contacts=CONTACTS)
        text = render(ru().letters[name], facts)
        assert not re.search(r"(?i)заказ(?: 12345678-0001)? отмен", text), name
        assert "отменённый заказ" not in text, name
        if step in ("check", "support", "claim", "bank"):
            assert re.search(r"[Тт]овар[^.]* отменён", text), name
