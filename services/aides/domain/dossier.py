"""What aides keeps of a dossier of dsu, and when a demande may name it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from chassis.errors import Conflict, Invalid


class DossierClosed(Conflict):
    """The dossier named is closed."""

    code = "dossier-clos"
    title = "Le dossier est clos"


class DossierMismatch(Invalid):
    """The dossier is not about a personne of the demande, or does not exist."""

    code = "dossier-inadapte"
    title = "Ce dossier n’est pas celui de cette personne"


@dataclass(frozen=True, kw_only=True)
class KnownDossier:
    """Whom a dossier is about, and whether it is open."""

    is_open: bool
    personne_ids: frozenset[UUID]


def check_dossier(dossier: KnownDossier | None, personne_ids: Collection[UUID]) -> None:
    """The decision is written in the dossier, by dsu: it is open, and about one of these people.

    Raises DossierMismatch, the same for a dossier of others and for none; DossierClosed.
    """
    if dossier is None or dossier.personne_ids.isdisjoint(personne_ids):
        raise DossierMismatch("Vérifiez le dossier et la personne.", field="/dossier_id")
    if not dossier.is_open:
        raise DossierClosed("Rouvrez le dossier avant d’y rattacher une demande d’aide.")
