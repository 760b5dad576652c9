"""The journal of reads: complete, append-only, and any alteration is named."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from tests.integration.dsu.conftest import World


@pytest.fixture
def read_five_times(world: World) -> dict[str, Any]:
    """A dossier opened and read four times: a chain of five."""
    dossier = world.opened()
    for _ in range(4):
        world.client.get(f"/v1/dossiers/{dossier['dossier_id']}", **world.as_ass())
    return dossier


def _tamper(world: World, *statements: str) -> None:
    """As someone who administers the database would, triggers put aside."""
    engine = sa.create_engine(
        world.runtime.settings.database.admin_url.replace("postgresql://", "postgresql+psycopg2://")
    )
    with engine.begin() as connection:
        connection.execute(sa.text("SET session_replication_role = replica"))
        for statement in statements:
            connection.execute(sa.text(statement))
    engine.dispose()


def _verify(world: World, dossier: dict[str, Any]) -> dict[str, Any]:
    path = f"/v1/dossiers/{dossier['dossier_id']}/readings/verification"
    verdict: dict[str, Any] = world.client.get(path, role="dpo").json
    return verdict


def test_only_the_dpo_reads_the_journal(world: World) -> None:
    dossier = world.opened()
    path = f"/v1/dossiers/{dossier['dossier_id']}/readings"

    for role in ("travailleur_social", "responsable", "direction", "admin"):
        assert world.client.get(path, role=role, agent_id=world.ass).status == 403
        assert world.client.get(f"{path}/verification", role=role).status == 403


def test_every_read_is_there_with_who_why_and_under_which_rule(world: World) -> None:
    dossier = world.opened()
    path = f"/v1/dossiers/{dossier['dossier_id']}"
    world.runtime.clock.set(world.runtime.clock() + timedelta(hours=1))  # type: ignore[attr-defined]
    world.client.get(path, **world.as_ass())
    world.client.get(f"{path}/interventions", **world.as_responsable("COMMISSION"))
    world.client.get(f"{path}/timeline", **world.as_ass())
    world.client.get("/v1/dossiers?referent=me", **world.as_ass())
    world.client.get(path, **world.as_ass(world.stranger))

    listed = world.client.get(f"{path}/readings", role="dpo", subject="dpo-1").json["readings"]

    told = [(r["what"], r["quality"], r["purpose"], r["agent_id"]) for r in listed]
    ass, head = str(world.ass), str(world.responsable)
    assert told == [
        ("OPEN", "OPENER", None, ass),
        ("READ", "REFERENT", None, ass),
        ("READ_INTERVENTIONS", "RESPONSABLE", "COMMISSION", head),
        ("READ_TIMELINE", "REFERENT", None, ass),
        ("LIST", "REFERENT", None, ass),
    ]
    assert {r["matrix_version"] for r in listed} == {"2023-exemple-1"}
    assert listed[1]["at"] == "2023-01-09T09:00:00+00:00"
    assert listed[2]["roles"] == "responsable"
    again = world.client.get(f"{path}/readings?limit=1", role="dpo").json
    rest = world.client.get(f"{path}/readings?cursor={again['next']}", role="dpo").json
    assert [r["what"] for r in rest["readings"]][-2:] == ["READ_JOURNAL", "READ_JOURNAL"]


def test_an_untouched_chain_holds(world: World, read_five_times: dict[str, Any]) -> None:
    assert _verify(world, read_five_times) == {
        "intact": True,
        "length": 5,
        "first_bad_seq": None,
        "fault": None,
    }


@pytest.mark.parametrize(
    ("statements", "seq", "fault"),
    [
        (["UPDATE reading SET purpose = 'IP' WHERE seq = 3"], 3, "ALTERED"),
        (["UPDATE reading SET at = at + interval '1 microsecond' WHERE seq = 2"], 2, "ALTERED"),
        (["DELETE FROM reading WHERE seq = 3"], 3, "MISSING"),
        (["DELETE FROM reading WHERE seq = 1"], 1, "MISSING"),
        (["DELETE FROM reading WHERE seq = 5"], 5, "MISSING"),
        (["DELETE FROM reading"], 1, "MISSING"),
        (
            [
                "UPDATE reading SET seq = 99 WHERE seq = 2",
                "UPDATE reading SET seq = 2 WHERE seq = 4",
                "UPDATE reading SET seq = 4 WHERE seq = 99",
            ],
            2,
            "ALTERED",
        ),
        (
            [
                "DELETE FROM reading WHERE seq = 3",
                "UPDATE reading SET seq = seq - 1 WHERE seq > 3",
                "UPDATE reading_head SET seq = 4",
            ],
            3,
            "ALTERED",
        ),
        (["UPDATE reading_head SET seq = 4", "DELETE FROM reading WHERE seq = 5"], 4, "HEAD"),
        (["DELETE FROM reading_head"], 5, "HEAD"),
    ],
)
def test_an_alteration_is_named(
    world: World,
    read_five_times: dict[str, Any],
    statements: list[str],
    seq: int,
    fault: str,
) -> None:
    _tamper(world, *statements)

    verdict = _verify(world, read_five_times)

    assert (verdict["intact"], verdict["first_bad_seq"], verdict["fault"]) == (False, seq, fault)


def test_a_row_of_another_dossier_does_not_pass_for_this_ones(
    world: World, read_five_times: dict[str, Any]
) -> None:
    other = world.opened()
    _tamper(
        world,
        f"DELETE FROM reading WHERE dossier_id = '{other['dossier_id']}'",
        f"UPDATE reading SET dossier_id = '{other['dossier_id']}' WHERE seq = 1",
    )

    assert _verify(world, other)["first_bad_seq"] == 1
    assert _verify(world, read_five_times)["first_bad_seq"] == 1


@pytest.mark.parametrize("verb", ["UPDATE reading SET purpose = 'IP'", "DELETE FROM reading"])
def test_the_service_itself_cannot_rewrite_it(
    world: World, read_five_times: dict[str, Any], verb: str
) -> None:
    with pytest.raises(DBAPIError), world.runtime.engine.begin() as connection:
        connection.execute(sa.text(verb))

    assert _verify(world, read_five_times)["intact"]


def test_reads_at_once_make_one_chain(world: World) -> None:
    dossier = world.opened()
    path = f"/v1/dossiers/{dossier['dossier_id']}"

    with ThreadPoolExecutor(6) as pool:
        statuses = set(
            pool.map(lambda _: world.client.get(path, **world.as_ass()).status, range(18))
        )

    assert statuses == {200}
    assert _verify(world, dossier)["length"] == 19
    assert _verify(world, dossier)["intact"]


def test_a_reading_of_one_dossier_does_not_wait_for_another(world: World) -> None:
    one, two = world.opened(), world.opened()

    with world.runtime.unit_of_work() as held:
        held.session.execute(
            sa.text("SELECT FROM reading_head WHERE dossier_id = :id FOR UPDATE"),
            {"id": UUID(one["dossier_id"])},
        )
        answer = world.client.get(f"/v1/dossiers/{two['dossier_id']}", **world.as_ass())

    assert answer.status == 200
