"""The money of an order, and the receipts of which no order is known."""

from collections.abc import Iterable
from decimal import Decimal

from triage.commands.bilingual import Both
from triage.commands.desk import Desk
from triage.commands.shapes import Shape
from triage.commands.wording import CERTAINTIES, when
from triage.core.event import Certainty, Event
from triage.core.settlement import Lack, settlement
from triage.core.words import roubles
from triage.edges.terminal import clean
from triage.jobs.receipts import Untied, of_file

LACKS: dict[Lack, Both] = {
    Lack.PREPAYMENT_RECEIPT: ("нет чека на предоплату", "no receipt of the payment"),
    Lack.FULL_RECEIPT: ("нет чека полного расчёта", "no receipt of the goods"),
    Lack.REFUND: ("не вернулись деньги", "money has not come back"),
    Lack.REFUND_RECEIPT: ("нет чека возврата", "no receipt of the refund"),
}
PROBLEMS: dict[str, Both] = {
    "no-pdf": ("это не PDF", "it is no PDF"),
    "no-receipt": (
        "чека в файле не видно: нужен PDF с текстом, не снимок, и чек на первых 20 страницах",
        "no receipt is to be seen in it: it takes text, no scan, on the first 20 pages",
    ),
    "several-receipts": (
        "в нём несколько чеков: приложите каждый отдельным файлом",
        "there are several receipts in it: attach each as a file of its own",
    ),
    "no-kind": (
        "не видно, какой это чек: предоплата, полный расчёт или возврат",
        "the receipt does not say whether it is of a payment, of goods or of a refund",
    ),
    "encrypted": (
        "файл закрыт паролем: откройте его, сохраните без пароля и приложите снова",
        "it is locked by a password: open it, save it without one and attach it again",
    ),
    "too-large": (
        "файл слишком велик для чека: сохраните страницу с чеком отдельно и приложите её",
        "it is too large for a receipt: save the receipt's page by itself and attach that",
    ),
    "broken": (
        "файл повреждён или слишком сложен: скачайте чек заново или напечатайте его в PDF",
        "it is broken or too complex: download it again, or print it to a PDF",
    ),
}
_UNREAD: Both = (
    "файл не удалось прочитать: скачайте чек заново или напечатайте его в PDF",
    "it could not be read: download it again, or print it to a PDF",
)


def say_settlement(desk: Desk, events: Iterable[Event]) -> None:
    """Print what was paid, handed over and returned, and what lacks."""
    found = settlement(events)
    sums = (
        (("оплачено", "paid"), found.paid),
        (("передано по чекам", "handed over by receipts"), found.handed_over),
        (("должны вернуть", "owed to you"), found.owed),
        (("вернули", "returned"), found.returned),
    )
    told = [f"{desk.words(*name)} {roubles(sum_)}" for name, sum_ in sums if sum_]
    if not told and not found.gaps:
        return
    sure = desk.words(*CERTAINTIES[found.certainty])
    doubt = "" if found.certainty > Certainty.GUESS else f" ({sure})"
    desk.say("Деньги", "Money", style="bold")
    if told:
        desk.terminal.say(f"  {', '.join(told)}{doubt}")
    for gap in found.gaps:
        amount = "" if gap.amount is None else f": {roubles(gap.amount)}"
        desk.terminal.say(f"  {desk.words(*LACKS[gap.what])}{amount}")


def say_untied(desk: Desk, found: Iterable[Untied]) -> None:
    """Print the receipts of no known order, with what the owner can do."""
    for one in found:
        name = clean(one.name) or one.evidence[:12]
        if one.receipt is None:
            problem = PROBLEMS.get(one.problem, _UNREAD)
            desk.terminal.say(f"{name}: {desk.words(*problem)}")
            continue
        on = one.receipt.at.astimezone(desk.config.timezone).date()
        title = desk.place.bench.packs.events[one.receipt.kind]
        desk.say(
            f"{name}: {title}, {_said(one.receipt)}, {when(desk, on)}; "
            "не видно, к какому заказу: triage attach ORDER FILE",
            f"{name}: {one.receipt.kind.value}, {_said(one.receipt)}, {when(desk, on)}; "
            "of which order cannot be told: triage attach ORDER FILE",
        )


def say_read(desk: Desk, sha256: str) -> None:
    """Print what was made of a PDF that the owner gave."""
    with desk.place.store() as store:
        read = of_file(store, sha256)
    if read is None:
        return
    if read.receipt is None:
        problem = desk.words(*PROBLEMS.get(read.problem, _UNREAD))
        desk.say(f"Приложено, но {problem}.", f"Attached, but {problem}.")
        return
    title = desk.place.bench.packs.events[read.receipt.kind]
    words = desk.words(*CERTAINTIES[read.receipt.certainty])
    desk.say(
        f"Прочитано: {title}, {_said(read.receipt)} ({words}).",
        f"Read: {read.receipt.kind.value}, {_said(read.receipt)} ({words}).",
    )


def untied_shape(one: Untied) -> Shape:
    """Shape a receipt, or a file without one, of no known order."""
    receipt = one.receipt
    return {
        "evidence": one.evidence,
        "name": one.name or None,
        "problem": one.problem or None,
        "kind": receipt.kind.value if receipt else None,
        "at": receipt.at.isoformat() if receipt else None,
        "amount": receipt.attributes.get("amount") if receipt else None,
    }


def _said(receipt: Event) -> str:
    amount = receipt.attributes.get("amount")
    return roubles(Decimal(amount)) if amount else "—"
