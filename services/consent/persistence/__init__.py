"""Tables, mapping, repositories and the unit of work of consent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from uuid import UUID

from chassis.errors import DomainError
from chassis.locks import lock_resources, try_lock
from chassis.unit_of_work import UnitOfWork as ChassisUnitOfWork
from services.consent.domain.livraison import StillLeaving
from services.consent.domain.partenaire import PartenaireExists
from services.consent.persistence.accords import Consentements, Oppositions, Partages
from services.consent.persistence.activity import Activity
from services.consent.persistence.livraisons import Journaux, Livraisons
from services.consent.persistence.mapping import metadata
from services.consent.persistence.partenaires import Partenaires
from services.consent.persistence.personnes import Personnes

__all__ = ["CONSTRAINTS", "UnitOfWork", "metadata"]

#: What PostgreSQL refuses, said to a person.
CONSTRAINTS: Mapping[str, type[DomainError]] = {"pk_partenaire": PartenaireExists}


class UnitOfWork(ChassisUnitOfWork):
    """One transaction of consent.

    Lock order, everywhere: a partner's feed, then persons. Whoever gives takes persons shared;
    whoever takes back (withdrawal, opposition, end of a partage, protection) takes them alone.
    A lock dies with its session: whoever gets one also looks whether a publisher that lost its
    session has left something in a partner's queue (`livraison.in_queue_until`).
    """

    @cached_property
    def partenaires(self) -> Partenaires:
        """Partners, and which of them a fact interests."""
        return Partenaires(self.session)

    @cached_property
    def consentements(self) -> Consentements:
        """Agreements."""
        return Consentements(self.session)

    @cached_property
    def oppositions(self) -> Oppositions:
        """Refusals."""
        return Oppositions(self.session)

    @cached_property
    def partages(self) -> Partages:
        """Signed acts of sharing."""
        return Partages(self.session)

    @cached_property
    def personnes(self) -> Personnes:
        """What closes every feed, and the whole record of a few people."""
        return Personnes(self.session)

    @cached_property
    def livraisons(self) -> Livraisons:
        """Facts waiting for partners, and what became of them."""
        return Livraisons(self.session)

    @cached_property
    def journaux(self) -> Journaux:
        """Append-only traces."""
        return Journaux(self.session)

    @cached_property
    def activity(self) -> Activity:
        """Counts for the activity report."""
        return Activity(self.session)

    def hold_persons(self, personne_ids: Iterable[UUID], *, shared: bool = False) -> None:
        """Wait for, then keep, the right to change (shared: to give) what these people share.

        Raises StillLeaving to whoever takes back while something may be in a queue.
        """
        people = set(personne_ids)
        lock_resources(self.session, [f"consent:{p}" for p in people], shared=shared)
        if not shared and self.livraisons.are_leaving(people):
            raise StillLeaving()

    def hold_feed(self, code: str) -> None:
        """Wait for, then keep, the right to give to this partner. Raises StillLeaving."""
        lock_resources(self.session, [_feed(code)])
        if self.livraisons.are_leaving_to(code):
            raise StillLeaving()

    def try_feed(self, code: str) -> bool:
        """The same without waiting; False when someone else is giving, or died giving."""
        return try_lock(self.session, _feed(code)) and not self.livraisons.are_leaving_to(code)


def _feed(code: str) -> str:
    return f"consent:feed:{code}"
