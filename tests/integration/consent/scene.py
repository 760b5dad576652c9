"""A partner, a person, their consent, a signed partage, facts: through the real routes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from chassis.events import Correlation, Event
from chassis.ids import new_id
from chassis.inbox import apply_waiting
from chassis.inbox_store import store
from chassis.runtime import Runtime
from chassis.testing import Client
from services.consent.persistence.tables import livraison

TOPIC = "rendezvous.rendezvous_booked.v1"
REFERENT = UUID("01860a3c-5a10-7c43-9c39-000000000001")
STRANGER = UUID("01860a3c-5a10-7c43-9c39-000000000002")


@dataclass
class Scene:
    """What most tests start from. Answers are asserted where it matters."""

    runtime: Runtime
    client: Client
    versions: dict[UUID, int] = field(default_factory=dict)

    def partner(self, code: str = "caf", channel: str = "HTTP", **contract: Any) -> Any:
        body = {"code": code, "name": "Caisse fictive", "channel": channel}
        body["contract"] = terms(**contract)
        return self.client.post("/v1/partenaires", json=body, role="dpo", key=f"partenaire-{code}")

    def person(self, **situation: Any) -> UUID:
        """Someone whose référent is REFERENT, as dsu and accueil tell."""
        personne = new_id()
        answers = self.runtime.neighbours.answers
        answers["accueil", f"/internal/personnes/{personne}"] = {
            "protected": False,
            "deceased": False,
            "born_on": "1980-05-04",
        } | situation
        answers["accueil", f"/internal/agents/{REFERENT}"] = {"profession": "ASS"}
        answers["dsu", "/internal/dossiers/of-personnes"] = _dossiers
        return personne

    def consent(self, personne: UUID, partner: str = "caf", **changes: Any) -> Any:
        body = {
            "personne_id": str(personne),
            "partenaire": partner,
            "purpose": "ACCES_AUX_DROITS",
            "categories": ["SUIVI_SOCIAL", "HOME", "FINANCES"],
            "starts_on": "2023-01-09",
            "ends_on": "2023-06-30",
            "form": "WRITTEN",
            "able": True,
            "explained": "À quoi sert le partage, comment l’arrêter.",
            "explained_language": "fr",
            "explained_on": "2023-01-09",
            "proof_reference": "COFFRE-0001",
        } | changes
        return self._act("/v1/consentements", body)

    def sign(
        self, personne: UUID, consent_id: str | None, partner: str = "caf", **more: Any
    ) -> Any:
        agent_id = more.pop("agent_id", REFERENT)
        body = {
            "personne_id": str(personne),
            "partenaire": partner,
            "purpose": "ACCES_AUX_DROITS",
            "basis": "CONSENT",
            "elements": {TOPIC: ["starts_at", "site", "rendezvous_id"]},
            "attestations": ["STRICTLY_NECESSARY"],
            "consentement_id": consent_id,
            "reason": "Ouverture de droits (exemple).",
            "ends_on": "2023-06-30",
        } | more
        return self._act("/v1/partages", body, agent_id)

    def shared(self, partner: str = "caf") -> tuple[UUID, str]:
        """A person who consented and whose référent signed; (person, consent id)."""
        personne = self.person()
        consent_id = self.consent(personne, partner).json["id"]
        signed = self.sign(personne, consent_id, partner)
        assert signed.status == 201, signed.json
        return personne, consent_id

    def withdraw(self, consent_id: str, role: str = "secretaire") -> Any:
        return self.client.post(
            f"/v1/consentements/{consent_id}/withdraw", role=role, agent_id=STRANGER
        )

    def facts(self, *people: UUID, count: int = 1, **changes: Any) -> list[UUID]:
        """Rendezvous booked for these people, through the real inbox; the rendezvous ids."""
        ids = [new_id() for _ in range(count)]
        bodies = [self._booked(one, people, changes).to_bytes() for one in ids]
        with self.runtime.engine.begin() as connection:
            store(connection.connection, bodies, self.runtime.service.subscriptions)
        while apply_waiting(self.runtime):
            pass
        return ids

    def read(self, after: int = 0, limit: int = 50, code: str = "caf", own: str = "caf") -> Any:
        return self.client.get(
            f"/v1/partenaires/{code}/facts?after={after}&limit={limit}",
            role="partenaire",
            partenaire=own,
        )

    def rows(self, *columns: str) -> list[tuple[Any, ...]]:
        """What became of the facts, in the order they were recorded."""
        wanted = [livraison.c[name] for name in columns]
        with self.runtime.engine.connect() as connection:
            query = sa.select(*wanted).order_by(livraison.c.position)
            return [tuple(row) for row in connection.execute(query)]

    def _act(self, path: str, body: Any, agent_id: UUID = REFERENT) -> Any:
        return self.client.post(
            path, json=body, role="travailleur_social", agent_id=agent_id, key=str(uuid4())
        )

    def _booked(self, rendezvous: UUID, people: tuple[UUID, ...], changes: Any) -> Event:
        changes = dict(changes)
        moment = changes.pop("time", self.runtime.clock())
        return Event(
            id=new_id(),
            source="rendezvous",
            name="rendezvous_booked",
            version=1,
            aggregate_type="rendezvous",
            aggregate_id=rendezvous,
            aggregate_version=1,
            time=moment,
            correlation=Correlation(correlation_id=new_id()),
            data={
                "rendezvous_id": str(rendezvous),
                "personne_ids": [str(person) for person in people],
                "agent_ids": [str(REFERENT)],
                "mds": "MDS-MONTAUBAN",
                "site": "MONTAUBAN-CENTRE",
                "motif": "SUIVI",
                "modality": "PRESENTIEL",
                "discreet": False,
                "starts_at": "2023-01-16T09:00:00Z",
                "ends_at": "2023-01-16T10:00:00Z",
            }
            | changes,
        )


def terms(**changes: Any) -> dict[str, Any]:
    """A contract that names rendezvous."""
    return {
        "purposes": ["ACCES_AUX_DROITS"],
        "bases": ["CONSENT", "CASF_L121_6_2"],
        "topics": {TOPIC: ["starts_at", "site", "rendezvous_id"]},
        "categories": ["SUIVI_SOCIAL", "HOME"],
        "starts_on": "2023-01-01",
        "ends_on": "2023-12-31",
        "missions": ["ACCESS_TO_RIGHTS"],
    } | changes


def _dossiers(body: Any) -> dict[str, Any]:
    referent = {"agent_id": str(REFERENT), "role": "REFERENT", "mission": None}
    return {
        "dossiers": [
            {
                "dossier_id": "01860a3c-5a10-7c43-9c39-0000000000d1",
                "personne_ids": body["personne_ids"],
                "mds": "MDS-MONTAUBAN",
                "site": "MONTAUBAN-CENTRE",
                "professionals": [referent],
            }
        ]
    }


LATER = datetime(2023, 1, 9, 12, 0, tzinfo=UTC)
