"""The shape of a letter: what its template says, without the data that was put in.

A letter's wording is cut into segments, numbers, dates, names, goods and addresses are
left out, and what remains is what letters of one template share. Where it is not clear
whether a word is wording or data it stays: then two letters of one template may differ in
shape, and are asked about twice, but two templates never share one.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from triage.core.hearing import Spoken
from triage.core.line import LONG, Line, phrase
from triage.core.message import Where
from triage.core.pattern import Pattern

MOST = 40  # segments of one voice that count; what stands below is advertising
FEWEST = 3  # words without which a shape would fit letters of all kinds

_ADDRESS = re.compile(  # the last begins with its word, or a long one takes for ever
    r"https?://\S+|www\.\S+|(?<!\S)\S[^\s@]*@\S[^\s.]*\.\S+", re.IGNORECASE
)
_DAY = Pattern(
    r"\b(?=[авдзимнопсфчя])"  # a quick look: no day begins otherwise
    r"(?:(?:янв|фев|мар|апр|мая|май|июн|июл|авг|сен|окт|ноя|дек)[а-я]{0,6}\b\.?"
    r"|послезавтра|завтра|сегодня|понедельник[а-я]*|вторник[а-я]*|сред[уаые]\b"
    r"|четверг[а-я]*|пятниц[а-я]*|суббот[а-я]*|воскресень[а-я]*)"
)
_DAYS = phrase(_DAY)
_NUMBER = re.compile(
    r"\d[\d.,:/-]*(?: \d[\d.,:/-]*)*"
    r"(?:[- ]?(?:дн|ден|час|минут|месяц|недел|товар|штук|шт|руб|копе|балл|бонус|заказ"
    r"|отправлен|посыл|позици|г\b|р\b|кг\b|мл\b|см\b|х\b)[а-я]*)?",
    re.IGNORECASE,
)
_CUT = re.compile(r"[^\w -]")
_DASH = re.compile(r"(?<!\w)-|-(?!\w)")
_IN_AN_ADDRESS = ("://", "www.", "@")
_WORD = re.compile(r"[а-яА-Я]+(?:-[а-яА-Я]+)*")

_WORDING = tuple(
    "адрес аннулир верни верну внимани возвра возмес выдан выдач выкуп вручен вручил"
    " деньг доплат достави доставк доставл доставя забер забира забра заверш задерж заказ"
    " заявк здравствуй изменил изменен измени истек итог количеств курьер магазин невозмож"
    " неверн номер нужна нужно обработ обраща обращен одобр ожида оплат оплач опозда"
    " отказ отклон отмен отправ отслед оформ ошибк передал передан перевед перевел"
    " перевод перенес платеж повтор поддержк подробн подтверд подтверж покупател получ"
    " помощ поступ посылк пожалуйст придет прилож принял принят принима пришл приедет"
    " привез продав продл просим рассмотр решен сборк соберем собран сожал сообщ спасибо"
    " списан списал спор срок статус стоимост сумма сумму суммы товар треб удалось уточн"
    " уведом хранени хранит храним".split()
)
"""How the words begin that make a line wording and not somebody's name or goods."""

_SHORT = frozenset(
    "вам вас ваш ваша ваши вашу вашего вашей вашему вы мы наш наши код кода чек чека чеки"
    " чеку дата день дней срок цена письмо средства средств счет счета карту карта открыт"
    " открыта открыто открыты открыть ждет ждем день пункт в пути уже еще не нет".split()
) - {"в"}
_VERB = re.compile(
    r"(?:ирован|ован|лен|чен|жен|щен|шен|ден|дан|зан|ран|сен|тен)[аоы]?$"
    r"|(?:или|али|ели|ули|яли)(?:сь)?$|(?:ется|ются|ится|ятся|ться)$"
    r"|(?:айте|ейте|ите|ете)$|(?:аем|яем|уем|нем|дем|жем|шем)$"
)
_ENDS = re.compile(r"[а-я]{2}(?:ан|ян|ен|ят|ыт|ут|ит)[аоы]?$|[а-я]{3}(?:л|ла|ло|ли)$")
"""How a last word ends that may be all that a line is there to say."""
_SURE_VERB = re.compile(r"(?:ирован|ован)[аоы]?$|(?:ается|яется|уется|ются)$|[ае]йте$")


@dataclass(frozen=True, slots=True)
class Shape:
    """The wording of a letter; letters of one template have the same."""

    segments: tuple[str, ...] = ()  # each with its place before it
    heading: str = ""  # the wording of the subject alone

    @property
    def id(self) -> str:
        """Name the shape; "" where there is too little wording to know others by."""
        words: set[str] = set()
        for one in self.segments:
            words.update(one.split()[1:])
            if len(words) >= FEWEST:
                return _named(self.segments)
        return ""

    @property
    def heading_id(self) -> str:
        """Name the shape of the subject; "" where that says nothing."""
        return _named((self.heading,)) if self.heading else ""


def shape_of(letter: Spoken) -> Shape:
    """Find the shape of a letter that was made ready for recognisers."""
    found: dict[str, None] = {letter.sender: None}
    heading = ""
    for voice in letter.voices:
        segments = list(islice(_once(wording(voice.lines)), MOST))
        place = f"{voice.where}: "
        found |= dict.fromkeys([place + one for one in segments])
        if voice.where is Where.SUBJECT:
            heading = "; ".join(segments)
    return Shape(tuple(found), f"{letter.sender} {heading}" if heading else "")


def wording(lines: Iterable[Line]) -> Iterator[str]:
    """Yield what each segment of some lines says, in small letters, without its data."""
    for line in lines:
        yield from (_remembered if len(line.text) < LONG else _segments)(line)


def _segments(line: Line) -> tuple[str, ...]:
    plain = line.folded
    if any(sign in line.small for sign in _IN_AN_ADDRESS):
        plain = _ADDRESS.sub("|", plain)
    if line.may_hold(_DAYS):
        plain = _DAY.sub(" ", plain)
    plain = _NUMBER.sub(" ", plain).replace("_", "|")
    if "-" in plain:
        plain = _DASH.sub("|", plain)
    return tuple(filter(None, map(_said, _CUT.split(plain))))


def _said(segment: str) -> str:
    """Return the words of a segment that are wording; "" where that is not clear."""
    words = _WORD.findall(segment)
    if not words:
        return ""
    if " ".join(words[1:]).islower():
        kept = words if words[0][0].islower() or _says(words, 0) else words[1:]
        kept = [kept[0].lower(), *kept[1:]]
    else:
        kept = [
            word.lower()
            for place, word in enumerate(words)
            if word[0].islower() or _says(words, place)
        ]
    if any(map(_is_wording, kept)) or (kept and _ENDS.search(kept[-1])):
        return " ".join(kept)
    return ""


_remembered = lru_cache(maxsize=2048)(_segments)
"""Text and HTML have the same lines, and letters of one template have most of them."""


def _once(texts: Iterable[str]) -> Iterator[str]:
    """Yield each text the first time that it comes."""
    seen: set[str] = set()
    for text in texts:
        if text not in seen:
            seen.add(text)
            yield text


def _says(words: list[str], place: int) -> bool:
    """Tell wording from a name where a word has a capital: a sentence may begin with it."""
    small = words[place].lower()
    if small in _SHORT or small.startswith(_WORDING) or _SURE_VERB.search(small):
        return True
    return place == 0 and len(words) > 1 and words[1][0].islower()


@lru_cache(maxsize=8192)
def _is_wording(word: str) -> bool:
    if word in _SHORT or word.startswith(_WORDING):
        return True
    return len(word) > 4 and bool(_VERB.search(word))


def _named(parts: tuple[str, ...]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
