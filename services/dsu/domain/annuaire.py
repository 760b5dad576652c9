"""What dsu keeps of accueil: agents by dated assignment, personnes, orientations. No names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from services.dsu.domain.dossier import REFERENT_PROFESSIONS
from services.dsu.domain.errors import PlaceUnknown
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


def check_place(mds: str, site: str, known: Mapping[str, str]) -> None:
    """The site exists and is of this MDS. `known`: the MDS of each site. Raises PlaceUnknown.

    Figures are counted by MDS: one that does not exist would be a territory of its own.
    """
    if site not in known:
        raise PlaceUnknown("Aucun site de l’accueil ne porte ce code.", field="/site")
    if known[site] != mds:
        raise PlaceUnknown("Ce site relève d’une autre MDS.", field="/mds")


@dataclass(frozen=True, kw_only=True)
class Orientation:
    """What was asked, and for whom."""

    orientation_id: UUID
    target: str
    personne_ids: frozenset[UUID]
