"""What dsu asks accueil when a fact has not come yet. Fails closed: no answer, no act."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.errors import NotFound, Unavailable
from chassis.neighbours import Neighbours
from services.dsu.domain.annuaire import Agent, Personne


def read_agent(neighbours: Neighbours, agent_id: UUID) -> Agent | None:
    """An agent's assignment today; None when accueil has no such agent.

    Raises Unavailable when accueil does not answer, or not with what was agreed.
    """
    answer = _ask(neighbours, f"/internal/agents/{agent_id}")
    if answer is None:
        return None
    return Agent(
        agent_id=agent_id,
        profession=str(_member(answer, "profession") or ""),
        mds=_member(answer, "mds"),
        active=_member(answer, "active") is True,
    )


def read_personne(neighbours: Neighbours, personne_id: UUID) -> Personne | None:
    """What a rule needs of a personne; same errors as `read_agent`."""
    answer = _ask(neighbours, f"/internal/personnes/{personne_id}")
    if answer is None:
        return None
    return Personne(
        personne_id=personne_id,
        deceased=_member(answer, "deceased") is not False,
        protected=_member(answer, "protected") is not False,
    )


def _ask(neighbours: Neighbours, path: str) -> Any:
    try:
        return neighbours.get("accueil", path)
    except NotFound:
        return None


def _member(answer: Any, name: str) -> Any:
    try:
        return answer[name]
    except (KeyError, TypeError):
        raise Unavailable("L’accueil a répondu autre chose que ce qui est convenu.") from None
