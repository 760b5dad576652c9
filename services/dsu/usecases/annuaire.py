"""Agents and personnes: what accueil told, and what to ask it when it has not yet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from chassis.caller import Caller
from services.dsu.accueil import read_agent, read_mds, read_personne
from services.dsu.domain.annuaire import Agent, Personne
from services.dsu.domain.errors import AgentUnknown, NotAReferent
from services.dsu.persistence import UnitOfWork
from services.protection import SEE_PROTECTED, PersonneNotFound


def agents_today(uow: UnitOfWork, agent_ids: Iterable[UUID]) -> dict[UUID, Agent]:
    """The agents as assigned today; accueil is asked for those not told yet."""
    wanted = set(agent_ids)
    known = uow.annuaire.agents_on(wanted, uow.today)
    for agent_id in sorted(wanted - known.keys()):
        if (found := read_agent(uow.neighbours, agent_id)) is not None:
            known[agent_id] = found
    return known


def personnes(uow: UnitOfWork, personne_ids: Iterable[UUID]) -> dict[UUID, Personne]:
    """The personnes; accueil is asked for those not told yet, or not told whole."""
    wanted = set(personne_ids)
    known = uow.annuaire.personnes(wanted)
    whole = {personne_id for personne_id, one in known.items() if one.told is not None}
    for personne_id in sorted(wanted - whole):
        found = read_personne(uow.neighbours, personne_id)
        if found is not None and found.told is not None:
            uow.annuaire.learn_protection(personne_id, found.told)
            known[personne_id] = found
    return known


def visible_personnes(
    uow: UnitOfWork, personne_ids: Sequence[UUID], *, caller: Caller
) -> list[Personne]:
    """Every one of these personnes, in order. Raises PersonneNotFound.

    The same for a personne that does not exist and for one whose file accueil hides from the
    caller, and before anything else is looked at: no answer tells the two apart.
    """
    known = personnes(uow, personne_ids)
    sees_protected = caller.has(*SEE_PROTECTED)
    for personne_id in personne_ids:
        if personne_id not in known or not known[personne_id].protection.is_open_to(
            caller.agent_id, sees_protected=sees_protected
        ):
            raise PersonneNotFound()
    return [known[personne_id] for personne_id in personne_ids]


def mds_of(uow: UnitOfWork, sites: Iterable[str]) -> dict[str, str]:
    """The MDS of each of these sites; accueil is asked for those not told yet."""
    wanted = set(sites)
    known = uow.annuaire.mds_of(wanted)
    for site in sorted(wanted - known.keys()):
        if (mds := read_mds(uow.neighbours, site)) is not None:
            uow.annuaire.keep_site(site, mds)
            known[site] = mds
    return known


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
