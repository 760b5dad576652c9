"""The week of a whole MDS, as one viewer may see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from chassis.caller import Caller
from services.rendezvous.domain.errors import MdsUnknown
from services.rendezvous.domain.fermeture import Fermeture
from services.rendezvous.domain.planning import Absence, Opening
from services.rendezvous.domain.week import AgentWeek
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.usecases.slots.creneaux import days
from services.rendezvous.usecases.viewers import Line, lines_of, viewer_of, whole

_WEEK = timedelta(days=6)


@dataclass(frozen=True, kw_only=True)
class Column:
    """One agent's column. A rendezvous of several agents stands in the column of each."""

    agent_id: UUID
    profession: str
    site: str
    volant: bool
    rendezvous: Sequence[Line]
    openings: Sequence[Opening]
    absences: Sequence[Absence]
    fermetures: Sequence[Fermeture]


@dataclass(frozen=True, kw_only=True)
class SiteWeek:
    """The closings of one site: its own, those of its MDS, those of everybody."""

    site: str
    fermetures: Sequence[Fermeture]


@dataclass(frozen=True, kw_only=True)
class Week:
    """Seven Paris days of an MDS."""

    mds: str
    first_day: date
    last_day: date
    sites: Sequence[SiteWeek]
    agents: Sequence[Column]


def read_week(uow: UnitOfWork, *, by: Caller, mds: str, first_day: date, site: str | None) -> Week:
    """Everybody's week. Two statements, whatever the number of agents. Raises MdsUnknown."""
    viewer = viewer_of(uow, by)
    if mds not in viewer.mds:
        raise MdsUnknown()
    last_day = first_day + _WEEK
    window = days(first_day, last_day)
    seen = uow.weeks.of_mds(mds, site=site, first_day=first_day, last_day=last_day, window=window)
    held = whole(uow, viewer, uow.agendas.of_agents([one.agent_id for one in seen.agents], window))
    lines = list(zip(held, lines_of(uow, viewer, held), strict=True))

    def column(agent: AgentWeek) -> Column:
        return Column(
            agent_id=agent.agent_id,
            profession=agent.profession,
            site=agent.site,
            volant=agent.volant,
            rendezvous=[line for one, line in lines if agent.shows(one, mds=mds, site=site)],
            openings=agent.openings,
            absences=agent.absences,
            fermetures=[
                one for one in seen.fermetures if agent.is_closed_by(one, mds=mds, site=site)
            ],
        )

    return Week(
        mds=mds,
        first_day=first_day,
        last_day=last_day,
        sites=[
            SiteWeek(
                site=code,
                fermetures=[one for one in seen.fermetures if one.concerns({mds}, {code})],
            )
            for code in seen.sites
        ],
        agents=[column(one) for one in seen.agents],
    )
