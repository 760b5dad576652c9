"""Tables, mapping, repositories and the unit of work of aides."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from chassis.errors import DomainError
from chassis.unit_of_work import UnitOfWork as ChassisUnitOfWork
from services.aides.domain.demande import ActionNotAllowed, InstructorCannotDecide
from services.aides.domain.enveloppe import EnveloppeExhausted, NatureAlreadyCovered
from services.aides.domain.paiement import InstalmentNotPayable, PaymentReferenceUsed
from services.aides.domain.reglement import ReglementAlreadyInForce
from services.aides.domain.seance import SeanceAlreadyRegistered
from services.aides.persistence.activity import Activity
from services.aides.persistence.decisions import Decisions
from services.aides.persistence.demandes import Demandes
from services.aides.persistence.enveloppes import Enveloppes
from services.aides.persistence.knowns import Knowns
from services.aides.persistence.mapping import metadata
from services.aides.persistence.paiements import Paiements
from services.aides.persistence.readings import Readings
from services.aides.persistence.reglements import Reglements
from services.aides.persistence.seances import Seances

__all__ = ["CONSTRAINTS", "UnitOfWork", "metadata"]

#: What PostgreSQL refuses, said to a person.
CONSTRAINTS: Mapping[str, type[DomainError]] = {
    "uq_reglement_effective_from": ReglementAlreadyInForce,
    "uq_reglement_code_version": ReglementAlreadyInForce,
    "pk_enveloppe_nature": NatureAlreadyCovered,
    "ck_enveloppe_balance": EnveloppeExhausted,
    "ck_demande_decider": InstructorCannotDecide,
    "uq_decision_final": ActionNotAllowed,
    "uq_seance_instance_session_on_reference": SeanceAlreadyRegistered,
    "uq_paiement_reference": PaymentReferenceUsed,
    "uq_paiement_demande_id_instalment": InstalmentNotPayable,
}


class UnitOfWork(ChassisUnitOfWork):
    """One transaction of aides.

    No autoflush: a use case changes an aggregate step by step while it reads others, and each
    read would write the half-changed row and count one version more.
    """

    def __init__(self, session: Session, **rest: Any) -> None:
        super().__init__(session, **rest)
        session.autoflush = False

    @cached_property
    def reglements(self) -> Reglements:
        """Stored versions of the règlement."""
        return Reglements(self.session)

    @cached_property
    def enveloppes(self) -> Enveloppes:
        """Envelopes and their ledger."""
        return Enveloppes(self.session)

    @cached_property
    def demandes(self) -> Demandes:
        """Demandes, and what was granted before."""
        return Demandes(self.session)

    @cached_property
    def decisions(self) -> Decisions:
        """Decisions."""
        return Decisions(self.session)

    @cached_property
    def seances(self) -> Seances:
        """Sessions of the commissions."""
        return Seances(self.session)

    @cached_property
    def paiements(self) -> Paiements:
        """Payments."""
        return Paiements(self.session)

    @cached_property
    def readings(self) -> Readings:
        """The journal of sights of protected demandes."""
        return Readings(self.session)

    @cached_property
    def knowns(self) -> Knowns:
        """What is known of others."""
        return Knowns(self.session)

    @cached_property
    def activity(self) -> Activity:
        """The figures."""
        return Activity(self.session)
