"""Work that falls due in rendezvous: holds and offers that run out, time that frees, waits that
end, lines of reprises, series that reach the horizon, calendars to read again, waits to measure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from chassis.correlation import correlated
from chassis.deadlines import Deadlines, Due
from chassis.due import finish, postpone
from chassis.events import Correlation
from chassis.logs import get_logger, told
from chassis.runtime import Runtime
from services.rendezvous.calendars import external
from services.rendezvous.domain import delai
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.persistence.attentes import ATTENTE_REVIEW, PLACE_FREED, as_freed
from services.rendezvous.reprising import work_due_lines
from services.rendezvous.usecases import booking, delais, offering, passing, reprise, series
from services.rendezvous.usecases.calendars import REFRESH_DUE
from services.rendezvous.usecases.filling import EXTENSION

#: Technical time before a freed place that could not be looked at is looked at again.
_AGAIN = timedelta(seconds=30)
#: Technical time before a series that failed is taken up again.
_AGAIN_IN = timedelta(minutes=5)
deadlines = Deadlines()
log = get_logger(__name__)


@deadlines.due("hold_expiry")
def expire_holds(uow: UnitOfWork, items: Sequence[Due]) -> None:
    """Free the places kept past their time."""
    booking.holds_ran_out(uow, [UUID(item.subject) for item in items])


@deadlines.outside(REFRESH_DUE)
def refresh_calendars(runtime: Runtime, items: Sequence[Due]) -> None:
    """Read agents' own calendars again."""
    external.refresh_due(runtime, items)


@deadlines.due(passing.OFFER_EXPIRY)
def expire_offers(uow: UnitOfWork, items: Sequence[Due]) -> None:
    """Nobody answered in time: the place is for the next in line."""
    passing.offers_ran_out(uow, [UUID(item.subject) for item in items])


@deadlines.due(passing.ATTENTE_END)
def end_waits(uow: UnitOfWork, items: Sequence[Due]) -> None:
    """The last day that suited is over."""
    passing.periods_are_over(uow, [UUID(item.subject) for item in items])


@deadlines.due(ATTENTE_REVIEW)
def review_waits(uow: UnitOfWork, items: Sequence[Due]) -> None:
    """A rendezvous was booked or cancelled: what was waited for may have no object any more."""
    passing.review(uow, [UUID(item.subject) for item in items])


@deadlines.outside(PLACE_FREED)
def offer_places(runtime: Any, items: Sequence[Due]) -> None:
    """Offer each freed time in a transaction of its own: one holds the locks of its agents alone.

    What fails comes back; one that always fails holds up none of the others.
    """
    for item in items:
        with correlated(Correlation(correlation_id=item.correlation_id)):
            try:
                runtime.transaction(lambda uow, item=item: _offer_place(uow, item))
            except Exception as error:  # noqa: BLE001 - whatever it was, the place is kept for later
                log.warning("place_freed_deferred", **told(error))
                runtime.transaction(
                    lambda uow, item=item, error=error: postpone(
                        uow, item.id, _AGAIN, type(error).__name__
                    )
                )


def _offer_place(uow: UnitOfWork, item: Due) -> None:
    offering.offer_freed(uow, as_freed(item.payload))
    finish(uow, [item.id])


@deadlines.outside(EXTENSION)
def extend_series(runtime: Runtime, items: Sequence[Due]) -> None:
    """Put in the agenda what came within the horizon, one series per transaction: the lock on an
    agent is short, and no two agents are locked out of order."""
    for item in items:
        with correlated(Correlation(correlation_id=item.correlation_id)):
            try:
                left_out = runtime.transaction(partial(_extend, item=item))
            except Exception as error:  # noqa: BLE001 - one series must not hold the others
                log.error("serie_not_extended", aggregate_id=item.subject, **told(error))
                runtime.transaction(partial(_put_off, item=item, error=type(error).__name__))
                continue
        if left_out:
            log.warning("serie_conflicts", aggregate_id=item.subject, count=left_out)


def _extend(uow: UnitOfWork, *, item: Due) -> int:
    left_out = series.extend_serie(uow, UUID(item.subject))
    finish(uow, [item.id])
    return left_out


def _put_off(uow: UnitOfWork, *, item: Due, error: str) -> None:
    postpone(uow, item.id, _AGAIN_IN, error)


@deadlines.due(delai.KIND)
def measure_delais(uow: UnitOfWork, items: Sequence[Due]) -> None:
    """One MDS after the other; each measure plans that of the next morning."""
    for item in items:
        delais.measure(uow, item.subject)


@deadlines.outside(reprise.LINE)
def work_reprise_lines(runtime: Runtime, items: Sequence[Due]) -> None:
    """Reassign, move or cancel, one rendezvous after the other."""
    work_due_lines(runtime, items)
