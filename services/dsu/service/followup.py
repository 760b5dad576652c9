"""Référents, associations, closing and reopening."""

from __future__ import annotations

from uuid import UUID

from chassis.web.route import Call, route
from services import roles
from services.dsu.domain import errors
from services.dsu.domain.dossier import Association, Dossier
from services.dsu.persistence import UnitOfWork
from services.dsu.schemas.dossiers import (
    AssociationIn,
    AssociationOut,
    CloseIn,
    DossierOut,
    ReferentIn,
    ReopenIn,
)
from services.dsu.service.asking import REFUSALS, Purposes, asking
from services.dsu.usecases import followup

_DOSSIERS = "Dossiers"


class FollowupRoutes:
    """Référents, associations, closing and reopening."""

    @route(
        "POST",
        "/v1/dossiers/{dossier_id}/referent",
        allow=roles.PROFESSIONNELS,
        body=ReferentIn,
        reply=DossierOut,
        etag=True,
        if_match=True,
        tag=_DOSSIERS,
        summary="Désigner un autre référent, à compter d’aujourd’hui",
        headers=Purposes,
        problems=(
            errors.NotAReferent,
            errors.ReferentAlreadyAssigned,
            errors.StatusForbids,
            *REFUSALS,
            errors.AgentUnknown,
            errors.DateRefused,
        ),
    )
    def change_referent(self, uow: UnitOfWork, call: Call, dossier_id: UUID) -> Dossier:
        target = followup.Target(dossier_id=dossier_id, version=call.expected_version)
        return followup.change_referent(uow, target, entry=asking(call), **call.body)

    @route(
        "POST",
        "/v1/dossiers/{dossier_id}/associations",
        allow=roles.PROFESSIONNELS,
        body=AssociationIn,
        reply=AssociationOut,
        status=201,
        idempotent=True,
        tag=_DOSSIERS,
        summary="Associer un professionnel pour une mission et une période",
        headers=Purposes,
        problems=(
            errors.AgentUnknown,
            errors.AlreadyAssociated,
            errors.StatusForbids,
            *REFUSALS,
            errors.UnknownCode,
            errors.DateRefused,
        ),
    )
    def associate(self, uow: UnitOfWork, call: Call, dossier_id: UUID) -> Association:
        return followup.associate(uow, dossier_id, entry=asking(call), **call.body)

    @route(
        "POST",
        "/v1/dossiers/{dossier_id}/associations/{association_id}/end",
        allow=roles.PROFESSIONNELS,
        reply=AssociationOut,
        tag=_DOSSIERS,
        summary="Mettre fin à une association, à compter d’aujourd’hui",
        headers=Purposes,
        problems=(errors.AssociationNotFound, errors.StatusForbids, *REFUSALS),
    )
    def end_association(
        self, uow: UnitOfWork, call: Call, dossier_id: UUID, association_id: UUID
    ) -> Association:
        return followup.end_association(uow, dossier_id, association_id, entry=asking(call))

    @route(
        "POST",
        "/v1/dossiers/{dossier_id}/close",
        allow=roles.PROFESSIONNELS,
        body=CloseIn,
        reply=DossierOut,
        etag=True,
        if_match=True,
        tag=_DOSSIERS,
        summary="Clore un dossier aujourd’hui",
        headers=Purposes,
        problems=(errors.StatusForbids, *REFUSALS),
    )
    def close_dossier(self, uow: UnitOfWork, call: Call, dossier_id: UUID) -> Dossier:
        target = followup.Target(dossier_id=dossier_id, version=call.expected_version)
        return followup.close_dossier(uow, target, entry=asking(call), **call.body)

    @route(
        "POST",
        "/v1/dossiers/{dossier_id}/reopen",
        allow=roles.PROFESSIONNELS,
        body=ReopenIn,
        reply=DossierOut,
        etag=True,
        if_match=True,
        tag=_DOSSIERS,
        summary="Rouvrir un dossier clos",
        headers=Purposes,
        problems=(
            errors.StatusForbids,
            errors.PersonneAlreadyFollowed,
            errors.NotAReferent,
            *REFUSALS,
            errors.AgentUnknown,
        ),
    )
    def reopen_dossier(self, uow: UnitOfWork, call: Call, dossier_id: UUID) -> Dossier:
        target = followup.Target(dossier_id=dossier_id, version=call.expected_version)
        return followup.reopen_dossier(uow, target, entry=asking(call), **call.body)
