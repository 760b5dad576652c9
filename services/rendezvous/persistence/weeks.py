"""Everybody's week in an MDS: one statement, whatever the number of agents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.rendezvous.domain.fermeture import Fermeture
from services.rendezvous.domain.occupation import Interval
from services.rendezvous.domain.planning import Absence, AbsenceKind, Opening
from services.rendezvous.domain.week import AgentWeek, MdsWeek

#: `post`: an agent's post until the next one. `home`: posted in the MDS on a day of the week;
#: `guest`: anybody else who is open or holds a rendezvous there. What a guest does elsewhere is
#: left out; their absences are told of volants alone, as in `rights.may_read_agenda`. Closings are
#: few, and all of the week: someone of the MDS may be open on a site of another.
_WEEK = """
    WITH post AS (
        SELECT agent_id, effective_on, profession, site, mds, volant, active,
               lead(effective_on) OVER (PARTITION BY agent_id ORDER BY effective_on) AS until
        FROM assignment
    ), home AS (
        SELECT DISTINCT ON (agent_id) agent_id, profession, site, volant, true AS local
        FROM post
        WHERE mds = %(mds)s AND active AND effective_on <= %(last_day)s::date
          AND (until IS NULL OR until > %(first_day)s::date)
        ORDER BY agent_id, effective_on DESC
    ), receiving AS (
        SELECT opening.agent_id
        FROM site JOIN opening ON opening.site = site.site
        WHERE site.mds = %(mds)s AND (%(site)s::text IS NULL OR site.site = %(site)s)
          AND tstzrange(starts_at, ends_at)
              && tstzrange(%(from_at)s::timestamptz, %(to_at)s::timestamptz)
        UNION
        SELECT unnest(agent_ids)
        FROM rendezvous
        WHERE mds = %(mds)s AND (%(site)s::text IS NULL OR site = %(site)s)
          AND held_on BETWEEN %(first_day)s::date AND %(last_day)s::date
          AND status <> 'CANCELLED'
    ), agent AS (
        SELECT * FROM home
        WHERE %(site)s::text IS NULL OR site = %(site)s
           OR agent_id IN (SELECT agent_id FROM receiving)
        UNION ALL
        SELECT DISTINCT ON (agent_id) agent_id, profession, site, volant, false
        FROM post JOIN receiving USING (agent_id)
        WHERE effective_on <= %(last_day)s::date
          AND agent_id NOT IN (SELECT agent_id FROM home)
        ORDER BY 1
    )
    SELECT 'agent' AS kind, agent_id, NULL::uuid AS id, site, NULL AS mds,
           NULL::timestamptz AS starts_at, NULL::timestamptz AS ends_at,
           NULL::text[] AS kinds, NULL::text[] AS motifs, profession AS code, volant, local,
           NULL::date AS ferie_on
    FROM agent
    UNION ALL
    SELECT 'opening', agent_id, opening.id, opening.site, opening.mds, starts_at, ends_at,
           kinds, motifs, NULL, NULL, NULL, NULL
    FROM agent JOIN opening USING (agent_id)
    WHERE tstzrange(starts_at, ends_at)
          && tstzrange(%(from_at)s::timestamptz, %(to_at)s::timestamptz)
      AND (local OR opening.mds = %(mds)s)
      AND (%(site)s::text IS NULL OR opening.site = %(site)s)
    UNION ALL
    SELECT 'absence', agent_id, absence.id, NULL, NULL, starts_at, ends_at, NULL, NULL,
           absence.kind, NULL, NULL, NULL
    FROM agent JOIN absence USING (agent_id)
    WHERE starts_at < %(to_at)s::timestamptz AND ends_at > %(from_at)s::timestamptz
      AND (local OR volant)
    UNION ALL
    SELECT 'site', NULL, NULL, site, mds, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM site
    WHERE mds = %(mds)s AND open AND (%(site)s::text IS NULL OR site = %(site)s)
    UNION ALL
    SELECT 'fermeture', NULL, id, site, mds, starts_at, ends_at, NULL, NULL, label, NULL, NULL,
           ferie_on
    FROM fermeture
    WHERE starts_at < %(to_at)s::timestamptz AND ends_at > %(from_at)s::timestamptz
    ORDER BY agent_id, starts_at, site, id
"""


class Weeks:
    """The week view."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def of_mds(
        self, mds: str, *, site: str | None, first_day: date, last_day: date, window: Interval
    ) -> MdsWeek:
        """The agents of an MDS and those who receive there, by id, without their rendezvous; its
        open sites, by code, and every closing of the week."""
        values = {
            "mds": mds,
            "site": site,
            "first_day": first_day,
            "last_day": last_day,
            "from_at": window.start,
            "to_at": window.end,
        }
        rows = self._session.connection().exec_driver_sql(_WEEK, values).all()
        openings: dict[UUID, list[Opening]] = {}
        absences: dict[UUID, list[Absence]] = {}
        for row in rows:
            if row.kind == "opening":
                openings.setdefault(row.agent_id, []).append(_opening(row))
            elif row.kind == "absence":
                absences.setdefault(row.agent_id, []).append(_absence(row))
        return MdsWeek(
            agents=[
                _agent(row, openings.get(row.agent_id, ()), absences.get(row.agent_id, ()))
                for row in rows
                if row.kind == "agent"
            ],
            sites=sorted(row.site for row in rows if row.kind == "site"),
            fermetures=[_fermeture(row) for row in rows if row.kind == "fermeture"],
        )


def _agent(row: sa.Row[Any], openings: Sequence[Opening], absences: Sequence[Absence]) -> AgentWeek:
    return AgentWeek(
        agent_id=row.agent_id,
        profession=row.code,
        site=row.site,
        volant=row.volant,
        local=row.local,
        openings=openings,
        absences=absences,
    )


def _opening(row: sa.Row[Any]) -> Opening:
    return Opening(
        id=row.id,
        agent_id=row.agent_id,
        site=row.site,
        mds=row.mds,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        kinds=frozenset(row.kinds),
        motifs=frozenset(row.motifs),
    )


def _absence(row: sa.Row[Any]) -> Absence:
    return Absence(
        id=row.id,
        agent_id=row.agent_id,
        kind=AbsenceKind(row.code),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
    )


def _fermeture(row: sa.Row[Any]) -> Fermeture:
    return Fermeture(
        id=row.id,
        mds=row.mds,
        site=row.site,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        label=row.code,
        ferie_on=row.ferie_on,
    )
