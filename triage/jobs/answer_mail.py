"""Do what the owner asks for in answers to the digest: each letter once, in its order.

    index ─ letters of the owner ─→ read in a child ─→ requests ─→ acts ─→ journal

All that comes of one letter is journalled together, and a line that names the letter
closes it. A letter that was cut short is taken up again: each of its acts has its place.
"""

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

from triage.core.act import Act, ActKind
from triage.core.codes import without_numbers
from triage.core.deed import UNDOABLE, Already, Deed
from triage.core.phrasebook import Verb, Why
from triage.core.press import Pressed, press
from triage.core.step import Standing
from triage.core.token import Permit, Token, find_token, letter_day
from triage.core.wish import Lost, Wish
from triage.edges import cases, replies
from triage.edges.terminal import clean
from triage.jobs.act import record
from triage.jobs.clerk import Clerk, Letter, docket_of, listener_of, own_words_of, read
from triage.jobs.confined import Fault, confined
from triage.jobs.enclosed import enclosed

log = logging.getLogger(__name__)

SHOWN = 80  # characters of what was not understood
MOST_LOST = 5  # of one letter

Part = tuple[str, Deed]
"""What came of one place in a letter; the same place whenever it is read."""


def answer_mail(clerk: Clerk) -> int:
    """Heed the letters that wait and return how many there were.

    One at which the program fails is closed as one that cannot be read.

    Raises:
        DiskError: journal or archive cannot be written.
    """
    waiting = replies.waiting(clerk.store)
    for row in waiting:
        letter = read(clerk, row)
        try:
            with confined(f"reply {letter.evidence:.12}"):
                _heed(clerk, letter)
        except Fault:
            _heed(clerk, letter.unread())
    return len(waiting)


def _heed(clerk: Clerk, letter: Letter) -> None:
    """Work out what a letter comes to, and journal it whole."""
    own = own_words_of(clerk.store, letter)
    words = f"{letter.date}\0{letter.subject}\0{own}"
    said = hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:32]
    before = cases.acts_of_kind(clerk.store, ActKind.REPLIED)
    told = {"reply": letter.evidence, "said": said}
    token, parts = find_token(letter.subject), list[Part]()
    digest = next((one for one in letter.answers if letter_day(clerk.key, one)), "")
    on = letter_day(clerk.key, digest)
    if letter.date and any(act.data["said"] == said for act in before):
        told["copy"] = "yes"
    elif not letter.readable:
        parts = [("", Lost("", Why.STRANGE))]
    elif on is None and token:
        used = {act.data["token"] for act in before if "token" in act.data}
        parts = _pressed(clerk, letter, own, token, used)
        told["token"] = str(token)
    elif on is None or Permit(case="", act="", on=on).expired(letter.said_on):
        parts = [("", Lost(own, Why.OLD))]
    else:
        parts = _spoken(clerk, letter, own, digest)
    acts = _new_acts(clerk, letter, parts)
    _close(clerk, acts, told | _outcome(parts))
    log.info("reply %.12s: %d acts of %d parts", letter.evidence, len(acts), len(parts))


def _spoken(clerk: Clerk, letter: Letter, own: str, digest: str) -> list[Part]:
    """Heed free words: each request at its place, then the files."""
    wishes = listener_of(clerk, letter).listen(own)
    told_at = replies.told_at(clerk.store, digest) or letter.said_at
    docket = docket_of(clerk, letter, wishes, told_at)
    parts: list[Part] = []
    about: dict[str, Standing] = {}  # the cases that files may belong to
    heeded: set[tuple[Verb, str, str]] = set()
    for place, wish in enumerate(wishes):
        if isinstance(wish, Lost):
            parts.append((f"{place}", wish))
            continue
        if wish.verb is Verb.ATTACHED and letter.files:
            found = docket.cases(wish)
            about |= {} if isinstance(found, Lost) else {s.case.id: s for s in found}
        for n, deed in enumerate(docket.heed(wish)):
            case = (isinstance(deed, Act) and deed.case) or ""
            if case and wish.verb is not Verb.FACT:
                if (wish.verb, case, wish.rung) in heeded:
                    continue  # said twice in one letter
                heeded.add((wish.verb, case, wish.rung))
            parts.append((f"{place}.{n}", deed))
    if not about:
        named = {deed.case for _, deed in parts if isinstance(deed, Act)}
        about = {s.case.id: s for s in docket.now.values() if s.case.id in named}
    parts += enclosed(clerk, letter, docket, [*about.values()])
    return parts or ([] if own.strip() else [("", Lost("", Why.EMPTY))])


def _pressed(
    clerk: Clerk, letter: Letter, own: str, token: Token, used: set[str]
) -> list[Part]:
    """Heed a button. Words beside it are not heard, but it is said that they were not."""
    listener = listener_of(clerk, letter)
    words = letter.subject.partition("[")[0].strip()
    after = words.casefold().partition("triage")[2].split()
    about = after[0] if after else ""
    order = listener.read_number(about)
    wish = Wish(
        verb=Verb.HELP,
        words=words,
        numbers=(int(about),) if about.isdecimal() and len(about) < 9 else (),
        orders=(order,) if order else (),
    )
    docket = docket_of(clerk, letter, [wish], letter.said_at)
    pressed = Pressed(shown=token, words=words, about=about, order=order)
    acts = cases.acts_of_kind(clerk.store, *UNDOABLE, ActKind.UNDONE)
    deed = press(pressed, docket, acts, clerk.key, used)
    parts: list[Part] = [("0", deed)]
    parts += [
        (f"own.{n}", Lost(one.words, Why.BUTTON))
        for n, one in enumerate(listener.listen(own))
        if isinstance(one, Wish) and one.verb is not Verb.HELP
    ]
    if not isinstance(deed, Lost):
        cases_ = [s for s in docket.now.values() if s.number in wish.numbers]
        parts += enclosed(clerk, letter, docket, cases_)
    return parts


def _new_acts(clerk: Clerk, letter: Letter, parts: list[Part]) -> list[Act]:
    """Name the letter in its acts; what a run that was cut short has done is passed over."""
    acts = cases.acts_of_kind(clerk.store, *UNDOABLE, ActKind.UNDONE)
    done = {a.data["part"] for a in acts if a.data.get("reply") == letter.evidence}
    parts[:] = [(part, deed) for part, deed in parts if part not in done]
    return [
        replace(deed, data={**deed.data, "reply": letter.evidence, "part": part})
        for part, deed in parts
        if isinstance(deed, Act)
    ]


def _outcome(parts: Sequence[Part]) -> dict[str, str]:
    """Write down what a letter said beside its acts, masked and short."""
    lost = [
        [clean(without_numbers(deed.words))[:SHOWN], deed.why.value, deed.detail]
        for _, deed in parts
        if isinstance(deed, Lost)
    ]
    already = [clean(d.words)[:SHOWN] for _, d in parts if isinstance(d, Already)]
    told = {"lost": lost[:MOST_LOST], "already": already[:MOST_LOST]}
    return {
        name: json.dumps(some, ensure_ascii=False)
        for name, some in told.items()
        if some
    }


def _close(clerk: Clerk, acts: Sequence[Act], data: Mapping[str, str]) -> None:
    closing = Act(at=clerk.now, kind=ActKind.REPLIED, data=data)
    record(clerk.store, clerk.journal, *acts, closing)
