"""Contact points of a person, and how people may be reached at the moment of sending."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from chassis.caller import Caller
from chassis.unit_of_work import expect_version
from services.accueil.domain.contact import (
    ContactPoint,
    ContactPolicy,
    Holding,
    Reach,
    Refusal,
    reach,
    refusal_of,
)
from services.accueil.domain.personne import Personne
from services.accueil.persistence import UnitOfWork
from services.accueil.usecases.access import visible_file
from services.accueil.usecases.personnes import changed, note_sharing
from services.accueil.usecases.values import contact_points, state


@dataclass(frozen=True, kw_only=True)
class ContactSheet:
    """The contact points of a file, each with its usability."""

    contacts: list[dict[str, Any]]
    no_contact: bool
    version: int


def read_contacts(uow: UnitOfWork, *, by: Caller, personne_id: UUID) -> ContactSheet:
    """The contact points of a file. Raises PersonneNotFound."""
    return _sheet(uow, visible_file(uow, by=by, personne_id=personne_id))


def replace_contacts(
    uow: UnitOfWork,
    *,
    by: Caller,
    personne_id: UUID,
    expected_version: int | None,
    wanted: Sequence[Mapping[str, Any]],
) -> ContactSheet:
    """These contact points and no other. One that stays keeps who noted what, and when.

    Raises PersonneNotFound, VersionMismatch, ContactUnusable, ContactRepeated, and what an
    accouchement secret refuses.
    """
    personne = visible_file(uow, by=by, personne_id=personne_id, lock=True)
    expect_version(personne.version, expected_version)
    before = [_said(point) for point in personne.contacts]
    _merge(personne, contact_points(uow.keyring, wanted, now=uow.now, by=by.agent_id))
    for point, given in zip(personne.contacts, wanted, strict=True):
        state(point, given, now=uow.now, by=by.agent_id)
    personne.refuse_what_identifies()
    note_sharing(uow, personne, wanted)
    if [_said(point) for point in personne.contacts] != before:
        personne.version += 1
        uow.publish(changed(personne, "CONTACTS"))
    return _sheet(uow, personne)


def reach_all(uow: UnitOfWork, personne_ids: Sequence[UUID]) -> list[Reach]:
    """How each of these people may be reached now, in the order asked: three reads in all."""
    wanted = list(dict.fromkeys(personne_ids))
    policies = uow.contacts.policies(wanted)
    points = uow.contacts.points(wanted)
    indexes = {p.value_index for held in points.values() for p in held}
    holdings = uow.contacts.holdings(indexes) if indexes else []
    return [
        _reach(policies.get(one), points.get(one, []), holdings, personne_id=one) for one in wanted
    ]


def _reach(
    policy: ContactPolicy | None,
    points: Sequence[ContactPoint],
    holdings: Sequence[Holding],
    *,
    personne_id: UUID,
) -> Reach:
    if policy is None:
        return Reach(personne_id=personne_id, allowed=False, reason=Refusal.UNKNOWN)
    return reach(policy, points, holdings)


def _merge(personne: Personne, fresh: Sequence[ContactPoint]) -> None:
    """Replace the list, keeping the rows of the points that stay."""
    kept = {point.value_index: point for point in personne.contacts}
    merged = []
    for point in fresh:
        known = kept.get(point.value_index)
        if known is not None:
            known.position = point.position
        merged.append(known or point)
    personne.contacts[:] = merged


def _said(point: ContactPoint) -> tuple[object, ...]:
    return (
        point.value_index,
        point.opted_in,
        point.confirmed_safe,
        tuple(point.confirmed_among),
    )


def _sheet(uow: UnitOfWork, personne: Personne) -> ContactSheet:
    holdings = uow.contacts.holdings([p.value_index for p in personne.contacts])
    policy = ContactPolicy(
        personne_id=personne.personne_id,
        language=personne.language,
        deceased=personne.deceased,
        no_contact=personne.no_contact,
    )
    lines = []
    for point in personne.contacts:
        shared = [h for h in holdings if h.value_index == point.value_index]
        reason = policy.refusal() or refusal_of(point, shared)
        lines.append(asdict(point) | {"usable": reason is None, "reason": reason})
    return ContactSheet(contacts=lines, no_contact=personne.no_contact, version=personne.version)
