"""What dsu keeps of accueil: agents by dated assignment, personnes, orientations. No names."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.dsu.domain.dossier import REFERENT_PROFESSIONS
from services.protection import Protection


@dataclass(frozen=True, kw_only=True)
class Agent:
    """An agent as assigned on a day."""

    agent_id: UUID
    profession: str
    mds: str | None
    active: bool

    @property
    def can_be_referent(self) -> bool:
        """An ASS or a CESF in activity (schéma départemental)."""
        return self.active and self.profession in REFERENT_PROFESSIONS


@dataclass(frozen=True, kw_only=True)
class Personne:
    """What a rule needs of a personne."""

    personne_id: UUID
    deceased: bool = False
    #: None: accueil has not said, or has lost them.
    told: Protection | None = None

    @property
    def protection(self) -> Protection:
        """Who may know of their file; protected as long as nothing is said."""
        return self.told or Protection(protected=True)


@dataclass(frozen=True, kw_only=True)
class Orientation:
    """What was asked, and for whom."""

    orientation_id: UUID
    target: str
    personne_ids: frozenset[UUID]
