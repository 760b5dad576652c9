"""Who sees the waiting list and acts on it. Deny by default: what is not granted answers 404."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from services import roles
from services.rendezvous.domain.attente import Attente
from services.rendezvous.domain.errors import NotYoursToBook
from services.rendezvous.domain.projections import KnownPersonne
from services.rendezvous.domain.rights import Viewer, is_closed_to, is_open_to

Known = Mapping[UUID, KnownPersonne]


def may_read_list(viewer: Viewer, mds: str) -> bool:
    """The agents of the MDS."""
    return not viewer.roles.isdisjoint(roles.AGENTS) and mds in viewer.mds


def has_a_place(viewer: Viewer, attente: Attente) -> bool:
    """The person themselves; the agents of the MDS, the one waited for, the one who registered."""
    if viewer.is_personne:
        return viewer.personne_id is not None and viewer.personne_id in attente.personne_ids
    if viewer.roles.isdisjoint(roles.AGENTS):
        return False
    return (
        attente.where.mds in viewer.mds
        or is_waited_for(viewer, attente)
        or attente.registered_by == viewer.subject
    )


def may_see(viewer: Viewer, attente: Attente, known: Known) -> bool:
    """Whoever has a place; of a file accueil hides from them, the agent waited for alone; of
    their own or a relative's, nobody."""
    if not has_a_place(viewer, attente) or _is_closed(viewer, attente, known):
        return False
    if viewer.is_personne or is_waited_for(viewer, attente):
        return True
    return all(one in known and is_open_to(viewer, known[one]) for one in attente.personne_ids)


def is_masked(viewer: Viewer, attente: Attente, known: Known) -> bool:
    """In the list of an MDS, a hidden file keeps its rank and shows nothing else; so does a
    discreet motif, to those who are not waited for and did not register it."""
    if not may_see(viewer, attente, known):
        return True
    own = is_waited_for(viewer, attente) or attente.registered_by == viewer.subject
    return attente.discreet and not (viewer.is_personne or own)


def is_waited_for(viewer: Viewer, attente: Attente) -> bool:
    """Whether the viewer is the very agent they would like to see."""
    return viewer.agent_id is not None and viewer.agent_id == attente.where.agent_id


def check_answers(viewer: Viewer, attente: Attente) -> None:
    """A person answers for themselves alone: of several personnes, an agent answers."""
    if viewer.is_personne and attente.personne_ids != (viewer.personne_id,):
        raise NotYoursToBook("Vous êtes plusieurs sur cette inscription : appelez le secrétariat.")


def _is_closed(viewer: Viewer, attente: Attente, known: Known) -> bool:
    """A file nothing is known of is closed to an agent."""
    if viewer.is_personne:
        return False
    return any(one not in known or is_closed_to(viewer, known[one]) for one in attente.personne_ids)
