"""Who may know of a file. Everything that touches one passes here first."""

from __future__ import annotations

from uuid import UUID

from chassis.caller import Caller
from services.accueil.domain.personne import Personne, SecretFileNeverAttached
from services.accueil.domain.recherche import Viewer
from services.accueil.persistence import UnitOfWork
from services.protection import SEE_PROTECTED, PersonneNotFound


def viewer(by: Caller) -> Viewer:
    """The caller as a reader of files: a responsable and the DPO see protected ones."""
    return Viewer(agent_id=by.agent_id, sees_protected=by.has(*SEE_PROTECTED))


def visible_file(uow: UnitOfWork, *, by: Caller, personne_id: UUID, lock: bool = False) -> Personne:
    """The file, or PersonneNotFound when it does not exist or the caller may not know of it."""
    personne = uow.personnes.get(personne_id, lock=lock)
    who = viewer(by)
    if personne is None or not personne.is_visible_to(
        agent_id=who.agent_id, sees_protected=who.sees_protected
    ):
        raise PersonneNotFound()
    return personne


def attachable_file(uow: UnitOfWork, *, by: Caller, personne_id: UUID) -> Personne:
    """A visible file that a visite or an orientation may name.

    Raises PersonneNotFound, SecretFileNeverAttached.
    """
    personne = visible_file(uow, by=by, personne_id=personne_id)
    if not personne.is_matchable:
        raise SecretFileNeverAttached(
            "Une fiche d’accouchement dans le secret ne se rattache à rien (CASF L222-6)."
        )
    return personne
