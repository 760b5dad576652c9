"""A département made by SQL: agents, openings, and as many years of rendezvous as wanted.

Everything is drawn from digests, so that two runs have the same data.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg2

MOTIF, MDS, PROFESSION = "ACCOMPAGNEMENT", "MDS-MONTAUBAN", "ASS"
#: A Monday of the published year, before the doors open: trade time of the measure.
CLOCK = datetime(2023, 1, 9, 6, 0, tzinfo=UTC)
FIRST_DAY = date(2023, 1, 9)
WEEKS = 6
LAST_DAY = FIRST_DAY + timedelta(days=7 * WEEKS - 1)
#: Hours of Paris at which a rendezvous of 45 minutes and its 15 of buffer can begin.
HOURS = (9, 10, 11, 14, 15, 16)
#: Days left free at the end of the six weeks on the site that is full.
_FREE_DAYS = 4
#: Half a century before the year and half after: Mondays.
_PAST, _FUTURE, _WEEKS_EACH = date(1973, 1, 1), date(2024, 1, 1), 2600
BOOKING_AGENTS = 40


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much there is."""

    agents: int = 73
    many_agents: int = 300
    #: Rendezvous of the published year, held by the `agents`.
    year: int = 29_354
    #: How many times the year, spread over a century.
    factor: int = 1

    @property
    def sites(self) -> dict[str, int]:
        """Agents by site; those of PLEIN have nothing free before the last days."""
        return {
            "SITE": self.agents,
            "GRAND-SITE": self.many_agents,
            "PLEIN": self.agents,
            "PRISES": BOOKING_AGENTS,
        }


def digest(of: str) -> UUID:
    """The id the SQL below draws from a text."""
    return UUID(hashlib.md5(of.encode(), usedforsecurity=False).hexdigest())


MOTIF_ID = digest("motif")


def settle(url: str, size: Size) -> None:
    """Fill an empty database of rendezvous, as the owner of its tables."""
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '512MB'; SET synchronous_commit = off")
        cursor.execute("SET statement_timeout = 0; SET timezone = 'UTC'")
        _people(cursor, size)
        _open(cursor, size)
        with _bare(cursor, "rendezvous"), _bare(cursor, "occupation"):
            _rendezvous(cursor, size)
            cursor.execute(_OCCUPATIONS)
        cursor.execute("VACUUM ANALYZE")
    connection.close()


def _people(cursor: Any, size: Size) -> None:
    cursor.execute(_MOTIF, (MOTIF, [PROFESSION]))
    for site, count in size.sites.items():
        cursor.execute("INSERT INTO site (site, mds, open) VALUES (%s, %s, true)", (site, MDS))
        cursor.execute(
            f"""
            INSERT INTO assignment (agent_id, effective_on, profession, mds, site, plateforme,
                                    volant, active)
            SELECT {_agent(site)}, '1900-01-01', %s, %s, %s, false, false, true
            FROM generate_series(1, %s) AS n
            """,
            (PROFESSION, MDS, site, count),
        )
    cursor.execute(
        """
        INSERT INTO personne (personne_id, deceased, protected, opened_to, closed_to)
        SELECT md5('personne:' || n)::uuid, false, false, '{}', '{}'
        FROM generate_series(1, 2000) AS n
        """
    )


def _open(cursor: Any, size: Size) -> None:
    """Morning and afternoon, every weekday of the six weeks."""
    for site, count in size.sites.items():
        cursor.execute(
            f"""
            INSERT INTO opening (id, agent_id, site, mds, starts_at, ends_at, kinds, motifs,
                                 edited)
            SELECT gen_random_uuid(), {_agent(site)}, %s, %s,
                   (day + from_h) AT TIME ZONE 'Europe/Paris',
                   (day + from_h + interval '3 hours') AT TIME ZONE 'Europe/Paris', '{{}}', '{{}}',
                   false
            FROM generate_series(1, %s) AS n,
                 generate_series(%s::timestamp, %s::timestamp, '1 day') AS day,
                 (VALUES (interval '9 hours'), (interval '14 hours')) AS half(from_h)
            WHERE extract(isodow FROM day) < 6
            """,
            (site, MDS, count, FIRST_DAY, LAST_DAY),
        )


def _rendezvous(cursor: Any, size: Size) -> None:
    span = (FIRST_DAY, LAST_DAY)
    cursor.execute(*_drawn("SITE", size.agents, date(2023, 1, 2), date(2023, 12, 31), size.year))
    in_span = size.year * size.many_agents * 30 // (size.agents * 260)
    cursor.execute(*_drawn("GRAND-SITE", size.many_agents, *span, in_span))
    full = (FIRST_DAY, LAST_DAY - timedelta(days=_FREE_DAYS))
    cursor.execute(*_drawn("PLEIN", size.agents, *full, size.agents * 6 * 7 * WEEKS))
    more = size.year * (size.factor - 1)
    if more:
        cursor.execute(_CENTURY, _century(size, more))


def _drawn(site: str, agents: int, first: date, last: date, count: int) -> tuple[str, Any]:
    """So many of the hours of these agents, at random."""
    taken = f"""
        SELECT {_agent(site)} AS agent_id, day + hour * interval '1 hour' AS at
        FROM generate_series(1, %(agents)s) AS n,
             generate_series(%(first)s::timestamp, %(last)s::timestamp, '1 day') AS day,
             unnest(%(hours)s) AS hour
        WHERE extract(isodow FROM day) < 6
        ORDER BY md5(n || ':' || day || ':' || hour) LIMIT %(count)s
    """
    values = {"agents": agents, "first": first, "last": last, "count": count, "hours": list(HOURS)}
    return _BOOK.format(taken=taken), values | {"site": site, "mds": MDS, "clock": CLOCK}


def _century(size: Size, more: int) -> Mapping[str, Any]:
    everyone = sum(size.sites.values())
    each = -(-more // everyone)
    return {
        "everyone": everyone,
        "more": more,
        "step": max(1, 2 * _WEEKS_EACH * 30 // each),
        "half": _WEEKS_EACH * 30,
        "past": _PAST,
        "future": _FUTURE,
        "hours": list(HOURS),
        "site": "SITE",
        "mds": MDS,
        "clock": CLOCK,
    }


@contextmanager
def _bare(cursor: Any, table: str) -> Iterator[None]:
    """Without its indexes and references while it is filled: they are built at once afterwards."""
    cursor.execute(_CONSTRAINTS, (table,))
    constraints = cursor.fetchall()
    for name, _ in constraints:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    cursor.execute(_INDEXES, (table,))
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}")
    yield
    for _, definition in indexes:
        cursor.execute(definition)
    for name, definition in constraints:
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def _agent(site: str) -> str:
    return f"md5('agent:{site}:' || n)::uuid"


_CONSTRAINTS = """
    SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = %s::regclass AND contype IN ('x', 'f')
"""
_INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid = %s::regclass AND NOT indisunique
"""
_MOTIF = """
    INSERT INTO motif (id, code, label, kind, modality, professions, duration_minutes,
        buffer_before_minutes, buffer_after_minutes, min_notice_minutes, max_ahead_days,
        cancel_notice_minutes, bookable_by, bookable_by_personne, discreet, instructions,
        valid_from, offers_at_once, offer_minutes, needs_room, needs_vehicle, capacity, min_agents,
        late_after_minutes, version)
    VALUES (md5('motif')::uuid, %s, 'Accompagnement', 'ACCOMPAGNEMENT', 'PRESENTIEL', %s, 45,
        0, 15, 0, 180, 0, '{}', false, false, '', '1900-01-01', 1, 240, false, false, 1, 1, 0, 1)
"""
#: `taken`: agents and local times. One person each, so that nobody is in two places.
_BOOK = """
    INSERT INTO rendezvous (id, status, personne_ids, agent_ids, site, mds, starts_at, ends_at,
        held_on, motif_id, motif, kind, modality, discreet, outside_opening, outside_delay,
        travel_minutes, booked_by, booked_at, closed_at, version)
    SELECT md5('rendezvous:' || agent_id || at)::uuid,
           CASE WHEN starts_at < %(clock)s THEN 'HONOURED' ELSE 'BOOKED' END,
           ARRAY[md5('recu:' || agent_id || at)::uuid], ARRAY[agent_id], %(site)s, %(mds)s,
           starts_at, starts_at + interval '45 minutes', at::date, md5('motif')::uuid,
           'ACCOMPAGNEMENT', 'ACCOMPAGNEMENT', 'PRESENTIEL', false, false, false, 0, 'generateur',
           starts_at - interval '20 days', CASE WHEN starts_at < %(clock)s THEN starts_at END, 1
    FROM (SELECT agent_id, at, at AT TIME ZONE 'Europe/Paris' AS starts_at FROM ({taken}) AS t) AS w
"""
#: The n-th hour of an agent is `step` hours after the one before: never twice the same.
_CENTURY = _BOOK.format(
    taken="""
        SELECT agent_id,
               CASE WHEN place < %(half)s
                    THEN %(past)s::timestamp + place / 30 * interval '7 days'
                    ELSE %(future)s::timestamp + (place - %(half)s) / 30 * interval '7 days' END
               + place %% 30 / 6 * interval '1 day'
               + (%(hours)s::int[])[place %% 6 + 1] * interval '1 hour' AS at
        FROM (SELECT agent_id,
                     rank * %(step)s + abs(hashtext(agent_id::text || rank)) %% %(step)s AS place
              FROM (SELECT agent_id, row_number() OVER (ORDER BY agent_id) - 1 AS number
                    FROM assignment) AS agents,
                   generate_series(0, (%(more)s - 1) / %(everyone)s) AS rank
              WHERE rank * %(everyone)s + number < %(more)s) AS places
    """
)
_OCCUPATIONS = """
    INSERT INTO occupation (resource_id, during, kind, rendezvous_id)
    SELECT agent_ids[1], tstzrange(starts_at, ends_at + interval '15 minutes'), 'agent', id
    FROM rendezvous
    UNION ALL
    SELECT personne_ids[1], tstzrange(starts_at, ends_at), 'personne', id FROM rendezvous
"""
