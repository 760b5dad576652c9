"""Who may know of a personne's file: one rule, for every service that holds something about them.

accueil decides and tells it (`protection_changed`); dsu, aides and rendezvous keep what was told
and apply the same rule, so that none of them opens what accueil closes.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from chassis.errors import NotFound
from services import roles

#: Ranks that a protected file is not hidden from. One that is closed to them is.
SEE_PROTECTED = frozenset({roles.RESPONSABLE, roles.DPO})


class PersonneNotFound(NotFound):
    """No such file, or one the caller may not know of: nothing tells the two apart."""

    code = "personne-introuvable"
    title = "Personne introuvable"

    def __init__(
        self, detail: str = "Aucune fiche à cet identifiant, ou elle ne vous est pas ouverte."
    ) -> None:
        super().__init__(detail)


@dataclass(frozen=True, kw_only=True)
class Protection:
    """What accueil says of a file: protected or not, open to some agents, closed to others."""

    protected: bool = False
    opened_to: frozenset[UUID] = frozenset()
    closed_to: frozenset[UUID] = frozenset()

    @classmethod
    def told(
        cls,
        protected: bool,
        opened_to: Collection[UUID] | None,
        closed_to: Collection[UUID] | None,
    ) -> Protection | None:
        """As a row or a fact says it; None when it does not say to whom: ask accueil."""
        if opened_to is None or closed_to is None:
            return None
        return cls(
            protected=protected, opened_to=frozenset(opened_to), closed_to=frozenset(closed_to)
        )

    def is_closed_to(self, agent_id: UUID | None) -> bool:
        """An agent's own or a relative's file: never open to them, whatever their rank.

        Without an agent id one cannot tell, so a file closed to anyone is closed.
        """
        return bool(self.closed_to) if agent_id is None else agent_id in self.closed_to

    def is_open_to(self, agent_id: UUID | None, *, sees_protected: bool) -> bool:
        """Whether an agent may know of the file. `sees_protected`: by rank."""
        if self.is_closed_to(agent_id):
            return False
        return not self.protected or sees_protected or agent_id in self.opened_to
