"""What accueil is asked when a fact has not come yet: fail closed, ids and flags only."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from marshmallow import fields

from chassis.neighbours import AnswerSchema, Neighbours, find
from services.protection import Protection
from services.rendezvous.domain.projections import Assignment, KnownPersonne


class _PersonneIn(AnswerSchema):
    deceased = fields.Boolean(required=True)
    protected = fields.Boolean(required=True)
    opened_agent_ids = fields.List(fields.UUID(), required=True)
    closed_agent_ids = fields.List(fields.UUID(), required=True)


class _AgentIn(AnswerSchema):
    active = fields.Boolean(required=True)
    profession = fields.String(load_default=None, allow_none=True)
    mds = fields.String(load_default=None, allow_none=True)
    site = fields.String(load_default=None, allow_none=True)
    plateforme = fields.Boolean(load_default=False)
    volant = fields.Boolean(load_default=False)


_PERSONNE, _AGENT = _PersonneIn(), _AgentIn()


def read_personne(neighbours: Neighbours, personne_id: UUID) -> KnownPersonne | None:
    """The personne as accueil knows them, or None. Raises Unavailable."""
    answer = find(neighbours, "accueil", f"/internal/personnes/{personne_id}", _PERSONNE)
    if answer is None:
        return None
    told = Protection(
        protected=answer["protected"],
        opened_to=frozenset(answer["opened_agent_ids"]),
        closed_to=frozenset(answer["closed_agent_ids"]),
    )
    return KnownPersonne(personne_id=personne_id, deceased=answer["deceased"], told=told)


def read_agent(neighbours: Neighbours, agent_id: UUID, today: date) -> Assignment | None:
    """The agent's post today, or None when there is none. Raises Unavailable."""
    answer = find(neighbours, "accueil", f"/internal/agents/{agent_id}", _AGENT)
    if answer is None or not answer["profession"]:
        return None
    answer |= {"mds": answer["mds"] or "", "site": answer["site"] or ""}
    return Assignment(agent_id=agent_id, effective_on=today, **answer)
