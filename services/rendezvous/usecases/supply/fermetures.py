"""Closing days: declared, lifted, listed; public holidays loaded by territory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from uuid import UUID

from chassis.caller import Caller
from chassis.clock import end_of_day, instant_of
from chassis.ids import new_id
from services.rendezvous.domain.errors import (
    FermetureUnknown,
    NotYoursToClose,
    SiteUnknown,
)
from services.rendezvous.domain.fermeture import Fermeture, Region, may_close
from services.rendezvous.domain.occupation import Interval
from services.rendezvous.domain.planning import paris_instant
from services.rendezvous.jours_feries import jours_feries
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.usecases.viewers import viewer_of
from services.rendezvous.usecases.waiting.freeing import closing_lifted


def create_fermeture(
    uow: UnitOfWork,
    *,
    by: Caller,
    first_day: date,
    last_day: date,
    from_time: time | None,
    to_time: time | None,
    mds: str | None,
    site: str | None,
    label: str,
) -> tuple[Fermeture, list[UUID]]:
    """Close everybody, an MDS or a site, on whole days or for hours of one day. Answers also the
    rendezvous that stand in it, which stay."""
    if site is not None:
        known = uow.knowns.site(site)
        if known is None:
            raise SiteUnknown("Vérifiez le code du site.", field="/site")
        mds = known.mds
    if not may_close(viewer_of(uow, by), mds):
        raise NotYoursToClose("Un responsable ferme sa MDS ou l’un de ses sites.")
    span = _span(first_day, last_day, from_time, to_time)
    made = Fermeture(
        id=new_id(), mds=mds, site=site, starts_at=span.start, ends_at=span.end, label=label
    )
    _wait_for_bookings(uow, [made])
    uow.fermetures.add([made])
    return made, _standing_in(uow, [made])


def delete_fermeture(uow: UnitOfWork, *, by: Caller, fermeture_id: UUID) -> None:
    """Lift a closing: its time is for those who wait. Raises FermetureUnknown for one the caller
    could not have declared."""
    found = uow.fermetures.get(fermeture_id)
    if found is None or not may_close(viewer_of(uow, by), found.mds):
        raise FermetureUnknown()
    if not uow.fermetures.delete(fermeture_id):
        raise FermetureUnknown()
    closing_lifted(uow, found)


def list_fermetures(uow: UnitOfWork, *, first_day: date, last_day: date) -> list[Fermeture]:
    """Every closing that touches a span of Paris days."""
    return uow.fermetures.within(Interval(instant_of(first_day), end_of_day(last_day)))


def load_jours_feries(
    uow: UnitOfWork, *, by: Caller, year: int, region: Region, mds: str | None
) -> tuple[list[Fermeture], list[UUID]]:
    """Close the public holidays of a year; those loaded before are left as they are. Answers all
    of them, and the rendezvous that stand in them."""
    if not may_close(viewer_of(uow, by), mds):
        raise NotYoursToClose("Un responsable ferme sa MDS ou l’un de ses sites.")
    wanted = [
        Fermeture(
            id=new_id(),
            mds=mds,
            site=None,
            starts_at=instant_of(day),
            ends_at=end_of_day(day),
            label=name,
            ferie_on=day,
        )
        for day, name in jours_feries(year, region)
    ]
    _wait_for_bookings(uow, wanted)
    uow.fermetures.add(wanted)
    loaded = uow.fermetures.feries(date(year, 1, 1), date(year, 12, 31), mds)
    return loaded, _standing_in(uow, loaded)


def _span(
    first_day: date, last_day: date, from_time: time | None, to_time: time | None
) -> Interval:
    if from_time is None or to_time is None:
        return Interval(instant_of(first_day), end_of_day(last_day))
    return Interval(
        paris_instant(first_day, from_time, field="/from"),
        paris_instant(first_day, to_time, field="/to"),
    )


def _wait_for_bookings(uow: UnitOfWork, closed: Sequence[Fermeture]) -> None:
    """Lock every agent open at that time: a booking under way is told, a later one refused."""
    agents: set[UUID] = set()
    for one in closed:
        held = uow.plannings.open_in(one.during, mds=one.mds, site=one.site)
        agents |= {agent_id for agent_id, *_ in held}
    uow.occupations.lock(agents)


def _standing_in(uow: UnitOfWork, closed: Sequence[Fermeture]) -> list[UUID]:
    if not closed:
        return []
    windows = [one.during for one in closed]
    return uow.agendas.booked_ids_in(windows, mds=closed[0].mds, site=closed[0].site)
