"""One transaction of aides, with its repositories."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from chassis import unit_of_work
from services.aides.persistence.repositories import (
    DemandeRepository,
    EnveloppeRepository,
    KnownRepository,
    ReglementRepository,
)


class UnitOfWork(unit_of_work.UnitOfWork):
    """The chassis's unit of work and the repositories of aides.

    No autoflush: a use case changes an aggregate step by step while it reads others, and each
    read would write the half-changed row and count one version more.
    """

    def __init__(self, session: Session, **rest: Any) -> None:
        super().__init__(session, **rest)
        session.autoflush = False

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
