"""Single occurrences of a series: other hours or another site, removed, or as the series says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from chassis.caller import Caller
from chassis.errors import Invalid
from services.rendezvous.domain.planning import Absence, Opening
from services.rendezvous.domain.serie import Edit, EditKind, Serie, SerieKind
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.usecases.supply.filling import (
    Changed,
    check_occurrence,
    locked,
    refill,
    to_change,
    wanted_in,
)
from services.rendezvous.usecases.supply.planners import open_site


def change_occurrence(
    uow: UnitOfWork,
    *,
    by: Caller,
    serie_id: UUID,
    expected: int | None,
    day: date,
    changes: Mapping[str, Any],
) -> Changed:
    """Give a day hours or a site of its own, or remove it; in place of what it had of its own."""
    serie = to_change(uow, by, serie_id, expected)
    check_occurrence(serie, day, uow.today)
    edit = _edit(uow, serie, day, changes)
    uow.series.put_edit(serie.id, edit)
    return _redone(uow, serie, day, {day: edit})


def restore_occurrence(
    uow: UnitOfWork, *, by: Caller, serie_id: UUID, expected: int | None, day: date
) -> Changed:
    """Have a day as the series says, removed, changed or left out as it may be."""
    serie = to_change(uow, by, serie_id, expected)
    check_occurrence(serie, day, uow.today)
    uow.series.drop_edits(serie.id, day, day)
    return _redone(uow, serie, day, {})


def was_deleted(uow: UnitOfWork, deleted: Opening | Absence) -> None:
    """An opening or absence was deleted; of a series, it does not come back. The agent is
    locked."""
    if deleted.serie_id is None or deleted.occurrence_on is None:
        return
    found = uow.series.get(deleted.serie_id)
    if found is None:
        return
    serie = locked(uow, found)
    uow.series.put_edit(serie.id, Edit(day=deleted.occurrence_on, kind=EditKind.REMOVED))
    serie.version += 1
    uow.series.save(serie)


def _redone(uow: UnitOfWork, serie: Serie, day: date, edits: Mapping[date, Edit]) -> Changed:
    """The day taken out of the agenda and put there again; a day beyond the horizon waits."""
    wanted = wanted_in(uow, serie, edits, day, min(day, serie.filled_to))
    left = refill(uow, serie, serie, wanted, start=day, end=day)
    serie.version += 1
    uow.series.save(serie)
    own = uow.series.edits([serie.id])[serie.id]
    return Changed(serie=serie, edits=list(own.values()), affected_rendezvous_ids=left)


def _edit(uow: UnitOfWork, serie: Serie, day: date, changes: Mapping[str, Any]) -> Edit:
    if changes.get("removed"):
        return Edit(day=day, kind=EditKind.REMOVED)
    own = {name: changes[name] for name in ("from_time", "to_time") if name in changes}
    if "site" in changes:
        if serie.kind is not SerieKind.OPENING:
            raise Invalid("Une absence n’a pas de site.", field="/site")
        site = open_site(uow, changes["site"], field="/site")
        own |= {"site": site.site, "mds": site.mds}
    return Edit(day=day, kind=EditKind.CHANGED, **own)
