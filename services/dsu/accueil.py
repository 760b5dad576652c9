"""What dsu asks accueil when a fact has not come yet. Fails closed: no answer, no act."""

from __future__ import annotations

from uuid import UUID

from marshmallow import fields

from chassis.neighbours import AnswerSchema, Neighbours, find
from services.dsu.domain.annuaire import Agent, Personne
from services.protection import Protection


class _AgentIn(AnswerSchema):
    active = fields.Boolean(required=True)
    profession = fields.String(load_default=None, allow_none=True)
    mds = fields.String(load_default=None, allow_none=True)


class _PersonneIn(AnswerSchema):
    deceased = fields.Boolean(required=True)
    protected = fields.Boolean(required=True)
    opened_agent_ids = fields.List(fields.UUID(), required=True)
    closed_agent_ids = fields.List(fields.UUID(), required=True)


class _SiteIn(AnswerSchema):
    mds = fields.String(required=True)


_AGENT, _PERSONNE, _SITE = _AgentIn(), _PersonneIn(), _SiteIn()


def read_agent(neighbours: Neighbours, agent_id: UUID) -> Agent | None:
    """An agent's assignment today; None when accueil has no such agent. Raises Unavailable."""
    answer = find(neighbours, "accueil", f"/internal/agents/{agent_id}", _AGENT)
    if answer is None:
        return None
    profession = answer.pop("profession") or ""
    return Agent(agent_id=agent_id, profession=profession, **answer)


def read_personne(neighbours: Neighbours, personne_id: UUID) -> Personne | None:
    """What a rule needs of a personne, or None. Raises Unavailable."""
    answer = find(neighbours, "accueil", f"/internal/personnes/{personne_id}", _PERSONNE)
    if answer is None:
        return None
    told = Protection(
        protected=answer["protected"],
        opened_to=frozenset(answer["opened_agent_ids"]),
        closed_to=frozenset(answer["closed_agent_ids"]),
    )
    return Personne(personne_id=personne_id, deceased=answer["deceased"], told=told)


def read_mds(neighbours: Neighbours, site: str) -> str | None:
    """The MDS of a site; None when accueil has no such site. Raises Unavailable."""
    answer = find(neighbours, "accueil", f"/internal/sites/{site}", _SITE)
    return None if answer is None else str(answer["mds"])
