"""What has become of rendezvous and offers, read just before a message about them leaves."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from marshmallow import fields

from chassis.neighbours import AnswerSchema, Neighbours, ask_about
from services.notifications.domain.decision import OffreState, RendezvousState

#: Its statuses that matter here; honoured or missed, a rendezvous is over.
_BOOKED, _CANCELLED = "BOOKED", "CANCELLED"
#: The same of offers; accepted, declined or expired, there is nothing to tell.
_OPEN, _TAKEN = "OPEN", "TAKEN"


class _StateIn(AnswerSchema):
    rendezvous_id = fields.UUID(required=True)
    status = fields.String(required=True)
    starts_at = fields.AwareDateTime(required=True)
    personne_ids = fields.List(fields.UUID(), required=True)
    instructions = fields.String(load_default=None, allow_none=True)


class _StatesIn(AnswerSchema):
    rendezvous = fields.List(fields.Nested(_StateIn), required=True)


class _OfferIn(AnswerSchema):
    offer_id = fields.UUID(required=True)
    status = fields.String(required=True)
    starts_at = fields.AwareDateTime(required=True)


class _OffersIn(AnswerSchema):
    offers = fields.List(fields.Nested(_OfferIn), required=True)


_STATES, _OFFERS = _StatesIn(), _OffersIn()


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
            personne_ids=frozenset(state["personne_ids"]),
            instructions=state["instructions"],
        )
        for answer in answers
        for state in answer["rendezvous"]
    }


def read_offers(neighbours: Neighbours, offer_ids: Collection[UUID]) -> dict[UUID, OffreState]:
    """The state of each offer that exists. Raises Unavailable: then nothing is sent."""
    path = "/internal/offers/states"
    answers = ask_about(neighbours, "rendezvous", path, _OFFERS, offer_ids=offer_ids)
    return {
        offer["offer_id"]: OffreState(
            is_open=offer["status"] == _OPEN,
            is_taken=offer["status"] == _TAKEN,
            starts_at=offer["starts_at"],
        )
        for answer in answers
        for offer in answer["offers"]
    }
