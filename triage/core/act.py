"""What the journal records: what is not in the mail and cannot be derived from it."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class ActKind(StrEnum):
    """Everything a journal line can say."""

    STEP_DONE = "step_done"  # the owner took a step: data step, on (ISO date), note
    STEP_UNDONE = "step_undone"  # taken back: data step
    SNOOZED = "snoozed"  # data until (ISO date)
    RESOLVED = "resolved"  # data how, on (ISO date)
    REOPENED = "reopened"
    REPORTED = "reported"  # about an order: data report (a rule id), on
    FACT = "fact"  # data name, value, on (ISO date: since when it is so)
    ANSWERED = "answered"  # a case's question: data question, about, answer (yes/no)
    TAUGHT = "taught"  # what letters of a shape say: data evidence, shape, says
    UNDONE = "undone"  # an earlier act is taken back: data act (its id)
    ATTACHED = "attached"  # data sha256, name, media_type
    REPLIED = "replied"  # a letter of the owner's was heeded; see docs/replies.md
    NUMBERED = "numbered"  # a case got its small number: data number
    DIGEST_ACCEPTED = "digest_accepted"  # data key, message_id, mentions, heads


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One line of the journal."""

    at: datetime  # aware UTC instant
    kind: ActKind
    case: str | None = None  # a case id
    order: str | None = None
    posting: str | None = None
    data: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def id(self) -> str:
        """Name the act by what it says, so that a later one can take it back."""
        words = [self.at.isoformat(), self.kind, self.case, self.order, self.posting]
        text = json.dumps([*words, *sorted(self.data.items())], ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def effective(acts: Iterable[Act]) -> list[Act]:
    """Leave out what was taken back; taking back can be taken back itself."""
    kept: list[Act] = []
    undone: set[str] = set()
    for act in reversed(list(acts)):
        if undone and act.id in undone:
            continue
        if act.kind is ActKind.UNDONE:
            undone.add(act.data["act"])
        else:
            kept.append(act)
    return kept[::-1]
