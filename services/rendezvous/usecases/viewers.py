"""Turns a caller into a viewer: who they are, and the MDS they work in today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chassis.caller import Caller
from services import roles
from services.rendezvous.domain.errors import RendezvousUnknown
from services.rendezvous.domain.rendezvous import Rendezvous
from services.rendezvous.domain.rights import Seen, Viewer, has_a_place, may_see, shows_less
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.usecases.told import learn_personnes


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


@dataclass(frozen=True, kw_only=True)
class Line:
    """A rendezvous as one viewer reads it; a masked one shows only that the time is taken."""

    rendezvous: Rendezvous
    masked: bool

    @property
    def version(self) -> int:
        """That of the rendezvous, for its ETag."""
        return self.rendezvous.version


def line_of(viewer: Viewer, seen: Seen) -> Line:
    """What this viewer reads of a rendezvous."""
    return Line(rendezvous=seen.rendezvous, masked=shows_less(viewer, seen))


def visible(
    uow: UnitOfWork, viewer: Viewer, rendezvous_id: UUID, *, to_change: bool = False
) -> Seen:
    """A rendezvous the viewer may see. Raises RendezvousUnknown for any other."""
    found = uow.agendas.seen(rendezvous_id, to_change=to_change)
    if found is None or not has_a_place(viewer, found):
        raise RendezvousUnknown()
    (seen,) = whole(uow, viewer, [found])
    if not may_see(viewer, seen):
        raise RendezvousUnknown()
    return seen


def whole(uow: UnitOfWork, viewer: Viewer, found: Sequence[Seen]) -> list[Seen]:
    """With what accueil, asked, says of the personnes it had not told of; not to the person."""
    untold = {personne_id for seen in found for personne_id in seen.untold}
    if viewer.is_personne or not untold:
        return list(found)
    learnt = learn_personnes(uow, untold)
    return [seen.with_told(learnt) for seen in found]
