"""Every letter of every plan, rendered from documented facts and read as a person would."""

import re

import pytest
from builders import on
from ladders import CONTACTS, OWNER, RULES, a_case, did, ru, standing, told

from triage.core.letter import facts_for, lacking, render

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


def written(rule: str, step: str, letter: str, day: str, *, rich: bool) -> str:
    case = a_case(rule, posting="12345678-0001-1" if rich else None, **BY_LETTERS)
    acts = [did(case, s, "2026-11-12") for s in ("check", "support")]
    if day >= "2026-11-13":
        acts.append(did(case, "claim", "2026-11-13"))
    if rich:
        acts += [told(case, name, value) for name, value in BY_THE_OWNER.items()]
    now = standing(case, day, *acts)
    facts = facts_for(now, acts, ru(), OWNER, on(day), step=step, contacts=CONTACTS)
    return render(ru().letters[letter], facts)


@pytest.mark.parametrize(("rule", "step", "letter"), EVERY)
def test_every_letter_reads_well_on_every_day(rule, step, letter):
    days = DAYS[1:] if letter.startswith("authority") else DAYS
    for day in days:
        for rich in (False, True):
            text = written(rule, step, letter, day, rich=rich)

            assert "$" not in text
            assert not re.search(r"^\?|\?!?[a-z_]+ ", text, re.MULTILINE)
            assert not re.search(r"  |\u00a0 | \u00a0| $", text, re.MULTILINE)
            assert not re.search(r"\b(\w+) \1\b", text, re.IGNORECASE)
            assert not re.search(r"\.\.|,,|,\.| [.,;:!?](?!eml)|\(\)", text)
            assert not re.search(r"\n{3,}", text)
            assert not re.search(r"\b\d{4}-\d\d-\d\d\b", text)
            assert not re.search(r"None|False|True|\{|\}", text)
            assert text.strip()


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
    facts = facts_for(now, [], ru(), {}, on("2026-11-23"), step="claim")

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
    facts = facts_for(now, [], ru(), {}, on("2026-11-12"))

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
