"""The week of a whole MDS: who receives, when they are open, away or at work, what they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.rendezvous.domain.fermeture import Fermeture
from services.rendezvous.domain.planning import Absence, Opening
from services.rendezvous.domain.rights import Seen


@dataclass(frozen=True, kw_only=True)
class AgentWeek:
    """One agent's week. `local`: posted in the MDS, hence seen whole, elsewhere included."""

    agent_id: UUID
    profession: str
    site: str
    volant: bool
    local: bool
    openings: Sequence[Opening]
    absences: Sequence[Absence]

    def shows(self, seen: Seen, *, mds: str, site: str | None) -> bool:
        """Whether a rendezvous is in this agent's column: theirs, here or of a local agent."""
        place = seen.rendezvous.place
        if self.agent_id not in place.agent_ids or (site and place.site != site):
            return False
        return self.local or place.mds == mds

    def is_closed_by(self, fermeture: Fermeture, *, mds: str, site: str | None) -> bool:
        """Whether a closing is in this agent's column: it closes the site of their post, when it
        is in what is shown, or one where they are open."""
        at_home = self.local and site in (None, self.site)
        closed_mds = {one.mds for one in self.openings} | ({mds} if at_home else set())
        closed_sites = {one.site for one in self.openings} | ({self.site} if at_home else set())
        return fermeture.concerns(closed_mds, closed_sites)


@dataclass(frozen=True, kw_only=True)
class MdsWeek:
    """Who is in the week of an MDS, its open sites, and every closing of those days."""

    agents: Sequence[AgentWeek]
    sites: Sequence[str]
    fermetures: Sequence[Fermeture]
