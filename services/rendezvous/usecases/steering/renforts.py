"""The planning of the volants: proposed for a month, then accepted or refused line by line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from chassis.caller import Caller
from chassis.clock import end_of_day, instant_of
from chassis.ids import new_id
from chassis.unit_of_work import expect_version
from services import roles
from services.rendezvous.domain.besoin import Besoin, BesoinStatus, Profession, week_of
from services.rendezvous.domain.errors import (
    MonthOutOfReach,
    PlanningVolantUnknown,
    RenfortStale,
)
from services.rendezvous.domain.occupation import Interval
from services.rendezvous.domain.planning import AbsenceKind
from services.rendezvous.domain.planning_volant import (
    MONTHS_AHEAD,
    PlanningVolant,
    RefusalReason,
    Renfort,
    RenfortStatus,
    runs,
)
from services.rendezvous.domain.projections import Assignment
from services.rendezvous.domain.renfort import Gap, Need, Volant, propose
from services.rendezvous.domain.rights import Viewer
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.persistence.renforts import AcceptedDay, received
from services.rendezvous.usecases.supply.worked_days import closings, worked_days
from services.rendezvous.usecases.viewers import viewer_of


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A planning as one reads it: a responsable, the lines of their MDS."""

    planning: PlanningVolant
    lines: Sequence[Renfort]
    gaps: Sequence[Gap]

    @property
    def version(self) -> int:
        """That of the proposal, for its ETag."""
        return self.planning.version


def propose_month(uow: UnitOfWork, *, by: Caller, month: str) -> Shown:
    """Propose what is left to give in a month; replaces what was proposed and not accepted."""
    first = date.fromisoformat(f"{month}-01")
    _check_reach(first, uow.today)
    uow.besoins.lock()
    known = uow.renforts.planning_of(first)
    lines = uow.renforts.lines(known.id) if known else []
    made = propose(*_ground(uow, first, lines), places=_places(uow, first))
    planning = PlanningVolant(
        id=known.id if known else new_id(),
        month=first,
        proposed_at=uow.now,
        proposed_by=by.subject,
        gaps=made.gaps,
        version=known.version + 1 if known else 1,
    )
    uow.renforts.put_planning(planning)
    uow.renforts.add(
        [Renfort(id=new_id(), planning_id=planning.id, **vars(one)) for one in made.lines]
    )
    return _shown(uow, viewer_of(uow, by), planning)


def read_month(uow: UnitOfWork, *, by: Caller, month: str) -> Shown:
    """The planning of a month. Raises PlanningVolantUnknown."""
    planning = uow.renforts.planning_of(date.fromisoformat(f"{month}-01"))
    if planning is None:
        raise PlanningVolantUnknown()
    return _shown(uow, viewer_of(uow, by), planning)


def accept(uow: UnitOfWork, *, by: Caller, planning_id: UUID, expected: int | None) -> Shown:
    """Accept every line still proposed that the caller decides: all or none.

    Volants are locked before their absences are read: one recorded meanwhile is seen, or sees.
    """
    planning = _locked(uow, planning_id)
    expect_version(planning.version, expected)
    viewer = viewer_of(uow, by)
    lines = [
        line
        for line in uow.renforts.lines(planning_id)
        if line.status is RenfortStatus.PROPOSED and runs(viewer, line.mds)
    ]
    uow.occupations.lock({line.agent_id for line in lines})
    _check_standing(uow, lines)
    for line in lines:
        fact = line.accept(now=uow.now, by=by.subject)
        uow.renforts.save(line)
        uow.publish(*([fact] if fact else []))
    return _shown(uow, viewer, planning)


def refuse(
    uow: UnitOfWork, *, by: Caller, planning_id: UUID, line_id: UUID, reason: RefusalReason
) -> Shown:
    """Refuse one line: its days are free, and the next proposal minds the reason."""
    planning = _locked(uow, planning_id)
    viewer = viewer_of(uow, by)
    found = {line.id: line for line in uow.renforts.lines(planning_id)}
    line = found.get(line_id)
    if line is None or not runs(viewer, line.mds):
        raise PlanningVolantUnknown()
    if line.refuse(reason, now=uow.now, by=by.subject):
        uow.renforts.save(line)
    return _shown(uow, viewer, planning)


def _locked(uow: UnitOfWork, planning_id: UUID) -> PlanningVolant:
    uow.besoins.lock()
    planning = uow.renforts.planning(planning_id)
    if planning is None:
        raise PlanningVolantUnknown()
    return planning


def _shown(uow: UnitOfWork, viewer: Viewer, planning: PlanningVolant) -> Shown:
    sees_all = not viewer.roles.isdisjoint({roles.DIRECTION, roles.ADMIN})
    return Shown(
        planning=planning,
        lines=[
            line for line in uow.renforts.lines(planning.id) if sees_all or runs(viewer, line.mds)
        ],
        gaps=[gap for gap in planning.gaps if sees_all or runs(viewer, gap.mds)],
    )


def _check_reach(first: date, today: date) -> None:
    ahead = (first.year - today.year) * 12 + first.month - today.month
    if not 0 <= ahead <= MONTHS_AHEAD:
        raise MonthOutOfReach("Du mois en cours au douzième qui suit.", field="/month")


def _check_standing(uow: UnitOfWork, lines: Sequence[Renfort]) -> None:
    """Raise RenfortStale unless each volant can still give each day."""
    if not lines:
        return
    days = sorted({day for line in lines for day in line.days})
    free = {one.agent_id: one.days for one in _volants(uow, days)}
    closed = closings(uow, days[0], days[-1])
    for line in lines:
        for day in line.days:
            is_given = day >= uow.today and day in free.get(line.agent_id, frozenset())
            if not is_given or closed.is_off(line.mds, day):
                raise RenfortStale(
                    f"Le {day:%d/%m/%Y} est passé, le volant n’y est plus ou la MDS est fermée : "
                    "refaites la proposition du mois."
                )


@dataclass(frozen=True)
class _Refused:
    """What the refusals of a month teach its next proposal."""

    lines: Sequence[Renfort]

    def days_of(self, besoin_id: UUID) -> set[date]:
        """Days not proposed to a need again."""
        unwanted = {RefusalReason.BESOIN_COVERED, RefusalReason.DATES_UNSUITABLE}
        return {day for line in self._of(unwanted, besoin_id) for day in line.days}

    def covered(self, besoin_id: UUID) -> list[date]:
        """Days it has by other means."""
        lines = self._of({RefusalReason.BESOIN_COVERED}, besoin_id)
        return [day for line in lines for day in line.days]

    def away(self) -> set[tuple[UUID, date]]:
        """Days that a volant cannot give after all."""
        lines = self._of({RefusalReason.VOLANT_UNAVAILABLE}, None)
        return {(line.agent_id, day) for line in lines for day in line.days}

    def _of(self, reasons: set[RefusalReason], besoin_id: UUID | None) -> list[Renfort]:
        return [
            line
            for line in self.lines
            if line.refusal in reasons and besoin_id in (None, line.besoin_id)
        ]


def _ground(
    uow: UnitOfWork, first: date, lines: Sequence[Renfort]
) -> tuple[list[Volant], list[Need]]:
    """Who can give what, and what is left to give, from today to the end of a month."""
    last = _last_of(first)
    since = min(week_of(first), first.replace(month=1))
    accepted = uow.renforts.accepted(since, last + timedelta(days=6))
    days = worked_days(max(first, uow.today), last)
    year = worked_days(first.replace(month=1), last)
    asked = uow.besoins.asked_between(year[0], last)
    refused = _Refused(lines)
    closed = closings(uow, year[0], last)
    of_mds = {one.mds: closed.worked(one.mds, days) for one in asked}
    in_year = [row for row in accepted if row[1] >= year[0]]
    of_year = {one.mds: closed.worked(one.mds, year) for one in asked}
    needs = [
        _need(
            one, of_mds[one.mds], accepted, refused, _Share(one, asked, in_year, of_year[one.mds])
        )
        for one in asked
        if one.status is BesoinStatus.OPEN and one.days_among(of_mds[one.mds])
    ]
    taken = {(row[0], row[1]) for row in accepted} | refused.away()
    return _volants(uow, days, taken), needs


class _Share:
    """Of the days an MDS asked of a profession this year, how many it received."""

    def __init__(
        self,
        besoin: Besoin,
        asked: Sequence[Besoin],
        in_year: Sequence[AcceptedDay],
        year: Sequence[date],
    ) -> None:
        of = (besoin.mds, besoin.profession)
        same = [one for one in asked if (one.mds, one.profession) == of]
        self.asked = sum(one.asked_among(year) for one in same)
        self.received = received(in_year, *of)


def _need(
    besoin: Besoin,
    days: Sequence[date],
    accepted: Sequence[AcceptedDay],
    refused: _Refused,
    share: _Share,
) -> Need:
    mine = [day for _, day, of, _, _ in accepted if of == besoin.id]
    unwanted = refused.days_of(besoin.id) | set(mine)
    had = [*mine, *refused.covered(besoin.id)]
    return Need(
        besoin_id=besoin.id,
        mds=besoin.mds,
        profession=besoin.profession,
        reason=besoin.reason,
        asked_on=besoin.asked_on,
        days_per_week=besoin.days_per_week,
        days=frozenset(day for day in besoin.days_among(days) if day not in unwanted),
        given=Counter(week_of(day) for day in had),
        received=share.received,
        asked=share.asked,
    )


def _volants(
    uow: UnitOfWork, days: Sequence[date], taken: Collection[tuple[UUID, date]] = ()
) -> list[Volant]:
    """Volants in post, day by day, without their absences nor the days that are taken."""
    if not days:
        return []
    posts: dict[UUID, list[Assignment]] = {}
    for post in uow.renforts.volant_posts(days[-1]):
        posts.setdefault(post.agent_id, []).append(post)
    away = _away(uow, sorted(posts), days) | set(taken)
    free: dict[tuple[UUID, Profession], set[date]] = {}
    for agent_id, held in posts.items():
        for day in days:
            profession = _profession_on(held, day)
            if profession is not None and (agent_id, day) not in away:
                free.setdefault((agent_id, profession), set()).add(day)
    return [
        Volant(agent_id=agent_id, profession=profession, days=frozenset(given))
        for (agent_id, profession), given in free.items()
    ]


def _profession_on(posts: Sequence[Assignment], day: date) -> Profession | None:
    """As what an agent is a volant on a day; None when they are not."""
    held = [post for post in posts if post.effective_on <= day]
    if not held or not (held[-1].volant and held[-1].active):
        return None
    return Profession(held[-1].profession) if held[-1].profession in set(Profession) else None


def _away(
    uow: UnitOfWork, agent_ids: Sequence[UUID], days: Sequence[date]
) -> set[tuple[UUID, date]]:
    """Days that an absence touches: whole days are given, so none of it is."""
    window = Interval(instant_of(days[0]), end_of_day(days[-1]))
    return {
        (absence.agent_id, day)
        for absence in uow.plannings.absences_of(agent_ids, window)
        if absence.kind is AbsenceKind.ABSENCE
        for day in days
        if Interval(absence.starts_at, absence.ends_at).meets(
            Interval(instant_of(day), end_of_day(day))
        )
    }


def _places(uow: UnitOfWork, first: date) -> Mapping[UUID, str]:
    """The MDS where each volant was last, in the four weeks before a month."""
    rows = uow.renforts.accepted(first - timedelta(weeks=4), first - timedelta(days=1))
    return {agent_id: mds for agent_id, _, _, mds, _ in rows}


def _last_of(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
