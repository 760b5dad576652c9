"""Tables, mapping, repositories and the unit of work of dsu."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from chassis.errors import DomainError
from chassis.unit_of_work import UnitOfWork as ChassisUnitOfWork
from services.dsu.domain.errors import (
    AlreadyAssociated,
    PersonneAlreadyFollowed,
    ReferenceAlreadyUsed,
    ReferentAlreadyAssigned,
)
from services.dsu.persistence.activity import Activity
from services.dsu.persistence.annuaire import Annuaire
from services.dsu.persistence.dossiers import Dossiers, Interventions
from services.dsu.persistence.imports import Imports
from services.dsu.persistence.journal import Journal
from services.dsu.persistence.mapping import metadata

__all__ = ["CONSTRAINTS", "UnitOfWork", "metadata"]

#: What PostgreSQL refuses, said to a person.
CONSTRAINTS: Mapping[str, type[DomainError]] = {
    "uq_member_open_personne": PersonneAlreadyFollowed,
    "uq_referent_period_current": ReferentAlreadyAssigned,
    "ex_referent_period_one_at_once": ReferentAlreadyAssigned,
    "ex_association_once": AlreadyAssociated,
    "uq_dossier_reference": ReferenceAlreadyUsed,
}


class UnitOfWork(ChassisUnitOfWork):
    """One transaction of dsu."""

    @cached_property
    def dossiers(self) -> Dossiers:
        """The dossiers and their timelines."""
        return Dossiers(self.session)

    @cached_property
    def interventions(self) -> Interventions:
        """The interventions and their notes."""
        return Interventions(self.session)

    @cached_property
    def imports(self) -> Imports:
        """The stock, by the batch."""
        return Imports(self.session)

    @cached_property
    def annuaire(self) -> Annuaire:
        """What is kept of accueil."""
        return Annuaire(self.session)

    @cached_property
    def journal(self) -> Journal:
        """Who read what."""
        return Journal(self.session, self.keyring)

    @cached_property
    def activity(self) -> Activity:
        """The figures."""
        return Activity(self.session)
