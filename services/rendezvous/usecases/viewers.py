"""Turns a caller into a viewer: who they are, and the MDS they work in today."""

from __future__ import annotations

from uuid import UUID

from chassis.caller import Caller
from services import roles
from services.rendezvous.domain.errors import RendezvousUnknown
from services.rendezvous.domain.rendezvous import Rendezvous
from services.rendezvous.domain.rights import Viewer, may_see
from services.rendezvous.persistence import UnitOfWork


def viewer_of(uow: UnitOfWork, caller: Caller) -> Viewer:
    """The viewer behind a token; without an `mds` claim, the MDS of the agent's post today."""
    mds = frozenset(caller.mds)
    if not mds and caller.agent_id and not caller.roles.isdisjoint(roles.AGENTS):
        post = uow.knowns.assignment_on(caller.agent_id, uow.today)
        mds = frozenset({post.mds} if post and post.active else ())
    return Viewer(
        subject=caller.subject,
        roles=caller.roles,
        agent_id=caller.agent_id,
        personne_id=caller.personne_id,
        mds=mds,
    )


def visible(
    uow: UnitOfWork, viewer: Viewer, rendezvous_id: UUID, *, to_change: bool = False
) -> Rendezvous:
    """A rendezvous the viewer may see. Raises RendezvousUnknown for any other."""
    found = uow.agendas.get(rendezvous_id, to_change=to_change)
    if found is None:
        raise RendezvousUnknown()
    if may_see(viewer, found, referent_id=None):
        return found
    referent_id = uow.knowns.referent_of(found.dossier_id) if found.dossier_id else None
    if not may_see(viewer, found, referent_id=referent_id):
        raise RendezvousUnknown()
    return found
