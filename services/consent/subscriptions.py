"""Every fact of the platform: those a contract names wait for their partner, the others pass.

This runs for every fact of the département: without a contract that names it, a fact costs two
look-ups in memory.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from chassis.events import Event
from chassis.subscriptions import Subscriptions
from services.consent.persistence import UnitOfWork
from services.consent.usecases import diffusion, personnes

subscriptions = Subscriptions("consent")

SOURCES = ("accueil", "dsu", "aides", "rendezvous", "consent", "notifications")


def receive(uow: UnitOfWork, data: dict[str, Any], event: Event) -> None:
    """Learn what closes every feed, then keep the fact for whom it interests."""
    learn = _SITUATIONS.get((event.source, event.routing_key))
    if learn is not None:
        learn(uow, data)
    diffusion.record(uow, event)


def _protection(uow: UnitOfWork, data: dict[str, Any]) -> None:
    personnes.set_protected(uow, UUID(data["personne_id"]), bool(data["protected"]))


def _death(uow: UnitOfWork, data: dict[str, Any]) -> None:
    personnes.set_deceased(uow, UUID(data["personne_id"]))


_SITUATIONS: dict[tuple[str, str], Callable[[UnitOfWork, dict[str, Any]], None]] = {
    ("accueil", "protection_changed.v1"): _protection,
    ("accueil", "personne_deceased.v1"): _death,
}

subscriptions.on_everything(SOURCES, receive)
