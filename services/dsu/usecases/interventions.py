"""Interventions: recorded under the nomenclature of their day, read within scope and mission."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from chassis.ids import new_id
from chassis.web.pages import Page, PageAsked
from services.dsu.domain.access import Access, NoteScope
from services.dsu.domain.dossier import Act, Dossier
from services.dsu.domain.errors import ActNotAllowed, DateRefused, DossierNotFound
from services.dsu.domain.nomenclature import (
    Filing,
    InterventionType,
    Nomenclature,
    label_of,
    nomenclature_on,
)
from services.dsu.events import InterventionRecorded
from services.dsu.persistence import UnitOfWork
from services.dsu.usecases.gate import Asking, enter


@dataclass(frozen=True, kw_only=True)
class Recording:
    """What is recorded; the author is the caller."""

    nomenclature: str
    occurred_on: date
    personne_ids: list[UUID]
    note: str | None = None
    note_scope: NoteScope | None = None


def record_intervention(
    uow: UnitOfWork, dossier_id: UUID, asked: Recording, *, entry: Asking
) -> dict[str, Any]:
    """Record an intervention; answers it as its author reads it.

    Raises DossierNotFound, ActNotAllowed, StatusForbids, DateRefused, UnknownCode, SeparateFile,
    NotAMember. What is withheld (judicial child protection) is kept and told to nobody.
    """
    dossier = uow.dossiers.get_to_change(dossier_id)
    access = enter(uow, dossier, Act.RECORD_INTERVENTION, entry)
    if dossier is None:
        raise DossierNotFound()
    dossier.allow(Act.RECORD_INTERVENTION)
    if asked.occurred_on > uow.today:
        raise DateRefused("Une intervention ne se date pas dans l’avenir.", field="/occurred_on")
    nomenclature = nomenclature_on(asked.occurred_on)
    kind = nomenclature.recordable(asked.nomenclature)
    if not access.covers(kind.champ):
        raise ActNotAllowed("Ce champ d’intervention n’est pas dans votre mission.")
    dossier.check_members(asked.personne_ids)
    values = _values(dossier, asked, kind, author=access.agent_id)
    values |= {"nomenclature_version": nomenclature.version, "recorded_at": uow.now}
    uow.interventions.add(values)
    if kind.filing is not Filing.WITHHELD:
        uow.publish(_fact(dossier, values, kind))
    return _shown(values, access)


def list_interventions(
    uow: UnitOfWork, dossier_id: UUID, *, entry: Asking, page: PageAsked
) -> Page[dict[str, Any]]:
    """A dossier's interventions within the caller's mission, each note within its scope.

    Raises DossierNotFound, ActNotAllowed.
    """
    dossier = uow.dossiers.get(dossier_id)
    access = enter(uow, dossier, Act.READ_INTERVENTIONS, entry)
    rows = uow.interventions.of_dossier(
        dossier_id, champs=access.champs, after=page.after, limit=page.sought
    )
    found = page.of(rows, lambda row: (row["occurred_on"], row["intervention_id"]))
    return Page([_shown(row, access) for row in found.items], found.next)


def read_nomenclature(uow: UnitOfWork, *, on: date | None) -> Nomenclature:
    """The version valid that day, today by default. Raises UnknownCode."""
    return nomenclature_on(on or uow.today)


def _values(
    dossier: Dossier, asked: Recording, kind: InterventionType, *, author: UUID
) -> dict[str, Any]:
    return {
        "intervention_id": new_id(),
        "dossier_id": dossier.dossier_id,
        "agent_id": author,
        "occurred_on": asked.occurred_on,
        "champ": kind.champ,
        "nomenclature": kind.code,
        "personne_ids": sorted(asked.personne_ids),
        "note": asked.note,
        "note_scope": asked.note_scope,
    }


def _fact(dossier: Dossier, values: dict[str, Any], kind: InterventionType) -> InterventionRecorded:
    return InterventionRecorded(
        dossier_id=dossier.dossier_id,
        personne_ids=tuple(values["personne_ids"]),
        mds=dossier.mds,
        site=dossier.site,
        intervention_id=values["intervention_id"],
        agent_id=values["agent_id"],
        nomenclature=values["nomenclature"],
        occurred_on=values["occurred_on"],
        shareable=kind.shareable,
    )


def _shown(row: dict[str, Any], access: Access) -> dict[str, Any]:
    """One intervention as this reader may see it: without the note unless its scope allows."""
    scope = NoteScope(row["note_scope"]) if row["note_scope"] else None
    shown = {name: value for name, value in row.items() if name != "note"}
    shown["note_scope"] = scope
    shown["label"] = label_of(row["nomenclature_version"], row["nomenclature"])
    if scope is not None and access.reads_note(scope=scope, author=row["agent_id"]):
        shown["note"] = row["note"]
    return shown
