"""Find a person, and see who may be the same one; protected files never show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chassis.caller import Caller
from chassis.crypto import Keyring
from chassis.errors import Invalid
from services.accueil.domain.contact import Channel
from services.accueil.domain.doublons import KnownFiles
from services.accueil.domain.phonetics import words
from services.accueil.domain.recherche import SearchTerms
from services.accueil.persistence import UnitOfWork
from services.accueil.usecases import keys
from services.accueil.usecases.access import viewer
from services.accueil.usecases.personnes import candidates, line
from services.accueil.usecases.values import contact_points, normalise

LIMIT = 50
#: Said whatever was found, so that it tells nothing of any file.
NOTICE = "Une fiche peut être masquée : en cas de doute, contactez le responsable."


class NothingToSearch(Invalid):
    """The name given holds no letter."""

    code = "recherche-vide"
    title = "Rien à chercher"


def search(uow: UnitOfWork, *, by: Caller, criteria: Mapping[str, Any]) -> dict[str, Any]:
    """At most 50 files that fit every criterion, by name. Raises NothingToSearch."""
    terms = _terms(uow.keyring, criteria)
    found = uow.personnes.search(terms, viewer(by), LIMIT + 1)
    lines = [line(personne) for personne in found[:LIMIT]]
    lines.sort(key=lambda item: (words(item["family_name"]), words(item["first_names"])))
    return {"personnes": lines, "truncated": len(found) > LIMIT, "notice": NOTICE}


def find_duplicates(uow: UnitOfWork, *, by: Caller, values: Mapping[str, Any]) -> dict[str, Any]:
    """Probable duplicates of an identity; those hidden from the caller only say whom to ask."""
    contacts = contact_points(uow.keyring, values["contacts"], now=uow.now, by=by.agent_id)
    signature = keys.signature(
        uow.keyring,
        names=(values["family_name"], values["birth_name"]),
        first_names=values["first_names"],
        born_on=values["born_on"],
        contacts=contacts,
    )
    matches = KnownFiles(uow.personnes.known_like([signature], viewer(by))).like(signature)
    return {
        "candidates": candidates(uow, matches, by=by),
        "contact_responsable": any(not match.is_visible for match in matches),
    }


def _terms(keyring: Keyring, criteria: Mapping[str, Any]) -> SearchTerms:
    named = words(criteria.get("name", ""))
    if "name" in criteria and not named:
        raise NothingToSearch("Donnez au moins une lettre du nom.", field="/name")
    contacts = [
        keys.contact_index(keyring, channel, normalise(channel, criteria[field], field=f"/{field}"))
        for field, channel in (("phone", Channel.SMS), ("email", Channel.EMAIL))
        if field in criteria
    ]
    born_on = criteria.get("born_on")
    return SearchTerms(
        words=tuple((keys.spelled(keyring, w), keys.heard(keyring, w)) for w in named),
        born=keys.digest(keyring, "born", born_on.isoformat()) if born_on else None,
        contacts=tuple(contacts),
        reference=criteria.get("reference"),
    )
