"""A reprise: what is decided for each rendezvous an absence falls on, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.rendezvous.domain.errors import LineUnderWay


class Act(StrEnum):
    """What is decided. REASSIGN keeps the hour; MOVE changes it."""

    REASSIGN = "REASSIGN"
    MOVE = "MOVE"
    CANCEL = "CANCEL"
    LEAVE = "LEAVE"


class LineState(StrEnum):
    """Where a line is. LEFT and REFUSED can be decided again."""

    TODO = "TODO"
    DONE = "DONE"
    REFUSED = "REFUSED"
    LEFT = "LEFT"
    STOPPED = "STOPPED"


class Step(StrEnum):
    """What can happen to a line."""

    DECIDE = "DECIDE"
    LEAVE = "LEAVE"
    DO = "DO"
    REFUSE = "REFUSE"
    STOP = "STOP"


#: Every state a step is allowed from, and where it leads. What is absent is refused.
TRANSITIONS: Mapping[tuple[LineState, Step], LineState] = {
    (LineState.TODO, Step.DO): LineState.DONE,
    (LineState.TODO, Step.REFUSE): LineState.REFUSED,
    (LineState.TODO, Step.STOP): LineState.STOPPED,
    (LineState.REFUSED, Step.DECIDE): LineState.TODO,
    (LineState.REFUSED, Step.LEAVE): LineState.LEFT,
    (LineState.LEFT, Step.DECIDE): LineState.TODO,
    (LineState.LEFT, Step.LEAVE): LineState.LEFT,
}


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What someone wants done with one rendezvous. Without an act: the first proposal then.

    `agent_id`: who stands in for the absent agent; None on a MOVE keeps the same agents.
    """

    rendezvous_id: UUID
    act: Act | None
    agent_id: UUID | None = None
    starts_at: datetime | None = None
    outside_opening: bool = False

    @property
    def step(self) -> Step:
        """What it does to a line."""
        return Step.LEAVE if self.act is Act.LEAVE else Step.DECIDE


@dataclass(eq=False, kw_only=True)
class RepriseLine:
    """One rendezvous of a reprise. `seen_version`: that of the rendezvous when it was decided."""

    id: UUID
    reprise_id: UUID
    rendezvous_id: UUID
    mds: str
    seen_version: int
    auto: bool
    act: Act | None
    agent_id: UUID | None
    starts_at: datetime | None
    outside_opening: bool
    decided_by: str
    decided_at: datetime
    state: LineState = LineState.TODO
    #: The code of the problem, as a single move or cancellation would have answered it.
    refusal: str | None = None
    settled_at: datetime | None = None

    @property
    def decision(self) -> Decision:
        """What is to be done."""
        return Decision(
            rendezvous_id=self.rendezvous_id,
            act=self.act,
            agent_id=self.agent_id,
            starts_at=self.starts_at,
            outside_opening=self.outside_opening,
        )

    def decide(self, decision: Decision, *, seen_version: int, by: str, now: datetime) -> None:
        """Decide again. Raises LineUnderWay when it waits its turn, is done or was stopped."""
        self._go(decision.step)
        self._take(decision)
        self.seen_version, self.decided_by, self.decided_at = seen_version, by, now
        self.refusal = None
        self.settled_at = now if self.state is LineState.LEFT else None

    def do(self, decision: Decision, *, now: datetime) -> None:
        """It was done; `decision` is what was, for a line that left it to the rule."""
        self._go(Step.DO)
        self._take(decision, auto=self.auto)
        self.settled_at = now

    def refuse(self, code: str, *, now: datetime) -> None:
        """It could not be done."""
        self._go(Step.REFUSE)
        self.refusal, self.settled_at = code, now

    def stop(self, *, now: datetime) -> None:
        """The absence was lifted before its turn came."""
        self._go(Step.STOP)
        self.settled_at = now

    def _take(self, decision: Decision, *, auto: bool | None = None) -> None:
        self.auto = decision.act is None if auto is None else auto
        self.act, self.agent_id = decision.act, decision.agent_id
        self.starts_at, self.outside_opening = decision.starts_at, decision.outside_opening

    def _go(self, step: Step) -> None:
        target = TRANSITIONS.get((self.state, step))
        if target is None:
            raise LineUnderWay("Relisez la reprise : ce rendez-vous y est déjà décidé.")
        self.state = target


@dataclass(frozen=True, kw_only=True)
class Reprise:
    """The rendezvous of one absence, or those of an agent who left an MDS, taken up in bulk.
    `stopped_at`: the absence was lifted."""

    id: UUID
    agent_id: UUID
    launched_by: str
    launched_at: datetime
    absence_id: UUID | None = None
    mds_left: str | None = None
    stopped_at: datetime | None = None


def new_line(
    decision: Decision,
    *,
    line_id: UUID,
    reprise_id: UUID,
    mds: str,
    seen_version: int,
    by: str,
    now: datetime,
) -> RepriseLine:
    """The line of a rendezvous decided for the first time."""
    left = decision.act is Act.LEAVE
    return RepriseLine(
        id=line_id,
        reprise_id=reprise_id,
        rendezvous_id=decision.rendezvous_id,
        mds=mds,
        seen_version=seen_version,
        auto=decision.act is None,
        act=decision.act,
        agent_id=decision.agent_id,
        starts_at=decision.starts_at,
        outside_opening=decision.outside_opening,
        decided_by=by,
        decided_at=now,
        state=LineState.LEFT if left else LineState.TODO,
        settled_at=now if left else None,
    )
