"""What stops or closes things: no contact, death, protection."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from chassis.caller import Caller
from chassis.errors import Invalid
from services import roles
from services.accueil.domain.personne import (
    AccessKind,
    Personne,
    ProtectionReserved,
)
from services.accueil.events import ContactSafetyChanged, PersonneDeceased, ProtectionChanged
from services.accueil.persistence import UnitOfWork
from services.accueil.usecases.access import visible_file
from services.accueil.usecases.personnes import about


class ProtectionIncomplete(Invalid):
    """A protection without a ground, or an access given to an unknown agent."""

    code = "protection-incomplete"
    title = "Protection incomplète"


def set_no_contact(uow: UnitOfWork, *, by: Caller, personne_id: UUID, no_contact: bool) -> Personne:
    """Set or lift the absolute flag; told once. Raises PersonneNotFound."""
    personne = visible_file(uow, by=by, personne_id=personne_id, lock=True)
    if personne.forbid_contact(no_contact):
        personne.version += 1
        uow.publish(ContactSafetyChanged(**about(personne), no_contact=no_contact))
    return personne


def record_death(uow: UnitOfWork, *, by: Caller, personne_id: UUID, died_on: date) -> Personne:
    """Note a death; told once. Raises PersonneNotFound, DeathAlreadyRecorded, DateImpossible."""
    personne = visible_file(uow, by=by, personne_id=personne_id, lock=True)
    if personne.die(died_on, uow.today):
        personne.version += 1
        uow.publish(PersonneDeceased(**about(personne), died_on=died_on))
    return personne


def set_protection(
    uow: UnitOfWork, *, by: Caller, personne_id: UUID, wanted: Mapping[str, Any]
) -> Personne:
    """Protect at once, by anyone; lift and grant, by a responsable.

    Raises PersonneNotFound, ProtectionReserved, ProtectionIncomplete.
    """
    personne = visible_file(uow, by=by, personne_id=personne_id, lock=True)
    _refuse_reserved(by, wanted)
    ground = wanted.get("ground", personne.protection_ground) if wanted["protected"] else None
    if wanted["protected"] and ground is None:
        raise ProtectionIncomplete("Donnez le motif de la protection.", field="/ground")
    opened, closed = _accesses(uow, personne, by, wanted)
    before = personne.protection
    personne.allow(opened_to=opened, closed_to=closed)
    personne.protect(ground)
    personne.version += 1
    if personne.protection != before:
        uow.publish(_told(personne))
    return personne


def _told(personne: Personne) -> ProtectionChanged:
    protection = personne.protection
    return ProtectionChanged(
        **about(personne),
        protected=protection.protected,
        opened_agent_ids=tuple(sorted(protection.opened_to)),
        closed_agent_ids=tuple(sorted(protection.closed_to)),
    )


def _refuse_reserved(by: Caller, wanted: Mapping[str, Any]) -> None:
    reserved = not wanted["protected"] or "opened_to" in wanted or "closed_to" in wanted
    if reserved and not by.has(roles.RESPONSABLE):
        raise ProtectionReserved(
            "Le responsable lève la protection et dit qui peut ouvrir la fiche."
        )


def _accesses(
    uow: UnitOfWork, personne: Personne, by: Caller, wanted: Mapping[str, Any]
) -> tuple[set[UUID], set[UUID]]:
    """Who may open the file and who never may, once this is done."""
    opened = _listed(personne, AccessKind.OPENED, wanted.get("opened_to"))
    closed = _listed(personne, AccessKind.CLOSED, wanted.get("closed_to"))
    named = {*wanted.get("opened_to", ()), *wanted.get("closed_to", ())}
    if named - uow.annuaire.known_agents(named):
        raise ProtectionIncomplete("Un des agents nommés est inconnu de l’annuaire.")
    if by.agent_id is not None and not by.has(roles.RESPONSABLE):
        # Whoever protects a file keeps it: the person is in front of them.
        opened.add(by.agent_id)
    return opened - closed, closed


def _listed(personne: Personne, kind: AccessKind, given: list[UUID] | None) -> set[UUID]:
    if given is not None:
        return set(given)
    return {access.agent_id for access in personne.accesses if access.kind is kind}
