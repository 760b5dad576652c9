"""Work that falls due in rendezvous: holds and offers that run out, time that frees, waits that
end, lines of reprises, series that reach the horizon, calendars to read again, waits to measure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from uuid import UUID

from chassis.deadlines import Deadlines, Due
from chassis.due import in_one, work_apart
from chassis.logs import get_logger
from chassis.runtime import Runtime
from services.rendezvous.calendars import external
from services.rendezvous.domain import delai
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.persistence.freed import (
    ATTENTE_REVIEW,
    PLACE_FREED,
    SEAT_FREED,
    as_freed,
    as_seat,
)
from services.rendezvous.reprising import work_due_lines
from services.rendezvous.usecases.booked import booking
from services.rendezvous.usecases.exchanged.calendars import REFRESH_DUE
from services.rendezvous.usecases.reprises import reprise
from services.rendezvous.usecases.steering import delais
from services.rendezvous.usecases.supply import series
from services.rendezvous.usecases.supply.filling import EXTENSION
from services.rendezvous.usecases.waiting import offering, offering_seats, passing

#: Technical time before a freed place that could not be looked at is looked at again.
_FREED_AGAIN = timedelta(seconds=30)
#: Technical time before a series that failed is taken up again.
_SERIE_AGAIN = timedelta(minutes=5)
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
    # Of a session it is in the payload: several of its seats may be looked at at once.
    told_of = [item.payload.get("rendezvous_id", item.subject) for item in items]
    passing.review(uow, [UUID(one) for one in told_of])


@deadlines.outside(PLACE_FREED)
def offer_places(runtime: Runtime, items: Sequence[Due]) -> None:
    """Offer each freed time in its own transaction: one holds the locks of its agents alone."""
    work_apart(runtime, items, partial(in_one, act=_offer_place), again_in=_FREED_AGAIN)


@deadlines.outside(SEAT_FREED)
def offer_seats(runtime: Runtime, items: Sequence[Due]) -> None:
    """Offer the free seats of each session, one by transaction."""
    work_apart(runtime, items, partial(in_one, act=_offer_seat), again_in=_FREED_AGAIN)


def _offer_place(uow: UnitOfWork, item: Due) -> None:
    offering.offer_freed(uow, as_freed(item.payload))


def _offer_seat(uow: UnitOfWork, item: Due) -> None:
    offering_seats.offer_seat(uow, as_seat(item.payload))


@deadlines.outside(EXTENSION)
def extend_series(runtime: Runtime, items: Sequence[Due]) -> None:
    """Put in the agenda what came within the horizon, one series per transaction: the lock on an
    agent is short, and no two agents are locked out of order."""
    work_apart(runtime, items, _extend, again_in=_SERIE_AGAIN)


def _extend(runtime: Runtime, item: Due) -> None:
    left_out = in_one(runtime, item, _extend_serie)
    if left_out:
        log.warning("serie_conflicts", aggregate_id=item.subject, count=left_out)


def _extend_serie(uow: UnitOfWork, item: Due) -> int:
    return series.extend_serie(uow, UUID(item.subject))


@deadlines.due(delai.KIND)
def measure_delais(uow: UnitOfWork, items: Sequence[Due]) -> None:
    """One MDS after the other; each measure plans that of the next morning."""
    for item in items:
        delais.measure(uow, item.subject)


@deadlines.outside(reprise.LINE)
@deadlines.outside(reprise.DEPART_LINE)
def work_reprise_lines(runtime: Runtime, items: Sequence[Due]) -> None:
    """Reassign, move or cancel, one rendezvous after the other."""
    work_due_lines(runtime, items)
