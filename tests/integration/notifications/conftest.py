"""A notifications service, a real mail server, a real SMS provider, neighbours that answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from chassis.ids import new_id
from chassis.runtime import Runtime
from chassis.testing import Client, deliver, published, run_due
from demo.outbox_sink import Sink
from services.notifications.persistence.tables import message

#: A Monday at 10:00 in Paris.
MONDAY = datetime(2023, 1, 9, 9, 0, tzinfo=UTC)


@dataclass
class Town:
    """The people, their rendezvous, and the service that writes to them."""

    runtime: Runtime
    sink: Sink
    contacts: dict[str, dict[str, Any]] = field(default_factory=dict)
    states: dict[str, dict[str, Any]] = field(default_factory=dict)
    offers: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        fake: Any = self.runtime.neighbours
        fake.answers["accueil", "/internal/contacts"] = self._answer_contacts
        fake.answers["rendezvous", "/internal/rendezvous/states"] = self._answer_states
        fake.answers["rendezvous", "/internal/offers/states"] = self._answer_offers

    def personne(self, **contact: Any) -> UUID:
        """Somebody accueil knows; by SMS unless told otherwise."""
        personne_id = new_id()
        self.contacts[str(personne_id)] = {
            "personne_id": str(personne_id),
            "allowed": True,
            "reason": None,
            "language": "fr",
            "sms": f"+336399{len(self.contacts) + 10000:05}",
            "email": None,
        } | contact
        return personne_id

    def book(self, *personnes: UUID, starts_at: datetime, **changes: Any) -> UUID:
        """A rendezvous is booked, and notifications hears of it."""
        rendezvous_id = new_id()
        self._tell("rendezvous_booked.v1", rendezvous_id, 1, personnes, starts_at, changes)
        return rendezvous_id

    def join(
        self, rendezvous_id: UUID, personne: UUID, *, at: datetime, version: int, seated: Any
    ) -> None:
        """One person enrols in a collective rendezvous; `seated`: all who then take part."""
        self._tell("participant_joined.v1", rendezvous_id, version, (personne,), at, {})
        self.states[str(rendezvous_id)]["personne_ids"] = [str(one) for one in seated]

    def leave(
        self, rendezvous_id: UUID, personne: UUID, *, at: datetime, version: int, seated: Any
    ) -> None:
        """One person gives their seat up; `seated`: those who still take part."""
        why = {"by": "PERSONNE", "reason": "PERSONNE_REQUEST"}
        self._tell("participant_left.v1", rendezvous_id, version, (personne,), at, why)
        self.states[str(rendezvous_id)]["personne_ids"] = [str(one) for one in seated]

    def move(self, rendezvous_id: UUID, *personnes: UUID, to: datetime, version: int = 2) -> None:
        """It is moved."""
        self._tell("rendezvous_moved.v1", rendezvous_id, version, personnes, to, {})

    def cancel(self, rendezvous_id: UUID, *personnes: UUID, at: datetime, version: int = 2) -> None:
        """It is cancelled."""
        changes = {"status": "CANCELLED"}
        self._tell("rendezvous_cancelled.v1", rendezvous_id, version, personnes, at, changes)

    def offer(
        self, personne: UUID, *, starts_at: datetime, expires_at: datetime, **changes: Any
    ) -> UUID:
        """A time that freed is offered, and notifications hears of it."""
        offer_id = new_id()
        self.offers[str(offer_id)] = {
            "offer_id": str(offer_id),
            "personne_ids": [str(personne)],
            "mds": "MDS-MONTAUBAN",
            "site": "MONTAUBAN-CENTRE",
            "motif": "PREMIER_ACCUEIL",
            "modality": "PRESENTIEL",
            "discreet": False,
            "starts_at": starts_at.isoformat(),
            "ends_at": (starts_at + timedelta(hours=1)).isoformat(),
            "expires_at": expires_at.isoformat(),
            "status": "OPEN",
        } | changes
        self._tell_offer("creneau_offered.v1", offer_id, 1)
        return offer_id

    def close_offer(self, offer_id: UUID, outcome: str) -> None:
        """It can no longer be accepted."""
        self.offers[str(offer_id)]["status"] = outcome
        self._tell_offer("offer_closed.v1", offer_id, 2, outcome=outcome)

    def _tell_offer(self, fact: str, offer_id: UUID, version: int, **more: Any) -> None:
        known = {key: value for key, value in self.offers[str(offer_id)].items() if key != "status"}
        deliver(
            self.runtime,
            "rendezvous",
            fact,
            aggregate=("offre", offer_id),
            version=version,
            data=known | more,
        )

    def at(self, moment: datetime) -> int:
        """Let trade time come to an instant and work what is due then."""
        self.runtime.clock.set(moment)  # type: ignore[attr-defined]
        return run_due(self.runtime)

    def end_back_off(self) -> None:
        """Let the technical back-off be over."""
        with self.runtime.engine.begin() as connection:
            connection.execute(sa.update(self.runtime.tables.due).values(retry_at=sa.func.now()))

    def rows(self, **where: Any) -> list[dict[str, Any]]:
        """Messages as stored, oldest first."""
        query = sa.select(message).order_by(message.c.message_id)
        for name, value in where.items():
            query = query.where(message.c[name] == value)
        with self.runtime.engine.connect() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def facts(self) -> list[tuple[str, str | None]]:
        """(name, reason) of every fact told."""
        return [(event.name, event.data.get("reason")) for event in published(self.runtime)]

    def set_answers_down(self, *services: str) -> None:
        """These neighbours stop answering."""
        fake: Any = self.runtime.neighbours
        fake.down = set(services)

    def _tell(
        self,
        fact: str,
        rendezvous_id: UUID,
        version: int,
        personnes: tuple[UUID, ...],
        starts_at: datetime,
        changes: dict[str, Any],
    ) -> None:
        status = changes.pop("status", "BOOKED")
        self.states[str(rendezvous_id)] = {
            "rendezvous_id": str(rendezvous_id),
            "status": status,
            "starts_at": starts_at.isoformat(),
            "personne_ids": [str(one) for one in personnes],
            "version": version,
        }
        data = {
            "rendezvous_id": rendezvous_id,
            "personne_ids": list(personnes),
            "mds": "MDS-MONTAUBAN",
            "site": "MONTAUBAN-CENTRE",
            "agent_ids": [new_id()],
            "motif": "PREMIER_ACCUEIL",
            "modality": "PRESENTIEL",
            "discreet": False,
            "starts_at": starts_at.isoformat(),
            "ends_at": (starts_at + timedelta(hours=1)).isoformat(),
        }
        deliver(
            self.runtime,
            "rendezvous",
            fact,
            aggregate=("rendezvous", rendezvous_id),
            version=version,
            data=data | changes,
        )

    def _answer_contacts(self, body: dict[str, Any]) -> dict[str, Any]:
        assert len(body["personne_ids"]) <= 200
        known = [self.contacts[one] for one in body["personne_ids"] if one in self.contacts]
        return {"contacts": known}

    def _answer_states(self, body: dict[str, Any]) -> dict[str, Any]:
        known = [self.states[one] for one in body["rendezvous_ids"] if one in self.states]
        return {"rendezvous": known}

    def _answer_offers(self, body: dict[str, Any]) -> dict[str, Any]:
        known = [self.offers[one] for one in body["offer_ids"] if one in self.offers]
        return {"offers": known}


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    """A mail server and an SMS provider on free ports."""
    with Sink(path=tmp_path / "boite.jsonl") as running:
        yield running


@pytest.fixture
def town(service_runtime: Callable[[str], Runtime], sink: Sink) -> Town:
    """Everything at work, on a Monday at 10:00."""
    runtime = service_runtime("notifications")
    runtime.settings = replace(runtime.settings, env={**runtime.settings.env, **sink.environment})
    runtime.clock.set(MONDAY)  # type: ignore[attr-defined]
    return Town(runtime, sink)


@pytest.fixture
def client(town: Town, http: Callable[[Runtime], Client]) -> Client:
    """The routes of that service."""
    return http(town.runtime)
