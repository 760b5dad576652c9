"""What the rules need to know of who asks."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID


class CallerLike(Protocol):
    """A caller, however their token was read."""

    @property
    def subject(self) -> str:
        """Who, as the issuer names them."""
        ...

    @property
    def agent_id(self) -> UUID | None:
        """The professional's id in the annuaire."""
        ...

    @property
    def partenaire(self) -> str | None:
        """The partner's code."""
        ...

    @property
    def mds(self) -> tuple[str, ...]:
        """The MDS they work for."""
        ...

    def has(self, *roles: str) -> bool:
        """Whether they hold one of these roles."""
        ...
