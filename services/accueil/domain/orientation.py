"""An orientation: to whom, why, by when; taken up by someone, or overdue once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from chassis.clock import end_of_day
from chassis.errors import Conflict, Invalid, NotFound

OVERDUE_KIND = "orientation_overdue"


class Target(StrEnum):
    """What is asked for, or of whom."""

    RENDEZVOUS = "RENDEZVOUS"
    DSU = "DSU"
    AIDE = "AIDE"
    POLE = "POLE"
    PARTENAIRE = "PARTENAIRE"


#: The service whose act is what was asked. A pôle or a partner answers by an agent.
_ASKED_OF = {Target.RENDEZVOUS: "rendezvous", Target.DSU: "dsu", Target.AIDE: "aides"}


class Unanswered(StrEnum):
    """Why what a service did answers no orientation, although it names one."""

    UNKNOWN = "UNKNOWN"
    OTHER_TARGET = "OTHER_TARGET"
    OTHER_PERSONNE = "OTHER_PERSONNE"


class OrientationNotFound(NotFound):
    """No orientation has this id, or its person's file is hidden from the caller."""

    code = "orientation-introuvable"
    title = "Orientation introuvable"


class OrientationAlreadyAnswered(Conflict):
    """Someone took it up first."""

    code = "orientation-deja-repondue"
    title = "Orientation déjà prise en charge"
    members: ClassVar = {"answered_by": ("Le service ou l’agent qui a répondu.", "rendezvous")}


class DueInThePast(Invalid):
    """The deadline is before today."""

    code = "echeance-passee"
    title = "Échéance déjà passée"


class TargetUnnamed(Invalid):
    """A pôle or a partner must be named by its code."""

    code = "destinataire-manquant"
    title = "Destinataire à préciser"


@dataclass(eq=False, kw_only=True)
class Orientation:
    """A need handed over. `due_on` is the last Paris day on which an answer is in time."""

    orientation_id: UUID
    mds: str
    site: str
    target: Target
    requested_at: datetime
    due_on: date
    requested_by: UUID | None = None
    visite_id: UUID | None = None
    personne_id: UUID | None = None
    target_agent_id: UUID | None = None
    #: Code of the pôle or of the partner.
    target_code: str | None = None
    reason: str | None = None
    answered_at: datetime | None = None
    answered_by: str | None = None
    overdue_at: datetime | None = None
    version: int = 1

    @property
    def personne_ids(self) -> tuple[UUID, ...]:
        """As facts carry them: empty when anonymous."""
        return (self.personne_id,) if self.personne_id else ()

    @property
    def status(self) -> str:
        """OPEN, ANSWERED (even late) or OVERDUE."""
        if self.answered_at is not None:
            return "ANSWERED"
        return "OVERDUE" if self.overdue_at is not None else "OPEN"

    @property
    def overdue_from(self) -> datetime:
        """The first instant that is too late: midnight in Paris after `due_on`."""
        return end_of_day(self.due_on)

    def mismatch(
        self, service: str, personne_ids: Collection[UUID], *, concerned: UUID | None
    ) -> Unanswered | None:
        """Why a service's act for these people is not what was asked, or None.

        `concerned`: whoever the orientation is about, None while that is not known.
        """
        if _ASKED_OF.get(self.target) != service:
            return Unanswered.OTHER_TARGET
        if concerned is not None and concerned not in personne_ids:
            return Unanswered.OTHER_PERSONNE
        return None

    def answer(self, now: datetime, by: str) -> bool:
        """Someone takes it up, in time or late. Answers whether this was the first answer."""
        if self.answered_at is not None:
            return False
        self.answered_at, self.answered_by = now, by
        return True

    def fall_overdue(self, now: datetime) -> bool:
        """Note that nobody answered in time. Answers whether it had not been noted yet."""
        if self.answered_at is not None or self.overdue_at is not None:
            return False
        if now < self.overdue_from:
            return False
        self.overdue_at = now
        return True
