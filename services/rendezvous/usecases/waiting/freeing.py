"""What frees time, or ends a wait, has the waiting list looked at: in its own transaction, by a row
of due work that is written only when somebody waits. Nobody who cancels waits for a match."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from chassis.ids import new_id
from services.rendezvous.domain.fermeture import Fermeture
from services.rendezvous.domain.occupation import Interval, hull
from services.rendezvous.domain.offre import Freed, FreedSeat, Offre
from services.rendezvous.domain.planning import Opening
from services.rendezvous.domain.rendezvous import Place, Rendezvous, Status
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.persistence.freed import (
    plan_freed,
    plan_review,
    plan_seat,
    plan_seat_review,
    plan_session_review,
)

#: What opens is offered so far ahead: *exemple*. Beyond, an ordinary search finds it, and the line
#: would be held while months are looked into.
_AHEAD = timedelta(days=14)
#: A rendezvous is replaced by another that begins when it did: a later start would waste time.
_ONE_START = timedelta(minutes=1)


def place_left(uow: UnitOfWork, place: Place, motif: str) -> None:
    """A rendezvous leaves a place that is still to come: cancelled, moved away, lost."""
    if place.starts_at > uow.now:
        _offer_place(uow, place, motif, new_id())


def place_again(uow: UnitOfWork, offre: Offre, *, anew: bool = False) -> None:
    """An offer ended and nobody has its place, or its seat: it is for the next in line. `anew`: it
    is no longer what was offered, and nobody has refused it."""
    freed_id = new_id() if anew else offre.creneau_id
    if offre.session_id is None:
        _offer_place(uow, offre.place, offre.motif, freed_id)
    else:
        seat = FreedSeat(id=freed_id, session_id=offre.session_id)
        uow.run_last(*plan_seat(seat, offre.motif, offre.place, uow.now))


def _offer_place(uow: UnitOfWork, place: Place, motif: str, freed_id: UUID) -> None:
    freed = Freed(
        id=freed_id,
        agent_ids=place.agent_ids,
        site=place.site,
        mds=place.mds,
        from_at=place.starts_at,
        to_at=place.starts_at + _ONE_START,
        room_id=place.room_id,
        motif=motif,
    )
    uow.run_last(*plan_freed(freed, uow.now))


def seat_left(uow: UnitOfWork, session: Rendezvous) -> None:
    """A session still to come may have a seat: one was given up, it is new, it moved."""
    is_open = session.is_collective and session.status is Status.BOOKED
    if is_open and session.seats_left and session.place.starts_at > uow.now:
        _offer_seat(uow, session, new_id())


def seat_asked(uow: UnitOfWork, session: Rendezvous) -> None:
    """Somebody waits for a seat of it: one given up a moment before was offered to nobody. Those
    to whom the last one was offered are not offered it again."""
    _offer_seat(uow, session, uow.offres.last_freed(session.id) or new_id())


def _offer_seat(uow: UnitOfWork, session: Rendezvous, freed_id: UUID) -> None:
    seat = FreedSeat(id=freed_id, session_id=session.id)
    uow.run_last(*plan_seat(seat, session.motif, session.place, uow.now))


def seat_taken(uow: UnitOfWork, session: Rendezvous, personne_id: UUID) -> None:
    """Whoever waited for one, and has one, is done."""
    uow.run_last(*plan_seat_review(session.id, session.motif, personne_id, uow.now))


def session_changed(uow: UnitOfWork, session: Rendezvous) -> None:
    """A session was cancelled, or moved: what is offered of it is no longer what it was."""
    uow.run_last(*plan_session_review(session.id, uow.now))


def time_opened(uow: UnitOfWork, openings: Iterable[Opening]) -> None:
    """An agent receives when they did not, or on another site than they did: one freed time by
    agent and site, from the first opening to the last."""
    spans: dict[tuple[UUID, str, str], Interval] = {}
    for one in openings:
        key = (one.agent_id, one.site, one.mds)
        known = spans.get(key, one.during)
        spans[key] = hull([known, one.during])
    for (agent_id, site, mds), span in spans.items():
        _free(uow, agent_id, site, mds, span)


def absences_lifted(uow: UnitOfWork, agent_id: UUID, spans: Iterable[Interval]) -> None:
    """An agent is back: on each site where they are open meanwhile, one freed time from the first
    to the last."""
    near = [part for span in spans if (part := _near(uow, span)) is not None]
    if not near:
        return
    freed: dict[tuple[str, str], list[Interval]] = {}
    for one in uow.plannings.openings_of(agent_id, hull(near)):
        met = [span for span in near if span.meets(one.during)]
        freed.setdefault((one.site, one.mds), []).extend(met)
    for (site, mds), met in sorted(freed.items()):
        if met:
            _free(uow, agent_id, site, mds, hull(met))


def closing_lifted(uow: UnitOfWork, lifted: Fermeture) -> None:
    """A site receives when it did not: each of its agents, where they are open meanwhile. What
    another closing still closes is not offered: whoever offers looks at it as things stand."""
    span = _near(uow, lifted.during)
    if span is None:
        return
    for agent_id, site, mds in uow.plannings.open_in(span, mds=lifted.mds, site=lifted.site):
        _free(uow, agent_id, site, mds, span)


def wait_may_end(uow: UnitOfWork, rendezvous: Rendezvous) -> None:
    """A rendezvous was booked, or is over: whoever waited for it, or for it earlier, is done."""
    if rendezvous.is_collective:
        session_changed(uow, rendezvous)
    if rendezvous.personne_ids:
        uow.run_last(
            *plan_review(rendezvous.id, rendezvous.motif, rendezvous.personne_ids, uow.now)
        )


def _free(uow: UnitOfWork, agent_id: UUID, site: str, mds: str, span: Interval) -> None:
    near = _near(uow, span)
    if near is not None:
        freed = Freed(
            id=new_id(),
            agent_ids=(agent_id,),
            site=site,
            mds=mds,
            from_at=near.start,
            to_at=near.end,
        )
        uow.run_last(*plan_freed(freed, uow.now))


def _near(uow: UnitOfWork, span: Interval) -> Interval | None:
    """What of it is to come, and is not left to an ordinary search."""
    end = min(span.end, uow.now + _AHEAD)
    return Interval(span.start, end) if end > max(span.start, uow.now) else None
