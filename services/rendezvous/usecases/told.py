"""What other services tell: kept as ids, codes and flags, in any order across aggregates."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from services.protection import Protection
from services.rendezvous import accueil, dsu
from services.rendezvous.domain import delai
from services.rendezvous.domain.projections import (
    Assignment,
    KnownDossier,
    KnownPersonne,
    KnownSite,
)
from services.rendezvous.persistence import UnitOfWork


def personne_is_registered(uow: UnitOfWork, *, personne_id: UUID) -> None:
    """A new file, open and closed to nobody in particular."""
    uow.knowns.add_personne(KnownPersonne(personne_id=personne_id, told=Protection()))


def personne_is_known(uow: UnitOfWork, *, personne_id: UUID) -> None:
    """A personne exists; what is known already is kept."""
    uow.knowns.add_personne(KnownPersonne(personne_id=personne_id))


def protection_is_told(
    uow: UnitOfWork,
    *,
    personne_id: UUID,
    protected: bool,
    opened_agent_ids: list[UUID] | None,
    closed_agent_ids: list[UUID] | None,
) -> None:
    """Who may know of the personne's file."""
    told = Protection.told(protected, opened_agent_ids, closed_agent_ids)
    uow.knowns.set_protection(personne_id, told, protected=protected)


def learn_personnes(uow: UnitOfWork, personne_ids: Iterable[UUID]) -> dict[UUID, KnownPersonne]:
    """Ask accueil about personnes not told (whole), and remember its answers.

    Those it does not know are left out. Raises Unavailable: fail closed.
    """
    learnt = {}
    for personne_id in sorted(set(personne_ids)):
        known = accueil.read_personne(uow.neighbours, personne_id)
        if known is not None:
            uow.knowns.add_personne(known)
            learnt[personne_id] = known
    return learnt


def known_personnes(uow: UnitOfWork, personne_ids: Iterable[UUID]) -> dict[UUID, KnownPersonne]:
    """What is known of personnes; those not told (whole) are asked of accueil. Fails closed."""
    wanted = set(personne_ids)
    known = uow.knowns.personnes(wanted)
    untold = {one for one in wanted if one not in known or known[one].told is None}
    return {**known, **learn_personnes(uow, untold)} if untold else known


def agent_is_posted(uow: UnitOfWork, post: Assignment) -> None:
    """An agent has this post from a day on."""
    uow.knowns.put_assignment(post)


def site_is_known(uow: UnitOfWork, site: KnownSite) -> None:
    """A site exists, open or not; the waits of a new MDS are measured from the next morning on."""
    if not uow.delais.sites_of(site.mds):
        uow.schedule(delai.KIND, site.mds, delai.next_measure(uow.now))
    uow.knowns.put_site(site)


def dossier_has_referent(
    uow: UnitOfWork, *, dossier_id: UUID, personne_ids: list[UUID], agent_id: UUID | None
) -> None:
    """The référent sees the rendezvous of their dossier; nobody by that name once closed."""
    uow.knowns.put_dossier(
        KnownDossier(
            dossier_id=dossier_id,
            referent_agent_id=agent_id,
            personne_ids=frozenset(personne_ids),
        )
    )


def learn_dossier(uow: UnitOfWork, dossier_id: UUID) -> KnownDossier | None:
    """Ask dsu about a dossier not told (whole), and remember its answer. Fails closed."""
    known = dsu.read_dossier(uow.neighbours, dossier_id)
    if known is not None:
        uow.knowns.add_dossier(known)
    return known
