"""Routes of agreements and refusals."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.web.route import Call, route
from services import roles
from services.consent.domain.consentement import (
    Consentement,
    ConsentementNotFound,
    ConsentementRefused,
    Opposition,
    OppositionLifted,
    OppositionNotFound,
    OppositionRefused,
)
from services.consent.domain.livraison import StillLeaving
from services.consent.domain.partenaire import PartenaireNotFound
from services.consent.persistence import UnitOfWork
from services.consent.schemas.accords import (
    AccordsOut,
    ConsentementIn,
    ConsentementOut,
    OppositionIn,
    OppositionOut,
    RetraitOut,
)
from services.consent.service import allowed
from services.consent.usecases import consentements
from services.consent.usecases.access import NoAgent

_CONSENTEMENTS, _OPPOSITIONS = "Consentements", "Oppositions"


class ConsentementRoutes:
    """What a person allows and refuses."""

    @route(
        "POST",
        "/v1/consentements",
        allow=roles.PROFESSIONNELS,
        body=ConsentementIn,
        reply=ConsentementOut,
        status=201,
        etag=True,
        idempotent=True,
        tag=_CONSENTEMENTS,
        summary="Enregistrer un consentement recueilli",
        problems=(ConsentementRefused, NoAgent, PartenaireNotFound),
    )
    def grant(self, uow: UnitOfWork, call: Call) -> Consentement:
        return consentements.grant(uow, by=call.caller, **call.body)

    @route(
        "GET",
        "/v1/consentements/{consentement_id}",
        allow=allowed.READERS,
        reply=ConsentementOut,
        etag=True,
        tag=_CONSENTEMENTS,
        summary="Lire un consentement",
        problems=(ConsentementNotFound, NoAgent),
    )
    def read_consentement(self, uow: UnitOfWork, call: Call, consentement_id: UUID) -> Consentement:
        return consentements.read(uow, by=call.caller, consentement_id=consentement_id)

    @route(
        "POST",
        "/v1/consentements/{consentement_id}/withdraw",
        allow=allowed.ANY_AGENT,
        reply=RetraitOut,
        etag=True,
        tag=_CONSENTEMENTS,
        summary="Retirer un consentement, sur-le-champ",
        description="Sans condition de version ni de motif (RGPD, art. 7.3). Répétable.",
        problems=(
            ConsentementNotFound,
            StillLeaving,
        ),
    )
    def withdraw(self, uow: UnitOfWork, _call: Call, consentement_id: UUID) -> Consentement:
        return consentements.withdraw(uow, consentement_id=consentement_id)

    @route(
        "POST",
        "/v1/oppositions",
        allow=allowed.ANY_AGENT,
        body=OppositionIn,
        reply=OppositionOut,
        status=201,
        etag=True,
        idempotent=True,
        tag=_OPPOSITIONS,
        summary="Enregistrer une opposition, effective sur-le-champ",
        problems=(
            OppositionRefused,
            PartenaireNotFound,
            StillLeaving,
        ),
    )
    def oppose(self, uow: UnitOfWork, call: Call) -> Opposition:
        return consentements.oppose(uow, by=call.caller, **call.body)

    @route(
        "POST",
        "/v1/oppositions/{opposition_id}/lift",
        allow=allowed.READERS,
        reply=OppositionOut,
        etag=True,
        tag=_OPPOSITIONS,
        summary="Lever une opposition",
        problems=(
            OppositionLifted,
            OppositionNotFound,
            NoAgent,
            StillLeaving,
        ),
    )
    def lift(self, uow: UnitOfWork, call: Call, opposition_id: UUID) -> Opposition:
        return consentements.lift(uow, by=call.caller, opposition_id=opposition_id)

    @route(
        "GET",
        "/v1/personnes/{personne_id}/accords",
        allow=allowed.READERS,
        reply=AccordsOut,
        tag=_CONSENTEMENTS,
        summary="Lire tout ce qu’une personne accepte et refuse",
        problems=(NoAgent,),
    )
    def read_accords(self, uow: UnitOfWork, call: Call, personne_id: UUID) -> dict[str, Any]:
        return consentements.of_personne(uow, by=call.caller, personne_id=personne_id)
