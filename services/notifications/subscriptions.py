"""What notifications reads of other services' facts."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from chassis.events import Event
from chassis.subscriptions import FactSchema, Subscriptions
from services.notifications.domain.message import Modality, Template
from services.notifications.domain.reasons import DropReason
from services.notifications.persistence import UnitOfWork
from services.notifications.usecases import planning

subscriptions = Subscriptions("notifications")

#: ADJOURNED is not an answer yet: the person will hear when there is one.
_ANSWERS = frozenset({"GRANTED", "PARTLY", "REFUSED"})
#: Another of those who were offered the same time accepted first.
_TAKEN = "TAKEN"


class RendezvousFact(FactSchema):
    """What a message about a rendezvous is made of."""

    rendezvous_id = fields.UUID(required=True)
    personne_ids = fields.List(fields.UUID(), required=True)
    mds = fields.String(required=True)
    site = fields.String(required=True)
    modality = fields.Enum(Modality, by_value=True, required=True)
    discreet = fields.Boolean(required=True)
    starts_at = fields.AwareDateTime(required=True)


class OffreFact(FactSchema):
    """What a message about an offer is made of."""

    offer_id = fields.UUID(required=True)
    personne_ids = fields.List(fields.UUID(), required=True)
    mds = fields.String(required=True)
    site = fields.String(required=True)
    modality = fields.Enum(Modality, by_value=True, required=True)
    discreet = fields.Boolean(required=True)
    starts_at = fields.AwareDateTime(required=True)
    expires_at = fields.AwareDateTime(required=True)


class OfferClosed(OffreFact):
    """An offer that can no longer be accepted."""

    outcome = fields.String(required=True)


class DemandeDecided(FactSchema):
    """That an answer was given; the amount and the nature are not even read."""

    demande_id = fields.UUID(required=True)
    demandeur_id = fields.UUID(load_default=None, allow_none=True)
    personne_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(min=1))
    mds = fields.String(required=True)
    site = fields.String(required=True)
    outcome = fields.String(required=True, validate=validate.Length(min=1))


class PersonneDeceased(FactSchema):
    """A person died."""

    personne_id = fields.UUID(required=True)


class ContactSafetyChanged(FactSchema):
    """The absolute *no contact* was set or lifted, or a contact point changed."""

    personne_id = fields.UUID(required=True)
    no_contact = fields.Boolean(required=True)


@subscriptions.on("rendezvous", "rendezvous_booked.v1", of="rendezvous", reads=RendezvousFact)
def rendezvous_is_booked(uow: UnitOfWork, data: dict[str, Any], event: Event) -> None:
    """Confirm it and plan its reminder. A collective one names nobody yet: see below."""
    planning.announce_rendezvous(
        uow, _rendezvous(data, event), template=Template.RENDEZVOUS_CONFIRMED
    )


@subscriptions.on("rendezvous", "participant_joined.v1", of="rendezvous", reads=RendezvousFact)
def participant_has_joined(uow: UnitOfWork, data: dict[str, Any], event: Event) -> None:
    """Confirm and remind the one who enrolled; the others hear nothing."""
    planning.announce_rendezvous(
        uow, _rendezvous(data, event), template=Template.RENDEZVOUS_CONFIRMED
    )


@subscriptions.on("rendezvous", "participant_left.v1", of="rendezvous", reads=RendezvousFact)
def participant_has_left(uow: UnitOfWork, data: dict[str, Any], event: Event) -> None:
    """Tell the one who left that it is no longer theirs; the others hear nothing."""
    planning.announce_cancellation(uow, _rendezvous(data, event))


@subscriptions.on("rendezvous", "rendezvous_moved.v1", of="rendezvous", reads=RendezvousFact)
def rendezvous_is_moved(uow: UnitOfWork, data: dict[str, Any], event: Event) -> None:
    """Tell the new moment; whatever waited about the old one is dropped."""
    planning.announce_move(uow, _rendezvous(data, event))


@subscriptions.on("rendezvous", "rendezvous_cancelled.v1", of="rendezvous", reads=RendezvousFact)
def rendezvous_is_cancelled(uow: UnitOfWork, data: dict[str, Any], event: Event) -> None:
    """Tell it; whatever waited is dropped."""
    planning.announce_cancellation(uow, _rendezvous(data, event))


@subscriptions.on("rendezvous", "creneau_offered.v1", of="offre", reads=OffreFact)
def creneau_is_offered(uow: UnitOfWork, data: dict[str, Any], event: Event) -> None:
    """Tell whom it is offered to, while they can still answer."""
    planning.announce_offer(uow, planning.Offre(version=event.aggregate_version, **data))


@subscriptions.on("rendezvous", "offer_closed.v1", of="offre", reads=OfferClosed)
def offer_is_closed(uow: UnitOfWork, data: dict[str, Any], event: Event) -> None:
    """An offer that another took is told to be taken; the rest has no message of its own."""
    is_taken = data.pop("outcome") == _TAKEN
    offre = planning.Offre(version=event.aggregate_version, **data)
    planning.close_offer(uow, offre, is_taken=is_taken)


@subscriptions.on("aides", "demande_decided.v1", of="demande", reads=DemandeDecided)
def demande_is_decided(uow: UnitOfWork, data: dict[str, Any], event: Event) -> None:
    """Say that an answer is waiting, to the applicant alone.

    The others of the household need not know that somebody asked. Facts told before
    `demandeur_id` existed name the applicant first.
    """
    if data["outcome"] not in _ANSWERS:
        return
    planning.announce_answer(
        uow,
        planning.Answer(
            demande_id=data["demande_id"],
            version=event.aggregate_version,
            personne_id=data["demandeur_id"] or data["personne_ids"][0],
            mds=data["mds"],
            site=data["site"],
        ),
    )


@subscriptions.on("accueil", "personne_deceased.v1", of="personne", reads=PersonneDeceased)
def personne_is_deceased(uow: UnitOfWork, data: dict[str, Any], event: Event) -> None:
    """Nothing more leaves for this person."""
    planning.stop_for_personne(uow, data["personne_id"], reason=DropReason.DECEASED)


@subscriptions.on("accueil", "contact_safety_changed.v1", of="personne", reads=ContactSafetyChanged)
def contact_safety_is_changed(uow: UnitOfWork, data: dict[str, Any], event: Event) -> None:
    """*No contact* stops what waits at once; a change for the better is seen at sending."""
    if data["no_contact"]:
        planning.stop_for_personne(uow, data["personne_id"], reason=DropReason.NO_CONTACT)


def _rendezvous(data: dict[str, Any], event: Event) -> planning.Rendezvous:
    return planning.Rendezvous(version=event.aggregate_version, **data)
