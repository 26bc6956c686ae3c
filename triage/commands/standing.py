"""Print where a case stands: on two lines, or with its whole ladder."""

from triage.commands.desk import Desk
from triage.commands.wording import STATES, when
from triage.core.case import State
from triage.core.mention import owners_deadline
from triage.core.step import Standing, StepNow
from triage.core.words import day, roubles


def show_line(desk: Desk, standing: Standing, *, style: str = "") -> None:
    """Print a case on two lines: what it is about, where it stands.

    One that has no number yet, or closed before it got one, says what else it is called.
    """
    case = standing.case
    amount = f", {roubles(case.amount)}" if case.amount else ""
    desk.terminal.say(
        f"{standing.number or '—':>3}  {case.title}{amount}", style=f"bold {style}"
    )
    name = desk.words("заказ", "order") + f" {case.posting or case.order}"
    desk.terminal.say(f"     {name}: {_where(desk, standing)}{_until(desk, standing)}")
    if not standing.number:
        desk.say(f"     имя дела: {case.id}", f"     name of the case: {case.id}")


def _where(desk: Desk, standing: Standing) -> str:
    """Say in a few words whose move it is and which."""
    case, now = standing.case, standing.step
    state = desk.words(*STATES[standing.state])
    if case.closed_on:
        return f"{state} {when(desk, case.closed_on, standing.today)}"
    if case.asks:
        return f"{state}. {case.asks}"
    if now and is_answer_awaited(standing):
        about = f"{now.step.rung} «{now.step.title}»"
        return desk.words(
            f"ждём ответа на шаг {about}", f"waiting for the answer to {about}"
        )
    return f"{state}, {now.step.rung} {now.step.title}" if now else state


def _until(desk: Desk, standing: Standing) -> str:
    """Say how long it lasts: the term that runs, or the owner's own last day."""
    own = owners_deadline(standing)
    if not (on := standing.waiting_until or own):
        return ""
    last_day = when(desk, on, standing.today)
    if own and on < standing.today:
        words = desk.words("последний день прошёл", "the last day has passed")
        words = f"{words}: {last_day}"
    else:
        words = desk.words("до", "until") + f" {last_day}"
    if not standing.case.asks:
        return f", {words}"
    return f" {words[0].upper()}{words[1:]}"  # a sentence behind the question


def is_answer_awaited(standing: Standing) -> bool:
    """Say whether the present step was taken and the other side's term runs."""
    now = standing.step
    return bool(now and now.done_on) and standing.state is State.WAITING


def show_case(desk: Desk, standing: Standing) -> None:
    """Print a case: what it is about, what to do now, the whole ladder."""
    case, now = standing.case, standing.step
    name = standing.number or case.id
    desk.say(
        f"Дело {name}: {case.title}, заказ {case.posting or case.order}",
        f"Case {name}: {case.title}, order {case.posting or case.order}",
        style="bold",
    )
    state = desk.words(*STATES[standing.state])
    amount = f", {roubles(case.amount)}" if case.amount is not None else ""
    if case.closed_on:
        state += desk.words(f" {day(case.closed_on)}", f" on {case.closed_on}")
    desk.say(
        f"{state}, открыто {day(case.opened_on)}{amount}",
        f"{state}, opened on {case.opened_on}{amount}",
    )
    if case.asks:
        desk.say(
            f"Вопрос к вам: {case.asks} triage answer {name} да (или нет)",
            f"A question to you: {case.asks} triage answer {name} yes (or no)",
        )
    if until := standing.waiting_until:
        desk.say(f"Ждём до {day(until)}", f"Waiting until {until}")
    if now and is_answer_awaited(standing):
        about = f"{now.step.rung} «{now.step.title}»"
        desk.say(
            f"Сделан шаг {about}, ответа ещё нет", f"Taken: {about}; no answer yet"
        )
    elif now:
        _show_step(desk, now)
    desk.terminal.say()
    for step in standing.steps:
        done = f"✓ {when(desk, step.done_on)}" if step.done_on else ""
        due = ""
        if step.due_on and not step.done_on:
            due = desk.words("с", "from") + f" {when(desk, step.due_on)}"
        lock = desk.words("закрыт", "locked") if step.locked else ""
        desk.terminal.say(
            f"  {step.step.rung:>2}  {step.step.title}  {done or lock or due}".rstrip()
        )


def _show_step(desk: Desk, now: StepNow) -> None:
    """Print what to do, by when and on what ground."""
    kinds = desk.place.bench.packs.ladder.kinds
    desk.terminal.say(f"{now.step.rung}. {now.step.action}")
    if now.deadline_on:
        kind = kinds.get(now.deadline_kind, now.deadline_kind)
        mine = now.deadline_of == "owner"
        russian = "ваш последний день" if mine else "если сделать сегодня, ответ до"
        english = "your last day" if mine else "if done today, their answer by"
        desk.say(
            f"   {russian}: {day(now.deadline_on)} ({kind})",
            f"   {english}: {now.deadline_on} ({kind})",
        )
    for words in (now.basis, now.caution):
        if words:
            desk.terminal.say(f"   {words}")
