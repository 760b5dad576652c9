"""What changes of a series share: the agent locked first, the agenda filled, who is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from chassis.caller import Caller
from chassis.clock import instant_of
from chassis.unit_of_work import expect_version
from services.rendezvous.domain.errors import OccurrenceUnknown, OpeningOverlaps, SerieUnknown
from services.rendezvous.domain.occupation import Interval, core_of, hull, merged
from services.rendezvous.domain.planning import Absence, Held, Opening
from services.rendezvous.domain.rendezvous import Rendezvous
from services.rendezvous.domain.serie import (
    EXTENDED_AT,
    EXTENDED_EVERY,
    HORIZON,
    Edit,
    Occurrence,
    Serie,
    SerieKind,
    occurrences,
)
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.recurrence import days_of, read_rule
from services.rendezvous.usecases.supply.absences import absences_gone, absences_recorded
from services.rendezvous.usecases.supply.planners import plans_for
from services.rendezvous.usecases.waiting.freeing import time_opened

EXTENSION = "serie_horizon"


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A series and what single days of it have of their own."""

    serie: Serie
    edits: Sequence[Edit]

    @property
    def version(self) -> int:
        """That of the series, for its ETag."""
        return self.serie.version


@dataclass(frozen=True, kw_only=True)
class Changed(Shown):
    """A series after a change, and what the change leaves to see to."""

    affected_rendezvous_ids: Sequence[UUID] = ()
    #: Days whose changes have no place in the new rule.
    lost_days: Sequence[date] = ()


def to_change(uow: UnitOfWork, by: Caller, serie_id: UUID, expected: int | None) -> Serie:
    """A series the caller plans, locked: the agent before the row, as every booking does.

    Raises SerieUnknown or VersionMismatch.
    """
    found = uow.series.get(serie_id)
    if found is None or not plans_for(uow, by, found.agent_id):
        raise SerieUnknown()
    serie = locked(uow, found)
    expect_version(serie.version, expected)
    return serie


def locked(uow: UnitOfWork, found: Serie) -> Serie:
    """The same series as it is once its agent and its row are locked."""
    uow.occupations.lock({found.agent_id})
    serie = uow.series.get(found.id, to_change=True)
    if serie is None:  # series are never deleted
        raise SerieUnknown()
    return serie


def check_occurrence(serie: Serie, day: date, today: date) -> None:
    """Whether the rule gives a day that can still be changed. Raises OccurrenceUnknown."""
    serie.check_day(day, today)
    if not days_of(read_rule(serie.rule), serie.first_day, start=day, end=day):
        raise OccurrenceUnknown("Donnez un jour de la série, à partir d’aujourd’hui.")


def wanted_in(
    uow: UnitOfWork, serie: Serie, edits: Mapping[date, Edit], start: date, end: date
) -> list[Occurrence]:
    """What a series puts in the agenda from a day to another, nothing in the past."""
    start, end = max(start, uow.today), min(end, serie.last_day or end)
    days = days_of(read_rule(serie.rule), serie.first_day, start=start, end=end)
    return occurrences(serie, days, edits)


def fill(
    uow: UnitOfWork, serie: Serie, wanted: Sequence[Occurrence]
) -> tuple[list[Held], list[date]]:
    """Put occurrences in the agenda. Answers those added, and the days left out because the agent
    is open on another site."""
    added = uow.series.fill(serie, wanted)
    done = {one.occurrence_on for one in added}
    time_opened(uow, [one for one in added if isinstance(one, Opening)])
    return added, [one.day for one in wanted if one.day not in done]


def fill_or_refuse(uow: UnitOfWork, serie: Serie, wanted: Sequence[Occurrence]) -> list[Held]:
    """The same, all or nothing. Raises OpeningOverlaps, which tells the days."""
    added, conflicts = fill(uow, serie, wanted)
    if conflicts:
        raise OpeningOverlaps(
            f"{len(conflicts)} jour(s) en conflit : changez les heures, le site ou la règle.",
            extra={"days": [day.isoformat() for day in conflicts]},
        )
    return added


def refill(
    uow: UnitOfWork,
    old: Serie,
    new: Serie,
    wanted: Sequence[Occurrence],
    *,
    start: date,
    end: date | None = None,
) -> list[UUID]:
    """Have occurrences in place of those of the days from `start` to `end`. Answers the rendezvous
    that are left to see to. Raises OpeningOverlaps.

    An absence at the same hours stays the absence it is, with what was taken up of it: it is told
    neither as gone nor as come.
    """
    kept = uow.series.keep_absences(old, new, wanted)
    removed = uow.series.clear(old, start, end, but=kept)
    added = fill_or_refuse(uow, new, [one for one in wanted if one.day not in kept])
    return left_to_see_to(uow, new, removed=removed, added=added)


def horizon(today: date) -> date:
    """The last day that is filled."""
    return today + HORIZON


def plan_extension(uow: UnitOfWork, serie: Serie, *, after: timedelta = EXTENDED_EVERY) -> None:
    """Have the rest put in the agenda when the horizon comes to it; nothing when all is there."""
    if serie.is_filled:
        uow.unschedule(EXTENSION, serie.id)
        return
    uow.schedule(EXTENSION, serie.id, instant_of(uow.today + after, EXTENDED_AT))


def left_to_see_to(
    uow: UnitOfWork, serie: Serie, *, removed: Sequence[Held], added: Sequence[Held]
) -> list[UUID]:
    """Rendezvous booked that a change leaves outside the agent's openings, or puts in an absence;
    they stay. Absences are told, and their time given back."""
    if serie.kind is SerieKind.OPENING:
        return _uncovered(uow, serie.agent_id, [one.during for one in removed])
    absences_gone(uow, [one for one in removed if isinstance(one, Absence)])
    return absences_recorded(uow, [one for one in added if isinstance(one, Absence)])


def _uncovered(uow: UnitOfWork, agent_id: UUID, removed: Sequence[Interval]) -> list[UUID]:
    if not removed:
        return []
    touched, window = merged(removed), hull(removed)
    booked = uow.agendas.booked_of_agent(agent_id, window)
    met = [one for one in booked if any(core_of(one.place).meets(span) for span in touched)]
    if not met:
        return []
    wide = Interval(window.start - timedelta(days=1), window.end + timedelta(days=1))
    openings = uow.plannings.openings_of(agent_id, wide)
    return [one.id for one in met if not _is_covered(one, openings)]


def _is_covered(held: Rendezvous, openings: Sequence[Opening]) -> bool:
    core = core_of(held.place)
    spans = merged(
        one.during
        for one in openings
        if one.starts_at <= core.end
        and core.start <= one.ends_at
        and one.site == held.place.site
        and one.takes(held.kind, held.motif)
    )
    return any(span.start <= core.start and core.end <= span.end for span in spans)
