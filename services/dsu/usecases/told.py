"""What dsu does with the facts of the other services."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from chassis.clock import paris_day
from services.dsu.persistence import UnitOfWork
from services.protection import Protection


def keep_agent(uow: UnitOfWork, assignment: Mapping[str, Any]) -> None:
    """An agent's dated assignment."""
    uow.annuaire.keep_agent(assignment)


def know_personne(uow: UnitOfWork, personne_id: UUID, *, new: bool) -> None:
    """A personne exists; a new file is open and closed to nobody in particular."""
    uow.annuaire.know_personne(personne_id, Protection() if new else None)


def mark_death(uow: UnitOfWork, personne_id: UUID, died_on: date) -> None:
    """A personne died: marked in their dossiers, which a professional closes."""
    uow.annuaire.mark_personne(personne_id, {"deceased_on": died_on})
    for dossier_id in uow.dossiers.mark_death(personne_id, died_on):
        line = {"kind": "PERSONNE_DECEASED", "occurred_on": died_on, "subject_id": personne_id}
        uow.dossiers.tell(dossier_id, line)


def mark_protection(
    uow: UnitOfWork,
    personne_id: UUID,
    *,
    protected: bool,
    opened_agent_ids: list[UUID] | None,
    closed_agent_ids: list[UUID] | None,
) -> None:
    """Who may know of a personne's file."""
    told = Protection.told(protected, opened_agent_ids, closed_agent_ids)
    uow.annuaire.mark_protection(personne_id, told, protected=protected)


def keep_site(uow: UnitOfWork, *, site: str, mds: str) -> None:
    """A site, with its MDS: a dossier names both."""
    uow.annuaire.keep_site(site, mds)


def keep_orientation(
    uow: UnitOfWork, orientation_id: UUID, *, target: str, personne_ids: list[UUID]
) -> None:
    """An orientation was asked: an opening will be checked against it."""
    uow.annuaire.keep_orientation(
        {"orientation_id": orientation_id, "target": target, "personne_ids": personne_ids}
    )


def mark_rendezvous(
    uow: UnitOfWork,
    rendezvous_id: UUID,
    *,
    dossier_id: UUID | None,
    personne_ids: list[UUID],
    starts_at: datetime,
    kind: str,
) -> bool:
    """A rendezvous of a dossier was held or missed; only one that was held is a contact.

    Answers whether the dossier it names, if any, is that of one of its personnes.
    """
    if dossier_id is None:
        return True
    day = paris_day(starts_at)
    line = {"kind": kind, "occurred_on": day, "subject_id": rendezvous_id}
    is_theirs = uow.dossiers.tell_of(dossier_id, personne_ids, line)
    if is_theirs and kind == "RENDEZVOUS_HONOURED":
        uow.dossiers.mark_contact(dossier_id, day)
    return is_theirs


def add_decision(uow: UnitOfWork, decision: Mapping[str, Any]) -> bool:
    """A demande of aid carried by a dossier was decided; answers as `mark_rendezvous`."""
    if decision["dossier_id"] is None:
        return True
    return uow.dossiers.tell_of(
        decision["dossier_id"],
        decision["personne_ids"],
        {
            "kind": "DEMANDE_DECIDED",
            "occurred_on": decision["decided_on"],
            "subject_id": decision["demande_id"],
            "code": f"{decision['nature']}_{decision['outcome']}",
            "amount_cents": decision["amount_cents"],
        },
    )
