"""Who asks: what a token says of its bearer, for the rules of every service."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who asks, as the token says."""

    subject: str
    roles: frozenset[str]
    agent_id: UUID | None = None
    personne_id: UUID | None = None
    partenaire: str | None = None
    mds: tuple[str, ...] = ()

    def has(self, *roles: str) -> bool:
        """Whether the caller holds one of these roles."""
        return not self.roles.isdisjoint(roles)
