"""The index's table of what the owner was told. Remade from journal and outbox."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from triage.core.act import ActKind
from triage.core.mention import Mention, Reason, by_case, load_mentions
from triage.edges.store import Store


def told(store: Store) -> Mapping[str, Sequence[Mention]]:
    """Return every mention by the case it is about."""
    return by_case(
        Mention(
            case=row["case_id"],
            told_on=date.fromisoformat(row["told_on"]),
            reason=Reason(row["reason"]),
            step=row["step"],
            state=row["state"],
        )
        for row in store.rows("SELECT * FROM mentions ORDER BY case_id, told_on")
    )


def note(store: Store, mentions: Iterable[Mention]) -> None:
    """Remember what the owner is told; a later word of the same day replaces it."""
    store.write_all(
        "mentions",
        [
            {
                "case_id": each.case,
                "told_on": each.told_on.isoformat(),
                "reason": each.reason,
                "step": each.step,
                "state": each.state,
            }
            for each in mentions
        ],
    )


def withdraw(store: Store, mentions: Iterable[Mention]) -> None:
    """Forget mentions whose letter never reached the owner."""
    with store.transaction():
        for each in mentions:
            store.execute(
                "DELETE FROM mentions WHERE case_id = ? AND told_on = ?",
                each.case,
                each.told_on.isoformat(),
            )


def restore(store: Store) -> None:
    """Remake the table after a rebuild: letters that were accepted or still wait."""
    with store.transaction():
        for row in store.rows(
            "SELECT json_extract(data, '$.mentions') told FROM acts WHERE kind = ?"
            " UNION ALL SELECT mentions FROM outbox"
            " WHERE state NOT IN ('rejected', 'withdrawn')",
            ActKind.DIGEST_ACCEPTED,
        ):
            note(store, load_mentions(row["told"] or ""))
