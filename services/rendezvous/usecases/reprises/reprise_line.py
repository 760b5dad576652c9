"""Does what one line of a reprise says, as its own small transaction.

A move or a cancellation is the very one of a single request: same rights, same locks, same
constraint, same fact. The line changes state in the same transaction, so that a crash between
two lines repeats nothing.
"""

from __future__ import annotations

from uuid import UUID

from chassis.caller import Caller
from chassis.errors import VersionMismatch
from chassis.unit_of_work import expect_version
from services.rendezvous.domain.depart import Away
from services.rendezvous.domain.errors import NotAffected
from services.rendezvous.domain.occupation import core_of
from services.rendezvous.domain.rendezvous import CancelledBy, CancelReason
from services.rendezvous.domain.reprise import Act, Decision, LineState, RepriseLine
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.usecases.booked import booking, following
from services.rendezvous.usecases.reprises.departs import away_of
from services.rendezvous.usecases.reprises.remplacement import Bench
from services.rendezvous.usecases.viewers import viewer_of, visible


def work_line(uow: UnitOfWork, *, by: Caller, line_id: UUID) -> bool:
    """Do it in the name of who decided it. False when another worker has it.

    The line is locked first; no request that holds agents or rendezvous waits for a line.
    Raises the refusal of the move or cancellation.
    """
    line = uow.reprises.line(line_id)
    if line is None:
        return False
    if line.state is not LineState.TODO:
        return True
    away = _away(uow, line)
    if away is None:
        line.stop(now=uow.now)
    else:
        decision = _choice(uow, by, line, away) if line.act is None else line.decision
        _carry_out(uow, by, line, decision, away)
        line.do(decision, now=uow.now)
    uow.reprises.save_line(line)
    return True


def refuse_line(uow: UnitOfWork, *, line_id: UUID, code: str) -> bool:
    """Say why it could not be done. False when another worker has it."""
    line = uow.reprises.line(line_id)
    if line is None:
        return False
    if line.state is LineState.TODO:
        line.refuse(code, now=uow.now)
        uow.reprises.save_line(line)
    return True


def _away(uow: UnitOfWork, line: RepriseLine) -> Away | None:
    """What the line is about; None of an absence that was lifted, for good. Raises NotAffected of
    an agent who holds it after all: they may leave again, and it is then decided again."""
    reprise = uow.reprises.get(line.reprise_id)
    away = away_of(uow, reprise) if reprise else None
    if reprise is None or reprise.mds_left is None:
        return away
    standing = uow.agendas.get(line.rendezvous_id)
    if away is None or standing is None or not core_of(standing.place).meets(away.during):
        raise NotAffected("L’agent le tient.")
    return away


def _choice(uow: UnitOfWork, by: Caller, line: RepriseLine, away: Away) -> Decision:
    """The first proposal as things stand now, with what the lines before this one took."""
    uow.reprises.choose_alone()
    seen = visible(uow, viewer_of(uow, by), line.rendezvous_id)
    expect_version(seen.rendezvous.version, line.seen_version)
    return Bench(uow, away).propose(seen, masked=False)[0].decision(line.rendezvous_id)


def _carry_out(
    uow: UnitOfWork, by: Caller, line: RepriseLine, decision: Decision, away: Away
) -> None:
    if decision.act is Act.CANCEL:
        following.cancel(
            uow,
            by=by,
            rendezvous_id=line.rendezvous_id,
            expected=line.seen_version,
            cancelled_by=CancelledBy.AGENT,
            reason=CancelReason.AGENT_ABSENT,
        )
        return
    standing = uow.agendas.get(line.rendezvous_id)
    if standing is None or standing.version != line.seen_version:
        raise VersionMismatch("Relisez le rendez-vous, puis décidez de nouveau.")
    place = standing.place
    changes = {
        "starts_at": decision.starts_at or place.starts_at,
        "agent_ids": _team(place.agent_ids, away.agent_id, decision.agent_id),
        "outside_opening": decision.outside_opening,
    }
    booking.move(
        uow,
        by=by,
        rendezvous_id=line.rendezvous_id,
        expected=line.seen_version,
        changes=changes,
    )


def _team(agent_ids: tuple[UUID, ...], absent: UUID, substitute: UUID | None) -> tuple[UUID, ...]:
    """The others keep their seats: a binôme stays one."""
    if substitute is None:
        return agent_ids
    return tuple(substitute if agent_id == absent else agent_id for agent_id in agent_ids)
