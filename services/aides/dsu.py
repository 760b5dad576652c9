"""What aides asks dsu when a dossier's fact has not come yet. Fails closed."""

from __future__ import annotations

from uuid import UUID

from marshmallow import fields

from chassis.neighbours import AnswerSchema, Neighbours, find
from services.aides.domain.dossier import KnownDossier


class _DossierIn(AnswerSchema):
    status = fields.String(required=True)
    personne_ids = fields.List(fields.UUID(), required=True)


_DOSSIER = _DossierIn()


def dossier(neighbours: Neighbours, dossier_id: UUID) -> KnownDossier | None:
    """Whom a dossier is about and whether it is open, or None. Raises Unavailable."""
    answer = find(neighbours, "dsu", f"/internal/dossiers/{dossier_id}/professionals", _DOSSIER)
    if answer is None:
        return None
    return KnownDossier(
        is_open=answer["status"] == "ACTIVE", personne_ids=frozenset(answer["personne_ids"])
    )
