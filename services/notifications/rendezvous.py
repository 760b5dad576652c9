"""What has become of rendezvous, read just before a message about them leaves."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from marshmallow import fields

from chassis.neighbours import AnswerSchema, Neighbours, ask_about
from services.notifications.domain.decision import RendezvousState

#: Its statuses that matter here; honoured or missed, a rendezvous is over.
_BOOKED, _CANCELLED = "BOOKED", "CANCELLED"


class _StateIn(AnswerSchema):
    rendezvous_id = fields.UUID(required=True)
    status = fields.String(required=True)
    starts_at = fields.AwareDateTime(required=True)


class _StatesIn(AnswerSchema):
    rendezvous = fields.List(fields.Nested(_StateIn), required=True)


_STATES = _StatesIn()


def read_states(
    neighbours: Neighbours, rendezvous_ids: Collection[UUID]
) -> dict[UUID, RendezvousState]:
    """The state of each rendezvous that exists. Raises Unavailable: then nothing is sent."""
    path = "/internal/rendezvous/states"
    answers = ask_about(neighbours, "rendezvous", path, _STATES, rendezvous_ids=rendezvous_ids)
    return {
        state["rendezvous_id"]: RendezvousState(
            is_planned=state["status"] == _BOOKED,
            is_cancelled=state["status"] == _CANCELLED,
            starts_at=state["starts_at"],
        )
        for answer in answers
        for state in answer["rendezvous"]
    }
