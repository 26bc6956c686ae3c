"""What the journal records: what is not in the mail and cannot be derived from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class ActKind(StrEnum):
    """Everything a journal line can say."""

    STEP_DONE = "step_done"  # the owner took a step: data step, on (ISO date), note
    STEP_UNDONE = "step_undone"  # taken back: data step
    SNOOZED = "snoozed"  # data until (ISO date)
    RESOLVED = "resolved"  # data how
    REOPENED = "reopened"
    REPORTED = "reported"  # about an order: data report (a rule id), on
    FACT = "fact"  # data name, value
    ANSWERED = "answered"  # a case's question: data question, about, answer (yes/no)
    ATTACHED = "attached"  # data sha256, name, media_type
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
