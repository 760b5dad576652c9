"""What has the waiting list looked at: rows of due work, written only when somebody waits."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.correlation import current
from chassis.ids import new_id
from services.rendezvous.domain.offre import Freed, FreedSeat
from services.rendezvous.domain.rendezvous import Place

#: The kinds of due work of the waiting list.
PLACE_FREED, SEAT_FREED, ATTENTE_REVIEW = "place_freed", "seat_freed", "attente_review"
#: Run just before a commit, in its exchange: when nobody waits, nothing is written.
_PLAN_FREED = """
    INSERT INTO due (id, kind, subject, due_at, payload, correlation_id)
    SELECT %s::uuid, %s, %s, %s::timestamptz, %s::jsonb, %s::uuid
    WHERE EXISTS (SELECT FROM attente WHERE status = 'WAITING' AND mds = %s)
       OR EXISTS (SELECT FROM attente WHERE status = 'WAITING' AND agent_id = ANY(%s::uuid[]))
"""
_PLAN_REVIEW = """
    INSERT INTO due (id, kind, subject, due_at, payload, correlation_id)
    SELECT id, kind,
           CASE WHEN EXISTS (SELECT FROM due WHERE due.kind = planned.kind
                             AND due.subject = planned.subject AND due.done_at IS NULL)
                THEN id::text ELSE subject END,
           due_at, payload, correlation_id
    FROM (SELECT %s::uuid, %s::text, %s::text, %s::timestamptz, %s::jsonb, %s::uuid)
         AS planned (id, kind, subject, due_at, payload, correlation_id)
    WHERE EXISTS (SELECT FROM attente
                  WHERE status = 'WAITING' AND motif = %s AND personne_ids && %s::uuid[])
       OR EXISTS (SELECT FROM attente WHERE status = 'WAITING' AND rendezvous_id = %s::uuid)
"""
#: `personne_ids` and `motif`: of who took a seat. Several may at once, and each is looked at: the
#: subject is a new one, and the session is in the payload.
_PLAN_SEAT_REVIEW = """
    INSERT INTO due (id, kind, subject, due_at, payload, correlation_id)
    SELECT %s::uuid, %s, %s, %s::timestamptz, %s::jsonb, %s::uuid
    WHERE EXISTS (SELECT FROM attente
                  WHERE status = 'WAITING' AND motif = %s AND personne_ids && %s::uuid[])
"""
_PLAN_SESSION_REVIEW = """
    INSERT INTO due (id, kind, subject, due_at, payload, correlation_id)
    SELECT %s::uuid, %s, %s, %s::timestamptz, %s::jsonb, %s::uuid
    WHERE EXISTS (SELECT FROM attente WHERE status = 'WAITING' AND session_id = %s::uuid)
       OR EXISTS (SELECT FROM hold WHERE status = 'OPEN' AND session_id = %s::uuid)
"""
_PLAN_SEAT = """
    INSERT INTO due (id, kind, subject, due_at, payload, correlation_id)
    SELECT %s::uuid, %s, %s, %s::timestamptz, %s::jsonb, %s::uuid
    WHERE EXISTS (SELECT FROM attente WHERE status = 'WAITING' AND mds = %s AND motif = %s)
       OR EXISTS (SELECT FROM attente WHERE status = 'WAITING' AND session_id = %s::uuid)
       OR EXISTS (SELECT FROM attente WHERE status = 'WAITING' AND agent_id = ANY(%s::uuid[]))
"""
Planned = tuple[str, tuple[Any, ...]]


def plan_freed(freed: Freed, now: datetime) -> Planned:
    """For `run_last`: have a freed time offered, if anyone waits where it is or for its agents."""
    return _PLAN_FREED, (
        *_row(PLACE_FREED, payload_of(freed), now),
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
        json.dumps({"rendezvous_id": str(rendezvous_id)}),
        current().correlation_id,
        motif,
        list(personne_ids),
        rendezvous_id,
    )


def plan_seat_review(session_id: UUID, motif: str, personne_id: UUID, now: datetime) -> Planned:
    """For `run_last`: have the entries that a seat taken ends looked at."""
    row = _row(ATTENTE_REVIEW, {"rendezvous_id": str(session_id)}, now)
    return _PLAN_SEAT_REVIEW, (*row, motif, [personne_id])


def plan_session_review(session_id: UUID, now: datetime) -> Planned:
    """For `run_last`: a session was cancelled or moved; have what waits for it looked at, and what
    is offered of it."""
    row = _row(ATTENTE_REVIEW, {"rendezvous_id": str(session_id)}, now)
    return _PLAN_SESSION_REVIEW, (*row, session_id, session_id)


def plan_seat(seat: FreedSeat, motif: str, place: Place, now: datetime) -> Planned:
    """For `run_last`: have the free seats of a session offered, if anyone waits for one."""
    payload = {"id": str(seat.id), "session_id": str(seat.session_id), "after": _told(seat.after)}
    row = _row(SEAT_FREED, payload, now)
    return _PLAN_SEAT, (*row, place.mds, motif, seat.session_id, list(place.agent_ids))


def as_seat(payload: Mapping[str, Any]) -> FreedSeat:
    """A seat out of the payload of its due work."""
    return FreedSeat(
        id=UUID(payload["id"]),
        session_id=UUID(payload["session_id"]),
        after=_as_order(payload["after"]),
    )


def _row(kind: str, payload: Mapping[str, Any], now: datetime) -> tuple[Any, ...]:
    return new_id(), kind, str(new_id()), now, json.dumps(payload), current().correlation_id


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
        "after": _told(freed.after),
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


def _told(order: tuple[bool, datetime, UUID] | None) -> list[Any] | None:
    return None if order is None else [order[0], order[1].isoformat(), str(order[2])]


def _as_order(value: list[Any] | None) -> tuple[bool, datetime, UUID] | None:
    if value is None:
        return None
    is_normal, queued_at, attente_id = value
    return is_normal, datetime.fromisoformat(queued_at), UUID(attente_id)
