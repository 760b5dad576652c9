"""Opening a dossier: who it can be for, who can be its référent, and what the database keeps."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chassis.ids import new_id
from chassis.testing import deliver, published
from tests.integration.dsu.conftest import MDS, World


def test_a_secretaire_may_not_open(world: World) -> None:
    answer = world.ask_opening(world.personne(), role="secretaire", agent_id=world.secretaire)

    assert answer.status == 403


def test_an_opening_tells_its_first_referent_in_one_fact(world: World) -> None:
    one, two = world.personne(), world.personne()

    dossier = world.opened(one, two)

    assert dossier["status"] == "ACTIVE"
    assert dossier["referents"] == [
        {"agent_id": str(world.ass), "starts_on": "2023-01-09", "ends_on": None}
    ]
    (fact,) = published(world.runtime)
    assert fact.routing_key == "dossier_opened.v1"
    assert fact.data["personne_ids"] == sorted(map(str, (one, two)))
    assert fact.data["referent_agent_id"] == str(world.ass)


def test_a_referent_is_an_ass_or_a_cesf_in_activity(world: World) -> None:
    gone = new_id()
    world.agent(gone, "ASS", active=False)

    for agent_id in (world.secretaire, world.responsable, gone):
        answer = world.ask_opening(world.personne(), referent_agent_id=str(agent_id))

        assert answer.status == 422
        assert answer.json["errors"][0]["pointer"] == "/referent_agent_id"
    assert world.ask_opening(world.personne(), referent_agent_id=str(world.cesf)).status == 201


def test_an_assignment_to_come_does_not_count_yet(world: World) -> None:
    world.agent(world.cesf, "AUTRE", version=2, effective_on="2023-02-01")

    assert world.ask_opening(world.personne(), referent_agent_id=str(world.cesf)).status == 201

    world.runtime.clock.set(world.runtime.clock().replace(month=2, day=2))  # type: ignore[attr-defined]
    refused = world.ask_opening(world.personne(), referent_agent_id=str(world.cesf))
    assert refused.json["type"].endswith("referent-inadmissible")


def test_one_open_dossier_per_personne(world: World) -> None:
    shared = world.personne()
    world.opened(shared, world.personne())

    answer = world.ask_opening(world.personne(), shared)

    assert answer.status == 409
    assert answer.json["type"].endswith("personne-deja-suivie")


def test_two_openings_at_once_for_one_personne(world: World) -> None:
    shared = world.personne()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: world.ask_opening(shared).status, range(4)))

    assert sorted(answers) == [201, 409, 409, 409]
    assert len(published(world.runtime)) == 1


def test_the_second_click_opens_nothing_more(world: World) -> None:
    body = {
        "personne_ids": [str(world.personne())],
        "mds": MDS,
        "site": "MONTAUBAN-CENTRE",
        "referent_agent_id": str(world.ass),
    }

    first, second = (
        world.client.post("/v1/dossiers", json=body, key="deux-clics-1", **world.as_ass())
        for _ in range(2)
    )

    assert (first.status, second.status) == (201, 201)
    assert first.json["dossier_id"] == second.json["dossier_id"]


def test_nothing_is_opened_in_the_future_nor_for_the_dead(world: World) -> None:
    dead = world.personne()
    world.tell_personne(dead, "personne_deceased", died_on="2023-01-05")

    assert world.ask_opening(dead).json["type"].endswith("personne-decedee")
    tomorrow = world.ask_opening(world.personne(), opened_on="2023-01-10")
    assert tomorrow.json["errors"][0]["pointer"] == "/opened_on"


def test_a_protected_personne_goes_through_the_responsable(world: World) -> None:
    hidden = world.personne()
    world.protect(hidden, opened_to=[world.ass])

    answer = world.ask_opening(hidden)

    assert answer.status == 403
    assert answer.json["type"].endswith("personne-protegee")
    by_head = world.ask_opening(hidden, role="responsable", agent_id=world.responsable)
    assert by_head.status == 201


def test_an_unknown_personne_is_read_from_accueil_and_fails_closed(world: World) -> None:
    neighbours = world.runtime.neighbours
    late = new_id()

    assert world.ask_opening(late).status == 404
    neighbours.down.add("accueil")  # type: ignore[attr-defined]
    assert world.ask_opening(late).status == 503
    neighbours.down.clear()  # type: ignore[attr-defined]
    world.answer_of_accueil(late)
    assert world.ask_opening(late).status == 201


def test_an_unknown_agent_is_read_from_accueil_and_fails_closed(world: World) -> None:
    neighbours = world.runtime.neighbours
    late = new_id()
    neighbours.down.add("accueil")  # type: ignore[attr-defined]

    assert world.ask_opening(world.personne(), referent_agent_id=str(late)).status == 503

    neighbours.down.clear()  # type: ignore[attr-defined]
    neighbours.answers["accueil", f"/internal/agents/{late}"] = {  # type: ignore[attr-defined]
        "agent_id": str(late),
        "profession": "CESF",
        "mds": MDS,
        "active": True,
    }
    assert world.ask_opening(world.personne(), referent_agent_id=str(late)).status == 201


def test_an_agent_whom_accueil_has_not_in_post_is_refused_not_awaited(world: World) -> None:
    late = new_id()
    world.runtime.neighbours.answers["accueil", f"/internal/agents/{late}"] = {  # type: ignore[attr-defined]
        "agent_id": str(late),
        "active": False,
        "secondary_sites": [],
    }

    answer = world.ask_opening(world.personne(), referent_agent_id=str(late))

    assert answer.status == 422
    assert answer.json["type"].endswith("agent-inconnu")


@pytest.mark.parametrize(
    ("place", "field"),
    [
        ({"site": "NULLE-PART"}, "/site"),
        ({"mds": "MDS-NIMPORTE"}, "/mds"),
        ({"mds": "MDS-NIMPORTE", "site": "NULLE-PART"}, "/site"),
    ],
)
def test_a_dossier_is_opened_on_a_site_of_its_mds(
    world: World, place: dict[str, str], field: str
) -> None:
    answer = world.ask_opening(world.personne(), **place)

    assert answer.status == 422
    assert answer.json["type"].endswith("territoire-inconnu")
    assert answer.json["errors"][0]["pointer"] == field


def test_a_site_not_told_yet_is_asked_of_accueil_once(world: World) -> None:
    neighbours: Any = world.runtime.neighbours
    neighbours.answers["accueil", "/internal/sites/TOUT-NEUF"] = {
        "site": "TOUT-NEUF",
        "mds": MDS,
        "open": True,
    }

    assert world.ask_opening(world.personne(), site="TOUT-NEUF").status == 201
    neighbours.down.add("accueil")
    assert world.ask_opening(world.personne(), site="TOUT-NEUF").status == 201
    assert world.ask_opening(world.personne(), site="NULLE-PART").status == 503


def _orient(world: World, target: str, *personne_ids: object) -> str:
    orientation_id = new_id()
    deliver(
        world.runtime,
        "accueil",
        "orientation_requested.v1",
        aggregate=("orientation", orientation_id),
        version=1,
        data={
            "orientation_id": str(orientation_id),
            "personne_ids": [str(key) for key in personne_ids],
            "mds": MDS,
            "site": "MONTAUBAN-CENTRE",
            "target": target,
            "due_on": "2023-01-20",
        },
    )
    return str(orientation_id)


def test_an_orientation_must_ask_for_this(world: World) -> None:
    personne_id = world.personne()
    elsewhere = _orient(world, "AIDE", personne_id)
    someone_else = _orient(world, "DSU", world.personne())

    for orientation_id in (elsewhere, someone_else):
        answer = world.ask_opening(personne_id, orientation_id=orientation_id)
        assert answer.json["errors"][0]["pointer"] == "/orientation_id"

    right = _orient(world, "DSU", personne_id)
    assert world.ask_opening(personne_id, orientation_id=right).status == 201


def test_an_orientation_not_told_yet_does_not_hold_the_opening(world: World) -> None:
    unknown = str(new_id())

    answer = world.ask_opening(world.personne(), orientation_id=unknown)

    assert answer.status == 201
    (fact,) = published(world.runtime)
    assert fact.data["orientation_id"] == unknown
