"""accueil's database: tables, mapping, repositories, and the constraints that speak for them."""

from __future__ import annotations

from functools import cached_property

from chassis.errors import DomainError
from chassis.unit_of_work import UnitOfWork as ChassisUnitOfWork
from services.accueil.domain.annuaire import (
    AgentAlreadyKnown,
    AssignmentsOverlap,
    CodeTaken,
    SectorsOverlap,
)
from services.accueil.domain.personne import ReferenceTaken
from services.accueil.persistence.activity import ActivityReport
from services.accueil.persistence.annuaire import AnnuaireRepository
from services.accueil.persistence.contacts import ContactRepository
from services.accueil.persistence.mapping import map_aggregates
from services.accueil.persistence.personnes import PersonneRepository
from services.accueil.persistence.tables import metadata
from services.accueil.persistence.visites import OrientationRepository, VisiteRepository

__all__ = ["CONSTRAINTS", "UnitOfWork", "metadata"]

map_aggregates()

CONSTRAINTS: dict[str, type[DomainError]] = {
    "pk_mds": CodeTaken,
    "pk_site": CodeTaken,
    "pk_agent": AgentAlreadyKnown,
    "ex_sector_period": SectorsOverlap,
    "ex_affectation_primary": AssignmentsOverlap,
    "uq_personne_reference": ReferenceTaken,
}


class UnitOfWork(ChassisUnitOfWork):
    """One transaction on accueil's tables."""

    @cached_property
    def annuaire(self) -> AnnuaireRepository:
        """MDS, sites, sectors, agents."""
        return AnnuaireRepository(self.session)

    @cached_property
    def personnes(self) -> PersonneRepository:
        """Personnes and what finds them."""
        return PersonneRepository(self.session)

    @cached_property
    def contacts(self) -> ContactRepository:
        """Contact points across personnes."""
        return ContactRepository(self.session)

    @cached_property
    def visites(self) -> VisiteRepository:
        """Visites and queues."""
        return VisiteRepository(self.session)

    @cached_property
    def orientations(self) -> OrientationRepository:
        """Orientations."""
        return OrientationRepository(self.session)

    @cached_property
    def activity(self) -> ActivityReport:
        """Figures, computed by SQL."""
        return ActivityReport(self.session)
