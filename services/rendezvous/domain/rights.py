"""Who sees and who acts. Deny by default: what is not granted here answers 404."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from services import roles
from services.protection import SEE_PROTECTED, Protection
from services.rendezvous.domain.projections import Assignment, KnownPersonne
from services.rendezvous.domain.rendezvous import Rendezvous

_PLANNERS = frozenset({roles.SECRETAIRE, roles.RESPONSABLE})


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


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A rendezvous with what decides who sees it."""

    rendezvous: Rendezvous
    #: The référent of the dossier it answers to.
    referent_id: UUID | None = None
    #: Its personnes, as far as accueil told of them.
    personnes: Mapping[UUID, KnownPersonne] = field(default_factory=dict)
    #: Of its motif on its day; None: not read.
    instructions: str | None = None

    @property
    def untold(self) -> frozenset[UUID]:
        """The personnes of whom accueil has not said who may know of their file."""
        told = {key for key, personne in self.personnes.items() if personne.told is not None}
        return frozenset(self.rendezvous.personne_ids) - told

    def with_told(self, learnt: Mapping[UUID, KnownPersonne]) -> Seen:
        """The same, with those of its personnes that were just learnt."""
        own = {key: learnt[key] for key in self.untold if key in learnt}
        return replace(self, personnes={**self.personnes, **own})


def has_a_place(viewer: Viewer, seen: Seen) -> bool:
    """The person themselves; else the agents of the rendezvous, of its MDS, the one who booked
    it, and the référent of the dossier it answers to."""
    rendezvous = seen.rendezvous
    if viewer.is_personne:
        return viewer.personne_id is not None and viewer.personne_id in rendezvous.personne_ids
    if viewer.roles.isdisjoint(roles.AGENTS):
        return False
    return (
        has_a_part(viewer, seen)
        or rendezvous.place.mds in viewer.mds
        or rendezvous.booked_by == viewer.subject
    )


def may_see(viewer: Viewer, seen: Seen) -> bool:
    """Whoever has a place; of a file that accueil hides from them, whoever has a part in it; of
    a relative's or their own, nobody."""
    if not has_a_place(viewer, seen) or is_closed(viewer, seen):
        return False
    return has_a_part(viewer, seen) or not is_hidden(viewer, seen)


def is_closed(viewer: Viewer, seen: Seen) -> bool:
    """Whether accueil closes the file of one of its personnes to the viewer. Of a collective one,
    the participant alone is left out (`shows_participant`)."""
    if seen.rendezvous.is_collective:
        return False
    return any(is_closed_to(viewer, personne) for personne in seen.personnes.values())


def is_closed_to(viewer: Viewer, personne: KnownPersonne) -> bool:
    """Whether accueil closes a file to an agent, whatever their rank; never to the person."""
    if viewer.is_personne or personne.told is None:
        return False
    return personne.told.is_closed_to(viewer.agent_id)


def is_hidden(viewer: Viewer, seen: Seen) -> bool:
    """Whether accueil hides the file of one of its personnes from the viewer; see `is_closed`."""
    if seen.rendezvous.is_collective:
        return False
    told = all(is_open_to(viewer, personne) for personne in seen.personnes.values())
    return not viewer.is_personne and not (told and not seen.untold)


def shows_participant(viewer: Viewer, seen: Seen, personne_id: UUID) -> bool:
    """Whether a viewer may know that this person takes part; a person knows of themselves alone."""
    if viewer.is_personne:
        return viewer.personne_id == personne_id
    known = seen.personnes.get(personne_id) or KnownPersonne(personne_id=personne_id)
    if is_closed_to(viewer, known):
        return False
    return has_a_part(viewer, seen) or is_open_to(viewer, known)


def shows_marks(viewer: Viewer, rendezvous: Rendezvous) -> bool:
    """Marks are for those who hold it and those who plan for its MDS; never for the person."""
    if viewer.is_personne:
        return False
    return is_concerned(viewer, rendezvous) or plans_for(viewer, rendezvous.place.mds)


def may_override(viewer: Viewer, mds: str) -> bool:
    """A responsable, in their MDS, gives a person two rendezvous at once."""
    return roles.RESPONSABLE in viewer.roles and mds in viewer.mds


def plans_for(viewer: Viewer, mds: str) -> bool:
    """The secretaries and the responsables of an MDS."""
    return not viewer.roles.isdisjoint(_PLANNERS) and mds in viewer.mds


def may_equip(viewer: Viewer, mds: str | None) -> bool:
    """admin retires anything; those who plan for an MDS, what its sites have."""
    return roles.ADMIN in viewer.roles or (mds is not None and plans_for(viewer, mds))


def is_open_to(viewer: Viewer, personne: KnownPersonne) -> bool:
    """Whether accueil lets an agent know of a file. One nothing is said of is protected."""
    file = personne.told or Protection(protected=True)
    return file.is_open_to(
        viewer.agent_id, sees_protected=not viewer.roles.isdisjoint(SEE_PROTECTED)
    )


def has_a_part(viewer: Viewer, seen: Seen) -> bool:
    """Whether the viewer holds it, or is the référent of the dossier it answers to."""
    if is_concerned(viewer, seen.rendezvous):
        return True
    return seen.referent_id is not None and seen.referent_id == viewer.agent_id


def is_concerned(viewer: Viewer, rendezvous: Rendezvous) -> bool:
    """Whether the viewer is one of the agents who hold it."""
    return viewer.agent_id is not None and viewer.agent_id in rendezvous.place.agent_ids


def shows_less(viewer: Viewer, seen: Seen) -> bool:
    """A discreet motif is a mere busy time to those who do not hold it; so is, in an agenda,
    what the viewer may not see."""
    if is_closed(viewer, seen):
        return True
    if viewer.is_personne or is_concerned(viewer, seen.rendezvous):
        return False
    return seen.rendezvous.discreet or (is_hidden(viewer, seen) and not has_a_part(viewer, seen))


def may_read_agenda(viewer: Viewer, agent: Assignment | None) -> bool:
    """One's own agenda, those of one's MDS, and the volants' (only what they hold in it)."""
    if agent is None or viewer.roles.isdisjoint(roles.AGENTS):
        return False
    return agent.agent_id == viewer.agent_id or agent.mds in viewer.mds or agent.volant


def may_plan(viewer: Viewer, agent: Assignment) -> bool:
    """Openings and absences: one's own; the secretaries and responsables of the MDS; admin."""
    if roles.ADMIN in viewer.roles or agent.agent_id == viewer.agent_id:
        return True
    return not viewer.roles.isdisjoint(_PLANNERS) and (agent.mds in viewer.mds or agent.volant)


def may_take_up(viewer: Viewer, agent: Assignment) -> bool:
    """Reassign, move or cancel in bulk what an absent agent holds: the secretaries and
    responsables of the MDS, not the agent alone: it falls on colleagues."""
    return not viewer.roles.isdisjoint(_PLANNERS) and (agent.mds in viewer.mds or agent.volant)
