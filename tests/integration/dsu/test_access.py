"""Who enters a dossier, who sees a note, and what everybody else gets: 404."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
import sqlalchemy as sa

from chassis.ids import new_id
from tests.integration.dsu.conftest import World

EXPULSION = "LOGEMENT.EXPULSIONS.NOTE_CCAPEX"
SURENDETTEMENT = "BUDGET.SURENDETTEMENT.INSTRUCTION"


def _path(dossier: dict[str, object], tail: str = "") -> str:
    return f"/v1/dossiers/{dossier['dossier_id']}{tail}"


def test_a_stranger_gets_the_same_answer_as_for_nothing(world: World) -> None:
    dossier = world.opened()

    seen = world.client.get(_path(dossier), **world.as_ass(world.stranger))
    nothing = world.client.get(f"/v1/dossiers/{new_id()}", **world.as_ass(world.stranger))

    assert (seen.status, nothing.status) == (404, 404)
    for answer in (seen, nothing):
        answer.json.pop("correlation_id", None)
    assert seen.json["type"] == nothing.json["type"]
    assert seen.json["detail"] == nothing.json["detail"]


@pytest.mark.parametrize("tail", ["", "/interventions", "/timeline"])
@pytest.mark.parametrize("role", ["secretaire", "direction", "finance", "admin", "personne", "dpo"])
def test_other_roles_have_no_door(world: World, role: str, tail: str) -> None:
    dossier = world.opened()

    answer = world.client.get(_path(dossier, tail), role=role, agent_id=world.ass)

    assert answer.status == 403


def test_a_responsable_enters_for_a_named_act_and_not_by_rank(world: World) -> None:
    dossier = world.opened()

    assert world.client.get(_path(dossier), **world.as_responsable(None)).status == 404
    assert world.client.get(_path(dossier), **world.as_responsable("CURIOSITE")).status == 422
    assert world.client.get(_path(dossier), **world.as_responsable("IP")).status == 200


def test_a_responsable_of_another_mds_has_no_act_here(world: World) -> None:
    dossier = world.opened()
    world.agent(world.responsable, "RESPONSABLE", version=2, mds="MDS-CAUSSADE")

    assert world.client.get(_path(dossier), **world.as_responsable()).status == 404


def test_an_accueil_that_is_away_does_not_tell_which_dossiers_exist(world: World) -> None:
    dossier = world.opened()
    world.runtime.neighbours.down.add("accueil")  # type: ignore[attr-defined]
    unknown = world.as_responsable() | {"agent_id": new_id()}

    seen = world.client.get(_path(dossier), **unknown)
    nothing = world.client.get(f"/v1/dossiers/{new_id()}", **unknown)

    assert (seen.status, nothing.status) == (503, 503)


def test_the_role_alone_does_not_make_a_responsable(world: World) -> None:
    dossier = world.opened()
    options = world.as_responsable() | {"agent_id": world.stranger}

    assert world.client.get(_path(dossier), **options).status == 404


def test_a_referent_who_left_reads_no_more(world: World) -> None:
    dossier = world.opened()
    world.agent(world.ass, "ASS", version=2, active=False, effective_on="2023-01-09")

    assert world.client.get(_path(dossier), **world.as_ass()).status == 404
    assert world.client.get("/v1/dossiers?referent=me", **world.as_ass()).json["dossiers"] == []


def test_a_mission_opens_its_period_and_no_more(world: World) -> None:
    dossier = world.opened()
    world.associate(dossier, world.cesf, "BUDGET", starts_on="2023-01-16", ends_on="2023-01-20")
    days = {9: 404, 16: 200, 20: 200, 21: 404}

    for day, status in days.items():
        world.runtime.clock.set(datetime(2023, 1, day, 9, tzinfo=UTC))  # type: ignore[attr-defined]
        assert world.client.get(_path(dossier), **world.as_ass(world.cesf)).status == status


def test_the_last_day_of_a_mission_ends_at_midnight_in_paris(world: World) -> None:
    dossier = world.opened()
    world.associate(dossier, world.cesf, "BUDGET", ends_on="2023-01-09")
    clock = world.runtime.clock

    clock.set(datetime(2023, 1, 9, 22, 59, tzinfo=UTC))  # type: ignore[attr-defined]
    assert world.client.get(_path(dossier), **world.as_ass(world.cesf)).status == 200
    clock.set(datetime(2023, 1, 9, 23, 0, tzinfo=UTC))  # type: ignore[attr-defined]
    assert world.client.get(_path(dossier), **world.as_ass(world.cesf)).status == 404


def test_a_mission_opens_its_champs_only(world: World) -> None:
    dossier = world.opened()
    world.associate(dossier, world.cesf, "BUDGET")
    world.record(dossier, EXPULSION)
    world.record(dossier, SURENDETTEMENT)

    listed = world.client.get(_path(dossier, "/interventions"), **world.as_ass(world.cesf))

    assert [i["nomenclature"] for i in listed.json["interventions"]] == [SURENDETTEMENT]
    assert world.record(dossier, EXPULSION, by=world.cesf).status == 403
    assert world.record(dossier, SURENDETTEMENT, by=world.cesf).status == 201


def test_an_associated_professional_does_not_close(world: World) -> None:
    dossier = world.opened()
    world.associate(dossier, world.cesf, "BUDGET")

    answer = world.client.post(
        _path(dossier, "/close"), json={"reason": "AUTRE"}, etag='"2"', **world.as_ass(world.cesf)
    )

    assert answer.status == 403


def test_a_protected_dossier_keeps_the_adjoint_out(world: World) -> None:
    hidden = world.personne()
    dossier = world.opened(hidden)
    adjoint = world.as_responsable() | {"agent_id": world.adjoint}
    assert world.client.get(_path(dossier), **adjoint).status == 200

    world.tell_personne(hidden, "protection_changed", protected=True)

    assert world.client.get(_path(dossier), **adjoint).status == 404
    assert world.client.get(_path(dossier), **world.as_responsable()).status == 200
    assert world.client.get(_path(dossier), **world.as_ass()).status == 200


NOTE = "Le texte de la note."


@pytest.mark.parametrize(
    ("scope", "author", "colleague", "head"),
    [
        ("AUTHOR", True, False, False),
        ("DOSSIER", True, True, False),
        ("MDS_SERVICE", True, True, True),
        ("SHAREABLE", True, True, True),
    ],
)
def test_a_note_leaves_only_within_its_scope(
    world: World, scope: str, author: bool, colleague: bool, head: bool
) -> None:
    dossier = world.opened()
    world.associate(dossier, world.other_ass, "SUBSTITUTION")
    world.record(dossier, EXPULSION, note=NOTE, note_scope=scope)
    readers = (
        (world.as_ass(), author),
        (world.as_ass(world.other_ass), colleague),
        (world.as_responsable(), head),
    )

    for options, reads in readers:
        answer = world.client.get(_path(dossier, "/interventions"), **options)
        (shown,) = answer.json["interventions"]
        assert shown.get("note") == (NOTE if reads else None)
        assert ("note" in shown) is reads
        assert (NOTE in answer.body.decode()) is reads
        assert shown["note_scope"] == scope


def test_an_author_note_of_an_associate_is_not_the_referents(world: World) -> None:
    dossier = world.opened()
    world.associate(dossier, world.cesf, "BUDGET")
    world.record(dossier, SURENDETTEMENT, by=world.cesf, note=NOTE, note_scope="AUTHOR")

    (shown,) = world.client.get(_path(dossier, "/interventions"), **world.as_ass()).json[
        "interventions"
    ]

    assert "note" not in shown


def test_a_note_rests_encrypted_and_is_in_no_fact(world: World) -> None:
    dossier = world.opened()
    world.record(dossier, EXPULSION, note=NOTE, note_scope="DOSSIER")

    with world.runtime.engine.connect() as connection:
        (stored,) = connection.scalars(sa.text("SELECT note FROM intervention"))
        facts = connection.scalars(sa.text("SELECT envelope FROM outbox")).all()

    assert NOTE.encode() not in bytes(stored)
    assert all(NOTE.encode() not in bytes(fact) for fact in facts)


def test_a_note_needs_a_scope(world: World) -> None:
    answer = world.record(world.opened(), EXPULSION, note=NOTE)

    assert answer.status == 422
    assert answer.json["errors"][0]["pointer"] == "/note_scope"


def test_only_my_own_dossiers_are_listed(world: World) -> None:
    mine = {world.opened()["dossier_id"] for _ in range(3)}
    world.ask_opening(world.personne(), referent_agent_id=str(world.cesf))

    seen: set[str] = set()
    cursor = ""
    while True:
        page = world.client.get(f"/v1/dossiers?referent=me&limit=2{cursor}", **world.as_ass()).json
        seen |= {dossier["dossier_id"] for dossier in page["dossiers"]}
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"

    assert seen == mine
    assert UUID(next(iter(seen)))
