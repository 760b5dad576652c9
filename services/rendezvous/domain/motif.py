"""Motifs: what a rendezvous is for. A motif is dated; a change is a new version of its code."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from chassis.clock import paris_day
from chassis.errors import Invalid
from services.rendezvous.domain.errors import BinomeRequired, NotYoursToBook, OutsideDelay


class Kind(StrEnum):
    """First reception or accompaniment: the two lines of the published tables."""

    PREMIER_ACCUEIL = "PREMIER_ACCUEIL"
    ACCOMPAGNEMENT = "ACCOMPAGNEMENT"
    AUTRE = "AUTRE"


class Modality(StrEnum):
    """How it is held. VAD is a home visit (visite à domicile)."""

    PRESENTIEL = "PRESENTIEL"
    TELEPHONE = "TELEPHONE"
    VAD = "VAD"
    PERMANENCE = "PERMANENCE"
    VISIO = "VISIO"


@dataclass(frozen=True, kw_only=True)
class Shape:
    """The time a rendezvous takes. Buffers are the agents' and the room's, not the person's."""

    duration: timedelta
    before: timedelta = timedelta(0)
    after: timedelta = timedelta(0)

    def with_travel(self, minutes: int) -> Shape:
        """The same with the way there and the way back: the agents' and the vehicle's."""
        way = timedelta(minutes=minutes)
        return replace(self, before=self.before + way, after=self.after + way)


@dataclass(eq=False, kw_only=True)
class Motif:
    """One dated version of a motif. `professions` and `bookable_by` empty: everyone's."""

    id: UUID
    code: str
    label: str
    kind: Kind
    modality: Modality
    professions: frozenset[str]
    duration_minutes: int
    buffer_before_minutes: int
    buffer_after_minutes: int
    min_notice_minutes: int
    max_ahead_days: int
    cancel_notice_minutes: int
    bookable_by: frozenset[str]
    bookable_by_personne: bool
    discreet: bool
    instructions: str
    valid_from: date
    valid_to: date | None
    #: A time that frees is offered to so many of the waiting list at once, for so long: *exemple*.
    offers_at_once: int = 1
    offer_minutes: int = 240
    #: One of the site is taken when none is named.
    needs_room: bool = False
    needs_vehicle: bool = False
    #: Seats; above 1 it is collective.
    capacity: int = 1
    #: Two for a binôme: information préoccupante, expulsion, difficult home visits.
    min_agents: int = 1
    #: Up to so many minutes, someone late counts as on time.
    late_after_minutes: int = 0
    version: int = 1

    @property
    def shape(self) -> Shape:
        """Duration and buffers as time spans."""
        return Shape(
            duration=timedelta(minutes=self.duration_minutes),
            before=timedelta(minutes=self.buffer_before_minutes),
            after=timedelta(minutes=self.buffer_after_minutes),
        )

    @property
    def needs_identity(self) -> bool:
        """Anyone is received, identified or not: only a first reception can be anonymous; a
        collective rendezvous is there before those who take part."""
        return self.kind is not Kind.PREMIER_ACCUEIL and not self.is_collective

    @property
    def is_collective(self) -> bool:
        """Whether people enrol in it one by one."""
        return self.capacity > 1

    @property
    def is_away(self) -> bool:
        """Held at the person's home: the agents travel."""
        return self.modality is Modality.VAD

    def is_valid_on(self, day: date) -> bool:
        """Whether this version is in force on a Paris day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def takes(self, profession: str) -> bool:
        """Whether a lead agent of this profession may hold it."""
        return not self.professions or profession in self.professions

    def window(self, now: datetime) -> tuple[datetime, datetime]:
        """The first and last instants at which it can be booked from now."""
        earliest = now + timedelta(minutes=self.min_notice_minutes)
        return earliest, now + timedelta(days=self.max_ahead_days)

    def end(self, valid_to: date) -> None:
        """Fix the last day. Raises Invalid before the first."""
        if valid_to < self.valid_from:
            raise Invalid("Doit suivre « valid_from ».", field="/valid_to")
        self.valid_to = valid_to
        self.version += 1

    def is_open_to(self, roles: frozenset[str], *, is_personne: bool) -> bool:
        """Whether this caller may set up a rendezvous of it."""
        try:
            self.check_booker(roles, is_personne=is_personne)
        except NotYoursToBook:
            return False
        return True

    def check_booker(self, roles: frozenset[str], *, is_personne: bool) -> None:
        """Raise NotYoursToBook unless this caller may set up a rendezvous of it."""
        if is_personne and self.is_collective:
            raise NotYoursToBook("Inscrivez-vous à une session proposée.")
        self.check_enroller(roles, is_personne=is_personne)

    def check_enroller(self, roles: frozenset[str], *, is_personne: bool) -> None:
        """Raise NotYoursToBook unless the motif is open to this caller."""
        if is_personne and not self.bookable_by_personne:
            raise NotYoursToBook("Ce motif se prend auprès du secrétariat de votre MDS.")
        if not is_personne and self.bookable_by and roles.isdisjoint(self.bookable_by):
            raise NotYoursToBook("Ce motif n’est pas ouvert à votre rôle.")

    def check_team(self, agents: int) -> None:
        """Raise BinomeRequired when too few agents would hold it."""
        if agents < self.min_agents:
            raise BinomeRequired(f"Ce motif demande {self.min_agents} agents.")

    def check_delay(self, starts_at: datetime, now: datetime) -> None:
        """Raise OutsideDelay when it is too soon or too far ahead."""
        earliest, latest = self.window(now)
        if starts_at < earliest:
            raise OutsideDelay(
                f"Ce motif demande {self.min_notice_minutes} minutes de préavis ; "
                "un agent peut passer outre (outside_delay)."
            )
        if starts_at > latest:
            raise OutsideDelay(
                f"Ce motif se prend au plus {self.max_ahead_days} jours à l’avance ; "
                "un agent peut passer outre (outside_delay)."
            )

    def cancellable_until(self, starts_at: datetime) -> datetime:
        """Until when the person may cancel by themselves."""
        return starts_at - timedelta(minutes=self.cancel_notice_minutes)


def day_of(starts_at: datetime) -> date:
    """The Paris day under which a rendezvous is counted and its motif read."""
    return paris_day(starts_at)
