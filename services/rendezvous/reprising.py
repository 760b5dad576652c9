"""Works the lines of reprises that fell due: one rendezvous, one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from chassis.caller import Caller
from chassis.correlation import correlated
from chassis.deadlines import Due
from chassis.due import finish, postpone
from chassis.errors import DomainError, Unavailable
from chassis.events import Correlation
from chassis.logs import get_logger, told
from chassis.runtime import Runtime
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.usecases.reprise_line import refuse_line, work_line
from services.rendezvous.usecases.seating import PLACE_REFUSALS

#: A place taken between the look and the move is looked for again this often: *exemple*.
ATTEMPTS = 3
#: When a neighbour or the database was away, in technical time: *exemple*.
_LATER = timedelta(seconds=60)
log = get_logger(__name__)


def work_due_lines(runtime: Runtime, items: Sequence[Due]) -> None:
    """Each in turn, under the correlation of who decided it."""
    for item in items:
        with correlated(Correlation(correlation_id=item.correlation_id)):
            _work(runtime, item)


def _work(runtime: Runtime, item: Due) -> None:
    by = _caller(item.payload)
    try:
        _try(runtime, item, by)
    except Unavailable as away:
        _put_off(runtime, item, away)
    except DomainError as refusal:
        code = refusal.code
        runtime.transaction(lambda uow: _settle(uow, item, partial(refuse_line, code=code)))
    except Exception as error:  # noqa: BLE001 - one bad line must not hold the others
        log.error("reprise_line_failed", **told(error))
        _put_off(runtime, item, error)


def _put_off(runtime: Runtime, item: Due, error: Exception) -> None:
    name = type(error).__name__
    runtime.transaction(lambda uow: postpone(uow, item.id, _LATER, name))


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
