"""What accueil hides from an agent, aides hides too: the demandes of the same personne."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from chassis.caller import Caller
from services.aides import accueil
from services.aides.persistence import UnitOfWork
from services.protection import SEE_PROTECTED, PersonneNotFound, Protection


def protections(uow: UnitOfWork, personne_ids: Iterable[UUID]) -> dict[UUID, Protection]:
    """What accueil says of these files; it is asked of those its facts have not told (whole).

    A personne accueil does not know is left out. Raises Unavailable when accueil does not answer.
    """
    wanted = set(personne_ids)
    known = uow.knowns.protections(wanted)
    for personne_id in sorted(wanted - known.keys()):
        found = accueil.protection(uow.neighbours, personne_id)
        if found is not None:
            uow.knowns.learn_protection(personne_id, found)
            known[personne_id] = found
    return known


def check_open(uow: UnitOfWork, personne_ids: Collection[UUID], *, by: Caller) -> None:
    """These personnes exist and their files are open to the caller.

    Raises PersonneNotFound, which does not tell the two apart, and Unavailable.
    """
    found, by_rank = protections(uow, personne_ids), by.has(*SEE_PROTECTED)
    if found.keys() != set(personne_ids) or not all(
        file.is_open_to(by.agent_id, sees_protected=by_rank) for file in found.values()
    ):
        raise PersonneNotFound()
