"""What accueil hears: another service took an orientation up."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from chassis.events import Event
from chassis.logs import get_logger
from chassis.subscriptions import FactSchema, Subscriptions
from services.accueil.persistence import UnitOfWork
from services.accueil.usecases.orientations import answer_from_service

subscriptions = Subscriptions("accueil")
log = get_logger(__name__)


class Answer(FactSchema):
    """What accueil reads: which orientation this answers, if any, and for whom."""

    orientation_id = fields.UUID(load_default=None, allow_none=True)
    personne_ids = fields.List(fields.UUID(), load_default=list)


@subscriptions.on("rendezvous", "rendezvous_booked.v1", of="rendezvous", reads=Answer)
@subscriptions.on("dsu", "dossier_opened.v1", of="dossier", reads=Answer)
@subscriptions.on("aides", "demande_filed.v1", of="demande", reads=Answer)
def orientation_is_taken_up(uow: UnitOfWork, data: dict[str, Any], event: Event) -> None:
    """Answer the orientation, if it asked for this.

    A wrong id is a mistake of whoever typed it, not of the producer: nothing here would be
    mended by replaying the fact, so it is told and left, never parked.
    """
    if data["orientation_id"] is None:
        return
    ignored = answer_from_service(
        uow,
        orientation_id=data["orientation_id"],
        service=event.source,
        personne_ids=data["personne_ids"],
    )
    if ignored is not None:
        log.warning(
            "orientation_answer_ignored",
            event_id=str(event.id),
            source=event.source,
            reason=ignored.value,
        )
