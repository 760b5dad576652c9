"""Routes of acts of sharing."""

from __future__ import annotations

from uuid import UUID

from chassis.web.route import Call, route
from services import roles
from services.consent.domain.livraison import StillLeaving
from services.consent.domain.partage import (
    NotOfTheFile,
    Partage,
    PartageNotFound,
    PartageRefused,
)
from services.consent.domain.partenaire import PartenaireNotFound
from services.consent.persistence import UnitOfWork
from services.consent.schemas.accords import PartageIn, PartageOut
from services.consent.service import allowed
from services.consent.usecases import partages
from services.consent.usecases.access import NoAgent

_TAG = "Partages"


class PartageRoutes:
    """What a professional of the file signs."""

    @route(
        "POST",
        "/v1/partages",
        allow=roles.PROFESSIONNELS,
        body=PartageIn,
        reply=PartageOut,
        status=201,
        etag=True,
        idempotent=True,
        tag=_TAG,
        summary="Signer un partage (professionnel du dossier)",
        problems=(
            PartageRefused,
            NotOfTheFile,
            NoAgent,
            PartenaireNotFound,
            StillLeaving,
        ),
    )
    def sign(self, uow: UnitOfWork, call: Call) -> Partage:
        return partages.sign(uow, by=call.caller, **call.body)

    @route(
        "GET",
        "/v1/partages/{partage_id}",
        allow=allowed.READERS,
        reply=PartageOut,
        etag=True,
        tag=_TAG,
        summary="Lire un partage",
        problems=(PartageNotFound, NoAgent),
    )
    def read_partage(self, uow: UnitOfWork, call: Call, partage_id: UUID) -> Partage:
        return partages.read(uow, by=call.caller, partage_id=partage_id)

    @route(
        "POST",
        "/v1/partages/{partage_id}/end",
        allow=allowed.READERS,
        reply=PartageOut,
        etag=True,
        tag=_TAG,
        summary="Mettre fin à un partage, sur-le-champ",
        problems=(
            PartageNotFound,
            NoAgent,
            StillLeaving,
        ),
    )
    def end(self, uow: UnitOfWork, call: Call, partage_id: UUID) -> Partage:
        return partages.end(uow, by=call.caller, partage_id=partage_id)
