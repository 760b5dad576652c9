"""A visite: someone comes, calls or writes, waits, is received, and it ends with an outcome."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from chassis.errors import Conflict, Invalid, NotFound


class VisiteChannel(StrEnum):
    """How the person reached the service."""

    SUR_PLACE = "SUR_PLACE"
    TELEPHONE = "TELEPHONE"
    COURRIEL = "COURRIEL"
    COURRIER = "COURRIER"
    ALLER_VERS = "ALLER_VERS"


class Origin(StrEnum):
    """Who took the step."""

    PERSONNE = "PERSONNE"
    TIERS = "TIERS"
    PROFESSIONNEL = "PROFESSIONNEL"


class Outcome(StrEnum):
    """What a visite led to. Every visite ends with one."""

    ANSWERED = "ANSWERED"
    PONCTUEL = "PONCTUEL"
    RENDEZVOUS = "RENDEZVOUS"
    DSU = "DSU"
    AIDE = "AIDE"
    ORIENTATION = "ORIENTATION"
    URGENCY = "URGENCY"
    #: Left without being seen.
    LEFT = "LEFT"


class VisiteStatus(StrEnum):
    """Where the person stands in the queue."""

    ARRIVED = "ARRIVED"
    WAITING = "WAITING"
    IN_INTERVIEW = "IN_INTERVIEW"
    CLOSED = "CLOSED"
    LEFT = "LEFT"


class Action(StrEnum):
    """What reception does with a visite."""

    WAIT = "WAIT"
    INTERVIEW = "INTERVIEW"
    CLOSE = "CLOSE"
    LEAVE = "LEAVE"


#: What is not here is refused. A question answered at the desk closes without an interview;
#: one who is being received has been seen, and does not leave without an outcome of their own.
TRANSITIONS: dict[tuple[VisiteStatus, Action], VisiteStatus] = {
    (VisiteStatus.ARRIVED, Action.WAIT): VisiteStatus.WAITING,
    (VisiteStatus.ARRIVED, Action.INTERVIEW): VisiteStatus.IN_INTERVIEW,
    (VisiteStatus.ARRIVED, Action.CLOSE): VisiteStatus.CLOSED,
    (VisiteStatus.ARRIVED, Action.LEAVE): VisiteStatus.LEFT,
    (VisiteStatus.WAITING, Action.INTERVIEW): VisiteStatus.IN_INTERVIEW,
    (VisiteStatus.WAITING, Action.CLOSE): VisiteStatus.CLOSED,
    (VisiteStatus.WAITING, Action.LEAVE): VisiteStatus.LEFT,
    (VisiteStatus.IN_INTERVIEW, Action.CLOSE): VisiteStatus.CLOSED,
}

_STATUS_IN_FRENCH = {
    VisiteStatus.ARRIVED: "arrivée",
    VisiteStatus.WAITING: "en attente",
    VisiteStatus.IN_INTERVIEW: "en entretien",
    VisiteStatus.CLOSED: "terminée",
    VisiteStatus.LEFT: "repartie sans être reçue",
}


class VisiteNotFound(NotFound):
    """No visite has this id, or its person's file is hidden from the caller."""

    code = "visite-introuvable"
    title = "Visite introuvable"


class VisiteStateRefuses(Conflict):
    """The visite's state does not allow this action."""

    code = "visite-etat"
    title = "L’état de la visite ne le permet pas"
    members: ClassVar = {"visite_status": ("L’état actuel de la visite.", "CLOSED")}


class VisiteAlreadyAttached(Conflict):
    """The visite belongs to another person already."""

    code = "visite-deja-rattachee"
    title = "Visite déjà rattachée à une autre personne"


class OutcomeReserved(Invalid):
    """LEFT says the person was not seen: that is `leave`, not `close`."""

    code = "issue-reservee"
    title = "Issue réservée aux départs sans entretien"


@dataclass(eq=False, kw_only=True)
class Visite:
    """One coming, call or letter. Instants are trade time; `personne_id` None: anonymous."""

    visite_id: UUID
    mds: str
    site: str
    channel: VisiteChannel
    origin: Origin
    arrived_at: datetime
    registered_by: UUID | None = None
    personne_id: UUID | None = None
    #: The first name one gives, when one gives nothing else.
    declared_name: str | None = None
    language: str | None = None
    interpreter_needed: bool = False
    status: VisiteStatus = VisiteStatus.ARRIVED
    waiting_at: datetime | None = None
    interview_at: datetime | None = None
    ended_at: datetime | None = None
    #: Who receives the person.
    agent_id: UUID | None = None
    outcome: Outcome | None = None
    attached_at: datetime | None = None
    version: int = 1

    @property
    def personne_ids(self) -> tuple[UUID, ...]:
        """As facts carry them: empty when anonymous."""
        return (self.personne_id,) if self.personne_id else ()

    def wait(self, now: datetime) -> None:
        """The person sits down. Raises VisiteStateRefuses."""
        self._move(Action.WAIT)
        self.waiting_at = now

    def interview(self, now: datetime, agent_id: UUID | None) -> None:
        """An agent receives the person. Raises VisiteStateRefuses."""
        self._move(Action.INTERVIEW)
        self.interview_at, self.agent_id = now, agent_id

    def close(self, now: datetime, outcome: Outcome) -> None:
        """It ends with an outcome. Raises VisiteStateRefuses, OutcomeReserved."""
        if outcome is Outcome.LEFT:
            raise OutcomeReserved(
                "Utilisez « leave » pour une personne repartie sans être reçue.", field="/outcome"
            )
        self._move(Action.CLOSE)
        self.ended_at, self.outcome = now, outcome

    def leave(self, now: datetime) -> None:
        """The person left without being seen. Raises VisiteStateRefuses."""
        self._move(Action.LEAVE)
        self.ended_at, self.outcome = now, Outcome.LEFT

    def attach(self, now: datetime, personne_id: UUID) -> bool:
        """Say who it was, now or long after the end. Answers whether anything changed.

        Raises VisiteAlreadyAttached: a visite has one person, said once.
        """
        if self.personne_id == personne_id:
            return False
        if self.personne_id is not None:
            raise VisiteAlreadyAttached("Ouvrez une autre visite pour cette personne.")
        self.personne_id, self.attached_at = personne_id, now
        return True

    def _move(self, action: Action) -> None:
        target = TRANSITIONS.get((self.status, action))
        if target is None:
            raise VisiteStateRefuses(
                f"La visite est {_STATUS_IN_FRENCH[self.status]} : relisez la file du site.",
                extra={"visite_status": self.status.value},
            )
        self.status = target
