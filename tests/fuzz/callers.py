"""Who calls: an agent, a person or a partner of each role."""

from __future__ import annotations

from uuid import UUID

from chassis.testing import unsigned_token
from services import roles

AGENT = UUID("01850000-0000-7000-8000-000000000001")
PERSONNE = UUID("01850000-0000-7000-8000-000000000002")


def credentials(role: str) -> dict[str, str]:
    """The token of a caller that holds this role alone."""
    token = unsigned_token(
        [role],
        agent_id=AGENT if role in roles.AGENTS else None,
        personne_id=PERSONNE if role == roles.PERSONNE else None,
        partenaire="CAF" if role == roles.PARTENAIRE else None,
    )
    return {"Authorization": f"Bearer {token}"}
