"""What accueil says of a person that closes every feed, at once."""

from __future__ import annotations

from uuid import UUID

from services.consent.persistence import UnitOfWork


def set_protected(uow: UnitOfWork, personne_id: UUID, protected: bool) -> None:
    """A protected file is in no feed; from the moment this commits nothing leaves."""
    uow.hold_persons([personne_id])
    uow.personnes.set_protected(personne_id, protected)


def set_deceased(uow: UnitOfWork, personne_id: UUID) -> None:
    """Secrecy continues after death (code pénal, 226-13): what was agreed to stops."""
    uow.hold_persons([personne_id])
    uow.personnes.set_deceased(personne_id)
