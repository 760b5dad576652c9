"""Routes of the other services: ids and codes, and contact details at the moment of sending."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.web.route import Call, route
from services.accueil.domain.annuaire import AgentNotFound, Site, SiteNotFound
from services.accueil.domain.personne import Personne
from services.accueil.persistence import UnitOfWork
from services.accueil.schemas.annuaire import CurrentAssignment, SiteForServices, SitePath
from services.accueil.schemas.contacts import PersonneForServices, ReachIn, ReachOut
from services.accueil.service import allowed
from services.accueil.usecases import agents, annuaire, contacts, personnes
from services.protection import PersonneNotFound

_TAG = "Entre services"


class InternalRoutes:
    """Read by the other services only, with a service token."""

    @route(
        "GET",
        "/internal/personnes/{personne_id}",
        allow=allowed.SERVICE,
        reply=PersonneForServices,
        tag=_TAG,
        problems=(PersonneNotFound,),
        summary="Situation d’une personne",
    )
    def read_personne_for_services(
        self,
        uow: UnitOfWork,
        call: Call,
        personne_id: UUID,
    ) -> Personne:
        return personnes.find_for_services(uow, personne_id)

    @route(
        "POST",
        "/internal/contacts",
        allow=allowed.SERVICE,
        body=ReachIn,
        reply=ReachOut,
        tag=_TAG,
        summary="Contacts utilisables maintenant, ou pourquoi aucun",
    )
    def reach(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        return {"contacts": contacts.reach_all(uow, call.body["personne_ids"])}

    @route(
        "GET",
        "/internal/sites/{site}",
        allow=allowed.SERVICE,
        texts=SitePath,
        reply=SiteForServices,
        tag=_TAG,
        summary="Un site et sa MDS",
        problems=(SiteNotFound,),
    )
    def read_site_for_services(self, uow: UnitOfWork, call: Call, site: str) -> Site:
        return annuaire.find_site(uow, site)

    @route(
        "GET",
        "/internal/agents/{agent_id}",
        allow=allowed.SERVICE,
        reply=CurrentAssignment,
        tag=_TAG,
        summary="Affectation d’un agent aujourd’hui",
        problems=(AgentNotFound,),
    )
    def read_agent_for_services(
        self,
        uow: UnitOfWork,
        call: Call,
        agent_id: UUID,
    ) -> dict[str, Any]:
        return agents.current_assignment(uow, agent_id)
