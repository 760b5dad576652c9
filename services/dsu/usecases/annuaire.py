"""Agents and personnes: what accueil told, and what to ask it when it has not yet."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from services.dsu.accueil import read_agent, read_personne
from services.dsu.domain.annuaire import Agent, Personne
from services.dsu.domain.errors import AgentUnknown, NotAReferent, PersonneUnknown
from services.dsu.persistence import UnitOfWork


def agents_today(uow: UnitOfWork, agent_ids: Iterable[UUID]) -> dict[UUID, Agent]:
    """The agents as assigned today; accueil is asked for those not told yet."""
    wanted = set(agent_ids)
    known = uow.annuaire.agents_on(wanted, uow.today)
    for agent_id in sorted(wanted - known.keys()):
        if (found := read_agent(uow.neighbours, agent_id)) is not None:
            known[agent_id] = found
    return known


def personnes(uow: UnitOfWork, personne_ids: Iterable[UUID]) -> dict[UUID, Personne]:
    """The personnes; accueil is asked for those not told yet."""
    wanted = set(personne_ids)
    known = uow.annuaire.personnes(wanted)
    for personne_id in sorted(wanted - known.keys()):
        if (found := read_personne(uow.neighbours, personne_id)) is not None:
            known[personne_id] = found
    return known


def all_personnes(uow: UnitOfWork, personne_ids: Iterable[UUID]) -> list[Personne]:
    """Every one of these personnes, in order. Raises PersonneUnknown."""
    wanted = list(personne_ids)
    known = personnes(uow, wanted)
    for index, personne_id in enumerate(wanted):
        if personne_id not in known:
            raise PersonneUnknown(
                "Enregistrez d’abord cette personne à l’accueil.", field=f"/personne_ids/{index}"
            )
    return [known[personne_id] for personne_id in wanted]


def check_active(uow: UnitOfWork, agent_id: UUID, field: str) -> Agent:
    """An agent in activity today. Raises AgentUnknown."""
    agent = agents_today(uow, [agent_id]).get(agent_id)
    if agent is None or not agent.active:
        raise AgentUnknown("Choisissez un agent en activité dans l’annuaire.", field=field)
    return agent


def check_referent(uow: UnitOfWork, agent_id: UUID, field: str) -> None:
    """An agent who may be référent today. Raises AgentUnknown, NotAReferent."""
    if not check_active(uow, agent_id, field).can_be_referent:
        raise NotAReferent("Le référent est un ASS ou un CESF en activité.", field=field)
