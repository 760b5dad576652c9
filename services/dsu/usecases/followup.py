"""The life of a dossier: its référent, its associated professionals, its close and reopening."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from chassis.clock import end_of_day
from chassis.unit_of_work import expect_version
from services.dsu.domain.access import matrix_on
from services.dsu.domain.dossier import Act, Association, ClosureReason, Dossier
from services.dsu.domain.errors import DateRefused, DossierNotFound
from services.dsu.events import (
    AssociationEnded,
    DossierClosed,
    DossierReopened,
    ProfessionalAssociated,
    ReferentAssigned,
)
from services.dsu.persistence import UnitOfWork
from services.dsu.usecases import annuaire
from services.dsu.usecases.gate import Asking, enter

#: The kind of due work that ends an association after its last planned day.
EXPIRY = "association_expiry"


@dataclass(frozen=True, kw_only=True)
class Target:
    """A dossier as the caller last read it (If-Match)."""

    dossier_id: UUID
    version: int | None


def change_referent(uow: UnitOfWork, target: Target, *, entry: Asking, agent_id: UUID) -> Dossier:
    """Name another référent from today; the previous one's period ends.

    Raises DossierNotFound, ActNotAllowed, VersionMismatch, StatusForbids, AgentUnknown,
    NotAReferent, DateRefused when the agent already is; ReferentAlreadyAssigned by the database.
    """
    dossier = _take(uow, target, Act.CHANGE_REFERENT, entry)
    dossier.allow(Act.CHANGE_REFERENT)
    if dossier.referent_agent_id == agent_id:
        raise DateRefused("Cet agent est déjà le référent.", field="/agent_id")
    annuaire.check_referent(uow, agent_id, "/agent_id")
    today = uow.today
    previous = dossier.end_referent(today)
    uow.dossiers.settle()
    dossier.assign(agent_id, today)
    uow.dossiers.settle()
    uow.publish(
        ReferentAssigned(
            **_about(dossier), agent_id=agent_id, previous_agent_id=previous, starts_on=today
        )
    )
    return dossier


def associate(
    uow: UnitOfWork,
    dossier_id: UUID,
    *,
    entry: Asking,
    agent_id: UUID,
    mission: str,
    starts_on: date | None,
    ends_on: date | None,
) -> Association:
    """Associate a professional for a mission and a period, from today at the earliest.

    Raises DossierNotFound, ActNotAllowed, StatusForbids, AgentUnknown, UnknownCode, DateRefused;
    AlreadyAssociated by the database.
    """
    dossier = _take(uow, Target(dossier_id=dossier_id, version=None), Act.ASSOCIATE, entry)
    today = uow.today
    matrix_on(today).check_mission(mission)
    begins = starts_on or today
    if begins < today:
        raise DateRefused("Une association ne commence pas dans le passé.", field="/starts_on")
    dossier.allow(Act.ASSOCIATE)
    annuaire.check_active(uow, agent_id, "/agent_id")
    association = Association(agent_id=agent_id, mission=mission, starts_on=begins, ends_on=ends_on)
    dossier.associate(association)
    uow.dossiers.settle()
    if ends_on is not None:
        payload = {"dossier_id": str(dossier_id)}
        uow.schedule(EXPIRY, association.association_id, end_of_day(ends_on), payload)
    uow.publish(
        ProfessionalAssociated(
            **_about(dossier),
            agent_id=agent_id,
            mission=mission,
            starts_on=begins,
            ends_on=ends_on,
        )
    )
    return association


def end_association(
    uow: UnitOfWork, dossier_id: UUID, association_id: UUID, *, entry: Asking
) -> Association:
    """End an association from today.

    Raises DossierNotFound, ActNotAllowed, AssociationNotFound, StatusForbids.
    """
    target = Target(dossier_id=dossier_id, version=None)
    dossier = _take(uow, target, Act.END_ASSOCIATION, entry)
    association = dossier.end_association(association_id, uow.today)
    _tell_ended(uow, dossier, association)
    return association


def expire_association(uow: UnitOfWork, dossier_id: UUID, association_id: UUID) -> None:
    """End an association whose last planned day is past; does nothing if it has ended since."""
    dossier = uow.dossiers.get_to_change(dossier_id)
    if dossier is None:
        return
    today = uow.today
    for association in dossier.associations:
        due = association.ended_on is None and association.ends_on is not None
        if association.association_id == association_id and due:
            last = association.ends_on or today
            if last < today:
                dossier.end_association(association_id, last + timedelta(days=1))
                _tell_ended(uow, dossier, association)


def close_dossier(
    uow: UnitOfWork, target: Target, *, entry: Asking, reason: ClosureReason
) -> Dossier:
    """Close a dossier today: its référent's period and its associations end with it.

    Raises DossierNotFound, ActNotAllowed, VersionMismatch, StatusForbids.
    """
    dossier = _take(uow, target, Act.CLOSE, entry)
    today = uow.today
    for association in dossier.close(reason, today):
        _tell_ended(uow, dossier, association)
    uow.dossiers.tell(
        dossier.dossier_id, {"kind": "CLOSED", "occurred_on": today, "code": reason.value}
    )
    uow.publish(DossierClosed(**_about(dossier), closed_on=today))
    return dossier


def reopen_dossier(
    uow: UnitOfWork, target: Target, *, entry: Asking, referent_agent_id: UUID | None
) -> Dossier:
    """Follow a closed dossier again, by this référent or the last one.

    Raises DossierNotFound, ActNotAllowed, VersionMismatch, StatusForbids, AgentUnknown,
    NotAReferent; PersonneAlreadyFollowed by the database when a member is followed elsewhere.
    """
    dossier = _take(uow, target, Act.REOPEN, entry)
    dossier.allow(Act.REOPEN)
    referent = referent_agent_id or dossier.referent_agent_id
    annuaire.check_referent(uow, referent, "/referent_agent_id")
    today = uow.today
    dossier.reopen(referent, today)
    uow.dossiers.settle()
    uow.dossiers.tell(dossier.dossier_id, {"kind": "REOPENED", "occurred_on": today})
    uow.publish(DossierReopened(**_about(dossier), referent_agent_id=referent, reopened_on=today))
    return dossier


def _take(uow: UnitOfWork, target: Target, act: Act, entry: Asking) -> Dossier:
    """The dossier, locked, entered and journaled, at the version the caller read."""
    dossier = uow.dossiers.get_to_change(target.dossier_id)
    enter(uow, dossier, act, entry)
    if dossier is None:
        raise DossierNotFound()
    expect_version(dossier.version, target.version)
    return dossier


def _tell_ended(uow: UnitOfWork, dossier: Dossier, association: Association) -> None:
    uow.unschedule(EXPIRY, association.association_id)
    uow.publish(
        AssociationEnded(
            **_about(dossier),
            agent_id=association.agent_id,
            ended_on=association.ended_on or uow.today,
        )
    )


def _about(dossier: Dossier) -> dict[str, Any]:
    return {
        "dossier_id": dossier.dossier_id,
        "personne_ids": dossier.personne_ids,
        "mds": dossier.mds,
        "site": dossier.site,
    }
