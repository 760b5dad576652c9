"""An aid office: a règlement, two envelopes, and the people who file, instruct, decide and pay."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from chassis.ids import new_id
from chassis.runtime import Runtime
from chassis.testing import Answer, Client, deliver

EXAMPLE = Path("services/aides/reglements/exemple-2023.json")
MDS = "MDS-MONTAUBAN"
#: A Monday morning in Paris.
MONDAY = datetime(2023, 3, 6, 8, 0, tzinfo=UTC)
PUBLICS = {
    "SECOURS": "PERSONNE_SEULE",
    "AM": "FAMILLE_AVEC_ENFANT",
    "AML": "FAMILLE_AVEC_ENFANT",
    "FAJ": "JEUNE_18_25",
}


@dataclass
class Office:
    """Does the acts of an aid file over HTTP, each by who may do it."""

    runtime: Runtime
    client: Client
    instructor: UUID = field(default_factory=new_id)
    decider: UUID = field(default_factory=new_id)
    payer: UUID = field(default_factory=new_id)

    def at(self, moment: datetime) -> None:
        clock: Any = self.runtime.clock
        clock.set(moment)

    def post(self, path: str, body: Any, **options: Any) -> Answer:
        options.setdefault("key", str(new_id()))
        options.setdefault("mds", [MDS])
        return self.client.post(path, body, **options)

    def load_reglement(self, **changes: Any) -> Answer:
        document = json.loads(EXAMPLE.read_text()) | changes
        return self.post("/v1/reglements", document, role="direction")

    def open_enveloppe(self, cents: int, natures: list[str], year: int = 2023) -> UUID:
        answer = self.post(
            "/v1/enveloppes",
            {"year": year, "natures": natures, "amount_cents": cents},
            role="finance",
        )
        assert answer.status == 201, answer.json
        return UUID(answer.json["enveloppe_id"])

    def enveloppe(self, enveloppe_id: UUID) -> dict[str, Any]:
        seen: dict[str, Any] = self.client.get(
            f"/v1/enveloppes/{enveloppe_id}", role="finance"
        ).json
        return seen

    def ledger(self, enveloppe_id: UUID) -> list[tuple[str, int]]:
        path = f"/v1/enveloppes/{enveloppe_id}/ledger?limit=200"
        lines = self.client.get(path, role="finance").json["lines"]
        return [(line["kind"], line["effect_cents"]) for line in lines]

    def filing(self, nature: str = "SECOURS", **changes: Any) -> dict[str, Any]:
        """What is sent to file a demande."""
        return {
            "nature": nature,
            "demandeur_id": str(new_id()),
            "mds": MDS,
            "site": "MONTAUBAN-CENTRE",
            "reason": "ENERGIE",
            "requested_cents": 20000,
            **changes,
        }

    def file(self, nature: str = "SECOURS", **changes: Any) -> Answer:
        body = self.filing(nature, **changes)
        self.knows(body["demandeur_id"], *body.get("foyer_ids", ()))
        return self.post("/v1/demandes", body, role="secretaire", agent_id=new_id())

    def instruct(self, demande: Answer, **changes: Any) -> Answer:
        nature = demande.json["nature"]
        situation = {
            "public": PUBLICS[nature],
            "persons": 2,
            "children": 1 if nature in ("AM", "AML") else 0,
            "resources_cents": 90000,
            "charges_cents": 60000,
            **({"follow_up": "MISSION-LOCALE"} if nature == "FAJ" else {}),
            **changes.pop("situation", {}),
        }
        body = {
            "situation": situation,
            "social_note": "Note d’exemple.",
            "proposed_cents": demande.json["requested_cents"],
            "payee": {"kind": "PERSONNE"},
            **changes,
        }
        return self.post(
            f"/v1/demandes/{demande.json['demande_id']}/instruction",
            body,
            role="travailleur_social",
            agent_id=self.instructor,
            etag=demande.etag,
        )

    def register(self, **changes: Any) -> Answer:
        """A session on record: the decider and two colleagues sat, today, unless told otherwise."""
        members = changes.pop("agent_ids", [self.decider, new_id(), new_id()])
        fake: Any = self.runtime.neighbours
        for one in members:
            fake.answers["accueil", f"/internal/agents/{one}"] = {"agent_id": str(one)}
        body = {
            "instance": "CENTRALISEE",
            "session_on": self.runtime.clock().date().isoformat(),
            "reference": f"PV-{new_id()}",
            "agent_ids": [str(one) for one in members],
            **changes,
        }
        return self.post("/v1/seances", body, role="direction")

    def session(self, *demandes: Answer, **changes: Any) -> str:
        """The id of a session that saw these demandes."""
        agenda = [demande.json["demande_id"] for demande in demandes]
        answer = self.register(demande_ids=agenda, **changes)
        assert answer.status == 201, answer.json
        seance_id: str = answer.json["seance_id"]
        return seance_id

    def decide(self, demande: Answer, outcome: str = "GRANTED", **changes: Any) -> Answer:
        options = {
            "role": changes.pop("role", "responsable"),
            "agent_id": changes.pop("agent_id", self.decider),
            "etag": changes.pop("etag", demande.etag),
        }
        amount = demande.json["requested_cents"] if outcome == "GRANTED" else 0
        body = {"outcome": outcome, "amount_cents": amount, **changes}
        if outcome != "GRANTED":
            body = {"reason": "EVALUATION_INDIVIDUELLE", "text": "Motif d’exemple.", **body}
        path = f"/v1/demandes/{demande.json['demande_id']}/decision"
        return self.post(path, body, **options)

    def pay(self, demande: Answer, reference: str, **changes: Any) -> Answer:
        options = {
            "agent_id": changes.pop("agent_id", self.payer),
            "key": changes.pop("key", str(new_id())),
        }
        body = {
            "reference": reference,
            "instalment": 1,
            "amount_cents": demande.json["granted_cents"],
            **changes,
        }
        path = f"/v1/demandes/{demande.json['demande_id']}/payments"
        return self.post(path, body, role="finance", **options)

    def instructed(self, nature: str = "SECOURS", **changes: Any) -> Answer:
        answer = self.instruct(self.file(nature, **changes))
        assert answer.status == 200, answer.json
        return answer

    def granted(self, nature: str = "SECOURS", **changes: Any) -> Answer:
        answer = self.decide(self.instructed(nature, **changes))
        assert answer.status == 200, answer.json
        return answer

    def read(self, demande: Answer) -> Answer:
        return self.client.get(
            f"/v1/demandes/{demande.json['demande_id']}", role="responsable", mds=[MDS]
        )

    def decisions(self, demande: Answer) -> list[dict[str, Any]]:
        path = f"/v1/demandes/{demande.json['demande_id']}/decisions"
        answer = self.client.get(path, role="responsable", mds=[MDS])
        listed: list[dict[str, Any]] = answer.json["decisions"]
        return listed

    def knows(self, *personne_ids: str) -> None:
        """accueil answers for these people, unless it does already."""
        fake: Any = self.runtime.neighbours
        for one in personne_ids:
            if ("accueil", f"/internal/personnes/{one}") not in fake.answers:
                self.born(one, None)

    def born(self, personne_id: UUID | str, born_on: str | None) -> None:
        fake: Any = self.runtime.neighbours
        fake.answers["accueil", f"/internal/personnes/{personne_id}"] = {
            "personne_id": str(personne_id),
            "born_on": born_on,
            "protected": False,
            "opened_agent_ids": [],
            "closed_agent_ids": [],
        }

    def tell_dossier(
        self, dossier_id: UUID, fact: str, *personne_ids: UUID, version: int = 1
    ) -> None:
        """One fact of dsu about a dossier."""
        deliver(
            self.runtime,
            "dsu",
            f"{fact}.v1",
            aggregate=("dossier", dossier_id),
            version=version,
            data={
                "dossier_id": dossier_id,
                "personne_ids": list(personne_ids),
                "mds": MDS,
                "site": "MONTAUBAN-CENTRE",
            },
        )

    def answer_of_dsu(self, dossier_id: UUID, *personne_ids: UUID, status: str = "ACTIVE") -> None:
        """What dsu answers when it is asked about a dossier."""
        fake: Any = self.runtime.neighbours
        fake.answers["dsu", f"/internal/dossiers/{dossier_id}/professionals"] = {
            "status": status,
            "personne_ids": list(map(str, personne_ids)),
            "professionals": [],
        }

    def has_site(self, site: str, mds: str) -> None:
        """accueil tells a site."""
        deliver(
            self.runtime,
            "accueil",
            "site_changed.v1",
            aggregate=("site", new_id()),
            version=1,
            data={"site": site, "mds": mds, "kind": "SITE", "open": True},
        )

    def dies(self, personne_id: UUID, version: int = 1) -> None:
        deliver(
            self.runtime,
            "accueil",
            "personne_deceased.v1",
            aggregate=("personne", personne_id),
            version=version,
            data={
                "personne_id": personne_id,
                "personne_ids": [personne_id],
                "mds": MDS,
                "site": "MONTAUBAN-CENTRE",
                "died_on": "2023-03-05",
            },
        )


@pytest.fixture
def office(service_runtime: Callable[[str], Runtime]) -> Office:
    """An office on 6 March 2023, with the example règlement and no envelope yet."""
    runtime = service_runtime("aides")
    office = Office(runtime, Client(runtime))
    office.at(MONDAY)
    office.has_site("MONTAUBAN-CENTRE", MDS)
    loaded = office.load_reglement()
    assert loaded.status == 201, loaded.json
    return office


@pytest.fixture
def common(office: Office) -> UUID:
    """The shared envelope of secours, AM and AML: 10 000 €."""
    return office.open_enveloppe(1_000_000, ["SECOURS", "AM", "AML"])
