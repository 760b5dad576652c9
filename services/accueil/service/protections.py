"""Routes of what stops or closes things: no contact, death, protection."""

from __future__ import annotations

from uuid import UUID

from chassis.web.route import Call, route
from services import roles
from services.accueil.domain.personne import (
    DateImpossible,
    DeathAlreadyRecorded,
    Personne,
    ProtectionReserved,
)
from services.accueil.persistence import UnitOfWork
from services.accueil.schemas.contacts import DeathIn, NoContactIn, ProtectionIn
from services.accueil.schemas.personnes import PersonneOut
from services.accueil.usecases import protections as usecases
from services.accueil.usecases.protections import ProtectionIncomplete
from services.protection import PersonneNotFound

_TAG = "Personnes"


class ProtectionRoutes:
    """Acts of safety: they need no If-Match, because they must never wait for a fresh reading."""

    @route(
        "POST",
        "/v1/personnes/{personne_id}/no-contact",
        allow=roles.AGENTS,
        body=NoContactIn,
        reply=PersonneOut,
        etag=True,
        tag=_TAG,
        problems=(PersonneNotFound,),
        summary="Ne plus contacter la personne, par aucun canal (ou lever)",
    )
    def set_no_contact(self, uow: UnitOfWork, call: Call, personne_id: UUID) -> Personne:
        return usecases.set_no_contact(
            uow, by=call.caller, personne_id=personne_id, no_contact=call.body["no_contact"]
        )

    @route(
        "POST",
        "/v1/personnes/{personne_id}/death",
        allow=roles.AGENTS,
        body=DeathIn,
        reply=PersonneOut,
        etag=True,
        tag=_TAG,
        summary="Noter le décès",
        problems=(PersonneNotFound, DeathAlreadyRecorded, DateImpossible),
    )
    def record_death(self, uow: UnitOfWork, call: Call, personne_id: UUID) -> Personne:
        return usecases.record_death(
            uow, by=call.caller, personne_id=personne_id, died_on=call.body["died_on"]
        )

    @route(
        "POST",
        "/v1/personnes/{personne_id}/protection",
        allow=roles.AGENTS,
        body=ProtectionIn,
        reply=PersonneOut,
        etag=True,
        tag=_TAG,
        summary="Protéger la fiche, ou lever la protection",
        description="Tout agent peut protéger, et garde l’accès ; seul le responsable lève la"
        " protection et dit qui peut, ou ne peut jamais, ouvrir la fiche.",
        problems=(PersonneNotFound, ProtectionReserved, ProtectionIncomplete),
    )
    def set_protection(self, uow: UnitOfWork, call: Call, personne_id: UUID) -> Personne:
        return usecases.set_protection(
            uow, by=call.caller, personne_id=personne_id, wanted=call.body
        )
