"""What consent asks accueil: is a person protected, deceased, a minor; what an agent's job is."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from chassis.errors import Unavailable
from chassis.neighbours import Neighbours
from services.consent.domain.question import Situation

_MAJORITY_YEARS = 18


def situation_of(neighbours: Neighbours, personne_id: UUID, *, today: date) -> Situation:
    """The person's situation. Keeps the day of majority of a minor only, never a birth date.

    Raises NotFound for an unknown person and Unavailable otherwise: nothing is assumed.
    """
    answer = neighbours.get("accueil", f"/internal/personnes/{personne_id}")
    try:
        return Situation(
            is_protected=bool(answer["protected"]),
            is_deceased=bool(answer["deceased"]),
            minor_until=_minor_until(answer["born_on"], today),
        )
    except (KeyError, TypeError, ValueError):
        raise Unavailable("La fiche ne peut pas être lue ; réessayez dans un instant.") from None


def profession_of(neighbours: Neighbours, agent_id: UUID) -> str:
    """The agent's profession today. Same errors."""
    answer = neighbours.get("accueil", f"/internal/agents/{agent_id}")
    try:
        return str(answer["profession"])
    except (KeyError, TypeError):
        raise Unavailable("L’annuaire ne peut pas être lu ; réessayez.") from None


def majority_of(born_on: date) -> date:
    """The eighteenth birthday; for the 29th of February, the 1st of March (code civil, 414)."""
    try:
        return born_on.replace(year=born_on.year + _MAJORITY_YEARS)
    except ValueError:
        return date(born_on.year + _MAJORITY_YEARS, 3, 1)


def _minor_until(born_on: str | None, today: date) -> date | None:
    if born_on is None:
        return None
    majority = majority_of(date.fromisoformat(born_on))
    return majority if today < majority else None
