"""What accueil is asked when a fact has not come yet: fail closed, ids and flags only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from chassis.errors import NotFound, Unavailable
from chassis.neighbours import Neighbours
from services.rendezvous.domain.projections import Assignment, KnownPersonne


def read_personne(neighbours: Neighbours, personne_id: UUID) -> KnownPersonne | None:
    """The personne as accueil knows them, or None. Raises Unavailable."""
    answer = _read(neighbours, f"/internal/personnes/{personne_id}", ("deceased", "protected"))
    if answer is None:
        return None
    return KnownPersonne(
        personne_id=personne_id,
        deceased=bool(answer["deceased"]),
        protected=bool(answer["protected"]),
    )


def read_agent(neighbours: Neighbours, agent_id: UUID, today: date) -> Assignment | None:
    """The agent's post today, or None when there is none. Raises Unavailable."""
    path = f"/internal/agents/{agent_id}"
    answer = _read(neighbours, path, ("profession", "mds", "site", "active"))
    if answer is None or not answer["profession"]:
        return None
    return Assignment(
        agent_id=agent_id,
        effective_on=today,
        profession=answer["profession"],
        mds=answer["mds"] or "",
        site=answer["site"] or "",
        plateforme=bool(answer.get("plateforme")),
        volant=bool(answer.get("volant")),
        active=bool(answer["active"]),
    )


def _read(neighbours: Neighbours, path: str, needed: tuple[str, ...]) -> Mapping[str, Any] | None:
    try:
        answer = neighbours.get("accueil", path)
    except NotFound:
        return None
    if not isinstance(answer, Mapping) or any(name not in answer for name in needed):
        raise Unavailable("L’accueil a donné une réponse inattendue.")
    return answer
