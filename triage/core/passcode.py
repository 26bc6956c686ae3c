"""Letters that hand over a code to sign in or to confirm something with."""

from collections.abc import Iterable

from triage.core.pattern import Pattern

_CODE = (
    r"(?<![\d.,:№#•*/-])(?<!\d )"
    r"(?:\d{4,8}|\d{3}[ -]\d{3}|\d{2}(?:[ -]\d{2}){1,3}|\d(?:[ -]\d){3,7})"
    r"(?![\d/]|[.,:-]\d| ?\d|\s*(?:₽|руб|р\.|%|шт\b|балл|бонус|г\.|год|кг|г\b|мл|мм|см))"
)
_NAMED = r"\b(?:код\w{0,3}|кодов\w+|шифр\w*|парол\w+|пин(?:-?код\w*)?|pin|code|otp|passcode|password)\b"
_CONFIRMS = (
    r"\b(?:подтверд\w+|подтвержд\w+|вход\w*|войти|войдите|авториз\w+|верифик\w+|аккаунт\w*"
    r"|учетн\w+|учётн\w+|личност\w+|sign.?in|log.?in|verif\w+|confirm\w*)\b"
)
_NO_YEAR = r"(?<![\d.,:№#•*/-])(?!(?:19|20)\d\d(?!\d))"
_ANNOUNCES = Pattern(
    rf"{_NAMED}[^\d]{{0,80}}{_CODE}|{_CODE}[^\d]{{0,80}}{_NAMED}"
    rf"|{_CONFIRMS}[^\d₽]{{0,60}}{_NO_YEAR}{_CODE}(?!,)"
    rf"|{_NO_YEAR}{_CODE}(?!,)[^\d₽]{{0,40}}{_CONFIRMS}"
)

_CALLED = (
    r"\b(?:код|кода|коду|кодом|шифр\w*|парол\w+|пин(?:-?код\w*)?|pin|code|otp|passcode|password)\b"
    r"(?! (?:товар|ошибк|заказ|отслеж|причин|регион|город|домоф|подъезд|чека|продав|тн вэд))"
)
_SPELT = Pattern(
    rf"{_CALLED}[^\d]{{0,80}}{_NO_YEAR}{_CODE}|{_NO_YEAR}{_CODE}[^\d]{{0,80}}{_CALLED}"
    rf"|\b(?:введите|наберите|укажите|вбейте)\b[^\d]{{0,20}}{_NO_YEAR}{_CODE}"
)
_TO_CONFIRM = Pattern(
    rf"{_CONFIRMS}|\b(?:оплат|списани|смен[аыеу]|смени|привяз|отвяз|удалени|доступ|введите|введ[её]|ввод"
    r"|одноразов|никому|(?:никогда )?не (?:сообща|называ|говори|показыва|переда|спрашива)|смс|sms)"
)
_HANDED_OVER = Pattern(
    r"\b(?:пункт\w* выдачи|пвз|постамат\w*|ячейк\w*|отделени\w*|курьер\w*|получени[яеию]"
    r"|выдач\w*|вручени\w*|забрать|забирайте|заберите|сотрудник\w* (?:пункта|на выдаче))\b"
)
CODES = (_ANNOUNCES, _SPELT)
"""One of them matches where a code is announced or handed over, for a quick look."""

_AROUND = 100  # characters in which the words stand that say what a code is for


def confirms(texts: Iterable[str]) -> bool:
    """Say whether one of some normalised texts has a code to confirm something with.

    For letters that name an order: a code by which a parcel is handed over is none.
    """
    return any(
        _TO_CONFIRM.search(text, max(found.start() - _AROUND, 0), found.end() + _AROUND)
        for text in texts
        if not _HANDED_OVER.search(text)
        for found in _SPELT.finditer(text)
    )


def hands_over(texts: Iterable[str]) -> bool:
    """Say whether one of some normalised texts has a code, whatever it is for."""
    return any(_SPELT.search(text) for text in texts)


def announces(texts: Iterable[str]) -> bool:
    """Say whether one of some normalised texts announces a code.

    That is a short bare number near a word for a code, a sign-in or a confirmation. For
    letters that name no order: what these hold besides cannot be told of one anyway.
    """
    return any(_ANNOUNCES.search(text) for text in texts)
