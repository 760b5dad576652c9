"""Register, open and change a personne's file."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from chassis.caller import Caller
from chassis.ids import new_id
from chassis.unit_of_work import expect_version
from services import roles
from services.accueil.domain.contact import ContactPoint, Holding
from services.accueil.domain.doublons import KnownFiles, Match
from services.accueil.domain.personne import (
    AskTheResponsable,
    Circumstance,
    DiscernmentReserved,
    Personne,
    ProbableDuplicates,
)
from services.accueil.events import PersonneChanged, PersonneRegistered
from services.accueil.persistence import UnitOfWork
from services.accueil.usecases.access import viewer, visible_file
from services.accueil.usecases.keys import file_index, signature_of
from services.accueil.usecases.placement import Places, housing_of, place, read_places
from services.accueil.usecases.values import contact_points
from services.protection import PersonneNotFound

_PLAIN = (
    "family_name",
    "birth_name",
    "first_names",
    "born_on",
    "sex",
    "address",
    "commune",
    "language",
    "interpreter_needed",
    "nationality_group",
    "nationality_purpose",
    "circumstance",
)
#: The part of the file each field belongs to, as facts name it.
_PARTS = {
    "family_name": "IDENTITY",
    "birth_name": "IDENTITY",
    "first_names": "IDENTITY",
    "born_on": "IDENTITY",
    "sex": "IDENTITY",
    "housing": "ADDRESS",
    "address": "ADDRESS",
    "commune": "ADDRESS",
    "mds": "PLACEMENT",
    "site": "PLACEMENT",
    "placement": "PLACEMENT",
    "language": "LANGUAGE",
    "interpreter_needed": "LANGUAGE",
    "nationality_group": "NATIONALITY",
    "nationality_purpose": "NATIONALITY",
    "circumstance": "CIRCUMSTANCE",
    "discernment_noted_by": "CIRCUMSTANCE",
}
_PLACED_BY = frozenset({"housing", "address", "commune", "receiving_site"})


def register_personne(uow: UnitOfWork, *, by: Caller, values: Mapping[str, Any]) -> Personne:
    """A new file, unless it may be someone already known.

    Raises ProbableDuplicates (with candidates and reasons) unless `confirm_distinct`;
    AskTheResponsable when a file the caller may not see is concerned, whatever was confirmed.
    """
    places = read_places(uow, [values.get("commune")])
    personne = build(uow, values, places=places, by=by)
    signature = signature_of(uow.keyring, personne)
    uow.personnes.lock_identities(
        {*signature.phones, *signature.emails, *filter(None, [signature.born])}
    )
    known = uow.personnes.known_like([signature], viewer(by))
    refuse_duplicates(
        uow, KnownFiles(known).like(signature), by=by, confirmed=values["confirm_distinct"]
    )
    note_sharing(uow, personne, values.get("contacts", ()))
    uow.personnes.add(personne, file_index(uow.keyring, personne))
    uow.publish(registered(personne))
    return personne


def build(uow: UnitOfWork, values: Mapping[str, Any], *, places: Places, by: Caller) -> Personne:
    """A personne made of checked values, not kept yet. Raises the Invalid that says why not."""
    housing = housing_of(values)
    today = uow.today
    placement, site = place(places, values, day=today)
    given = {name: values[name] for name in _PLAIN if values.get(name) is not None}
    personne = Personne(
        personne_id=new_id(),
        mds=site.mds,
        site=site.code,
        placement=placement,
        housing=housing,
        reference=values.get("reference"),
        registered_at=uow.now,
        registered_by=by.agent_id,
        contacts=contact_points(
            uow.keyring, values.get("contacts", ()), now=uow.now, by=by.agent_id
        ),
        **given,
    )
    personne.check(today)
    return personne


def refuse_duplicates(
    uow: UnitOfWork, matches: Collection[Match], *, by: Caller, confirmed: bool
) -> None:
    """Raise when these matches stand in the way of a new file."""
    if any(not match.is_visible for match in matches):
        raise AskTheResponsable(
            "Avant d’enregistrer cette personne, contactez le responsable de la MDS."
        )
    if matches and not confirmed:
        raise ProbableDuplicates(
            "Vérifiez les fiches proposées ; s’il s’agit d’une autre personne,"
            " renvoyez la demande avec confirm_distinct.",
            extra={"candidates": candidates(uow, matches, by=by)},
        )


def candidates(uow: UnitOfWork, matches: Collection[Match], *, by: Caller) -> list[dict[str, Any]]:
    """Matches with the few lines an agent needs to recognise someone; visible files only."""
    shown = uow.personnes.visible_among([m.personne_id for m in matches], viewer(by))
    return [
        {"personne": line(shown[match.personne_id]), "reasons": list(match.reasons)}
        for match in matches
        if match.personne_id in shown
    ]


def line(personne: Personne) -> dict[str, Any]:
    """A personne in a list."""
    names = ("personne_id", "family_name", "birth_name", "first_names", "born_on", "mds", "site")
    return {name: getattr(personne, name) for name in names} | {"deceased": personne.deceased}


def open_file(uow: UnitOfWork, *, by: Caller, personne_id: UUID) -> Personne:
    """Read a file. Raises PersonneNotFound, also for one that is closed to the caller."""
    return visible_file(uow, by=by, personne_id=personne_id)


def find_for_services(uow: UnitOfWork, personne_id: UUID) -> Personne:
    """A file for another service, which applies its own rules. Raises PersonneNotFound."""
    personne = uow.personnes.get(personne_id)
    if personne is None:
        raise PersonneNotFound("Aucune fiche à cet identifiant.")
    return personne


def change_personne(
    uow: UnitOfWork,
    *,
    by: Caller,
    personne_id: UUID,
    expected_version: int | None,
    changes: Mapping[str, Any],
) -> Personne:
    """Change parts of a file.

    Raises PersonneNotFound, VersionMismatch, SecretSettledAtOpening, the rules' Invalid.
    """
    personne = visible_file(uow, by=by, personne_id=personne_id, lock=True)
    expect_version(personne.version, expected_version)
    personne.keep_secrecy(changes.get("circumstance", personne.circumstance))
    wanted = {name: changes[name] for name in _PLAIN if name in changes}
    if not _PLACED_BY.isdisjoint(changes):
        wanted |= _placed_anew(uow, personne, changes)
    if "discernment_noted" in changes:
        wanted["discernment_noted_by"] = _noted_by(personne, by, changes)
    news = {name: value for name, value in wanted.items() if getattr(personne, name) != value}
    if not news:
        return personne
    for name, value in news.items():
        setattr(personne, name, value)
    personne.check(uow.today)
    personne.version += 1
    parts = {_PARTS[name] for name in news}
    if parts & {"IDENTITY", "CIRCUMSTANCE"}:
        uow.personnes.reindex(personne_id, file_index(uow.keyring, personne))
    uow.publish(changed(personne, *parts))
    return personne


def note_sharing(uow: UnitOfWork, personne: Personne, wanted: Sequence[Mapping[str, Any]]) -> None:
    """Where the person knows a contact is shared and confirms it, note with whom."""
    confirmed = [
        point
        for point, given in zip(personne.contacts, wanted, strict=True)
        if given["shared_confirmed"] and point.confirmed_safe
    ]
    if confirmed:
        holdings = uow.contacts.holdings([point.value_index for point in confirmed])
        for point in confirmed:
            point.confirmed_among = others(holdings, point, personne.personne_id)


def others(holdings: Collection[Holding], point: ContactPoint, personne_id: UUID) -> list[UUID]:
    """Who else holds this contact point."""
    return sorted(
        h.personne_id
        for h in holdings
        if h.value_index == point.value_index and h.personne_id != personne_id
    )


def registered(personne: Personne) -> PersonneRegistered:
    """The fact of a new file."""
    return PersonneRegistered(**about(personne))


def changed(personne: Personne, *parts: str) -> PersonneChanged:
    """The fact of changed parts."""
    return PersonneChanged(**about(personne), changed=tuple(sorted(parts)))


def about(personne: Personne) -> dict[str, Any]:
    """What every fact about a personne says."""
    return {
        "personne_id": personne.personne_id,
        "personne_ids": (personne.personne_id,),
        "mds": personne.mds,
        "site": personne.site,
    }


def _placed_anew(uow: UnitOfWork, personne: Personne, changes: Mapping[str, Any]) -> dict[str, Any]:
    values = {"address": personne.address, "commune": personne.commune, **changes}
    if "housing" not in changes and "commune" not in changes:
        values["housing"] = personne.housing
    housing = housing_of(values)
    places = read_places(uow, [values["commune"]])
    placement, site = place(places, values, day=uow.today)
    return {"housing": housing, "placement": placement, "mds": site.mds, "site": site.code}


def _noted_by(personne: Personne, by: Caller, changes: Mapping[str, Any]) -> UUID | None:
    circumstance = changes.get("circumstance", personne.circumstance)
    if not by.has(roles.TRAVAILLEUR_SOCIAL) or circumstance is not Circumstance.MINOR_ALONE:
        raise DiscernmentReserved(
            "Un travailleur social note le discernement d’un mineur venu seul, et lui seul."
        )
    return by.agent_id if changes["discernment_noted"] else None
