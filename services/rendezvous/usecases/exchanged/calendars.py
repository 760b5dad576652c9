"""An agent's calendar feed, and the busy times of their own calendar."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from secrets import token_urlsafe
from urllib.parse import urlsplit
from uuid import UUID

from chassis.caller import Caller
from chassis.clock import instant_of, paris_day
from chassis.ids import new_id
from services.rendezvous.domain.calendar import (
    AHEAD,
    BEHIND,
    Entry,
    ExternalCalendar,
    Source,
    Trouble,
    entries,
    opens,
    secret_digest,
    turned,
    window_of,
)
from services.rendezvous.domain.errors import CalendarHostRefused, CalendarUnknown
from services.rendezvous.domain.occupation import Interval
from services.rendezvous.domain.planning import Absence, AbsenceKind
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.usecases.supply.absences import absences_gone, absences_recorded

#: The kind of due work that reads a calendar again; its subject is the agent.
REFRESH_DUE = "external_calendar_refresh"
_SECRET_BYTES = 32


def draw_feed(uow: UnitOfWork, *, by: Caller, agent_id: UUID) -> str:
    """A secret that opens the caller's feed, told this once; the one before opens nothing."""
    check_own(by, agent_id)
    secret = token_urlsafe(_SECRET_BYTES)
    uow.calendars.put_feed(agent_id, secret_digest(secret), uow.now)
    return secret


def end_feed(uow: UnitOfWork, *, by: Caller, agent_id: UUID) -> None:
    """Close the caller's feed. Raises CalendarUnknown when it has none."""
    check_own(by, agent_id)
    if not uow.calendars.end_feed(agent_id):
        raise CalendarUnknown()


def read_feed(uow: UnitOfWork, *, secret: str) -> Sequence[Entry]:
    """What a secret opens, while its agent is in post. Raises CalendarUnknown.

    The span begins and ends with a Paris day: within one, only a change changes it.
    """
    found = uow.calendars.feed(secret_digest(secret))
    if found is None or not opens(secret, found[1]):
        raise CalendarUnknown()
    agent_id = found[0]
    if not _is_in_post(uow, agent_id):
        raise CalendarUnknown()
    today = instant_of(uow.today)
    window = Interval(today - BEHIND, today + AHEAD)
    return entries(
        agent_id,
        uow.agendas.of_agent(agent_id, window),
        uow.plannings.absences_of([agent_id], window),
        changed_at=today,
    )


def plug(
    uow: UnitOfWork, *, by: Caller, agent_id: UUID, url: str, hosts: Collection[str]
) -> ExternalCalendar:
    """Read the caller's own calendar at this address, as soon as may be and then each hour.

    What was known of the one before stays until it is read. Raises CalendarHostRefused.
    """
    check_own(by, agent_id)
    check_address(url, hosts)
    uow.occupations.lock({agent_id})
    calendar = ExternalCalendar(agent_id=agent_id, source=Source.URL, url=url)
    uow.calendars.put_external(calendar)
    uow.schedule(REFRESH_DUE, agent_id, uow.now)
    return calendar


def load(
    uow: UnitOfWork, *, by: Caller, agent_id: UUID, busy: Collection[Interval], ignored: int
) -> tuple[ExternalCalendar, list[UUID]]:
    """Take the busy times of a file the caller gave, in place of all that was known. Answers also
    the rendezvous that those that are new fall on, which stay."""
    check_own(by, agent_id)
    uow.occupations.lock({agent_id})
    before = uow.calendars.external(agent_id)
    read_at = before.read_at if before else None
    calendar = ExternalCalendar(agent_id=agent_id, source=Source.FILE, read_at=read_at)
    uow.unschedule(REFRESH_DUE, agent_id)
    return calendar, _keep(uow, calendar, busy, ignored)


def read_state(uow: UnitOfWork, *, by: Caller, agent_id: UUID) -> ExternalCalendar:
    """How the caller's own calendar is doing. Raises CalendarUnknown."""
    check_own(by, agent_id)
    calendar = uow.calendars.external(agent_id)
    if calendar is None:
        raise CalendarUnknown()
    return calendar


def unplug(uow: UnitOfWork, *, by: Caller, agent_id: UUID) -> None:
    """Forget it, and give the time back. Raises CalendarUnknown."""
    read_state(uow, by=by, agent_id=agent_id)
    _forget(uow, agent_id)


def address_to_read(uow: UnitOfWork, agent_id: UUID) -> str | None:
    """Where an agent's calendar is, if it is still to be read: one who has left has none."""
    calendar = uow.calendars.external(agent_id)
    if calendar is None or calendar.url is None:
        return None
    if not _is_in_post(uow, agent_id):
        _forget(uow, agent_id)
        return None
    return calendar.url


def was_read(
    uow: UnitOfWork, *, agent_id: UUID, url: str, busy: Collection[Interval], ignored: int
) -> None:
    """What an address answered, unless the agent has changed it meanwhile."""
    calendar = _same(uow, agent_id, url)
    if calendar is not None:
        _keep(uow, calendar, busy, ignored)
        uow.schedule(REFRESH_DUE, agent_id, calendar.next_try(uow.now))


def could_not_be_read(uow: UnitOfWork, *, agent_id: UUID, url: str, trouble: Trouble) -> None:
    """It could not be read; what was known stays, and it is tried again later."""
    calendar = _same(uow, agent_id, url)
    if calendar is not None:
        calendar.failed(trouble, now=uow.now)
        uow.calendars.put_external(calendar)
        uow.schedule(REFRESH_DUE, agent_id, calendar.next_try(uow.now))


def busy_window(uow: UnitOfWork) -> Interval:
    """The time over which busy times are kept: from today's midnight in Paris."""
    return window_of(uow.today)


def check_address(url: str, hosts: Collection[str]) -> None:
    """https, a host that is admitted, its usual port, and no password. Raises
    CalendarHostRefused."""
    try:
        parts = urlsplit(url)
        usual = parts.port in (None, 443) and parts.username is None and parts.password is None
    except ValueError:
        usual = False
    if not usual or parts.scheme != "https" or (parts.hostname or "") not in hosts:
        raise CalendarHostRefused(
            "Demandez à l’informatique d’admettre cet hébergeur, ou déposez un fichier.",
            field="/url",
        )


def _keep(
    uow: UnitOfWork, calendar: ExternalCalendar, busy: Collection[Interval], ignored: int
) -> list[UUID]:
    """Make these the busy times that are known, and tell what changed, nothing else."""
    reached = window_of(paris_day(calendar.read_at)).end if calendar.read_at else None
    calendar.was_read(busy=len(busy), ignored=ignored, now=uow.now)
    uow.calendars.put_external(calendar)
    return _turn(uow, calendar.agent_id, busy, reached)


def _turn(
    uow: UnitOfWork, agent_id: UUID, busy: Collection[Interval], reached: datetime | None
) -> list[UUID]:
    """The agent is locked. Answers the rendezvous that the times that are new fall on."""
    known = uow.plannings.external_of(agent_id)
    turn = turned(known, busy, since=busy_window(uow).start, reached=reached)
    uow.plannings.delete_absences([one.id for one in (*turn.over, *turn.gone)])
    for one in turn.grown:
        uow.plannings.lengthen(one.id, one.ends_at)
    come = [
        Absence(
            id=new_id(),
            agent_id=agent_id,
            kind=AbsenceKind.EXTERNAL,
            starts_at=span.start,
            ends_at=span.end,
        )
        for span in turn.come
    ]
    uow.plannings.add_absences(come)
    uow.reprises.stop([one.id for one in turn.over], now=uow.now)
    absences_gone(uow, turn.gone)
    told = uow.told_of("absence", [one.id for one in turn.grown]) if turn.grown else set()
    return absences_recorded(uow, [*(one for one in turn.grown if one.id not in told), *come])


def _same(uow: UnitOfWork, agent_id: UUID, url: str) -> ExternalCalendar | None:
    uow.occupations.lock({agent_id})
    calendar = uow.calendars.external(agent_id, to_change=True)
    return calendar if calendar is not None and calendar.url == url else None


def _forget(uow: UnitOfWork, agent_id: UUID) -> None:
    uow.occupations.lock({agent_id})
    uow.calendars.delete_external(agent_id)
    _turn(uow, agent_id, (), None)
    uow.unschedule(REFRESH_DUE, agent_id)


def _is_in_post(uow: UnitOfWork, agent_id: UUID) -> bool:
    post = uow.knowns.assignment_on(agent_id, uow.today)
    return post is not None and post.active


def check_own(by: Caller, agent_id: UUID) -> None:
    """Nobody plugs, reads nor closes another agent's calendars, whatever their rank.

    Raises CalendarUnknown.
    """
    if by.agent_id != agent_id:
        raise CalendarUnknown()
