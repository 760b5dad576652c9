"""Routes of personnes: register, find, change, contacts, takeover."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from marshmallow import ValidationError

from chassis.web.route import Call, route
from chassis.web.schemas import field_names, pointers
from services import roles
from services.accueil.domain.annuaire import SiteUnknown
from services.accueil.domain.contact import ContactRepeated, ContactUnusable
from services.accueil.domain.personne import (
    AskTheResponsable,
    DateImpossible,
    DiscernmentReserved,
    NationalityUnfounded,
    Personne,
    ProbableDuplicates,
    ReferenceTaken,
    SecretFileKeepsNothing,
    SecretSettledAtOpening,
    SectorAmbiguous,
    SectorUnknown,
)
from services.accueil.persistence import UnitOfWork
from services.accueil.schemas.contacts import ContactsIn, ContactsOut
from services.accueil.schemas.personnes import (
    DuplicatesIn,
    DuplicatesOut,
    ImportIn,
    ImportOut,
    ImportRow,
    PersonneIn,
    PersonneOut,
    PersonnePatch,
    SearchIn,
    SearchOut,
)
from services.accueil.service import allowed
from services.accueil.usecases import contacts, imports, personnes, search
from services.accueil.usecases.search import NothingToSearch
from services.protection import PersonneNotFound

_TAG = "Personnes"
_ROW = ImportRow()
_FIELDS = field_names(_ROW)
_RULES = (
    ContactUnusable,
    ContactRepeated,
    DateImpossible,
    NationalityUnfounded,
    SecretFileKeepsNothing,
    SectorUnknown,
    SectorAmbiguous,
    SiteUnknown,
)


class PersonneRoutes:
    """People who are received. No identity ever stands in a URL."""

    @route(
        "POST",
        "/v1/personnes",
        allow=roles.AGENTS,
        body=PersonneIn,
        reply=PersonneOut,
        status=201,
        etag=True,
        idempotent=True,
        tag=_TAG,
        summary="Enregistrer une personne",
        description="409 avec les doublons probables et leurs motifs, sauf confirm_distinct.",
        problems=(ProbableDuplicates, AskTheResponsable, *_RULES),
    )
    def register_personne(self, uow: UnitOfWork, call: Call) -> Personne:
        return personnes.register_personne(uow, by=call.caller, values=call.body)

    @route(
        "POST",
        "/v1/personnes/imports",
        allow=allowed.IMPORTERS,
        body=ImportIn,
        reply=ImportOut,
        idempotent=True,
        tag=_TAG,
        summary="Reprendre jusqu’à 200 personnes d’une autre application",
        problems=(ReferenceTaken,),
    )
    def import_personnes(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        return imports.import_personnes(
            uow, by=call.caller, rows=list(_read_rows(call.body["rows"]))
        )

    @route(
        "POST",
        "/v1/personnes/search",
        allow=allowed.READERS,
        body=SearchIn,
        reply=SearchOut,
        tag=_TAG,
        summary="Chercher une personne (nom phonétique, naissance, téléphone…)",
        problems=(NothingToSearch, ContactUnusable),
    )
    def search_personnes(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        return search.search(uow, by=call.caller, criteria=call.body)

    @route(
        "POST",
        "/v1/personnes/duplicates",
        allow=roles.AGENTS,
        body=DuplicatesIn,
        reply=DuplicatesOut,
        tag=_TAG,
        summary="Doublons probables d’une identité",
        problems=(ContactUnusable, ContactRepeated),
    )
    def find_duplicates(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        return search.find_duplicates(uow, by=call.caller, values=call.body)

    @route(
        "GET",
        "/v1/personnes/{personne_id}",
        allow=allowed.READERS,
        reply=PersonneOut,
        etag=True,
        tag=_TAG,
        summary="Lire une fiche",
        problems=(PersonneNotFound,),
    )
    def read_personne(self, uow: UnitOfWork, call: Call, personne_id: UUID) -> Personne:
        return personnes.open_file(uow, by=call.caller, personne_id=personne_id)

    @route(
        "PATCH",
        "/v1/personnes/{personne_id}",
        allow=roles.AGENTS,
        body=PersonnePatch,
        reply=PersonneOut,
        etag=True,
        if_match=True,
        tag=_TAG,
        summary="Modifier une fiche",
        problems=(PersonneNotFound, SecretSettledAtOpening, *_RULES, DiscernmentReserved),
    )
    def change_personne(self, uow: UnitOfWork, call: Call, personne_id: UUID) -> Personne:
        return personnes.change_personne(
            uow,
            by=call.caller,
            personne_id=personne_id,
            expected_version=call.expected_version,
            changes=call.body,
        )

    @route(
        "GET",
        "/v1/personnes/{personne_id}/contacts",
        allow=allowed.READERS,
        reply=ContactsOut,
        etag=True,
        tag=_TAG,
        problems=(PersonneNotFound,),
        summary="Coordonnées, et lesquelles sont utilisables",
    )
    def read_contacts(
        self, uow: UnitOfWork, call: Call, personne_id: UUID
    ) -> contacts.ContactSheet:
        return contacts.read_contacts(uow, by=call.caller, personne_id=personne_id)

    @route(
        "PUT",
        "/v1/personnes/{personne_id}/contacts",
        allow=roles.AGENTS,
        body=ContactsIn,
        reply=ContactsOut,
        etag=True,
        if_match=True,
        tag=_TAG,
        summary="Remplacer les coordonnées",
        problems=(PersonneNotFound, ContactUnusable, ContactRepeated, SecretFileKeepsNothing),
    )
    def replace_contacts(
        self, uow: UnitOfWork, call: Call, personne_id: UUID
    ) -> contacts.ContactSheet:
        return contacts.replace_contacts(
            uow,
            by=call.caller,
            personne_id=personne_id,
            expected_version=call.expected_version,
            wanted=call.body["contacts"],
        )


def _read_rows(rows: list[Any]) -> Iterator[imports.Row]:
    """Each row through its own schema, so that a bad one does not refuse the others."""
    for raw in rows:
        reference = raw.get("reference") if isinstance(raw, dict) else None
        try:
            values = _ROW.load(raw)
        except ValidationError as error:
            yield imports.Row(
                reference=reference if isinstance(reference, str) else None,
                errors=tuple(pointers(error.messages, _FIELDS, raw)),
            )
        else:
            yield imports.Row(reference=values["reference"], values=values)
