"""Référents, associations, closing and reopening, over the real routes and database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from chassis.ids import new_id
from chassis.testing import Answer, published, run_due
from services.dsu.domain.errors import ReferentAlreadyAssigned
from tests.integration.dsu.conftest import World


def _act(world: World, dossier: dict[str, Any], tail: str, body: Any, **options: Any) -> Answer:
    who = options.pop("who", None) or world.as_ass()
    etag = options.pop("etag", f'"{dossier["version"]}"')
    return world.client.post(
        f"/v1/dossiers/{dossier['dossier_id']}{tail}", json=body, etag=etag, **who, **options
    )


def _day(world: World, day: int, month: int = 1) -> None:
    world.runtime.clock.set(datetime(2023, month, day, 9, tzinfo=UTC))  # type: ignore[attr-defined]


def _names(world: World) -> list[str]:
    return [fact.name for fact in published(world.runtime)]


def test_a_new_referent_ends_the_previous_one(world: World) -> None:
    dossier = world.opened()
    _day(world, 16)

    answer = _act(world, dossier, "/referent", {"agent_id": str(world.cesf)})

    assert answer.status == 200
    assert answer.etag == '"2"'
    assert answer.json["referents"] == [
        {"agent_id": str(world.ass), "starts_on": "2023-01-09", "ends_on": "2023-01-16"},
        {"agent_id": str(world.cesf), "starts_on": "2023-01-16", "ends_on": None},
    ]
    fact = published(world.runtime)[-1]
    assert fact.name == "referent_assigned"
    assert fact.data["previous_agent_id"] == str(world.ass)
    gone = world.client.get(f"/v1/dossiers/{dossier['dossier_id']}", **world.as_ass())
    assert gone.status == 404


def test_a_referent_changes_twice_in_one_day(world: World) -> None:
    dossier = world.opened()
    first = _act(world, dossier, "/referent", {"agent_id": str(world.cesf)}).json

    second = _act(
        world, first, "/referent", {"agent_id": str(world.other_ass)}, who=world.as_ass(world.cesf)
    )

    assert second.status == 200
    assert second.json["referent_agent_id"] == str(world.other_ass)


def test_an_older_reading_changes_nothing(world: World) -> None:
    dossier = world.opened()

    missing = _act(world, dossier, "/referent", {"agent_id": str(world.cesf)}, etag=None)
    stale = _act(world, dossier, "/referent", {"agent_id": str(world.cesf)}, etag='"7"')

    assert (missing.status, stale.status) == (428, 412)


def test_two_referents_named_at_once_leave_one(world: World) -> None:
    dossier = world.opened()
    candidates = [world.cesf, world.other_ass]

    with ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(
                lambda agent_id: (
                    _act(
                        world,
                        dossier,
                        "/referent",
                        {"agent_id": str(agent_id)},
                        who=world.as_responsable(),
                    ).status
                ),
                candidates,
            )
        )

    assert sorted(answers) == [200, 412]
    assert _names(world).count("referent_assigned") == 1


def test_the_database_itself_refuses_a_second_referent(world: World) -> None:
    dossier_id = UUID(world.opened()["dossier_id"])
    insert = sa.text(
        "INSERT INTO referent_period (id, dossier_id, agent_id, starts_on, ends_on)"
        " VALUES (:id, :dossier, :agent, :starts, :ends)"
    )

    for ends in (None, "2023-03-01"):
        values = {"id": new_id(), "dossier": dossier_id, "agent": new_id(), "ends": ends}
        with pytest.raises(ReferentAlreadyAssigned) as refusal:
            world.runtime.transaction(
                lambda uow, values=values: uow.session.execute(
                    insert, values | {"starts": "2023-02-01"}
                )
            )
        assert refusal.value.code == "referent-deja-designe"


def test_naming_the_same_referent_again_is_refused(world: World) -> None:
    answer = _act(world, world.opened(), "/referent", {"agent_id": str(world.ass)})

    assert answer.status == 422


def test_an_association_needs_a_known_mission_and_an_agent_in_activity(world: World) -> None:
    dossier = world.opened()

    assert world.associate(dossier, world.cesf, "ESPIONNAGE").json["errors"][0] == {
        "pointer": "/mission",
        "detail": "Missions admises : ACCES_DROITS, AUTONOMIE, BUDGET, ENFANCE, INSERTION,"
        " LOGEMENT, SUBSTITUTION.",
    }
    assert world.associate(dossier, new_id(), "BUDGET").json["type"].endswith("agent-inconnu")
    past = world.associate(dossier, world.cesf, "BUDGET", starts_on="2023-01-01")
    assert past.json["errors"][0]["pointer"] == "/starts_on"
    backwards = world.associate(dossier, world.cesf, "BUDGET", ends_on="2023-01-01")
    assert backwards.json["errors"][0]["pointer"] == "/ends_on"


def test_the_same_mission_twice_in_one_period_is_refused(world: World) -> None:
    dossier = world.opened()
    assert world.associate(dossier, world.cesf, "BUDGET", ends_on="2023-02-28").status == 201

    again = world.associate(dossier, world.cesf, "BUDGET", starts_on="2023-02-28")
    after = world.associate(dossier, world.cesf, "BUDGET", starts_on="2023-03-01")

    assert again.status == 409
    assert after.status == 201


def test_an_association_ends_at_once_and_only_once(world: World) -> None:
    dossier = world.opened()
    made = world.associate(dossier, world.cesf, "BUDGET", ends_on="2023-02-28").json
    tail = f"/associations/{made['association_id']}/end"

    ended = _act(world, dossier, tail, None)

    assert ended.json["ended_on"] == "2023-01-09"
    assert published(world.runtime)[-1].data["ended_on"] == "2023-01-09"
    gone = world.client.get(f"/v1/dossiers/{dossier['dossier_id']}", **world.as_ass(world.cesf))
    assert gone.status == 404
    assert _act(world, dossier, tail, None).status == 409
    assert _act(world, dossier, f"/associations/{new_id()}/end", None).status == 404


def test_a_planned_end_falls_due_the_day_after(world: World) -> None:
    dossier = world.opened()
    world.associate(dossier, world.cesf, "BUDGET", ends_on="2023-01-20")
    clock = world.runtime.clock

    clock.set(datetime(2023, 1, 20, 22, 59, tzinfo=UTC))  # type: ignore[attr-defined]
    run_due(world.runtime)
    assert "association_ended" not in _names(world)

    clock.set(datetime(2023, 1, 20, 23, 0, tzinfo=UTC))  # type: ignore[attr-defined]
    run_due(world.runtime)
    run_due(world.runtime)
    assert _names(world).count("association_ended") == 1
    assert published(world.runtime)[-1].data["ended_on"] == "2023-01-21"


def test_closing_ends_everything_that_ran(world: World) -> None:
    personne_id = world.personne()
    dossier = world.opened(personne_id)
    world.associate(dossier, world.cesf, "BUDGET", ends_on="2023-12-31")
    _day(world, 20)

    answer = _act(world, dossier, "/close", {"reason": "DEMENAGEMENT"}, etag='"2"')

    assert answer.status == 200
    closed = answer.json
    assert (closed["status"], closed["closed_on"]) == ("CLOSED", "2023-01-20")
    assert closed["referents"][0]["ends_on"] == "2023-01-20"
    assert closed["associations"][0]["ended_on"] == "2023-01-20"
    assert _names(world)[-2:] == ["association_ended", "dossier_closed"]
    assert "DEMENAGEMENT" not in str(published(world.runtime)[-1].data)
    assert world.ask_opening(personne_id).status == 201
    _day(world, 1, month=2)
    assert run_due(world.runtime) == 0


def test_a_closed_dossier_refuses_work_until_reopened(world: World) -> None:
    dossier = world.opened()
    closed = _act(world, dossier, "/close", {"reason": "RELAIS"}).json

    assert _act(world, closed, "/close", {"reason": "RELAIS"}).status == 409
    assert world.associate(closed, world.cesf, "BUDGET").status == 409
    assert world.record(closed, "BUDGET.SURENDETTEMENT.INSTRUCTION").status == 409
    assert _act(world, closed, "/referent", {"agent_id": str(world.cesf)}).status == 409
    _day(world, 16)
    reopened = _act(world, closed, "/reopen", {"referent_agent_id": str(world.cesf)})
    assert reopened.status == 200
    assert reopened.json["referent_agent_id"] == str(world.cesf)
    assert reopened.json["closed_on"] is None
    assert published(world.runtime)[-1].data["reopened_on"] == "2023-01-16"


def test_reopening_waits_while_a_member_is_followed_elsewhere(world: World) -> None:
    shared = world.personne()
    dossier = world.opened(shared)
    closed = _act(world, dossier, "/close", {"reason": "RELAIS"}).json
    world.opened(shared)

    answer = _act(world, closed, "/reopen", {})

    assert answer.status == 409
    assert answer.json["type"].endswith("personne-deja-suivie")


def test_services_learn_who_follows_whom(world: World) -> None:
    personne_id = world.personne()
    dossier = world.opened(personne_id)
    world.associate(dossier, world.cesf, "BUDGET", ends_on="2023-02-28")
    world.associate(dossier, world.other_ass, "LOGEMENT", starts_on="2023-02-01")
    path = f"/internal/dossiers/{dossier['dossier_id']}/professionals"

    assert world.client.get(path, **world.as_ass()).status == 403
    one = world.client.get(path, role="service").json
    many = world.client.post(
        "/internal/dossiers/of-personnes",
        json={"personne_ids": [str(personne_id), str(new_id())]},
        role="service",
    ).json

    assert many == {"dossiers": [one]}
    assert [(p["agent_id"], p["role"], p["mission"]) for p in one["professionals"]] == [
        (str(world.ass), "REFERENT", None),
        (str(world.cesf), "ASSOCIATED", "BUDGET"),
    ]
    assert one["protected"] is False
    _act(world, dossier, "/close", {"reason": "AUTRE"}, etag='"3"')
    assert world.client.get(path, role="service").json["professionals"] == []
