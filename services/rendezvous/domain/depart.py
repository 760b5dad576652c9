"""An agent no longer holds what they have booked: absent for a time, or gone from an MDS."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from chassis.clock import instant_of, paris_day
from services.rendezvous.domain.occupation import Interval
from services.rendezvous.domain.planning import Absence
from services.rendezvous.domain.projections import Assignment

#: Who has left and is not said to come back.
_FOREVER = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Away:
    """What a reprise takes up: the rendezvous an agent has booked during a time.

    Of an absence, wherever they are held. Of one who left an MDS, those held there; `post` is the
    one they left.
    """

    agent_id: UUID
    during: Interval
    absence_id: UUID | None = None
    post: Assignment | None = None
    mds_left: str | None = None

    @property
    def back_at(self) -> datetime | None:
        """When the agent receives again, as far as is known."""
        return None if self.during.end == _FOREVER else self.during.end


def away_in(absence: Absence) -> Away:
    """What an absence leaves to be taken up."""
    return Away(agent_id=absence.agent_id, during=absence.during, absence_id=absence.id)


def departure(posts: Iterable[Assignment], mds: str, now: datetime) -> Away | None:
    """What an agent leaves in an MDS that they have left, or are to leave: their post is in
    another, or is no post any more. None of one who never was there, or is and stays.

    Their posts are given in order. One who comes back holds what is theirs from then on.
    """
    held: Assignment | None = None
    left: date | None = None
    for post in posts:
        if not _holds(post, mds):
            left = left or (post.effective_on if held else None)
        elif left is None or post.effective_on <= paris_day(now):
            held, left = post, None
        else:
            return _gone(held, mds, left, instant_of(post.effective_on), now)
    return _gone(held, mds, left, _FOREVER, now)


def _holds(post: Assignment, mds: str) -> bool:
    """A volant holds rendezvous in any MDS."""
    return post.active and (post.mds == mds or post.volant)


def _gone(
    held: Assignment | None, mds: str, left: date | None, end: datetime, now: datetime
) -> Away | None:
    if held is None or left is None:
        return None
    during = Interval(max(instant_of(left), now), end)
    return Away(agent_id=held.agent_id, during=during, post=held, mds_left=mds)
