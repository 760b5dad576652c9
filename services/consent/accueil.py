"""What consent asks accueil: is a person protected, deceased, a minor; what an agent's job is."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from marshmallow import fields

from chassis.neighbours import AnswerSchema, Neighbours, ask
from services.consent.domain.question import Situation

_MAJORITY_YEARS = 18


class _PersonneIn(AnswerSchema):
    protected = fields.Boolean(required=True)
    deceased = fields.Boolean(required=True)
    born_on = fields.Date(required=True, allow_none=True)


class _AgentIn(AnswerSchema):
    profession = fields.String(required=True)


_PERSONNE, _AGENT = _PersonneIn(), _AgentIn()


def situation_of(neighbours: Neighbours, personne_id: UUID, *, today: date) -> Situation:
    """The person's situation. Keeps the day of majority of a minor only, never a birth date.

    Raises NotFound for an unknown person and Unavailable otherwise: nothing is assumed.
    """
    answer = ask(neighbours, "accueil", f"/internal/personnes/{personne_id}", _PERSONNE)
    return Situation(
        is_protected=answer["protected"],
        is_deceased=answer["deceased"],
        minor_until=_minor_until(answer["born_on"], today),
    )


def profession_of(neighbours: Neighbours, agent_id: UUID) -> str:
    """The agent's profession today. Same errors."""
    return str(ask(neighbours, "accueil", f"/internal/agents/{agent_id}", _AGENT)["profession"])


def majority_of(born_on: date) -> date:
    """The eighteenth birthday; for the 29th of February, the 1st of March (code civil, 414)."""
    try:
        return born_on.replace(year=born_on.year + _MAJORITY_YEARS)
    except ValueError:
        return date(born_on.year + _MAJORITY_YEARS, 3, 1)


def _minor_until(born_on: date | None, today: date) -> date | None:
    if born_on is None:
        return None
    majority = majority_of(born_on)
    return majority if today < majority else None
