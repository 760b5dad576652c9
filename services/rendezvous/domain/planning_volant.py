"""The planning of a month as it is proposed, then accepted or refused line by line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services import roles
from services.rendezvous.domain.besoin import Profession, Reason
from services.rendezvous.domain.errors import RenfortDecided
from services.rendezvous.domain.renfort import Gap
from services.rendezvous.domain.rights import Viewer
from services.rendezvous.events import RenfortAssigned

#: How many months after this one can be planned.
MONTHS_AHEAD = 12


class RenfortStatus(StrEnum):
    """What became of a line; nothing comes back from the last two."""

    PROPOSED = "PROPOSED"
    ACCEPTED = "ACCEPTED"
    REFUSED = "REFUSED"


class RefusalReason(StrEnum):
    """Why an MDS refuses days that it asked."""

    BESOIN_COVERED = "BESOIN_COVERED"
    DATES_UNSUITABLE = "DATES_UNSUITABLE"
    VOLANT_UNAVAILABLE = "VOLANT_UNAVAILABLE"


@dataclass(eq=False, kw_only=True)
class Renfort:
    """One line: days of a volant for a besoin, in one week."""

    id: UUID
    planning_id: UUID
    besoin_id: UUID
    agent_id: UUID
    mds: str
    profession: Profession
    reason: Reason
    days: tuple[date, ...]
    explanation: str
    status: RenfortStatus = RenfortStatus.PROPOSED
    refusal: RefusalReason | None = None
    decided_at: datetime | None = None
    decided_by: str | None = None

    @property
    def rank(self) -> int:
        """That of its reason."""
        return self.reason.rank

    def accept(self, *, now: datetime, by: str) -> RenfortAssigned | None:
        """The MDS takes these days; None when it had already. Raises RenfortDecided."""
        if self.status is RenfortStatus.ACCEPTED:
            return None
        self._decide(RenfortStatus.ACCEPTED, now, by)
        return RenfortAssigned(
            renfort_id=self.id,
            besoin_id=self.besoin_id,
            agent_id=self.agent_id,
            profession=self.profession,
            mds=self.mds,
            days=self.days,
            rank=self.rank,
            reason=self.reason,
        )

    def refuse(self, reason: RefusalReason, *, now: datetime, by: str) -> bool:
        """The MDS does not take them; False when it had already said so for this reason.

        Raises RenfortDecided.
        """
        if self.status is RenfortStatus.REFUSED and self.refusal is reason:
            return False
        self._decide(RenfortStatus.REFUSED, now, by)
        self.refusal = reason
        return True

    def _decide(self, status: RenfortStatus, now: datetime, by: str) -> None:
        if self.status is not RenfortStatus.PROPOSED:
            raise RenfortDecided("Relisez le planning.")
        self.status, self.decided_at, self.decided_by = status, now, by


@dataclass(eq=False, kw_only=True)
class PlanningVolant:
    """A month. `version` counts the proposals: decisions do not change it, so that two MDS
    decide of their lines at once, and none decides of a proposal that was replaced."""

    id: UUID
    month: date
    proposed_at: datetime
    proposed_by: str
    gaps: Sequence[Gap]
    version: int = 1


def runs(viewer: Viewer, mds: str) -> bool:
    """Whether they ask and decide for an MDS: the direction for all, a responsable for theirs."""
    if roles.DIRECTION in viewer.roles:
        return True
    return roles.RESPONSABLE in viewer.roles and mds in viewer.mds
