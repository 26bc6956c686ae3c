"""What a line of the manifest, of the journal and of the index says, as plain data."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from triage.core.act import Act, ActKind
from triage.core.chain import instant, read_instant
from triage.core.message import Role, Sighting

_SHA256 = re.compile(r"[0-9a-f]{64}")
_UIDS = range(1 << 64)


def is_sha256(text: object) -> bool:
    """Say whether a value is a checksum as files are named: 64 small hex digits."""
    return isinstance(text, str) and _SHA256.fullmatch(text) is not None


def sighting_entry(sighting: Sighting) -> dict[str, object]:
    """Write a sighting for the manifest."""
    return {
        "sha256": sighting.sha256,
        "bytes": sighting.size,
        "account": sighting.account,
        "folder": sighting.folder,
        "role": sighting.role.value,
        "uidvalidity": sighting.uidvalidity,
        "uid": sighting.uid,
        "received_at": instant(sighting.received_at),
        "archived_at": instant(sighting.archived_at),
        "authentication": dict(sighting.authentication),
    }


def read_sighting(entry: Mapping[str, Any]) -> Sighting:
    """Read a line of the manifest; keys that are not known are passed over.

    Raises:
        ValueError: something lacks, or is not what it should be.
    """
    try:
        if not is_sha256(entry["sha256"]) or int(entry["uid"]) not in _UIDS:
            raise ValueError("no checksum or no UID")
        return Sighting(
            sha256=entry["sha256"],
            size=int(entry["bytes"]),
            account=str(entry["account"]),
            folder=str(entry["folder"]),
            role=Role(entry["role"]),
            uidvalidity=int(entry["uidvalidity"]),
            uid=int(entry["uid"]),
            received_at=read_instant(entry["received_at"]),
            archived_at=read_instant(entry["archived_at"]),
            authentication=_words(entry["authentication"]),
        )
    except (AttributeError, KeyError, OverflowError, TypeError) as error:
        raise ValueError(f"not a sighting: {error}") from error


def sighting_of(row: Mapping[str, Any]) -> Sighting:
    """Say of a letter in the index what reading it again needs: not where it lay."""
    return Sighting(
        sha256=row["evidence"],
        size=0,
        account=row["account"],
        folder="",
        role=Role(row["role"]),
        uidvalidity=0,
        uid=0,
        received_at=datetime.fromisoformat(row["received_at"]),
        archived_at=datetime.fromisoformat(row["archived_at"]),
        authentication={"domain": row["authenticated_domain"]},
    )


def act_entry(act: Act) -> dict[str, object]:
    """Write an act for the journal."""
    return {
        "at": instant(act.at),
        "kind": act.kind.value,
        "case": act.case,
        "order": act.order,
        "posting": act.posting,
        "data": dict(act.data),
    }


def read_act(entry: Mapping[str, Any]) -> Act:
    """Read a line of the journal; keys that are not known are passed over.

    Raises:
        ValueError: something lacks, or is not what it should be.
    """
    try:
        return Act(
            at=read_instant(entry["at"]),
            kind=ActKind(entry["kind"]),
            case=entry["case"],
            order=entry["order"],
            posting=entry["posting"],
            data=_words(entry["data"]),
        )
    except (AttributeError, KeyError, OverflowError, TypeError) as error:
        raise ValueError(f"not an act: {error}") from error


def _words(data: Mapping[str, Any]) -> dict[str, str]:
    return {str(name): str(value) for name, value in data.items()}
