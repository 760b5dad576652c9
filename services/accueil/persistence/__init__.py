"""Tables, mapping, repositories and the unit of work of accueil."""

from __future__ import annotations

from collections.abc import Mapping
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
from services.accueil.persistence.activity import Activity
from services.accueil.persistence.annuaire import Annuaire
from services.accueil.persistence.contacts import Contacts
from services.accueil.persistence.mapping import metadata
from services.accueil.persistence.personnes import Personnes
from services.accueil.persistence.visites import Orientations, Visites

__all__ = ["CONSTRAINTS", "UnitOfWork", "metadata"]

#: What PostgreSQL refuses, said to a person.
CONSTRAINTS: Mapping[str, type[DomainError]] = {
    "pk_mds": CodeTaken,
    "pk_site": CodeTaken,
    "pk_agent": AgentAlreadyKnown,
    "ex_sector_period": SectorsOverlap,
    "ex_affectation_primary": AssignmentsOverlap,
    "uq_personne_reference": ReferenceTaken,
}


class UnitOfWork(ChassisUnitOfWork):
    """One transaction of accueil."""

    @cached_property
    def annuaire(self) -> Annuaire:
        """MDS, sites, sectors, agents."""
        return Annuaire(self.session)

    @cached_property
    def personnes(self) -> Personnes:
        """Personnes and what finds them."""
        return Personnes(self.session)

    @cached_property
    def contacts(self) -> Contacts:
        """Contact points across personnes."""
        return Contacts(self.session)

    @cached_property
    def visites(self) -> Visites:
        """Visites and queues."""
        return Visites(self.session)

    @cached_property
    def orientations(self) -> Orientations:
        """Orientations."""
        return Orientations(self.session)

    @cached_property
    def activity(self) -> Activity:
        """Figures, computed by SQL."""
        return Activity(self.session)
