"""A département with one MDS, two sites and one commune, and an office of agents."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from chassis.ids import new_id
from chassis.runtime import Runtime
from chassis.testing import Answer, Client, published

MDS, CENTRE, NORD = "MDS-MONTAUBAN", "MONTAUBAN-CENTRE", "MONTAUBAN-NORD"
MONTAUBAN = "82121"
CAMILLE = {
    "family_name": "Dupont",
    "first_names": "Camille",
    "born_on": "1984-05-17",
    "commune": MONTAUBAN,
    "address": "12 rue de l’Exemple",
}


class Office:
    """The routes of accueil, called by one of its agents."""

    def __init__(self, client: Client, runtime: Runtime) -> None:
        self.client = client
        self.runtime = runtime
        self._keys = count()
        self.agent_id = new_id()

    def key(self) -> str:
        """A fresh idempotency key."""
        return f"cle-de-test-{next(self._keys)}"

    def post(self, path: str, json: Any = None, **options: Any) -> Answer:
        """POST as a secretary, unless told otherwise."""
        options = {"role": "secretaire", "agent_id": self.agent_id, "key": self.key()} | options
        return self.client.post(path, json=json, **options)

    def get(self, path: str, **options: Any) -> Answer:
        """GET as a secretary, unless told otherwise."""
        options = {"role": "secretaire", "agent_id": self.agent_id} | options
        return self.client.get(path, **options)

    def patch(self, path: str, json: Any, **options: Any) -> Answer:
        """PATCH as a secretary, unless told otherwise."""
        options = {"role": "secretaire", "agent_id": self.agent_id} | options
        return self.client.patch(path, json=json, **options)

    def put(self, path: str, json: Any, **options: Any) -> Answer:
        """PUT as a secretary, unless told otherwise."""
        options = {"role": "secretaire", "agent_id": self.agent_id} | options
        return self.client.put(path, json=json, **options)

    def furnish(self) -> None:
        """One MDS, two sites, one commune."""
        self.post("/v1/mds", {"code": MDS, "label": "MDS de Montauban"}, role="admin")
        for code in (CENTRE, NORD):
            site = {"code": code, "mds": MDS, "kind": "SITE", "label": code.title()}
            assert self.post("/v1/sites", site, role="admin").status == 201
        sectors = [{"commune": MONTAUBAN, "site": CENTRE}]
        load = {"effective_on": "2023-01-01", "sectors": sectors}
        assert self.put("/v1/communes", load, role="admin").status == 200

    def register(self, **changes: Any) -> dict[str, Any]:
        """A personne on file."""
        answer = self.post("/v1/personnes", CAMILLE | {"confirm_distinct": True} | changes)
        assert answer.status == 201, answer.json
        return answer.json

    def register_secret(self) -> dict[str, Any]:
        """A file of accouchement secret."""
        values = {
            "family_name": "Pseudonyme",
            "first_names": "X",
            "receiving_site": CENTRE,
            "circumstance": "ACCOUCHEMENT_SECRET",
        }
        answer = self.post("/v1/personnes", values)
        assert answer.status == 201, answer.json
        return answer.json

    def agent(self, **changes: Any) -> dict[str, Any]:
        """An agent of the annuaire."""
        values = {
            "family_name": "Exemple",
            "first_names": "Claude",
            "profession": "ASS",
            "site": CENTRE,
            "effective_on": "2023-01-02",
        }
        answer = self.post("/v1/agents", values | changes, role="admin")
        assert answer.status == 201, answer.json
        return answer.json

    def protect(self, personne_id: str, **wanted: Any) -> Answer:
        """Protect a file as the responsable."""
        body = {"protected": True, "ground": "VICTIM"} | wanted
        return self.post(
            f"/v1/personnes/{personne_id}/protection", body, role="responsable", agent_id=new_id()
        )

    def facts(self) -> list[str]:
        """The names of the facts told so far, those of the setting up left out."""
        return [e.name for e in published(self.runtime) if e.name != "site_changed"]


@pytest.fixture
def runtime(service_runtime: Callable[[str], Runtime]) -> Runtime:
    """accueil on an empty database."""
    return service_runtime("accueil")


@pytest.fixture
def bare(runtime: Runtime, http: Callable[[Runtime], Client]) -> Office:
    """An office before anything is in the annuaire."""
    return Office(http(runtime), runtime)


@pytest.fixture
def office(bare: Office) -> Office:
    """An office in a small département."""
    bare.furnish()
    return bare


@pytest.fixture
def stranger() -> UUID:
    """An id nobody has."""
    return new_id()
