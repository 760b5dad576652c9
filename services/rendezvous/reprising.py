"""Works the lines of reprises that fell due: one rendezvous, one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from chassis.caller import Caller
from chassis.deadlines import Due
from chassis.due import finish, work_apart
from chassis.errors import DomainError, Unavailable
from chassis.runtime import Runtime
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.usecases.booked.seating import PLACE_REFUSALS
from services.rendezvous.usecases.reprises.reprise_line import refuse_line, work_line

#: A place taken between the look and the move is looked for again this often: *exemple*.
ATTEMPTS = 3
#: When a neighbour or the database was away, in technical time: *exemple*.
_LATER = timedelta(seconds=60)


def work_due_lines(runtime: Runtime, items: Sequence[Due]) -> None:
    """Each in turn, in the name of who decided it."""
    work_apart(runtime, items, _work, again_in=_LATER)


def _work(runtime: Runtime, item: Due) -> None:
    """What is refused is said in its line; when a neighbour is away, nothing was decided."""
    try:
        _try(runtime, item, _caller(item.payload))
    except Unavailable:
        raise
    except DomainError as refusal:
        code = refusal.code
        runtime.transaction(lambda uow: _settle(uow, item, partial(refuse_line, code=code)))


def _try(runtime: Runtime, item: Due, by: Caller) -> None:
    """What the rule chose may be taken meanwhile: it then chooses again."""
    attempts = ATTEMPTS if item.payload["auto"] else 1
    for left in reversed(range(attempts)):
        try:
            runtime.transaction(lambda uow: _settle(uow, item, partial(work_line, by=by)))
            return
        except PLACE_REFUSALS:
            if not left:
                raise


def _settle(uow: UnitOfWork, item: Due, act: Any) -> None:
    """Act on the line and finish its due work together; who finds it locked leaves both."""
    if act(uow, line_id=UUID(item.subject)):
        finish(uow, [item.id])


def _caller(claims: Mapping[str, Any]) -> Caller:
    return Caller(
        subject=claims["subject"],
        roles=frozenset(claims["roles"]),
        agent_id=UUID(claims["agent_id"]) if claims["agent_id"] else None,
        mds=tuple(claims["mds"]),
    )
