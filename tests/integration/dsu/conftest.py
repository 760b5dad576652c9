"""A dsu with its annuaire: a référent, colleagues, a responsable, and personnes known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest

from chassis.ids import new_id
from chassis.runtime import Runtime
from chassis.testing import Answer, Client, deliver

MDS = "MDS-MONTAUBAN"


@dataclass
class World:
    """What the tests of dsu stand on."""

    runtime: Runtime
    client: Client
    ass: UUID = field(default_factory=new_id)
    cesf: UUID = field(default_factory=new_id)
    other_ass: UUID = field(default_factory=new_id)
    secretaire: UUID = field(default_factory=new_id)
    responsable: UUID = field(default_factory=new_id)
    adjoint: UUID = field(default_factory=new_id)
    stranger: UUID = field(default_factory=new_id)

    def site(self, site: str, mds: str = MDS) -> None:
        """Tell dsu of a site."""
        site_id = new_id()
        deliver(
            self.runtime,
            "accueil",
            "site_changed.v1",
            aggregate=("site", site_id),
            version=1,
            data={"site_id": site_id, "site": site, "mds": mds, "kind": "SITE", "open": True},
        )

    def agent(self, agent_id: UUID, profession: str, **changes: Any) -> None:
        """Tell dsu of an agent."""
        data = {
            "agent_id": str(agent_id),
            "profession": profession,
            "secrecy_basis": "PROFESSION",
            "mds": MDS,
            "site": "MONTAUBAN-CENTRE",
            "plateforme": False,
            "volant": False,
            "full_time_percent": 100,
            "effective_on": "2023-01-01",
            "active": True,
        }
        data |= changes
        version = data.pop("version", 1)
        name = "agent_registered.v1" if version == 1 else "agent_changed.v1"
        deliver(
            self.runtime,
            "accueil",
            name,
            aggregate=("agent", agent_id),
            version=version,
            data=data,
        )

    def personne(self) -> UUID:
        """A personne accueil told of."""
        personne_id = new_id()
        self.tell_personne(personne_id, "personne_registered", version=1)
        return personne_id

    def tell_personne(self, personne_id: UUID, fact: str, *, version: int = 2, **more: Any) -> None:
        """One fact of accueil about a personne."""
        data = {
            "personne_id": str(personne_id),
            "personne_ids": [str(personne_id)],
            "mds": MDS,
            "site": "MONTAUBAN-CENTRE",
        }
        deliver(
            self.runtime,
            "accueil",
            f"{fact}.v1",
            aggregate=("personne", personne_id),
            version=version,
            data=data | more,
        )

    def protect(
        self,
        personne_id: UUID,
        *,
        protected: bool = True,
        opened_to: Sequence[UUID] = (),
        closed_to: Sequence[UUID] = (),
        version: int = 2,
    ) -> None:
        """accueil says who may know of a file."""
        lists = {
            "opened_agent_ids": list(map(str, opened_to)),
            "closed_agent_ids": list(map(str, closed_to)),
        }
        self.tell_personne(
            personne_id, "protection_changed", version=version, protected=protected, **lists
        )

    def answer_of_accueil(self, personne_id: UUID, **changes: Any) -> None:
        """What accueil answers when it is asked about a personne."""
        known = {"deceased": False, "protected": False}
        lists: dict[str, list[str]] = {"opened_agent_ids": [], "closed_agent_ids": []}
        neighbours: Any = self.runtime.neighbours
        answer = {"personne_id": str(personne_id)} | known | lists | changes
        neighbours.answers["accueil", f"/internal/personnes/{personne_id}"] = answer

    def as_ass(self, agent_id: UUID | None = None) -> dict[str, Any]:
        """Options of a request by a social worker."""
        return {"role": "travailleur_social", "agent_id": agent_id or self.ass}

    def as_responsable(self, purpose: str | None = "VALIDATION") -> dict[str, Any]:
        """Options of a request by the responsable of the MDS."""
        headers = {"X-Purpose": purpose} if purpose else {}
        return {"role": "responsable", "agent_id": self.responsable, "headers": headers}

    def ask_opening(self, *personne_ids: UUID, **changes: Any) -> Answer:
        """Ask for a dossier for these personnes, whose référent is the ASS."""
        options = {key: changes.pop(key) for key in ("role", "agent_id") if key in changes}
        body = {
            "personne_ids": [str(key) for key in personne_ids],
            "mds": MDS,
            "site": "MONTAUBAN-CENTRE",
            "referent_agent_id": str(self.ass),
        }
        return self.client.post(
            "/v1/dossiers", json=body | changes, key=str(new_id()), **(self.as_ass() | options)
        )

    def opened(self, *personne_ids: UUID) -> dict[str, Any]:
        """An open dossier."""
        answer = self.ask_opening(*(personne_ids or (self.personne(),)))
        assert answer.status == 201, answer.json
        dossier: dict[str, Any] = answer.json
        return dossier

    def associate(
        self, dossier: dict[str, Any], agent_id: UUID, mission: str, **more: Any
    ) -> Answer:
        """Associate a professional, by the référent."""
        return self.client.post(
            f"/v1/dossiers/{dossier['dossier_id']}/associations",
            json={"agent_id": str(agent_id), "mission": mission, **more},
            key=str(new_id()),
            **self.as_ass(),
        )

    def record(
        self, dossier: dict[str, Any], code: str, *, by: UUID | None = None, **more: Any
    ) -> Answer:
        """Record an intervention for every member."""
        body = {
            "nomenclature": code,
            "occurred_on": "2023-01-09",
            "personne_ids": [member["personne_id"] for member in dossier["personnes"]],
        }
        return self.client.post(
            f"/v1/dossiers/{dossier['dossier_id']}/interventions",
            json=body | more,
            key=str(new_id()),
            **self.as_ass(by),
        )


@pytest.fixture
def world(service_runtime: Callable[[str], Runtime]) -> World:
    """An empty dsu whose annuaire is known."""
    runtime = service_runtime("dsu")
    made = World(runtime=runtime, client=Client(runtime))
    made.site("MONTAUBAN-CENTRE")
    for agent_id, profession in (
        (made.ass, "ASS"),
        (made.cesf, "CESF"),
        (made.other_ass, "ASS"),
        (made.secretaire, "SECRETAIRE"),
        (made.responsable, "RESPONSABLE"),
        (made.adjoint, "RESPONSABLE_ADJOINT"),
        (made.stranger, "ASS"),
    ):
        made.agent(agent_id, profession)
    return made
