"""What of a digest cannot wait for the letter of the day."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from triage.core.button import NO_REPLIES
from triage.core.digest import LEADS, Digest, in_order
from triage.core.mention import Reason, mention
from triage.core.news import Letters
from triage.core.story import at_stake


def at_once(
    digest: Digest, reasons: Mapping[str, Reason], today: date
) -> Digest | None:
    """Keep of a digest what cannot wait for the letter of the day; None for nothing.

    `reasons` say why, by case id. What else is open stays beside it, untold.
    """
    open_now = (*digest.actions, *digest.also_open, *digest.waiting)
    found = [
        replace(each, reason=reasons[each.case.id])
        for each in open_now
        if each.case.id in reasons
    ]
    if not found:
        return None
    told = {each.case.id for each in found}
    return replace(
        digest,
        actions=tuple(sorted(found, key=in_order)[:LEADS]),
        also_open=tuple(
            each
            for each in (*digest.actions, *digest.also_open)
            if each.case.id not in told
        ),
        waiting=tuple(e for e in digest.waiting if e.case.id not in told),
        letters=Letters(),
        undelivered=(),
        at_stake=at_stake(each.standing for each in found),
        awaited=at_stake(each.standing for each in found if each.refund),
        mentions=tuple(
            mention(e.standing, reasons[e.case.id], today)
            for e in sorted(found, key=in_order)[:LEADS]
        ),
        replies=NO_REPLIES,
        hurried=True,
    )
