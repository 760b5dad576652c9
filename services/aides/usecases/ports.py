"""What the use cases need from outside: the caller, the unit of work and its repositories."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from chassis.events import Fact
from chassis.neighbours import Neighbours
from services.aides.domain.activite import Tally
from services.aides.domain.decision import Decision
from services.aides.domain.demande import Demande, Status
from services.aides.domain.enveloppe import Enveloppe, LedgerLine
from services.aides.domain.examen import PastAid
from services.aides.domain.nature import Nature
from services.aides.domain.paiement import Paiement
from services.aides.domain.reglement import Reglement


class Caller(Protocol):
    """Who asks, as the token says."""

    @property
    def subject(self) -> str: ...

    @property
    def roles(self) -> frozenset[str]: ...

    @property
    def agent_id(self) -> UUID | None: ...

    @property
    def mds(self) -> tuple[str, ...]: ...

    def has(self, *roles: str) -> bool: ...


class Reglements(Protocol):
    """Stored versions of the règlement."""

    def add(self, reglement: Reglement) -> None: ...

    def get(self, reglement_id: UUID) -> Reglement: ...

    def in_force(self, on: date) -> Reglement | None:
        """The version in force on a day."""
        ...

    def is_empty(self) -> bool: ...

    def all(self) -> Sequence[Reglement]: ...


class Enveloppes(Protocol):
    """Envelopes and their ledger."""

    def add(self, enveloppe: Enveloppe) -> None: ...

    def get(self, enveloppe_id: UUID, *, lock: bool = False) -> Enveloppe: ...

    def covering(self, nature: Nature, year: int, *, lock: bool = False) -> Enveloppe | None:
        """The year's envelope for a nature. `lock` keeps everyone else out until the end."""
        ...

    def write(self, line: LedgerLine) -> None: ...

    def of_year(self, year: int) -> Sequence[Enveloppe]: ...

    def ledger(self, enveloppe_id: UUID, *, after: int, limit: int) -> Sequence[LedgerLine]:
        """Lines in the order they were written."""
        ...


class Demandes(Protocol):
    """Demandes, decisions, payments and what is counted from them."""

    def add(self, demande: Demande) -> None: ...

    def get(self, demande_id: UUID, *, lock: bool = False) -> Demande:
        """Raises NotFound."""
        ...

    def page(
        self, *, mds: Sequence[str] | None, status: Status | None, after: UUID | None, limit: int
    ) -> Sequence[Demande]: ...

    def lock_household(self, personne_ids: Sequence[UUID]) -> None:
        """One decision at a time about these people, so that cumulation is counted truly."""
        ...

    def granted_to(
        self, personne_ids: Sequence[UUID], *, since: date, excluding: UUID
    ) -> Sequence[PastAid]:
        """Aids granted to any of these people since a day, withdrawn ones left out."""
        ...

    def add_decision(self, decision: Decision) -> None: ...

    def decisions(self, demande_id: UUID) -> Sequence[Decision]: ...

    def add_paiement(self, paiement: Paiement) -> None: ...

    def paiement_by_reference(self, reference: str) -> Paiement | None: ...

    def paiements(self, demande_id: UUID) -> Sequence[Paiement]: ...

    def tally(self, first: date, last: date) -> Sequence[Tally]: ...


class Known(Protocol):
    """What other services told us: people and dossiers, in whatever order it came."""

    def personne_registered(self, personne_id: UUID) -> None: ...

    def personne_deceased(self, personne_id: UUID, died_on: date) -> None: ...

    def any_deceased(self, personne_ids: Sequence[UUID]) -> bool: ...

    def dossier_is(self, dossier_id: UUID, *, is_open: bool) -> None: ...

    def is_closed(self, dossier_id: UUID) -> bool:
        """True only for a dossier known to be closed."""
        ...


class UnitOfWork(Protocol):
    """One transaction of aides."""

    neighbours: Neighbours

    @property
    def now(self) -> datetime: ...

    @property
    def reglements(self) -> Reglements: ...

    @property
    def enveloppes(self) -> Enveloppes: ...

    @property
    def demandes(self) -> Demandes: ...

    @property
    def known(self) -> Known: ...

    def publish(self, *facts: Fact) -> None: ...
