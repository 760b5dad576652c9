"""Who may see or touch what a person shares: deny by default, never by rank."""

from __future__ import annotations

from uuid import UUID

from chassis.caller import Caller
from chassis.errors import Forbidden, NotFound
from services import roles
from services.consent.dsu import Membership, membership_of
from services.consent.persistence import UnitOfWork


class NoAgent(Forbidden):
    """A professional's act needs a named professional."""

    code = "agent-non-nomme"
    title = "Votre jeton ne nomme pas d’agent"


def agent_of(by: Caller) -> UUID:
    """The named professional behind the call. Raises NoAgent."""
    if by.agent_id is None:
        raise NoAgent()
    return by.agent_id


def membership(uow: UnitOfWork, by: Caller, personne_id: UUID) -> Membership | None:
    """The caller's place in the person's file, read from dsu now."""
    return membership_of(uow.neighbours, agent_id=agent_of(by), personne_id=personne_id)


def check_may_read(uow: UnitOfWork, by: Caller, personne_id: UUID) -> None:
    """The DPO, or a professional of the person's file; anyone else is told it does not exist."""
    if by.has(roles.DPO):
        return
    if membership(uow, by, personne_id) is None:
        raise NotFound()
