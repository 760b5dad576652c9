"""The facts of the counter."""

from dataclasses import dataclass
from uuid import UUID

from chassis.events import Fact


@dataclass(frozen=True, kw_only=True)
class Incremented(Fact):
    """A counter went up by one."""

    name = "incremented"
    aggregate = "compteur"
    key = "compteur_id"

    compteur_id: UUID
    value: int


FACTS: tuple[type[Fact], ...] = (Incremented,)
