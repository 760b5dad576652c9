"""An absence comes or goes: by hand, with a series, in the agent's own calendar, with a file. One
path for all, so that each is told once, and nothing of it is left behind."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from chassis.clock import paris_day
from services.rendezvous.domain.occupation import core_of, hull
from services.rendezvous.domain.planning import Absence, AbsenceKind
from services.rendezvous.domain.projections import post_on
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.usecases.waiting.freeing import absences_lifted


def absences_recorded(uow: UnitOfWork, new: Sequence[Absence]) -> list[UUID]:
    """Tell of absences of one agent, who is locked: a booking under way was waited for. Answers
    the rendezvous booked they fall on, which stay.

    Of a time taken in the agent's own calendar, the world hears only when it falls on one: else
    nobody has anything to do, and it is nobody's business. An agent without any post is told of
    to nobody: they belong to no MDS, and receive nobody.
    """
    if not new:
        return []
    agent_id = new[0].agent_id
    booked = uow.agendas.booked_of_agent(agent_id, hull(one.during for one in new))
    posts = uow.knowns.posts_of(agent_id)
    met: dict[UUID, None] = {}
    for one in new:
        fallen = [held.id for held in booked if core_of(held.place).meets(one.during)]
        met |= dict.fromkeys(fallen)
        post = post_on(posts, paris_day(one.starts_at))
        if post is not None and (fallen or one.kind is not AbsenceKind.EXTERNAL):
            uow.publish(one.recorded(mds=post.mds, affected=len(fallen)))
    return list(met)


def absences_gone(uow: UnitOfWork, gone: Sequence[Absence]) -> None:
    """Absences of one agent, who is locked, no longer stand: what was still to be taken up stops,
    the time is for those who wait, and whoever was told of them is told.

    The absences were taken out before, and a reprise is locked after its absence, as whoever
    decides of it does.
    """
    if not gone:
        return
    agent_id, ids = gone[0].agent_id, [one.id for one in gone]
    uow.reprises.stop(ids, now=uow.now)
    absences_lifted(uow, agent_id, [one.during for one in gone])
    told, posts = uow.told_of("absence", ids), uow.knowns.posts_of(agent_id)
    for one in gone:
        post = post_on(posts, paris_day(one.starts_at))
        if post is not None and one.id in told:
            uow.publish(one.cancelled(mds=post.mds))
