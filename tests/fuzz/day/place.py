"""Days, places and who acts: what the errands share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from chassis.testing import Answer
from services import roles
from tests.fuzz.errands import Errands

COMMUNE, REGLEMENT = "82121", Path("services/aides/reglements/exemple-2023.json")
TOPIC = "rendezvous.rendezvous_booked.v1"
TODAY, TUESDAY, NEXT_WEEK, IN_JUNE = "2023-01-09", "2023-01-10", "2023-01-16", "2023-06-30"
SECRETARY, WORKER = roles.SECRETAIRE, roles.TRAVAILLEUR_SOCIAL
HEAD, BOARD, ADMIN = roles.RESPONSABLE, roles.DIRECTION, roles.ADMIN


def at(day: str, hour: int) -> str:
    """An hour of Paris, in winter."""
    return f"{day}T{hour:02}:00:00+01:00"


def read(day: Errands, service: str, path: str, role: str) -> Answer:
    answer = day.town.clients[service].get(path, role=role, **day.caller(role))
    assert answer.status == 200, answer.json
    return answer


def untold(document: Any) -> Any:
    """A règlement without its texts: they are to be marked."""
    if isinstance(document, dict):
        texts = {"article", "version"}
        return {key: untold(value) for key, value in document.items() if key not in texts}
    return document
