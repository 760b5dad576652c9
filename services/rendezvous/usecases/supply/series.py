"""Recurring openings and absences: begin, change from a day on, end, extend, read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from chassis.caller import Caller
from chassis.errors import Invalid
from chassis.ids import new_id
from services.rendezvous.domain.serie import Edit, EditKind, Serie, SerieKind
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.recurrence import days_of, last_day_of, read_rule, rest_of
from services.rendezvous.usecases.supply.filling import (
    Changed,
    Shown,
    check_occurrence,
    fill,
    fill_or_refuse,
    horizon,
    left_to_see_to,
    locked,
    plan_extension,
    refill,
    to_change,
    wanted_in,
)
from services.rendezvous.usecases.supply.planners import (
    check_post,
    is_elsewhere,
    open_site,
    readable_post,
)
from services.rendezvous.usecases.viewers import viewer_of

_DAY = timedelta(days=1)


def create_serie(uow: UnitOfWork, *, by: Caller, **values: Any) -> Changed:
    """A series, its occurrences in the agenda up to the horizon. All of them, or none:
    OpeningOverlaps tells the days when the agent is open on another site."""
    agent_id, first_day = values["agent_id"], values["first_day"]
    rule = read_rule(values["rule"])
    check_post(uow, viewer_of(uow, by), agent_id, first_day, field="/agent_id")
    serie = Serie(
        id=new_id(),
        **values | _codes(values) | _place(uow, values),
        last_day=last_day_of(rule, first_day),
        filled_to=horizon(uow.today),
    )
    uow.occupations.lock({agent_id})
    uow.series.add(serie)
    added = fill_or_refuse(uow, serie, wanted_in(uow, serie, {}, first_day, serie.filled_to))
    plan_extension(uow, serie)
    left = left_to_see_to(uow, serie, removed=(), added=added)
    return Changed(serie=serie, edits=[], affected_rendezvous_ids=left)


def change_serie(
    uow: UnitOfWork,
    *,
    by: Caller,
    serie_id: UUID,
    expected: int | None,
    from_day: date,
    keep_edits: bool,
    changes: Mapping[str, Any],
) -> Changed:
    """This occurrence and the following, changed: the series ends the day before, and another
    goes on from it. Answers the new one."""
    old = to_change(uow, by, serie_id, expected)
    check_occurrence(old, from_day, uow.today)
    _check_kind(old, changes)
    new = _going_on(uow, old, from_day, changes)
    own = uow.series.edits([old.id])[old.id] if keep_edits else {}
    kept, lost_days = _kept(new, {day: edit for day, edit in own.items() if day >= from_day})
    uow.series.drop_edits(old.id, from_day)
    old.end(from_day - _DAY)
    uow.series.save(old)
    uow.series.add(new, list(kept.values()))
    wanted = wanted_in(uow, new, kept, from_day, new.filled_to)
    left = refill(uow, old, new, wanted, start=from_day)
    plan_extension(uow, old)
    plan_extension(uow, new)
    return Changed(
        serie=new,
        edits=list(kept.values()),
        affected_rendezvous_ids=left,
        lost_days=lost_days,
    )


def end_serie(
    uow: UnitOfWork, *, by: Caller, serie_id: UUID, expected: int | None, last_day: date
) -> Changed:
    """No occurrence after a day; those of the past stay, whatever that day."""
    serie = to_change(uow, by, serie_id, expected)
    serie.end(last_day)
    after = max(last_day + _DAY, uow.today)
    removed = uow.series.clear(serie, after)
    uow.series.drop_edits(serie.id, after)
    uow.series.save(serie)
    plan_extension(uow, serie)
    edits = uow.series.edits([serie.id])[serie.id]
    left = left_to_see_to(uow, serie, removed=removed, added=())
    return Changed(serie=serie, edits=list(edits.values()), affected_rendezvous_ids=left)


def list_series(uow: UnitOfWork, *, by: Caller, agent_id: UUID) -> list[Shown]:
    """An agent's series that have not ended; of a volant of another MDS, those of the caller's
    own, and absences. Raises PlanningUnknown."""
    viewer = viewer_of(uow, by)
    post = readable_post(uow, viewer, agent_id)
    found = uow.series.of_agent(agent_id, on_or_after=uow.today)
    if is_elsewhere(viewer, post):
        found = [one for one in found if one.mds is None or one.mds in viewer.mds]
    edits = uow.series.edits([one.id for one in found])
    return [Shown(serie=one, edits=list(edits[one.id].values())) for one in found]


def extend_serie(uow: UnitOfWork, serie_id: UUID) -> int:
    """Put in the agenda what came within the horizon. What is there stays as it is, and is not
    told again.

    A day when the agent is open on another site is left out and told in the series: answers how
    many. An agent out of post gets nothing, until they are back.
    """
    found = uow.series.get(serie_id)
    if found is None:
        return 0
    serie = locked(uow, found)
    post = uow.knowns.assignment_on(serie.agent_id, uow.today)
    conflicts: list[date] = []
    if post is not None and post.active and horizon(uow.today) > serie.filled_to:
        edits = uow.series.edits([serie.id])[serie.id]
        start, serie.filled_to = serie.filled_to + _DAY, horizon(uow.today)
        added, conflicts = fill(uow, serie, wanted_in(uow, serie, edits, start, serie.filled_to))
        left_to_see_to(uow, serie, removed=(), added=added)
        for day in conflicts:
            uow.series.put_edit(serie.id, Edit(day=day, kind=EditKind.CONFLICT))
        serie.version += bool(conflicts)
        uow.series.save(serie)
    plan_extension(uow, serie)
    return len(conflicts)


def _going_on(uow: UnitOfWork, old: Serie, day: date, changes: Mapping[str, Any]) -> Serie:
    """The series that goes on from a day of another, with these changes."""
    begun = read_rule(old.rule)
    rule = read_rule(changes.get("rule") or rest_of(begun, old.first_day, day))
    last_day = last_day_of(rule, day)
    if "rule" not in changes and old.last_day is not None:
        last_day = old.last_day
    values = {name: changes[name] for name in ("from_time", "to_time") if name in changes}
    return replace(
        old,
        id=new_id(),
        rule=rule.text,
        first_day=day,
        last_day=last_day,
        filled_to=horizon(uow.today),
        continues_id=old.id,
        version=1,
        **values | _codes(changes) | _place(uow, changes),
    )


def _kept(new: Serie, own: Mapping[date, Edit]) -> tuple[dict[date, Edit], list[date]]:
    """What single days had of their own, where the new rule has these days; and the others."""
    if not own:
        return {}, []
    end = min(max(own), new.last_day or max(own))
    days = set(days_of(read_rule(new.rule), new.first_day, start=new.first_day, end=end))
    kept = {day: edit for day, edit in own.items() if day in days}
    return kept, [day for day in own if day not in days]


def _check_kind(serie: Serie, changes: Mapping[str, Any]) -> None:
    if serie.kind is not SerieKind.OPENING and not changes.keys().isdisjoint(
        ("site", "kinds", "motifs")
    ):
        raise Invalid("Une absence n’a ni site ni motifs.", field="/site")


def _codes(values: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    return {name: frozenset(values[name]) for name in ("kinds", "motifs") if name in values}


def _place(uow: UnitOfWork, values: Mapping[str, Any]) -> dict[str, str]:
    if not values.get("site"):
        return {}
    site = open_site(uow, values["site"], field="/site")
    return {"site": site.site, "mds": site.mds}
