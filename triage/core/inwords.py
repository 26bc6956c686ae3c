"""Sums written in words, as a claim names them so that no digit can be mistaken."""

from decimal import Decimal

from triage.core.sums import kopecks
from triage.core.words import NBSP, plural

LIMIT = 10**12  # roubles; above it nobody buys

_UNITS = "ноль один два три четыре пять шесть семь восемь девять".split()
_TEENS = (
    "десять одиннадцать двенадцать тринадцать четырнадцать пятнадцать "
    "шестнадцать семнадцать восемнадцать девятнадцать"
).split()
_TENS = "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто".split()
_HUNDREDS = (
    "сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот"
).split()
_FEMININE = {1: "одна", 2: "две"}
_SCALES = (
    (10**9, ("миллиард", "миллиарда", "миллиардов")),
    (10**6, ("миллион", "миллиона", "миллионов")),
    (10**3, ("тысяча", "тысячи", "тысяч")),
)


def number_in_words(number: int) -> str:
    """Write a number in words: 2001 is «две тысячи один».

    Raises:
        ValueError: it is negative or not below `LIMIT`.
    """
    if not 0 <= number < LIMIT:
        raise ValueError(f"not a number to write in words: {number}")
    if number == 0:
        return _UNITS[0]
    words: list[str] = []
    for scale, forms in _SCALES:
        count, number = divmod(number, scale)
        if count:
            words += _below_thousand(count, feminine=scale == 10**3)
            words.append(plural(count, *forms))
    return " ".join(words + _below_thousand(number, feminine=False))


def amount_in_words(amount: Decimal) -> str:
    """Write a sum as «12 490 (двенадцать тысяч четыреста девяносто) рублей 00 копеек».

    It is what a letter demands, so it stands in the accusative: «одну тысячу», «01 копейку».

    Raises:
        ValueError: it is negative or not below `LIMIT`.
    """
    roubles, rest = divmod(int(kopecks(amount) * 100), 100)
    digits = f"{roubles:,}".replace(",", NBSP)
    rouble = plural(roubles, "рубль", "рубля", "рублей")
    kopeck = plural(rest, "копейку", "копейки", "копеек")
    words = number_in_words(roubles).replace("одна тысяча", "одну тысячу")
    return f"{digits} ({words}) {rouble} {rest:02d} {kopeck}"


def _below_thousand(number: int, *, feminine: bool) -> list[str]:
    hundreds, rest = divmod(number, 100)
    words = [_HUNDREDS[hundreds - 1]] if hundreds else []
    tens, units = divmod(rest, 10)
    if tens == 1:
        return [*words, _TEENS[units]]
    if tens:
        words.append(_TENS[tens - 2])
    if units:
        words.append(_FEMININE.get(units, _UNITS[units]) if feminine else _UNITS[units])
    return words
