"""Who sees and who acts. Deny by default: what is not granted here answers 404."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services import roles
from services.rendezvous.domain.projections import Assignment
from services.rendezvous.domain.rendezvous import Rendezvous


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """A caller and the MDS they work in today."""

    subject: str
    roles: frozenset[str]
    agent_id: UUID | None
    personne_id: UUID | None
    mds: frozenset[str]

    @property
    def is_personne(self) -> bool:
        """Acts for themselves alone: an agent's role, if any, comes first."""
        return roles.PERSONNE in self.roles and self.roles.isdisjoint(roles.AGENTS)


def may_see(viewer: Viewer, rendezvous: Rendezvous, *, referent_id: UUID | None) -> bool:
    """The person themselves; else the agents of the rendezvous, of its MDS, the one who booked
    it, and the référent of the dossier it answers to."""
    if viewer.is_personne:
        return viewer.personne_id is not None and viewer.personne_id in rendezvous.personne_ids
    if viewer.roles.isdisjoint(roles.AGENTS):
        return False
    return (
        is_concerned(viewer, rendezvous)
        or rendezvous.place.mds in viewer.mds
        or rendezvous.booked_by == viewer.subject
        or (referent_id is not None and referent_id == viewer.agent_id)
    )


def is_concerned(viewer: Viewer, rendezvous: Rendezvous) -> bool:
    """Whether the viewer is one of the agents who hold it."""
    return viewer.agent_id is not None and viewer.agent_id in rendezvous.place.agent_ids


def shows_less(viewer: Viewer, rendezvous: Rendezvous, protected: frozenset[UUID]) -> bool:
    """In lists, a discreet motif or a protected file is a mere busy time to the others."""
    if viewer.is_personne or is_concerned(viewer, rendezvous):
        return False
    return rendezvous.discreet or not protected.isdisjoint(rendezvous.personne_ids)


def may_read_agenda(viewer: Viewer, agent: Assignment | None) -> bool:
    """One's own agenda, those of one's MDS, and the volants' (only what they hold in it)."""
    if agent is None or viewer.roles.isdisjoint(roles.AGENTS):
        return False
    return agent.agent_id == viewer.agent_id or agent.mds in viewer.mds or agent.volant


def may_plan(viewer: Viewer, agent: Assignment) -> bool:
    """Openings and absences: one's own; the secretaries and responsables of the MDS; admin."""
    if roles.ADMIN in viewer.roles or agent.agent_id == viewer.agent_id:
        return True
    planners = {roles.SECRETAIRE, roles.RESPONSABLE}
    return not viewer.roles.isdisjoint(planners) and (agent.mds in viewer.mds or agent.volant)
