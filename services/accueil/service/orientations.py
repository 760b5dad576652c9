"""Routes of orientations."""

from __future__ import annotations

from uuid import UUID

from chassis.web.pages import Page
from chassis.web.route import Call, route
from services import roles
from services.accueil.domain.annuaire import AgentNotFound, SiteUnknown
from services.accueil.domain.orientation import (
    DueInThePast,
    Orientation,
    OrientationAlreadyAnswered,
    OrientationNotFound,
    TargetUnnamed,
)
from services.accueil.domain.personne import SecretFileNeverAttached
from services.accueil.domain.visite import VisiteNotFound
from services.accueil.persistence import UnitOfWork
from services.accueil.schemas.orientations import OrientationIn, OrientationOut, OrientationQuery
from services.accueil.service import allowed
from services.accueil.usecases import orientations as usecases
from services.accueil.usecases.orientations import OrientationIncoherent
from services.protection import PersonneNotFound

_TAG = "Orientations"


class OrientationRoutes:
    """To whom, why, by when; and who took it up."""

    @route(
        "POST",
        "/v1/orientations",
        allow=roles.AGENTS,
        body=OrientationIn,
        reply=OrientationOut,
        status=201,
        etag=True,
        idempotent=True,
        tag=_TAG,
        summary="Demander une orientation, avec son échéance",
        problems=(
            DueInThePast,
            TargetUnnamed,
            VisiteNotFound,
            PersonneNotFound,
            SecretFileNeverAttached,
            AgentNotFound,
            SiteUnknown,
            OrientationIncoherent,
        ),
    )
    def request_orientation(self, uow: UnitOfWork, call: Call) -> Orientation:
        return usecases.request_orientation(uow, by=call.caller, values=call.body)

    @route(
        "GET",
        "/v1/orientations",
        allow=allowed.READERS,
        query=OrientationQuery,
        reply=OrientationOut,
        many="orientations",
        tag=_TAG,
        summary="Lister les orientations, les plus urgentes d’abord",
    )
    def list_orientations(self, uow: UnitOfWork, call: Call) -> Page[Orientation]:
        return usecases.list_orientations(uow, by=call.caller, filters=call.query, page=call.page)

    @route(
        "GET",
        "/v1/orientations/{orientation_id}",
        allow=allowed.READERS,
        reply=OrientationOut,
        etag=True,
        tag=_TAG,
        summary="Lire une orientation",
        problems=(OrientationNotFound,),
    )
    def read_orientation(self, uow: UnitOfWork, call: Call, orientation_id: UUID) -> Orientation:
        return usecases.find_orientation(uow, by=call.caller, orientation_id=orientation_id)

    @route(
        "POST",
        "/v1/orientations/{orientation_id}/answer",
        allow=roles.AGENTS,
        reply=OrientationOut,
        etag=True,
        tag=_TAG,
        summary="Prendre une orientation en charge",
        problems=(OrientationNotFound, OrientationAlreadyAnswered),
    )
    def answer_orientation(self, uow: UnitOfWork, call: Call, orientation_id: UUID) -> Orientation:
        return usecases.answer_orientation(uow, by=call.caller, orientation_id=orientation_id)
