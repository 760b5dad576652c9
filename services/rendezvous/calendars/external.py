"""Keeps the busy times of agents' own calendars up to date. No transaction is open meanwhile.

What a fetch or a file brings is read in a process of its own (`busy_times`), so that a calendar
made to be slow or large costs itself alone.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from time import monotonic
from uuid import UUID

from chassis.deadlines import Due
from chassis.due import finish, work_apart
from chassis.runtime import Runtime
from services.rendezvous.calendars.busy_times import Busy
from services.rendezvous.calendars.source import CalendarSource
from services.rendezvous.domain.calendar import Trouble, Troubled
from services.rendezvous.domain.occupation import Interval
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.settings import Settings
from services.rendezvous.usecases.exchanged import calendars

#: Technical seconds after which a round leaves the rest: holds must not wait for calendars.
_ROUND_SECONDS = 20.0
#: Technical seconds for reading one calendar: ten of a processor, on a busy machine.
_READ_SECONDS = 30.0
#: Technical time before a calendar whose reading broke off is read again.
_AGAIN = timedelta(minutes=1)
_ROOT = Path(__file__).parents[3]

Fetch = Callable[[str], bytes]


def refresh_due(runtime: Runtime, items: Sequence[Due], fetch: Fetch | None = None) -> None:
    """Read again the calendars whose hour has come; what is left comes back with its lease."""
    hosts = runtime.settings_of(Settings).calendar_hosts
    until = monotonic() + _ROUND_SECONDS

    def refresh(runtime: Runtime, item: Due) -> None:
        if monotonic() < until:
            _refresh(runtime, item, fetch or CalendarSource(hosts=hosts).fetch)

    work_apart(runtime, items, refresh, again_in=_AGAIN)


def read_apart(content: bytes, window: Interval) -> Busy:
    """Busy times of a calendar, read in a process of its own. Raises Troubled."""
    command = [sys.executable, "-m", "services.rendezvous.calendars.busy_times"]
    command += [window.start.isoformat(), window.end.isoformat()]
    try:
        done = subprocess.run(  # noqa: S603 - our own module, on times of ours
            command,
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
            env={},  # none of our secrets is there
            timeout=_READ_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Troubled(Trouble.TOO_SLOW) from None
    if done.returncode != 0:  # it ran out of the time or of the memory it is given
        raise Troubled(Trouble.TOO_SLOW)
    answer = json.loads(done.stdout)
    if "trouble" in answer:
        raise Troubled(Trouble(answer["trouble"]))
    spans = [Interval(*map(datetime.fromisoformat, span)) for span in answer["busy"]]
    return Busy(spans, answer["ignored"])


def _refresh(runtime: Runtime, item: Due, fetch: Fetch) -> None:
    agent_id = UUID(item.subject)
    url, window = runtime.transaction(partial(_what_to_read, agent_id))
    if url is None:
        runtime.transaction(partial(_finish, item))
        return
    try:
        busy = read_apart(fetch(url), window)
    except Troubled as error:
        settle = partial(
            calendars.could_not_be_read, agent_id=agent_id, url=url, trouble=error.trouble
        )
    else:
        settle = partial(
            calendars.was_read, agent_id=agent_id, url=url, busy=busy.spans, ignored=busy.ignored
        )
    runtime.transaction(partial(_settle, item, settle))


def _what_to_read(agent_id: UUID, uow: UnitOfWork) -> tuple[str | None, Interval]:
    return calendars.address_to_read(uow, agent_id), calendars.busy_window(uow)


def _settle(item: Due, settle: Callable[[UnitOfWork], None], uow: UnitOfWork) -> None:
    """Done first: the next reading is planned under the same name."""
    _finish(item, uow)
    settle(uow)


def _finish(item: Due, uow: UnitOfWork) -> None:
    finish(uow, [item.id])
