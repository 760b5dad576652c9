"""A counter may be told to go up later."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from chassis.deadlines import Deadlines, Due
from tests.chassis.sample.compteur.events import Incremented
from tests.chassis.sample.compteur.persistence import Compteur

deadlines = Deadlines()


@deadlines.due("increment")
def increment(uow: Any, items: Sequence[Due]) -> None:
    """One more for each item that fell due; a label `boom` always fails."""
    for item in items:
        counter = uow.session.get(Compteur, UUID(item.subject))
        if counter.label == "boom":
            raise RuntimeError(counter.label)
        counter.value += 1
        uow.publish(Incremented(compteur_id=counter.id, value=counter.value))
