"""What is read: one rendezvous, an agenda, a person's list, free slots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from chassis.caller import Caller
from chassis.clock import end_of_day, instant_of
from chassis.errors import Invalid
from chassis.web.pages import Page, PageAsked
from services.protection import PersonneNotFound
from services.rendezvous.domain.errors import (
    MotifUnknown,
    PlanningUnknown,
    RendezvousUnknown,
    RoomUnknown,
)
from services.rendezvous.domain.motif import Motif
from services.rendezvous.domain.occupation import Interval
from services.rendezvous.domain.planning import Absence, Opening
from services.rendezvous.domain.projections import KnownPersonne
from services.rendezvous.domain.rendezvous import Rendezvous
from services.rendezvous.domain.rights import (
    Seen,
    Viewer,
    is_closed_to,
    is_open_to,
    may_read_agenda,
    may_see,
)
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.usecases.search import (
    Creneau,
    Search,
    find_free,
    first,
    lone_teams,
    teams_of_site,
)
from services.rendezvous.usecases.told import learn_personnes
from services.rendezvous.usecases.viewers import Line, line_of, viewer_of, visible, whole


@dataclass(frozen=True, kw_only=True)
class Agenda:
    """An agent's agenda over a span of days."""

    rendezvous: Sequence[Line]
    openings: Sequence[Opening]
    absences: Sequence[Absence]


def read_rendezvous(uow: UnitOfWork, *, by: Caller, rendezvous_id: UUID) -> Line:
    """One rendezvous the caller may see. Raises RendezvousUnknown."""
    viewer = viewer_of(uow, by)
    return line_of(viewer, visible(uow, viewer, rendezvous_id))


def read_state(uow: UnitOfWork, *, rendezvous_id: UUID) -> Rendezvous:
    """For another service. Raises RendezvousUnknown."""
    found = uow.agendas.get(rendezvous_id)
    if found is None:
        raise RendezvousUnknown()
    return found


def read_states(uow: UnitOfWork, *, rendezvous_ids: Sequence[UUID]) -> list[Rendezvous]:
    """For another service: those that exist."""
    return uow.agendas.get_many(rendezvous_ids)


def read_agenda(
    uow: UnitOfWork, *, by: Caller, agent_id: UUID, first_day: date, last_day: date
) -> Agenda:
    """An agent's agenda. Of a volant of another MDS, only what is held in the caller's own."""
    viewer = viewer_of(uow, by)
    post = uow.knowns.assignment_on(agent_id, uow.today)
    if post is None or not may_read_agenda(viewer, post):
        raise PlanningUnknown()
    window = days(first_day, last_day)
    held = uow.agendas.of_agent(agent_id, window)
    openings = uow.plannings.openings_of(agent_id, window)
    if agent_id != viewer.agent_id and post.mds not in viewer.mds:
        held = [one for one in held if one.rendezvous.place.mds in viewer.mds]
        openings = [one for one in openings if one.mds in viewer.mds]
    return Agenda(
        rendezvous=[line_of(viewer, seen) for seen in whole(uow, viewer, held)],
        openings=openings,
        absences=uow.plannings.absences_of([agent_id], window),
    )


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
    return Page([line_of(viewer, seen) for seen in shown], cut.next)


def search_creneaux(
    uow: UnitOfWork,
    *,
    by: Caller,
    motif: str,
    first_day: date,
    last_day: date,
    site: str | None,
    profession: str | None,
    agent_ids: Sequence[UUID],
    together: bool,
    room_id: UUID | None,
    step: int,
    most: int,
) -> list[Creneau]:
    """Free slots over a span of Paris days. The motif is the version in force on the first."""
    viewer = viewer_of(uow, by)
    kind = uow.motifs.find(motif, first_day)
    if kind is None:
        raise MotifUnknown(f"{motif} n’est pas valide ce jour-là.", field="/motif")
    kind.check_booker(viewer.roles, is_personne=viewer.is_personne)
    _check_room(uow, room_id, site)
    window = days(first_day, last_day)
    if together:
        teams = _one_team(uow, kind, agent_ids, window)
    elif agent_ids:
        teams = lone_teams(uow, kind, agent_ids, window, profession)
    else:
        teams = teams_of_site(uow, kind, site or "", window=window, profession=profession)
    search = Search(
        motif=kind,
        teams=teams,
        window=window,
        site=site,
        room_id=room_id,
        personne_ids=(viewer.personne_id,) if viewer.is_personne and viewer.personne_id else (),
        step=timedelta(minutes=step),
    )
    return first(find_free(uow, search), most)


def days(first_day: date, last_day: date) -> Interval:
    """From midnight of the first Paris day to midnight after the last: 23, 24 or 25 hours each."""
    return Interval(instant_of(first_day), end_of_day(last_day))


def _one_team(
    uow: UnitOfWork, motif: Motif, agent_ids: Sequence[UUID], window: Interval
) -> list[tuple[UUID, ...]]:
    leads = lone_teams(uow, motif, agent_ids[:1], window)
    return [tuple(agent_ids)] if leads else []


def _check_room(uow: UnitOfWork, room_id: UUID | None, site: str | None) -> None:
    if room_id is None:
        return
    if site is None:
        raise Invalid("Donnez le site de la salle.", field="/site")
    room = uow.motifs.room(room_id)
    if room is None or room.site != site:
        raise RoomUnknown("Vérifiez la salle et le site.", field="/room_id")


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
