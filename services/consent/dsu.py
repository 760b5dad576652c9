"""What consent asks dsu: who are the professionals of a person's file, right now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chassis.errors import NotFound, Unavailable
from chassis.neighbours import Neighbours
from services.consent.domain.bases import FileRole


@dataclass(frozen=True, kw_only=True)
class Membership:
    """An agent's place in one open dossier of a person."""

    dossier_id: UUID
    role: FileRole
    mission: str | None
    mds: str | None
    site: str | None


def membership_of(
    neighbours: Neighbours, *, agent_id: UUID, personne_id: UUID
) -> Membership | None:
    """The agent's best place among the person's open dossiers, None when they have none.

    Fails closed: raises Unavailable when dsu does not answer, or answers what we cannot read.
    """
    try:
        answer = neighbours.post(
            "dsu", "/internal/dossiers/of-personnes", {"personne_ids": [str(personne_id)]}
        )
    except NotFound:
        return None
    try:
        found = [
            place
            for dossier in answer["dossiers"]
            if str(personne_id) in dossier["personne_ids"]
            for place in _places(dossier, str(agent_id))
        ]
    except (KeyError, TypeError, ValueError):
        raise Unavailable("Le dossier ne peut pas être lu ; réessayez dans un instant.") from None
    return min(found, key=lambda place: place.role is not FileRole.REFERENT, default=None)


def _places(dossier: Mapping[str, Any], agent_id: str) -> list[Membership]:
    return [
        Membership(
            dossier_id=UUID(dossier["dossier_id"]),
            role=FileRole(professional["role"]),
            mission=professional.get("mission"),
            mds=dossier.get("mds"),
            site=dossier.get("site"),
        )
        for professional in dossier["professionals"]
        if professional["agent_id"] == agent_id
    ]
