"""Who plans for whom: the checks that openings, absences, series and closings share."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from chassis.caller import Caller
from services.rendezvous.domain.errors import AgentUnknown, PlanningUnknown, SiteUnknown
from services.rendezvous.domain.projections import Assignment, KnownSite
from services.rendezvous.domain.rights import Viewer, may_plan, may_read_agenda
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.usecases.booked.seating import learn_agent
from services.rendezvous.usecases.viewers import viewer_of


def check_post(
    uow: UnitOfWork, viewer: Viewer, agent_id: UUID, day: date, *, field: str
) -> Assignment:
    """The agent is in post that day and the caller plans for them; else the same refusal."""
    post: Assignment | None = uow.knowns.assignment_on(agent_id, day)
    post = post or learn_agent(uow, agent_id)
    if post is None or not post.active or not may_plan(viewer, post):
        raise AgentUnknown("Vérifiez l’annuaire et votre MDS.", field=field)
    return post


def plans_for(uow: UnitOfWork, by: Caller, agent_id: UUID) -> Assignment | None:
    """The post today of an agent the caller plans for; None of any other."""
    post = uow.knowns.assignment_on(agent_id, uow.today)
    return post if post is not None and may_plan(viewer_of(uow, by), post) else None


def readable_post(uow: UnitOfWork, viewer: Viewer, agent_id: UUID) -> Assignment:
    """The post today of an agent whose agenda the caller reads. Raises PlanningUnknown."""
    post = uow.knowns.assignment_on(agent_id, uow.today)
    if post is None or not may_read_agenda(viewer, post):
        raise PlanningUnknown()
    return post


def is_elsewhere(viewer: Viewer, post: Assignment) -> bool:
    """Whether it is a volant of another MDS: the caller sees what they hold in their own."""
    return post.agent_id != viewer.agent_id and post.mds not in viewer.mds


def open_site(uow: UnitOfWork, code: str, *, field: str) -> KnownSite:
    """A site that is open. Raises SiteUnknown."""
    site = uow.knowns.site(code)
    if site is None or not site.open:
        raise SiteUnknown("Vérifiez le code du site.", field=field)
    return site
