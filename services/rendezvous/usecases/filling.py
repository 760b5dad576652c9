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
from services.rendezvous.domain.occupation import Interval, core_of, merged
from services.rendezvous.domain.planning import Opening
from services.rendezvous.domain.rendezvous import Rendezvous
from services.rendezvous.domain.serie import (
    EXTENDED_AT,
    EXTENDED_EVERY,
    HORIZON,
    Edit,
    Serie,
    SerieKind,
    occurrences,
)
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.recurrence import days_of, read_rule
from services.rendezvous.usecases.freeing import serie_opened
from services.rendezvous.usecases.planners import plans_for

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


def fill(
    uow: UnitOfWork, serie: Serie, edits: Mapping[date, Edit], start: date, end: date
) -> tuple[list[Interval], list[date]]:
    """Put the occurrences of these days in the agenda, none of the past.

    Answers the times added, and the days left out because the agent is open on another site.
    """
    start, end = max(start, uow.today), min(end, serie.last_day or end)
    days = days_of(read_rule(serie.rule), serie.first_day, start=start, end=end)
    wanted = occurrences(serie, days, edits)
    added = uow.series.fill(serie, wanted)
    conflicts = [one.day for one in wanted if one.day not in added]
    filled = [one.during for one in wanted if one.day in added]
    serie_opened(uow, serie, filled)
    return filled, conflicts


def fill_or_refuse(
    uow: UnitOfWork, serie: Serie, edits: Mapping[date, Edit], start: date, end: date
) -> list[Interval]:
    """The same, all or nothing. Raises OpeningOverlaps, which tells the days."""
    added, conflicts = fill(uow, serie, edits, start, end)
    if conflicts:
        raise OpeningOverlaps(
            f"{len(conflicts)} jour(s) en conflit : changez les heures, le site ou la règle.",
            extra={"days": [day.isoformat() for day in conflicts]},
        )
    return added


def horizon(today: date) -> date:
    """The last day that is filled."""
    return today + HORIZON


def plan_extension(uow: UnitOfWork, serie: Serie) -> None:
    """Have the rest put in the agenda when the horizon comes to it; nothing when all is there."""
    if serie.is_filled:
        uow.unschedule(EXTENSION, serie.id)
        return
    uow.schedule(EXTENSION, serie.id, instant_of(uow.today + EXTENDED_EVERY, EXTENDED_AT))


def affected(
    uow: UnitOfWork, serie: Serie, *, removed: Sequence[Interval], added: Sequence[Interval]
) -> list[UUID]:
    """Rendezvous booked that a change leaves outside the agent's openings, or puts in an absence;
    they stay."""
    is_opening = serie.kind is SerieKind.OPENING
    touched = merged(removed if is_opening else added)
    if not touched:
        return []
    window = Interval(touched[0].start, touched[-1].end)
    booked = uow.agendas.booked_of_agent(serie.agent_id, window)
    met = [one for one in booked if any(core_of(one.place).meets(span) for span in touched)]
    if is_opening and met:
        wide = Interval(window.start - timedelta(days=1), window.end + timedelta(days=1))
        openings = uow.plannings.openings_of(serie.agent_id, wide)
        met = [one for one in met if not _is_covered(one, openings)]
    return [one.id for one in met]


def _is_covered(held: Rendezvous, openings: Sequence[Opening]) -> bool:
    core = core_of(held.place)
    spans = merged(
        Interval(one.starts_at, one.ends_at)
        for one in openings
        if one.starts_at <= core.end
        and core.start <= one.ends_at
        and one.site == held.place.site
        and one.takes(held.kind, held.motif)
    )
    return any(span.start <= core.start and core.end <= span.end for span in spans)
