"""What consent asks dsu: who are the professionals of a person's file, right now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from marshmallow import fields

from chassis.errors import NotFound
from chassis.neighbours import AnswerSchema, Neighbours, ask
from services.consent.domain.bases import FileRole


@dataclass(frozen=True, kw_only=True)
class Membership:
    """An agent's place in one open dossier of a person."""

    dossier_id: UUID
    role: FileRole
    mission: str | None
    mds: str | None
    site: str | None


class _ProfessionalIn(AnswerSchema):
    agent_id = fields.UUID(required=True)
    role = fields.Enum(FileRole, by_value=True, required=True)
    mission = fields.String(load_default=None, allow_none=True)


class _DossierIn(AnswerSchema):
    dossier_id = fields.UUID(required=True)
    personne_ids = fields.List(fields.UUID(), required=True)
    mds = fields.String(load_default=None, allow_none=True)
    site = fields.String(load_default=None, allow_none=True)
    professionals = fields.List(fields.Nested(_ProfessionalIn), required=True)


class _DossiersIn(AnswerSchema):
    dossiers = fields.List(fields.Nested(_DossierIn), required=True)


_PATH = "/internal/dossiers/of-personnes"
_DOSSIERS = _DossiersIn()


def membership_of(
    neighbours: Neighbours, *, agent_id: UUID, personne_id: UUID
) -> Membership | None:
    """The agent's best place among the person's open dossiers, None when they have none.

    Fails closed: raises Unavailable when dsu does not answer, or answers what we cannot read.
    """
    try:
        answer = ask(neighbours, "dsu", _PATH, _DOSSIERS, body={"personne_ids": [str(personne_id)]})
    except NotFound:
        return None
    found = [
        place
        for dossier in answer["dossiers"]
        if personne_id in dossier["personne_ids"]
        for place in _places(dossier, agent_id)
    ]
    return min(found, key=lambda place: place.role is not FileRole.REFERENT, default=None)


def _places(dossier: Mapping[str, Any], agent_id: UUID) -> list[Membership]:
    return [
        Membership(
            dossier_id=dossier["dossier_id"],
            role=professional["role"],
            mission=professional["mission"],
            mds=dossier["mds"],
            site=dossier["site"],
        )
        for professional in dossier["professionals"]
        if professional["agent_id"] == agent_id
    ]
