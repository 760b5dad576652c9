"""How long one waits: the third slot that can be had, and when the wait is too long.

Source: schéma départemental du service social, where a wait of more than three weeks is an
overload that the service volant may relieve, in the second rank.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol
from uuid import NAMESPACE_URL, UUID, uuid5

from chassis.clock import instant_of, paris_day
from services.rendezvous.domain.besoin import Profession
from services.rendezvous.events import DelaiExceeded

#: The due work of one MDS, and its hour in Paris (*exemple*): before anybody comes in.
KIND, HOUR = "delai", time(5)
#: How far ahead a slot is sought.
HORIZON = timedelta(days=183)
#: Slots are loaded a week first, which nearly always holds the third; then twice as long each time.
STRIDE = timedelta(days=7)
#: From which day, and over how many days, a wait is too long. No date is published: the first
#: value holds for every day a replay can reach.
LIMITS = ((date(2000, 1, 1), 21),)


class Slot(Protocol):
    """A time that can be booked, and the agents who would hold it."""

    @property
    def starts_at(self) -> datetime:
        """The instant it starts."""

    @property
    def ends_at(self) -> datetime:
        """The instant it ends."""

    @property
    def agent_ids(self) -> tuple[UUID, ...]:
        """Who would hold it."""


@dataclass(frozen=True, kw_only=True)
class Delai:
    """One measure. `third_at` and `days` are None when the horizon holds no third slot."""

    day: date
    mds: str
    motif: str
    profession: Profession
    third_at: datetime | None
    days: int | None
    limit_days: int

    @property
    def key(self) -> tuple[str, Profession]:
        """What is measured, in its MDS."""
        return self.motif, self.profession

    @property
    def is_exceeded(self) -> bool:
        """Whether one waits longer than the limit; without any slot, one does."""
        return self.days is None or self.days > self.limit_days

    def crosses(self, before: Delai | None) -> bool:
        """Whether the limit is crossed now: told once, and again only after it came back."""
        return self.is_exceeded and not (before is not None and before.is_exceeded)

    def fact(self) -> DelaiExceeded:
        """What the world is told of it."""
        name = f"delai/{self.mds}/{self.motif}/{self.profession}"
        return DelaiExceeded(
            delai_id=uuid5(NAMESPACE_URL, name),
            mds=self.mds,
            motif=self.motif,
            profession=self.profession,
            measured_on=self.day,
            limit_days=self.limit_days,
            days=self.days,
        )


def measured(
    *, day: date, mds: str, motif: str, profession: Profession, third_at: datetime | None
) -> Delai:
    """The measure of a Paris day."""
    return Delai(
        day=day,
        mds=mds,
        motif=motif,
        profession=profession,
        third_at=third_at,
        days=(paris_day(third_at) - day).days if third_at else None,
        limit_days=limit_on(day),
    )


def limit_on(day: date) -> int:
    """The days of wait that are still borne on a day."""
    return next((days for since, days in reversed(LIMITS) if since <= day), LIMITS[0][1])


def next_measure(now: datetime) -> datetime:
    """The next five o'clock in Paris, strictly later."""
    today = instant_of(paris_day(now), HOUR)
    return today if today > now else instant_of(paris_day(now) + timedelta(days=1), HOUR)


class Bookable:
    """Counts, among slots in order, those that could all be booked: one agent's slots that
    overlap, buffers (`apart`) included, are one rendezvous, however many starts the grid shows."""

    def __init__(self, apart: timedelta) -> None:
        self._apart = apart
        self._free_from: dict[UUID, datetime] = {}
        self._found = 0

    def third(self, slots: Iterable[Slot]) -> datetime | None:
        """When the third starts, if these slots hold it; what was counted before stays."""
        for slot in slots:
            if any(slot.starts_at < self._until(agent_id) for agent_id in slot.agent_ids):
                continue
            self._free_from |= dict.fromkeys(slot.agent_ids, slot.ends_at + self._apart)
            self._found += 1
            if self._found == 3:
                return slot.starts_at
        return None

    def _until(self, agent_id: UUID) -> datetime:
        return self._free_from.get(agent_id, _EVER)


_EVER = instant_of(date(1900, 1, 1))


def crossings(
    today: Iterable[Delai], before: Mapping[tuple[str, Profession], Delai]
) -> list[Delai]:
    """Those that cross the limit, seen from the latest measure of each before."""
    return [one for one in today if one.crosses(before.get(one.key))]
