"""Needs of reinforcement and plannings of the volants over HTTP."""

from __future__ import annotations

from uuid import UUID

from chassis.web.pages import Page
from chassis.web.route import Call, route
from services import roles
from services.rendezvous.domain import errors
from services.rendezvous.domain.besoin import Besoin
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.schemas.renforts import (
    BesoinIn,
    BesoinOut,
    BesoinsQuery,
    MonthIn,
    PlanningOut,
    RefusalIn,
    WantedIn,
)
from services.rendezvous.service import allowed
from services.rendezvous.usecases.steering import besoins, renforts

_TAG = "Délais et renforts"


class RenfortRoutes:
    """What MDS ask of the service volant, and what it gives them."""

    @route(
        "POST",
        "/v1/besoins",
        allow=allowed.STEERERS,
        body=BesoinIn,
        reply=BesoinOut,
        status=201,
        etag=True,
        idempotent=True,
        tag=_TAG,
        summary="Demander un renfort",
        problems=(errors.MdsNotRun, errors.WaitNotExceeded),
    )
    def ask_besoin(self, uow: UnitOfWork, call: Call) -> Besoin:
        return besoins.ask(uow, by=call.caller, **call.body)

    @route(
        "GET",
        "/v1/besoins",
        allow=roles.STATISTIQUES,
        query=BesoinsQuery,
        reply=BesoinOut,
        many="besoins",
        tag=_TAG,
        summary="Besoins de renfort, du plus récent au plus ancien",
    )
    def list_besoins(self, uow: UnitOfWork, call: Call) -> Page[Besoin]:
        return besoins.page(uow, by=call.caller, page=call.page, **call.query)

    @route(
        "POST",
        "/v1/besoins/{besoin_id}/confirm",
        allow=allowed.STEERERS,
        body=WantedIn,
        reply=BesoinOut,
        etag=True,
        if_match=True,
        tag=_TAG,
        summary="Confirmer un renfort proposé par la mesure des délais",
        problems=(errors.BesoinUnknown, errors.BesoinDecided),
    )
    def confirm_besoin(self, uow: UnitOfWork, call: Call, besoin_id: UUID) -> Besoin:
        return besoins.confirm(
            uow, by=call.caller, besoin_id=besoin_id, expected=call.expected_version, **call.body
        )

    @route(
        "POST",
        "/v1/besoins/{besoin_id}/end",
        allow=allowed.STEERERS,
        reply=BesoinOut,
        etag=True,
        tag=_TAG,
        summary="Ne plus demander ce renfort (les jours acceptés restent)",
        problems=(errors.BesoinUnknown,),
    )
    def end_besoin(self, uow: UnitOfWork, call: Call, besoin_id: UUID) -> Besoin:
        return besoins.end(uow, by=call.caller, besoin_id=besoin_id)

    @route(
        "POST",
        "/v1/plannings-volants",
        allow=allowed.STEERERS,
        body=MonthIn,
        reply=PlanningOut,
        status=201,
        etag=True,
        idempotent=True,
        tag=_TAG,
        summary="Proposer le planning des volants d’un mois (remplace ce qui n’est pas accepté)",
        problems=(errors.MonthOutOfReach,),
    )
    def propose_planning(self, uow: UnitOfWork, call: Call) -> renforts.Shown:
        return renforts.propose_month(uow, by=call.caller, **call.body)

    @route(
        "GET",
        "/v1/plannings-volants",
        allow=roles.STATISTIQUES,
        query=MonthIn,
        reply=PlanningOut,
        etag=True,
        tag=_TAG,
        summary="Planning des volants d’un mois",
        problems=(errors.PlanningVolantUnknown,),
    )
    def read_planning(self, uow: UnitOfWork, call: Call) -> renforts.Shown:
        return renforts.read_month(uow, by=call.caller, **call.query)

    @route(
        "POST",
        "/v1/plannings-volants/{planning_id}/accept",
        allow=allowed.STEERERS,
        reply=PlanningOut,
        etag=True,
        if_match=True,
        tag=_TAG,
        summary="Accepter les lignes proposées à votre MDS (la direction : toutes)",
        problems=(errors.PlanningVolantUnknown, errors.RenfortStale),
    )
    def accept_planning(self, uow: UnitOfWork, call: Call, planning_id: UUID) -> renforts.Shown:
        return renforts.accept(
            uow, by=call.caller, planning_id=planning_id, expected=call.expected_version
        )

    @route(
        "POST",
        "/v1/plannings-volants/{planning_id}/refuse",
        allow=allowed.STEERERS,
        body=RefusalIn,
        reply=PlanningOut,
        etag=True,
        tag=_TAG,
        summary="Refuser une ligne proposée à votre MDS",
        problems=(errors.PlanningVolantUnknown, errors.RenfortDecided),
    )
    def refuse_renfort(self, uow: UnitOfWork, call: Call, planning_id: UUID) -> renforts.Shown:
        return renforts.refuse(uow, by=call.caller, planning_id=planning_id, **call.body)
