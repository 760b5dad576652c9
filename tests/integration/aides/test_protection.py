"""What accueil closes to an agent, aides closes too: the same 404, to read and to write."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from chassis.ids import new_id
from chassis.testing import Answer, deliver

from .conftest import MDS, Office

pytestmark = pytest.mark.usefixtures("common")


def tell(office: Office, personne_id: UUID, fact: str, *, version: int = 1, **more: Any) -> None:
    """One fact of accueil about a personne."""
    about = {"personne_id": personne_id, "personne_ids": [personne_id], "mds": MDS, "site": "S"}
    deliver(
        office.runtime,
        "accueil",
        f"{fact}.v1",
        aggregate=("personne", personne_id),
        version=version,
        data=about | more,
    )


def close(office: Office, personne_id: UUID, *agent_ids: UUID) -> None:
    """accueil says that the file is never open to these agents."""
    tell(office, personne_id, "personne_registered")
    lists = {"opened_agent_ids": [], "closed_agent_ids": list(agent_ids)}
    tell(office, personne_id, "protection_changed", version=2, protected=False, **lists)


def told(answer: Answer) -> tuple[Any, ...]:
    """All that an answer says, but for what changes each time."""
    return (answer.status, *(answer.json.get(name) for name in ("type", "title", "detail")))


class TestFiling:
    @pytest.mark.parametrize("place", ["demandeur_id", "foyer_ids"])
    def test_nobody_files_for_a_relative(self, office: Office, place: str) -> None:
        relative, agent = new_id(), new_id()
        close(office, relative, agent)
        body = office.filing(**{place: [str(relative)] if place == "foyer_ids" else str(relative)})
        office.knows(body["demandeur_id"])

        by_relative = office.post("/v1/demandes", body, role="responsable", agent_id=agent)
        by_other = office.post("/v1/demandes", body, role="responsable", agent_id=new_id())

        assert by_relative.status == 404
        assert by_relative.json["type"].endswith("personne-introuvable")
        assert by_other.status == 201


class TestDemande:
    @pytest.mark.parametrize("path", ["", "/instruction", "/decisions", "/payments"])
    @pytest.mark.parametrize("role", ["travailleur_social", "responsable"])
    def test_is_not_there_for_a_relative(self, office: Office, path: str, role: str) -> None:
        relative, agent = new_id(), new_id()
        demande = office.instructed(demandeur_id=str(relative))
        close(office, relative, agent)
        who = {"role": role, "agent_id": agent, "mds": [MDS]}

        answer = office.client.get(f"/v1/demandes/{demande.json['demande_id']}{path}", **who)

        nothing = office.client.get(f"/v1/demandes/{new_id()}{path}", **who)
        assert told(answer) == told(nothing)

    def test_is_not_instructed_decided_paid_nor_stopped_by_a_relative(self, office: Office) -> None:
        relative, agent = new_id(), new_id()
        filed = office.file(demandeur_id=str(relative))
        close(office, relative, agent)
        office.instructor = agent
        assert office.instruct(filed).status == 404

        office.instructor = new_id()
        instructed = office.instruct(filed)
        assert office.decide(instructed, agent_id=agent).status == 404
        granted = office.decide(instructed)
        assert office.pay(granted, "MDT-1", agent_id=agent).status == 404
        path = f"/v1/demandes/{filed.json['demande_id']}/withdraw"
        stop = {"role": "responsable", "agent_id": agent, "etag": granted.etag}
        assert office.post(path, {"reason": "PERSONNE_RENONCE"}, **stop).status == 404

    def test_is_left_out_of_a_relatives_list(self, office: Office) -> None:
        relative, agent = new_id(), new_id()
        office.file(demandeur_id=str(relative))
        other = office.file().json["demande_id"]
        close(office, relative, agent)

        def listed(agent_id: UUID) -> list[str]:
            who = {"role": "secretaire", "mds": [MDS], "agent_id": agent_id}
            found = office.client.get("/v1/demandes", **who).json["demandes"]
            return [one["demande_id"] for one in found]

        assert listed(agent) == [other]
        assert len(listed(new_id())) == 2


def test_accueil_is_asked_of_a_personne_not_told_yet_and_its_answer_is_kept(
    office: Office,
) -> None:
    relative, agent = new_id(), new_id()
    neighbours: Any = office.runtime.neighbours
    neighbours.answers["accueil", f"/internal/personnes/{relative}"] = {
        "protected": False,
        "opened_agent_ids": [],
        "closed_agent_ids": [str(agent)],
    }
    demande = office.file(demandeur_id=str(relative))
    neighbours.down.add("accueil")
    path = f"/v1/demandes/{demande.json['demande_id']}"

    assert office.file(demandeur_id=str(new_id())).status == 503
    assert office.client.get(path, role="secretaire", mds=[MDS], agent_id=agent).status == 404
    assert office.client.get(path, role="secretaire", mds=[MDS], agent_id=new_id()).status == 200
