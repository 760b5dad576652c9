"""One transaction of aides, with its repositories."""

from __future__ import annotations

from functools import cached_property

from chassis import unit_of_work
from services.aides.persistence.repositories import (
    DemandeRepository,
    EnveloppeRepository,
    KnownRepository,
    ReglementRepository,
)


class UnitOfWork(unit_of_work.UnitOfWork):
    """The chassis's unit of work and the repositories of aides."""

    @cached_property
    def reglements(self) -> ReglementRepository:
        """Stored versions of the règlement."""
        return ReglementRepository(self.session)

    @cached_property
    def enveloppes(self) -> EnveloppeRepository:
        """Envelopes and their ledger."""
        return EnveloppeRepository(self.session)

    @cached_property
    def demandes(self) -> DemandeRepository:
        """Demandes, decisions and payments."""
        return DemandeRepository(self.session)

    @cached_property
    def known(self) -> KnownRepository:
        """What other services told us."""
        return KnownRepository(self.session)
