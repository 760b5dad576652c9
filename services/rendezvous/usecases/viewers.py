"""Turns a caller into a viewer: who they are, and the MDS they work in today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chassis.caller import Caller
from services import roles
from services.rendezvous.domain.errors import RendezvousUnknown
from services.rendezvous.domain.participation import Participation
from services.rendezvous.domain.rendezvous import Rendezvous
from services.rendezvous.domain.rights import (
    Seen,
    Viewer,
    has_a_place,
    may_see,
    shows_less,
    shows_marks,
    shows_participant,
)
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.usecases.told import learn_personnes


def booker_of(caller: Caller) -> Viewer:
    """Booking needs no MDS: a person may be sent to another territory than the booker's."""
    return Viewer(
        subject=caller.subject,
        roles=caller.roles,
        agent_id=caller.agent_id,
        personne_id=caller.personne_id,
        mds=frozenset(caller.mds),
    )


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
    masked: bool = False
    #: Of a collective one, those the viewer may know of: a person, of themselves alone.
    participations: tuple[Participation, ...] = ()
    #: Of a collective one, the seats kept for whom they are offered to.
    seats_kept: int = 0
    #: Whether marks are the viewer's to read.
    marked: bool = False
    #: Whether the viewer is the person, to whom what agents decide among themselves is not told.
    is_own: bool = False
    #: What to bring and to know; None: not read, in agendas.
    instructions: str | None = None

    @property
    def version(self) -> int:
        """That of the rendezvous, for its ETag."""
        return self.rendezvous.version

    @property
    def seats_left(self) -> int:
        """Of a collective one, how many more may enrol."""
        return max(0, self.rendezvous.seats_left - self.seats_kept)

    @property
    def personne_ids(self) -> tuple[UUID, ...]:
        """The personnes the viewer may know of."""
        if not self.rendezvous.is_collective:
            return self.rendezvous.personne_ids
        shown = {one.personne_id for one in self.participations}
        return tuple(one for one in self.rendezvous.personne_ids if one in shown)


def line_of(uow: UnitOfWork, viewer: Viewer, seen: Seen) -> Line:
    """What this viewer reads of a rendezvous."""
    return lines_of(uow, viewer, [seen])[0]


def own_line(
    viewer: Viewer,
    rendezvous: Rendezvous,
    participations: Sequence[Participation],
    *,
    instructions: str,
) -> Line:
    """What whoever just booked it reads of it: what they said themselves."""
    return Line(
        rendezvous=rendezvous,
        participations=tuple(participations),
        marked=shows_marks(viewer, rendezvous),
        is_own=viewer.is_personne,
        instructions=instructions,
    )


def lines_of(uow: UnitOfWork, viewer: Viewer, found: Sequence[Seen]) -> list[Line]:
    """What this viewer reads of each; participations, and the seats that are
    kept, are read for the collective ones alone."""
    collective = [seen.rendezvous.id for seen in found if seen.rendezvous.is_collective]
    of = uow.participations.of(collective) if collective else {}
    kept = uow.holds.seats_kept_of(collective, uow.now) if collective else {}
    return [
        Line(
            rendezvous=seen.rendezvous,
            masked=shows_less(viewer, seen),
            participations=tuple(
                one
                for one in of.get(seen.rendezvous.id, ())
                if shows_participant(viewer, seen, one.personne_id)
            ),
            seats_kept=kept.get(seen.rendezvous.id, 0),
            marked=shows_marks(viewer, seen.rendezvous),
            is_own=viewer.is_personne,
            instructions=seen.instructions,
        )
        for seen in found
    ]


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
