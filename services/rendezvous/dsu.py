"""What dsu is asked when a dossier's fact has not come yet: fail closed, ids only."""

from __future__ import annotations

from uuid import UUID

from marshmallow import fields

from chassis.neighbours import AnswerSchema, Neighbours, find
from services.rendezvous.domain.projections import KnownDossier


class _ProfessionalIn(AnswerSchema):
    agent_id = fields.UUID(required=True)
    role = fields.String(required=True)


class _DossierIn(AnswerSchema):
    personne_ids = fields.List(fields.UUID(), required=True)
    professionals = fields.List(fields.Nested(_ProfessionalIn), required=True)


_DOSSIER = _DossierIn()


def read_dossier(neighbours: Neighbours, dossier_id: UUID) -> KnownDossier | None:
    """Whom a dossier is about and who follows it, or None. Raises Unavailable."""
    answer = find(neighbours, "dsu", f"/internal/dossiers/{dossier_id}/professionals", _DOSSIER)
    if answer is None:
        return None
    referents = [one["agent_id"] for one in answer["professionals"] if one["role"] == "REFERENT"]
    return KnownDossier(
        dossier_id=dossier_id,
        referent_agent_id=referents[0] if referents else None,
        personne_ids=frozenset(answer["personne_ids"]),
    )
