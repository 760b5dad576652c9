"""What has the waiting list looked at: rows of due work, written only when somebody waits."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.correlation import current
from chassis.ids import new_id
from services.rendezvous.domain.offre import Freed

#: The kinds of due work of the waiting list.
PLACE_FREED, ATTENTE_REVIEW = "place_freed", "attente_review"
#: Run just before a commit, in its exchange: when nobody waits, nothing is written.
_PLAN_FREED = """
    INSERT INTO due (id, kind, subject, due_at, payload, correlation_id)
    SELECT %s::uuid, %s, %s, %s::timestamptz, %s::jsonb, %s::uuid
    WHERE EXISTS (SELECT FROM attente WHERE status = 'WAITING' AND mds = %s)
       OR EXISTS (SELECT FROM attente WHERE status = 'WAITING' AND agent_id = ANY(%s::uuid[]))
"""
_PLAN_REVIEW = """
    INSERT INTO due (id, kind, subject, due_at, payload, correlation_id)
    SELECT %s::uuid, %s, %s, %s::timestamptz, '{}', %s::uuid
    WHERE EXISTS (SELECT FROM attente
                  WHERE status = 'WAITING' AND motif = %s AND personne_ids && %s::uuid[])
       OR EXISTS (SELECT FROM attente WHERE status = 'WAITING' AND rendezvous_id = %s::uuid)
    ON CONFLICT (kind, subject) WHERE done_at IS NULL DO NOTHING
"""
Planned = tuple[str, tuple[Any, ...]]


def plan_freed(freed: Freed, now: datetime) -> Planned:
    """For `run_last`: have a freed time offered, if anyone waits where it is or for its agents."""
    return _PLAN_FREED, (
        new_id(),
        PLACE_FREED,
        str(new_id()),
        now,
        json.dumps(payload_of(freed)),
        current().correlation_id,
        freed.mds,
        list(freed.agent_ids),
    )


def plan_review(
    rendezvous_id: UUID, motif: str, personne_ids: Collection[UUID], now: datetime
) -> Planned:
    """For `run_last`: have the entries that a booking, or the end of one, ends looked at."""
    return _PLAN_REVIEW, (
        new_id(),
        ATTENTE_REVIEW,
        str(rendezvous_id),
        now,
        current().correlation_id,
        motif,
        list(personne_ids),
        rendezvous_id,
    )


def payload_of(freed: Freed) -> dict[str, Any]:
    """A freed time as due work carries it: ids, codes and instants."""
    return {
        "id": str(freed.id),
        "agent_ids": [str(one) for one in freed.agent_ids],
        "site": freed.site,
        "mds": freed.mds,
        "from_at": freed.from_at.isoformat(),
        "to_at": freed.to_at.isoformat(),
        "room_id": str(freed.room_id) if freed.room_id else None,
        "motif": freed.motif,
        "after": freed.after and [freed.after[0], freed.after[1].isoformat(), str(freed.after[2])],
    }


def as_freed(payload: Mapping[str, Any]) -> Freed:
    """And back."""
    return Freed(
        id=UUID(payload["id"]),
        agent_ids=tuple(map(UUID, payload["agent_ids"])),
        site=payload["site"],
        mds=payload["mds"],
        from_at=datetime.fromisoformat(payload["from_at"]),
        to_at=datetime.fromisoformat(payload["to_at"]),
        room_id=UUID(payload["room_id"]) if payload["room_id"] else None,
        motif=payload["motif"],
        after=_as_order(payload.get("after")),
    )


def _as_order(value: list[Any] | None) -> tuple[bool, datetime, UUID] | None:
    if value is None:
        return None
    is_normal, queued_at, attente_id = value
    return is_normal, datetime.fromisoformat(queued_at), UUID(attente_id)
