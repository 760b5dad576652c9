"""What has become of rendezvous, read just before a message about them leaves."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from chassis.errors import Unavailable
from chassis.neighbours import Neighbours
from services.notifications.domain.decision import RendezvousState

_PER_CALL = 200
#: Its statuses that matter here; honoured or missed, a rendezvous is over.
_BOOKED, _CANCELLED = "BOOKED", "CANCELLED"


class _StateIn(Schema):
    class Meta:
        unknown = EXCLUDE

    rendezvous_id = fields.UUID(required=True)
    status = fields.String(required=True)
    starts_at = fields.AwareDateTime(required=True)


_STATES = _StateIn(many=True)


def read_states(
    neighbours: Neighbours, rendezvous_ids: Collection[UUID]
) -> dict[UUID, RendezvousState]:
    """The state of each rendezvous that exists. Raises Unavailable: then nothing is sent."""
    wanted = sorted(set(rendezvous_ids))
    found: dict[UUID, RendezvousState] = {}
    for start in range(0, len(wanted), _PER_CALL):
        part = wanted[start : start + _PER_CALL]
        answer = neighbours.post(
            "rendezvous",
            "/internal/rendezvous/states",
            {"rendezvous_ids": [str(one) for one in part]},
        )
        found |= _read(answer)
    return found


def _read(answer: Any) -> dict[UUID, RendezvousState]:
    try:
        states = _STATES.load(answer["rendezvous"])
    except (ValidationError, KeyError, TypeError):
        raise Unavailable("La réponse de rendezvous ne se lit pas.") from None
    return {
        state["rendezvous_id"]: RendezvousState(
            is_planned=state["status"] == _BOOKED,
            is_cancelled=state["status"] == _CANCELLED,
            starts_at=state["starts_at"],
        )
        for state in states
    }
