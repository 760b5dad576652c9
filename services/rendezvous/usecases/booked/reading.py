"""What is read: one rendezvous, an agenda, a person's list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from chassis.caller import Caller
from chassis.web.pages import Page, PageAsked
from services.protection import PersonneNotFound
from services.rendezvous.domain.errors import RendezvousUnknown
from services.rendezvous.domain.fermeture import Fermeture
from services.rendezvous.domain.occupation import Interval
from services.rendezvous.domain.planning import Absence, Opening
from services.rendezvous.domain.projections import Assignment, KnownPersonne
from services.rendezvous.domain.rendezvous import Told
from services.rendezvous.domain.rights import (
    Seen,
    Viewer,
    is_closed_to,
    is_open_to,
    may_see,
)
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.usecases.slots.creneaux import days
from services.rendezvous.usecases.supply.planners import is_elsewhere, readable_post
from services.rendezvous.usecases.told import learn_personnes
from services.rendezvous.usecases.viewers import (
    Line,
    line_of,
    lines_of,
    viewer_of,
    visible,
    whole,
)


@dataclass(frozen=True, kw_only=True)
class Agenda:
    """An agent's agenda over a span of days."""

    rendezvous: Sequence[Line]
    openings: Sequence[Opening]
    absences: Sequence[Absence]
    fermetures: Sequence[Fermeture]


def read_rendezvous(uow: UnitOfWork, *, by: Caller, rendezvous_id: UUID) -> Line:
    """One rendezvous the caller may see. Raises RendezvousUnknown."""
    viewer = viewer_of(uow, by)
    return line_of(uow, viewer, visible(uow, viewer, rendezvous_id))


def read_state(uow: UnitOfWork, *, rendezvous_id: UUID) -> Told:
    """For another service. Raises RendezvousUnknown."""
    found = uow.agendas.told([rendezvous_id])
    if not found:
        raise RendezvousUnknown()
    return found[0]


def read_states(uow: UnitOfWork, *, rendezvous_ids: Sequence[UUID]) -> list[Told]:
    """For another service: those that exist."""
    return uow.agendas.told(rendezvous_ids)


def read_agenda(
    uow: UnitOfWork, *, by: Caller, agent_id: UUID, first_day: date, last_day: date
) -> Agenda:
    """An agent's agenda. Of a volant of another MDS, only what is held in the caller's own."""
    viewer = viewer_of(uow, by)
    post = readable_post(uow, viewer, agent_id)
    window = days(first_day, last_day)
    held = uow.agendas.of_agent(agent_id, window)
    openings = uow.plannings.openings_of(agent_id, window)
    if is_elsewhere(viewer, post):
        held = [one for one in held if one.rendezvous.place.mds in viewer.mds]
        openings = [one for one in openings if one.mds in viewer.mds]
    return Agenda(
        rendezvous=lines_of(uow, viewer, whole(uow, viewer, held)),
        openings=openings,
        absences=uow.plannings.absences_of([agent_id], window),
        fermetures=_closings(uow, post, openings, window),
    )


def _closings(
    uow: UnitOfWork, post: Assignment, openings: Sequence[Opening], window: Interval
) -> list[Fermeture]:
    """Those of the agent's own place, and of wherever they are open then."""
    mds = {post.mds, *(one.mds for one in openings)}
    sites = {post.site, *(one.site for one in openings)}
    return [one for one in uow.fermetures.within(window) if one.concerns(mds, sites)]


def list_of_personne(
    uow: UnitOfWork, *, by: Caller, personne_id: UUID, page: PageAsked
) -> Page[Line]:
    """A person's rendezvous the caller may see, latest first."""
    viewer = viewer_of(uow, by)
    check_list(uow, viewer, personne_id)
    after = page.after
    before = (datetime.fromisoformat(after[0]), UUID(after[1])) if after else None
    found = uow.agendas.of_personne(personne_id, before=before, limit=page.sought)
    cut = page.of(found, _place_of)
    shown = [seen for seen in whole(uow, viewer, cut.items) if may_see(viewer, seen)]
    return Page(lines_of(uow, viewer, shown), cut.next)


def check_list(uow: UnitOfWork, viewer: Viewer, personne_id: UUID) -> None:
    """A person lists their own; an agent, those of a personne accueil does not hide from them."""
    if viewer.is_personne:
        if personne_id != viewer.personne_id:
            raise RendezvousUnknown()
        return
    known = uow.knowns.personne(personne_id)
    if known is None or known.told is None:
        known = learn_personnes(uow, [personne_id]).get(personne_id)
    if known is None or not (is_open_to(viewer, known) or _has_a_part(uow, viewer, known)):
        raise PersonneNotFound()


def _has_a_part(uow: UnitOfWork, viewer: Viewer, personne: KnownPersonne) -> bool:
    """Who holds one of their rendezvous, or follows them, lists what they may see of it."""
    if viewer.agent_id is None or is_closed_to(viewer, personne):
        return False
    return uow.agendas.has_a_part(viewer.agent_id, personne.personne_id)


def _place_of(seen: Seen) -> tuple[str, UUID]:
    return (seen.rendezvous.place.starts_at.isoformat(), seen.rendezvous.id)
