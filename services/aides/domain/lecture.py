"""Who sees the demande of a protected personne: whoever instructs it, or a rank, on record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services import roles
from services.aides.domain.demande import Demande
from services.protection import Protection

#: Those whose act every demande goes through. They see a protected one for it, each time on
#: record; nobody else of the MDS does.
RANKS = frozenset({roles.RESPONSABLE, roles.DIRECTION, roles.FINANCE})


class What(StrEnum):
    """The act in which a demande is seen."""

    LIST = "LIST"
    READ = "READ"
    READ_INSTRUCTION = "READ_INSTRUCTION"
    READ_DECISIONS = "READ_DECISIONS"
    READ_PAYMENTS = "READ_PAYMENTS"
    INSTRUCT = "INSTRUCT"
    DECIDE = "DECIDE"
    AUTHORISE_BUDGET = "AUTHORISE_BUDGET"
    PAY = "PAY"
    WITHDRAW = "WITHDRAW"


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One sight of a protected personne's demande by rank. `number`: given by the database."""

    demande_id: UUID
    at: datetime
    agent_id: UUID | None
    subject: str
    roles: str
    what: What
    number: int = 0


def is_handled_by(demande: Demande, files: Sequence[Protection], agent_id: UUID | None) -> bool:
    """Whether this agent instructs the demande, or may be the first to.

    `files`: those of its personnes. Until someone instructs it, whoever accueil opens all the
    protected ones to may.
    """
    if agent_id is None:
        return False
    if demande.instructor_ids:
        return agent_id in demande.instructor_ids
    return all(agent_id in file.opened_to for file in files if file.protected)
