"""A need of reinforcement: an MDS asks for days of the service volant, for a reason of two ranks.

Source: schéma départemental du service social. Volants go first to a vacancy, an illness, a
part-time by right, the load left by the reorganisation of 2018; only if the month's planning
allows, to an overload (a wait of more than three weeks), a part-time by choice, a trainee.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.rendezvous.domain.errors import BesoinDecided

#: What is proposed when the wait is too long: so many days a week, for so many weeks. *Exemple.*
PROPOSED_DAYS, PROPOSED_WEEKS = 2, 4


class Profession(StrEnum):
    """Professions of the service volant (4 ASS, 2 CESF in 2023), and of whom it relieves."""

    ASS = "ASS"
    CESF = "CESF"


class Reason(StrEnum):
    """Why days are asked, in the order of the schéma."""

    VACANCE = "VACANCE"
    MALADIE = "MALADIE"
    TEMPS_PARTIEL_DROIT = "TEMPS_PARTIEL_DROIT"
    REORGANISATION_2018 = "REORGANISATION_2018"
    SURCHARGE = "SURCHARGE"
    TEMPS_PARTIEL_CHOISI = "TEMPS_PARTIEL_CHOISI"
    STAGIAIRE = "STAGIAIRE"

    @property
    def rank(self) -> int:
        """1: due first. 2: only if the planning allows."""
        return 2 if self in _SECOND else 1


_SECOND = frozenset({Reason.SURCHARGE, Reason.TEMPS_PARTIEL_CHOISI, Reason.STAGIAIRE})


class BesoinStatus(StrEnum):
    """PROPOSED by the measure of waits, OPEN once the MDS asks, ENDED when it no longer does."""

    PROPOSED = "PROPOSED"
    OPEN = "OPEN"
    ENDED = "ENDED"


@dataclass(eq=False, kw_only=True)
class Besoin:
    """Days a week of one volant, from a Paris day to another, both included."""

    id: UUID
    mds: str
    profession: Profession
    reason: Reason
    starts_on: date
    ends_on: date
    days_per_week: int
    status: BesoinStatus
    asked_at: datetime
    asked_on: date
    asked_by: str
    version: int = 1

    @property
    def rank(self) -> int:
        """That of its reason."""
        return self.reason.rank

    def confirm(self, *, starts_on: date, ends_on: date, days_per_week: int) -> None:
        """The MDS takes up what was proposed, as it wants it. Raises BesoinDecided."""
        if self.status is not BesoinStatus.PROPOSED:
            raise BesoinDecided("Ce besoin n’est plus à confirmer.")
        self.starts_on, self.ends_on, self.days_per_week = starts_on, ends_on, days_per_week
        self.status = BesoinStatus.OPEN
        self.version += 1

    def end(self) -> bool:
        """The MDS asks no more. Answers whether that is new."""
        if self.status is BesoinStatus.ENDED:
            return False
        self.status = BesoinStatus.ENDED
        self.version += 1
        return True

    def days_among(self, worked: Iterable[date]) -> list[date]:
        """Those of these days it covers."""
        return [day for day in worked if self.starts_on <= day <= self.ends_on]

    def asked_among(self, worked: Iterable[date]) -> int:
        """Days asked over these days worked: each week its share, never more than it has."""
        weeks: dict[date, int] = {}
        for day in self.days_among(worked):
            weeks[week_of(day)] = weeks.get(week_of(day), 0) + 1
        return sum(min(self.days_per_week, count) for count in weeks.values())


def week_of(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())
