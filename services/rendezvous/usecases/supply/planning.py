"""Motifs, openings, absences: what the supply of rendezvous is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date
from typing import Any
from uuid import UUID

from chassis.caller import Caller
from chassis.clock import paris_day
from chassis.ids import new_id
from chassis.unit_of_work import expect_version
from services.rendezvous.domain.errors import (
    BusyTimeImported,
    MotifNotFound,
    PlanningUnknown,
    SiteUnknown,
)
from services.rendezvous.domain.motif import Motif
from services.rendezvous.domain.occupation import Interval
from services.rendezvous.domain.planning import (
    Absence,
    AbsenceKind,
    Opening,
    paris_instant,
)
from services.rendezvous.domain.rights import Viewer
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.usecases.supply.absences import absences_gone, absences_recorded
from services.rendezvous.usecases.supply.occurrences import was_deleted
from services.rendezvous.usecases.supply.planners import check_post, plans_for
from services.rendezvous.usecases.viewers import viewer_of
from services.rendezvous.usecases.waiting.freeing import time_opened


def create_motif(uow: UnitOfWork, **values: Any) -> Motif:
    """A dated version of a motif. Two versions of one code never meet (MotifOverlaps)."""
    sets = {name: frozenset(values[name]) for name in ("professions", "bookable_by")}
    motif = Motif(id=new_id(), **values | sets)
    uow.motifs.add(motif)
    return motif


def end_motif(uow: UnitOfWork, *, motif_id: UUID, expected: int | None, valid_to: date) -> Motif:
    """Fix the last day of a version, so that the next one can follow it."""
    motif = uow.motifs.get(motif_id)
    if motif is None:
        raise MotifNotFound()
    expect_version(motif.version, expected)
    motif.end(valid_to)
    uow.motifs.save(motif)
    return motif


def list_motifs(uow: UnitOfWork, *, by: Caller, on: date | None) -> list[Motif]:
    """Motifs in force on a day; to a person, those they can book."""
    motifs = uow.motifs.valid_on(on or uow.today)
    if viewer_of(uow, by).is_personne:
        return [motif for motif in motifs if motif.bookable_by_personne]
    return motifs


def create_openings(
    uow: UnitOfWork, *, by: Caller, openings: Sequence[Mapping[str, Any]]
) -> list[Opening]:
    """All of these openings or none. Each is two instants, or a Paris day and two wall times."""
    viewer = viewer_of(uow, by)
    sites = uow.knowns.sites({line["site"] for line in openings})
    spans = [_span(line, f"/openings/{place}") for place, line in enumerate(openings)]
    _check_agents(uow, viewer, openings, spans)
    made = []
    for place, (line, span) in enumerate(zip(openings, spans, strict=True)):
        known = sites.get(line["site"])
        if known is None or not known.open:
            raise SiteUnknown("Vérifiez le code du site.", field=f"/openings/{place}/site")
        made.append(
            Opening(
                id=new_id(),
                agent_id=line["agent_id"],
                site=known.site,
                mds=known.mds,
                starts_at=span.start,
                ends_at=span.end,
                kinds=frozenset(line["kinds"]),
                motifs=frozenset(line["motifs"]),
            )
        )
    uow.occupations.lock({one.agent_id for one in made})
    uow.plannings.add_openings(made)
    time_opened(uow, made)
    return made


def delete_opening(uow: UnitOfWork, *, by: Caller, opening_id: UUID) -> list[UUID]:
    """Remove an opening; answers the rendezvous that stand in it, which stay. An occurrence of a
    series does not come back."""
    opening = uow.plannings.opening(opening_id)
    if opening is None:
        raise PlanningUnknown()
    if not plans_for(uow, by, opening.agent_id):
        raise PlanningUnknown()
    uow.occupations.lock({opening.agent_id})
    if not uow.plannings.delete_opening(opening_id):
        raise PlanningUnknown()
    was_deleted(uow, opening)
    return uow.agendas.booked_ids_of_agent(opening.agent_id, opening.during)


def create_absence(
    uow: UnitOfWork, *, by: Caller, agent_id: UUID, kind: AbsenceKind, **times: Any
) -> tuple[Absence, list[UUID]]:
    """Block an agent's time; answers also the rendezvous it falls on, to move or cancel."""
    span = _span(times, "")
    viewer = viewer_of(uow, by)
    check_post(uow, viewer, agent_id, paris_day(span.start), field="/agent_id")
    uow.occupations.lock({agent_id})
    absence = Absence(
        id=new_id(), agent_id=agent_id, kind=kind, starts_at=span.start, ends_at=span.end
    )
    uow.plannings.add_absences([absence])
    return absence, absences_recorded(uow, [absence])


def delete_absence(uow: UnitOfWork, *, by: Caller, absence_id: UUID) -> None:
    """Give the time back, and stop what was still to be taken up; an occurrence of a series does
    not come back."""
    absence = uow.plannings.absence(absence_id)
    if absence is None or not plans_for(uow, by, absence.agent_id):
        raise PlanningUnknown()
    if absence.kind is AbsenceKind.EXTERNAL:
        raise BusyTimeImported("Modifiez-le dans cet agenda, ou débranchez-le.")
    uow.occupations.lock({absence.agent_id})
    if not uow.plannings.delete_absence(absence_id):
        raise PlanningUnknown()
    was_deleted(uow, absence)
    absences_gone(uow, [absence])


def _span(line: Mapping[str, Any], where: str) -> Interval:
    if "starts_at" in line:
        return Interval(line["starts_at"].astimezone(UTC), line["ends_at"].astimezone(UTC))
    return Interval(
        paris_instant(line["day"], line["from_time"], field=f"{where}/from"),
        paris_instant(line["day"], line["to_time"], field=f"{where}/to"),
    )


def _check_agents(
    uow: UnitOfWork,
    viewer: Viewer,
    openings: Sequence[Mapping[str, Any]],
    spans: Sequence[Interval],
) -> None:
    first_seen: dict[UUID, tuple[int, date]] = {}
    for place, (line, span) in enumerate(zip(openings, spans, strict=True)):
        first_seen.setdefault(line["agent_id"], (place, paris_day(span.start)))
    for agent_id, (place, day) in first_seen.items():
        check_post(uow, viewer, agent_id, day, field=f"/openings/{place}/agent_id")
