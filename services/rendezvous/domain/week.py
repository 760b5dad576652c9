"""The week of a whole MDS: who receives, when they are open, away or at work, what they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

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
