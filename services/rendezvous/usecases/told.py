"""What other services tell: kept as ids, codes and flags, in any order across aggregates."""

from __future__ import annotations

from uuid import UUID

from services.rendezvous.domain.projections import Assignment, KnownPersonne, KnownSite
from services.rendezvous.persistence import UnitOfWork


def personne_is_known(uow: UnitOfWork, *, personne_id: UUID) -> None:
    """A personne exists; what is known already is kept."""
    uow.knowns.add_personne(KnownPersonne(personne_id=personne_id, deceased=False, protected=False))


def personne_is_protected(uow: UnitOfWork, *, personne_id: UUID, protected: bool) -> None:
    """The personne's file is (no longer) protected."""
    uow.knowns.set_protected(personne_id, protected=protected)


def agent_is_posted(uow: UnitOfWork, post: Assignment) -> None:
    """An agent has this post from a day on."""
    uow.knowns.put_assignment(post)


def site_is_known(uow: UnitOfWork, site: KnownSite) -> None:
    """A site exists, open or not."""
    uow.knowns.put_site(site)


def dossier_has_referent(uow: UnitOfWork, *, dossier_id: UUID, agent_id: UUID | None) -> None:
    """The référent sees the rendezvous of their dossier; nobody by that name once closed."""
    uow.knowns.put_referent(dossier_id, agent_id)
