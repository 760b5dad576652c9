"""The agendas of a window, read in one statement: what a search costs is here.

The statement costs what it finds, whatever the agents and the years: it reads on from the first
opening of the sites (nights and Sundays cost nothing), and each agent's time through the index on
its start, which an occupation's greatest length bounds (`ck_occupation_length`). Rows are packed by
the database, a list by column: reading a thousand rows costs the driver more than finding them.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from chassis.prepared import Prepared
from services.rendezvous.domain.window import Look, Times, Window


class Windows:
    """Openings, posts, busy times and closings; a site that closed for good is closed all along."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def read(self, look: Look) -> Window:
        """What stands in the window, as far as it is read."""
        statement = _WINDOWS[bool(look.sites), bool(look.agent_ids)]
        values = {
            "agents": list(look.agent_ids),
            "sites": list(look.sites),
            "others": list(look.other_ids),
            "from_at": look.window.start,
            "to_at": look.window.end,
            "length": look.length,
            "before": look.before,
            "after": look.after,
            "now": look.now,
            "own": look.own,
        }
        found = statement.run(self._session.connection(), values).all()
        return Window(found[0].read_to, [Times._make(row[1:]) for row in found[1:]])


def _ticks(moment: str) -> str:
    """A double tells microseconds exactly until the year 2255."""
    return f"(date_part('epoch', {moment}) * 1000000)::bigint"


def _packed(ids: str, start: str, end: str) -> str:
    return f"array_agg({ids}::text), array_agg({_ticks(start)}), array_agg({_ticks(end)})"


#: From the first opening of the sites on; without sites, from the start of the window.
_FIRST_OPENING = """
    coalesce((
        SELECT min(first.starts_at)
        FROM unnest(%(sites)s) AS one(site)
        CROSS JOIN LATERAL (
            SELECT starts_at FROM opening
            WHERE opening.site = one.site AND ends_at > %(from_at)s
            ORDER BY ends_at LIMIT 1) AS first), %(to_at)s)
"""


def _window(*, of_sites: bool, of_agents: bool) -> Prepared:
    """The statement, for what it is asked by: each has a plan of its own."""
    asked = ["site = ANY(%(sites)s)"] * of_sites + ["agent_id = ANY(%(agents)s)"] * of_agents
    first = _FIRST_OPENING if of_sites else "%(from_at)s"
    name = "_".join(["fenetre", *["sites"] * of_sites, *["agents"] * of_agents])
    return Prepared(name, _STATEMENT.format(first=first, asked=" AND ".join(asked)), _TYPES)


_NONE = "ARRAY[]::text[]"
#: A room or a vehicle is there until a Paris day.
_RETIRED = "retired_on::timestamp AT TIME ZONE 'Europe/Paris'"
_STATEMENT = f"""
    WITH reach AS MATERIALIZED (
        SELECT least(%(to_at)s, %(length)s + greatest(%(from_at)s, {{first}})) AS to_at
    ),
    found AS MATERIALIZED (
        SELECT agent_id, site, kinds, motifs, starts_at, ends_at FROM opening
        WHERE {{asked}}
          AND tstzrange(starts_at, ends_at)
              && tstzrange(%(from_at)s, (SELECT to_at + %(after)s FROM reach))
    ),
    agents AS MATERIALIZED (SELECT DISTINCT agent_id FROM found)
    SELECT to_at AS read_to, 'reach' AS sort, NULL::text AS site, NULL::text[] AS kinds,
           NULL::text[] AS motifs, NULL::text AS profession, NULL::boolean AS active,
           NULL::text[] AS ids, NULL::bigint[] AS starts, NULL::bigint[] AS ends
    FROM reach
    UNION ALL
    SELECT NULL, 'opening', site, kinds, motifs, NULL, NULL,
           {_packed("agent_id", "starts_at", "ends_at")}
    FROM found GROUP BY site, kinds, motifs
    UNION ALL
    SELECT NULL, 'post', NULL, {_NONE}, {_NONE}, profession, active,
           array_agg(post.agent_id::text),
           array_agg({_ticks("effective_on::timestamp AT TIME ZONE 'Europe/Paris'")}),
           ARRAY[]::bigint[]
    FROM agents JOIN assignment AS post USING (agent_id), reach
    WHERE effective_on <= (reach.to_at AT TIME ZONE 'Europe/Paris')::date
      AND NOT EXISTS (
        SELECT FROM assignment AS later
        WHERE later.agent_id = post.agent_id AND later.effective_on > post.effective_on
          AND later.effective_on <= (%(from_at)s AT TIME ZONE 'Europe/Paris')::date)
    GROUP BY profession, active
    UNION ALL
    SELECT NULL, 'busy', NULL, {_NONE}, {_NONE}, NULL, NULL,
           {_packed("taken.resource_id", "lower(during)", "upper(during)")}
    FROM (SELECT agent_id FROM agents UNION ALL SELECT unnest(%(others)s)) AS who(resource_id),
         reach,
         LATERAL (
            SELECT resource_id, during FROM occupation
            WHERE resource_id = who.resource_id
              AND lower(during) > %(from_at)s - %(before)s - interval '24h'
              AND lower(during) < reach.to_at + %(after)s
              AND upper(during) > %(from_at)s - %(before)s
              AND (held_until IS NULL OR held_until > %(now)s)
              AND (%(own)s IS NULL OR coalesce(rendezvous_id, hold_id) <> %(own)s)
            OFFSET 0) AS taken
    HAVING count(*) > 0
    UNION ALL
    SELECT NULL, 'busy', NULL, {_NONE}, {_NONE}, NULL, NULL,
           {_packed("agent_id", "starts_at", "ends_at")}
    FROM agents JOIN absence USING (agent_id), reach
    WHERE tstzrange(starts_at, ends_at)
          && tstzrange(%(from_at)s - %(before)s, reach.to_at + %(after)s)
    HAVING count(*) > 0
    UNION ALL
    SELECT NULL, 'busy', NULL, {_NONE}, {_NONE}, NULL, NULL,
           {_packed("id", _RETIRED, "reach.to_at + %(after)s")}
    FROM resource, reach
    WHERE id = ANY(%(others)s) AND {_RETIRED} < reach.to_at + %(after)s
    HAVING count(*) > 0
    UNION ALL
    SELECT NULL, 'closure', coalesce(closing.site, site.site), {_NONE}, {_NONE}, NULL, NULL,
           {_packed("closing.id", "starts_at", "ends_at")}
    FROM reach, fermeture AS closing
    LEFT JOIN site ON closing.site IS NULL AND site.mds = closing.mds
    WHERE starts_at < reach.to_at + %(after)s AND ends_at > %(from_at)s
      AND (closing.mds IS NULL OR closing.site IS NOT NULL OR site.site IS NOT NULL)
    GROUP BY 3
    UNION ALL
    SELECT NULL, 'closure', site, {_NONE}, {_NONE}, NULL, NULL,
           {_packed("site", "%(from_at)s", "reach.to_at + %(after)s")}
    FROM site, reach WHERE NOT open
    GROUP BY site
"""  # noqa: S608 - our own statement
_TYPES = {
    "agents": "uuid[]",
    "sites": "text[]",
    "others": "uuid[]",
    "from_at": "timestamptz",
    "to_at": "timestamptz",
    "length": "interval",
    "before": "interval",
    "after": "interval",
    "now": "timestamptz",
    "own": "uuid",
}
_WINDOWS = {
    (of_sites, of_agents): _window(of_sites=of_sites, of_agents=of_agents)
    for of_sites, of_agents in ((True, False), (False, True), (True, True))
}
