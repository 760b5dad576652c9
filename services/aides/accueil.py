"""What aides asks accueil: the birth date an age needs, who may know of a file, a site, an agent.

Fails closed.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from marshmallow import fields

from chassis.errors import Invalid
from chassis.neighbours import AnswerSchema, Neighbours, find
from services.protection import Protection


class AgeUnknown(Invalid):
    """The age condition cannot be checked: the aid cannot go on."""

    code = "age-inconnu"
    title = "L’âge de la personne n’est pas connu"


class _PersonneIn(AnswerSchema):
    born_on = fields.Date(load_default=None, allow_none=True)


_PERSONNE = _PersonneIn()


def born_on(neighbours: Neighbours, personne_id: UUID) -> date:
    """The birth date. Raises AgeUnknown, or Unavailable when accueil does not answer."""
    answer = find(neighbours, "accueil", f"/internal/personnes/{personne_id}", _PERSONNE)
    if answer is None:
        raise AgeUnknown("L’accueil ne connaît pas cette personne.", field="/demandeur_id")
    day: date | None = answer["born_on"]
    if day is None:
        raise AgeUnknown(
            "Complétez la date de naissance à l’accueil : cette aide dépend de l’âge.",
            field="/demandeur_id",
        )
    return day


class _SiteIn(AnswerSchema):
    mds = fields.String(required=True)


_SITE = _SiteIn()


def mds_of(neighbours: Neighbours, site: str) -> str | None:
    """The MDS of a site; None when accueil has no such site. Raises Unavailable."""
    answer = find(neighbours, "accueil", f"/internal/sites/{site}", _SITE)
    return None if answer is None else str(answer["mds"])


class _AgentIn(AnswerSchema):
    agent_id = fields.UUID(required=True)


_AGENT = _AgentIn()


def knows_agent(neighbours: Neighbours, agent_id: UUID) -> bool:
    """Whether the annuaire has this agent. Raises Unavailable."""
    return find(neighbours, "accueil", f"/internal/agents/{agent_id}", _AGENT) is not None


class _ProtectionIn(AnswerSchema):
    protected = fields.Boolean(required=True)
    opened_to = fields.List(fields.UUID(), required=True, data_key="opened_agent_ids")
    closed_to = fields.List(fields.UUID(), required=True, data_key="closed_agent_ids")


_PROTECTION = _ProtectionIn()


def protection(neighbours: Neighbours, personne_id: UUID) -> Protection | None:
    """Who may know of a file; None when accueil has no such file. Raises Unavailable."""
    answer = find(neighbours, "accueil", f"/internal/personnes/{personne_id}", _PROTECTION)
    if answer is None:
        return None
    return Protection(
        protected=answer["protected"],
        opened_to=frozenset(answer["opened_to"]),
        closed_to=frozenset(answer["closed_to"]),
    )
