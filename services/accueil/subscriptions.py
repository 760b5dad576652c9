"""What accueil hears: another service took an orientation up."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from chassis.errors import Rejected
from chassis.events import Event
from chassis.subscriptions import FactSchema, Subscriptions
from services.accueil.domain.orientation import OrientationNotFound
from services.accueil.persistence import UnitOfWork
from services.accueil.usecases.orientations import answer_from_service

subscriptions = Subscriptions("accueil")


class Answer(FactSchema):
    """The one field accueil reads: which orientation this answers, if any."""

    orientation_id = fields.UUID(load_default=None, allow_none=True)


@subscriptions.on("rendezvous", "rendezvous_booked.v1", of="rendezvous", reads=Answer)
@subscriptions.on("dsu", "dossier_opened.v1", of="dossier", reads=Answer)
@subscriptions.on("aides", "demande_filed.v1", of="demande", reads=Answer)
def orientation_is_taken_up(uow: UnitOfWork, data: dict[str, Any], event: Event) -> None:
    """Answer the orientation. An unknown one is parked: ours is written before anyone hears it."""
    if data["orientation_id"] is None:
        return
    try:
        answer_from_service(uow, orientation_id=data["orientation_id"], service=event.source)
    except OrientationNotFound:
        raise Rejected("orientation inconnue") from None
