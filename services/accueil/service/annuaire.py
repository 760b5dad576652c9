"""Routes of the annuaire: MDS, sites, sectors, agents."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.web.pages import Page
from chassis.web.route import Call, route
from services.accueil.domain.annuaire import (
    Agent,
    AgentAlreadyKnown,
    AgentNotFound,
    AssignmentBeforeLast,
    AssignmentsOverlap,
    CodeTaken,
    Mds,
    MdsUnknown,
    SecrecyMismatch,
    SectorsAlreadyPlanned,
    SectorsInThePast,
    SectorsOverlap,
    Site,
    SiteClosed,
    SiteNotFound,
    SiteUnknown,
)
from services.accueil.persistence import UnitOfWork
from services.accueil.schemas.annuaire import (
    AgentIn,
    AgentOut,
    AgentPatch,
    AgentQuery,
    CommuneOut,
    CommunePath,
    CommuneQuery,
    MdsIn,
    MdsList,
    MdsOut,
    SectorsIn,
    SectorsReport,
    SiteIn,
    SiteList,
    SiteOut,
    SitePatch,
    SitePath,
    SiteQuery,
)
from services.accueil.service import allowed
from services.accueil.usecases import agents
from services.accueil.usecases import annuaire as usecases

_TAG = "Annuaire"
_AGENT_PROBLEMS = (
    AssignmentBeforeLast,
    AssignmentsOverlap,
    SecrecyMismatch,
    SiteUnknown,
    SiteClosed,
)


class AnnuaireRoutes:
    """Who works where, and which site covers which commune."""

    @route(
        "POST",
        "/v1/mds",
        allow=allowed.ADMIN,
        body=MdsIn,
        reply=MdsOut,
        status=201,
        idempotent=True,
        tag=_TAG,
        summary="Créer une MDS",
        problems=(CodeTaken,),
    )
    def create_mds(self, uow: UnitOfWork, call: Call) -> Mds:
        return usecases.create_mds(uow, **call.body)

    @route(
        "GET",
        "/v1/mds",
        allow=allowed.ANNUAIRE_READERS,
        reply=MdsList,
        tag=_TAG,
        summary="Lister les MDS",
    )
    def list_mds(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        return {"mds": uow.annuaire.all_mds()}

    @route(
        "POST",
        "/v1/sites",
        allow=allowed.ADMIN,
        body=SiteIn,
        reply=SiteOut,
        status=201,
        etag=True,
        idempotent=True,
        tag=_TAG,
        summary="Créer un site",
        problems=(CodeTaken, MdsUnknown),
    )
    def create_site(self, uow: UnitOfWork, call: Call) -> Site:
        return usecases.create_site(uow, **call.body)

    @route(
        "PATCH",
        "/v1/sites/{site}",
        texts=SitePath,
        allow=allowed.ADMIN,
        body=SitePatch,
        reply=SiteOut,
        etag=True,
        if_match=True,
        tag=_TAG,
        summary="Modifier, ouvrir ou fermer un site",
        problems=(SiteNotFound,),
    )
    def change_site(self, uow: UnitOfWork, call: Call, site: str) -> Site:
        return usecases.change_site(
            uow, code=site, expected_version=call.expected_version, changes=call.body
        )

    @route(
        "GET",
        "/v1/sites",
        allow=allowed.ANNUAIRE_READERS,
        query=SiteQuery,
        reply=SiteList,
        tag=_TAG,
        summary="Lister les sites",
    )
    def list_sites(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        return {"sites": uow.annuaire.sites(mds=call.query["mds"])}

    @route(
        "GET",
        "/v1/sites/{site}",
        texts=SitePath,
        allow=allowed.ANNUAIRE_READERS,
        reply=SiteOut,
        etag=True,
        tag=_TAG,
        summary="Lire un site",
        problems=(SiteNotFound,),
    )
    def read_site(self, uow: UnitOfWork, call: Call, site: str) -> Site:
        return usecases.find_site(uow, site)

    @route(
        "PUT",
        "/v1/communes",
        allow=allowed.ADMIN,
        body=SectorsIn,
        reply=SectorsReport,
        tag=_TAG,
        summary="Charger les secteurs : communes (ou voies) et sites, à une date",
        problems=(SiteUnknown, SectorsAlreadyPlanned, SectorsInThePast, SectorsOverlap),
    )
    def load_sectors(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        return usecases.load_sectors(uow, **call.body)

    @route(
        "GET",
        "/v1/communes/{commune}",
        texts=CommunePath,
        allow=allowed.ANNUAIRE_READERS,
        query=CommuneQuery,
        reply=CommuneOut,
        tag=_TAG,
        summary="Sites d’une commune : aucun, un ou plusieurs",
    )
    def read_commune(self, uow: UnitOfWork, call: Call, commune: str) -> dict[str, Any]:
        return usecases.describe_commune(uow, commune=commune, on=call.query["on"])

    @route(
        "POST",
        "/v1/agents",
        allow=allowed.ADMIN,
        body=AgentIn,
        reply=AgentOut,
        status=201,
        etag=True,
        idempotent=True,
        tag=_TAG,
        summary="Enregistrer un agent",
        problems=(AgentAlreadyKnown, *_AGENT_PROBLEMS),
    )
    def register_agent(self, uow: UnitOfWork, call: Call) -> Agent:
        return agents.register_agent(uow, values=call.body)

    @route(
        "PATCH",
        "/v1/agents/{agent_id}",
        allow=allowed.ADMIN,
        body=AgentPatch,
        reply=AgentOut,
        etag=True,
        if_match=True,
        tag=_TAG,
        summary="Changer l’affectation d’un agent à une date, ou noter son départ",
        problems=(AgentNotFound, *_AGENT_PROBLEMS),
    )
    def change_agent(self, uow: UnitOfWork, call: Call, agent_id: UUID) -> Agent:
        return agents.change_agent(
            uow, agent_id=agent_id, expected_version=call.expected_version, changes=call.body
        )

    @route(
        "GET",
        "/v1/agents/{agent_id}",
        allow=allowed.ANNUAIRE_READERS,
        reply=AgentOut,
        etag=True,
        tag=_TAG,
        summary="Lire un agent et ses affectations",
        problems=(AgentNotFound,),
    )
    def read_agent(self, uow: UnitOfWork, call: Call, agent_id: UUID) -> Agent:
        return agents.find_agent(uow, agent_id)

    @route(
        "GET",
        "/v1/agents",
        allow=allowed.ANNUAIRE_READERS,
        query=AgentQuery,
        reply=AgentOut,
        many="agents",
        tag=_TAG,
        summary="Lister les agents en poste",
    )
    def list_agents(self, uow: UnitOfWork, call: Call) -> Page[Agent]:
        return agents.agents_in_post(uow, page=call.page, **call.query)
