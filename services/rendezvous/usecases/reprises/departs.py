"""What an agent leaves: to whom it is shown, and who takes it up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from chassis.caller import Caller
from services.rendezvous.domain.depart import Away, away_in, departure
from services.rendezvous.domain.errors import MdsUnknown, PlanningUnknown
from services.rendezvous.domain.projections import Assignment
from services.rendezvous.domain.reprise import Reprise
from services.rendezvous.domain.rights import Viewer, plans_for
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.usecases.viewers import viewer_of

Allowed = Callable[[Viewer, Assignment], bool]


@dataclass(frozen=True, kw_only=True)
class Depart:
    """An agent who left an MDS, or is to, and how many rendezvous they still have there."""

    away: Away
    affected: int


def list_departs(uow: UnitOfWork, *, by: Caller, mds: str) -> Sequence[Depart]:
    """Who holds rendezvous in an MDS after they leave it, soonest first. Raises MdsUnknown."""
    if not plans_for(viewer_of(uow, by), mds):
        raise MdsUnknown()
    found = []
    for agent_id in uow.reprises.agents_booked_in(mds, after=uow.now):
        away = departure(uow.knowns.posts_of(agent_id), mds, uow.now)
        count = len(uow.agendas.affected(agent_id, away.during, mds=mds)) if away else 0
        if away is not None and count:
            found.append(Depart(away=away, affected=count))
    return sorted(found, key=lambda one: (one.away.during.start, one.away.agent_id))


def left_in(uow: UnitOfWork, viewer: Viewer, agent_id: UUID, mds: str) -> Away:
    """What an agent leaves in an MDS the viewer plans for. Raises PlanningUnknown."""
    posts = uow.knowns.posts_of(agent_id) if plans_for(viewer, mds) else []
    away = departure(posts, mds, uow.now)
    if away is None:
        raise PlanningUnknown()
    return away


def absent_in(
    uow: UnitOfWork, viewer: Viewer, absence_id: UUID, allowed: Allowed, *, to_keep: bool = False
) -> Away:
    """What an absence falls on, to whom may know of it. Raises PlanningUnknown.

    `to_keep`: nobody lifts the absence before this transaction ends.
    """
    found = uow.plannings.absence(absence_id, to_keep=to_keep)
    if found is None or not _is_allowed(uow, viewer, found.agent_id, allowed):
        raise PlanningUnknown()
    return away_in(found)


def away_of(uow: UnitOfWork, reprise: Reprise, *, to_keep: bool = False) -> Away | None:
    """What a reprise takes up, as things stand; None when its absence was lifted, or its agent is
    in the MDS after all."""
    if reprise.mds_left is not None:
        return departure(uow.knowns.posts_of(reprise.agent_id), reprise.mds_left, uow.now)
    if reprise.absence_id is None:  # one of them is given
        return None
    found = uow.plannings.absence(reprise.absence_id, to_keep=to_keep)
    return away_in(found) if found else None


def may_know_of(uow: UnitOfWork, viewer: Viewer, reprise: Reprise, allowed: Allowed) -> bool:
    """Of an absence, whoever is allowed for the agent; of a departure, whoever plans for the MDS
    that was left: it is theirs to take up, wherever the agent is now."""
    if reprise.mds_left is not None:
        return plans_for(viewer, reprise.mds_left)
    return _is_allowed(uow, viewer, reprise.agent_id, allowed)


def _is_allowed(uow: UnitOfWork, viewer: Viewer, agent_id: UUID, allowed: Allowed) -> bool:
    post = uow.knowns.assignment_on(agent_id, uow.today)
    return post is not None and allowed(viewer, post)
