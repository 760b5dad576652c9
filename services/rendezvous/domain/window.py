"""A window of several agendas, as a search reads it at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from services.rendezvous.domain.occupation import Interval


@dataclass(frozen=True, kw_only=True)
class Look:
    """Whose agendas, and how far."""

    #: Starts are sought there.
    window: Interval
    #: How much of the window is read at most, from its start; with sites, from the first opening.
    length: timedelta
    #: What a rendezvous takes before its start, and after it.
    before: timedelta
    after: timedelta
    now: datetime
    #: Whose; empty: whoever is open on the sites. When both are given, these agents there.
    agent_ids: Collection[UUID] = ()
    sites: Collection[str] = ()
    #: Rooms, vehicles and personnes whose time counts as well.
    other_ids: Collection[UUID] = ()
    #: A rendezvous or a hold that is in nobody's way.
    own: UUID | None = None


class Times(NamedTuple):
    """Times of one sort, one by row of the three lists: of agents open on a site for the same
    kinds and motifs (`opening`), of whom or what is taken (`busy`), of a site that is closed
    (`closure`; None: every site). `post` says from when agents hold one, and has no end.

    Times are ticks, as agenda.py counts them. Ids stay text: a thousand are read for each search,
    and few are told.
    """

    sort: str
    site: str | None
    kinds: Sequence[str]
    motifs: Sequence[str]
    profession: str | None
    active: bool | None
    ids: Sequence[str]
    starts: Sequence[int]
    ends: Sequence[int]


class Window(NamedTuple):
    """What was read: every start before `end` can be told."""

    end: datetime
    times: Sequence[Times]
