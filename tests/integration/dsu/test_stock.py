"""The stock taken over, the figures, and what the other services tell."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from chassis.ids import new_id
from chassis.testing import deliver, inbox_states, published
from tests.integration.dsu.conftest import MDS, World


def _know(world: World, count: int) -> list[UUID]:
    """Many personnes at once, as a settled replay would have left them."""
    ids = [new_id() for _ in range(count)]
    with world.runtime.engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO personne (personne_id, protected, opened_to, closed_to)"
                " VALUES (:id, false, '{}', '{}')"
            ),
            [{"id": key} for key in ids],
        )
    return ids


def _row(world: World, reference: str, *personne_ids: UUID, **changes: Any) -> dict[str, Any]:
    row = {
        "reference": reference,
        "personne_ids": [str(key) for key in personne_ids],
        "mds": MDS,
        "site": "MONTAUBAN-CENTRE",
        "referent_agent_id": str(world.ass),
        "opened_on": "2021-05-03",
    }
    return row | changes


def _import(world: World, rows: list[dict[str, Any]], role: str = "admin") -> Any:
    answer = world.client.post("/v1/dossiers/imports", json={"dossiers": rows}, role=role)
    return answer.json.get("outcomes") if answer.status == 200 else answer.status


def test_only_the_administrator_takes_over_the_stock(world: World) -> None:
    for role in ("travailleur_social", "responsable", "direction", "secretaire"):
        assert _import(world, [_row(world, "A-1", world.personne())], role) == 403


def test_each_row_has_its_own_outcome(world: World) -> None:
    good, followed, dead = _know(world, 3)
    world.opened(followed)
    world.tell_personne(dead, "personne_deceased", version=1, died_on="2022-01-01")
    rows = [
        _row(world, "A-1", good),
        _row(world, "A-2", followed),
        _row(world, "A-3", dead),
        _row(world, "A-4", new_id()),
        _row(world, "A-5", *_know(world, 1), referent_agent_id=str(world.secretaire)),
        _row(world, "A-6", *_know(world, 1), referent_agent_id=str(new_id())),
        _row(world, "A-7", *_know(world, 1), opened_on="2024-01-01"),
        _row(world, "A-8", *_know(world, 1)),
        _row(world, "A-8", *_know(world, 1)),
        _row(world, "A-9", good),
        _row(world, "A-10", *_know(world, 1), site="NULLE-PART"),
        _row(world, "A-11", *_know(world, 1), mds="MDS-NIMPORTE"),
    ]

    outcomes = _import(world, rows)

    assert [(o["outcome"], o.get("code")) for o in outcomes] == [
        ("CREATED", None),
        ("REFUSED", "personne-deja-suivie"),
        ("REFUSED", "personne-decedee"),
        ("REFUSED", "personne-inconnue"),
        ("REFUSED", "referent-inadmissible"),
        ("REFUSED", "agent-inconnu"),
        ("REFUSED", "date-refusee"),
        ("REFUSED", "reference-deja-utilisee"),
        ("REFUSED", "reference-deja-utilisee"),
        ("REFUSED", "personne-deja-suivie"),
        ("REFUSED", "territoire-inconnu"),
        ("REFUSED", "territoire-inconnu"),
    ]
    assert [fact.name for fact in published(world.runtime)] == ["dossier_opened"] * 2


def test_the_same_rows_again_change_nothing(world: World) -> None:
    rows = [_row(world, f"A-{i}", key) for i, key in enumerate(_know(world, 3))]
    first = _import(world, rows)

    again = _import(world, rows)
    other = _import(world, [_row(world, "A-0", *_know(world, 1))])

    assert [o["outcome"] for o in again] == ["EXISTING"] * 3
    assert [o["dossier_id"] for o in again] == [o["dossier_id"] for o in first]
    assert other[0]["code"] == "reference-deja-utilisee"
    assert len(published(world.runtime)) == 3


def test_a_batch_of_200_takes_a_handful_of_statements(world: World) -> None:
    rows = [_row(world, f"A-{i}", key) for i, key in enumerate(_know(world, 200))]
    statements: list[str] = []

    @sa.event.listens_for(world.runtime.engine, "before_cursor_execute")
    def note(_c: Any, _cur: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    began = time.process_time()
    outcomes = _import(world, rows)
    spent = time.process_time() - began
    sa.event.remove(world.runtime.engine, "before_cursor_execute", note)

    assert {o["outcome"] for o in outcomes} == {"CREATED"}
    assert len(statements) <= 12
    # Processor time: what other work the machine does must not decide.
    assert 200 / spent > 500, f"{200 / spent:.0f} rows/s"


def test_the_same_batch_twice_at_once_loads_it_once(world: World) -> None:
    rows = [_row(world, f"A-{i}", key) for i, key in enumerate(_know(world, 40))]

    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda _: _import(world, rows), range(3)))

    assert all(a == 409 or {o["outcome"] for o in a} <= {"CREATED", "EXISTING"} for a in answers)
    assert {o["outcome"] for o in _import(world, rows)} == {"EXISTING"}
    assert len(published(world.runtime)) == 40


def test_the_same_batch_loaded_between_two_looks_is_found_not_refused(world: World) -> None:
    rows = [_row(world, f"A-{i}", key) for i, key in enumerate(_know(world, 3))]
    first: list[Any] = []

    def overtake(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "FROM member" in statement and "JOIN" not in statement and not first:
            first.append("under way")
            first.append(_import(world, rows))

    sa.event.listen(world.runtime.engine, "before_cursor_execute", overtake)
    second = _import(world, rows)
    sa.event.remove(world.runtime.engine, "before_cursor_execute", overtake)

    assert {one["outcome"] for one in first[1]} == {"CREATED"}
    assert {one["outcome"] for one in second} == {"EXISTING"}


def test_one_row_too_many_and_a_repeated_personne_are_refused(world: World) -> None:
    one = new_id()

    assert _import(world, [_row(world, f"A-{i}", new_id()) for i in range(201)]) == 422
    assert _import(world, [_row(world, "A-1", one, one)]) == 422


def _rows(world: World, kind: str, query: str) -> list[dict[str, Any]]:
    answer = world.client.get(f"/v1/activity?{query}", role="direction")
    assert answer.status == 200, answer.json
    return [
        {name: value for name, value in row.items() if name != "kind"}
        for row in answer.json["rows"]
        if row["kind"] == kind
    ]


def test_figures_are_for_those_who_steer(world: World) -> None:
    for role in ("travailleur_social", "secretaire", "partenaire", "personne"):
        answer = world.client.get("/v1/activity?from=2023-01-01&to=2023-01-31", role=role)
        assert answer.status == 403


def test_the_stock_is_counted_at_a_day_by_mds_and_by_referent(world: World) -> None:
    here, there = _know(world, 3), _know(world, 2)
    world.site("CAUSSADE", "MDS-CAUSSADE")
    far = {"mds": "MDS-CAUSSADE", "site": "CAUSSADE"}
    _import(world, [_row(world, f"M-{i}", key) for i, key in enumerate(here)])
    _import(
        world,
        [
            _row(world, f"C-{i}", key, referent_agent_id=str(world.cesf), **far)
            for i, key in enumerate(there)
        ],
    )
    closed = world.client.get("/v1/dossiers?referent=me", **world.as_ass()).json["dossiers"][0]
    path = f"/v1/dossiers/{closed['dossier_id']}"
    world.client.post(f"{path}/close", json={"reason": "RELAIS"}, etag='"1"', **world.as_ass())

    before = _rows(world, "STOCK", "from=2023-01-01&to=2023-01-31&on=2023-01-08")
    after = _rows(world, "STOCK", "from=2023-01-01&to=2023-01-31")

    assert before == [{"mds": "MDS-CAUSSADE", "count": 2}, {"mds": MDS, "count": 3}]
    assert after == [{"mds": "MDS-CAUSSADE", "count": 2}, {"mds": MDS, "count": 2}]
    assert _rows(world, "STOCK", "from=2021-01-01&to=2021-05-02") == []
    assert {"mds": MDS, "agent_id": str(world.ass), "count": 2} in _rows(
        world, "STOCK_BY_REFERENT", "from=2023-01-01&to=2023-01-31"
    )


def test_openings_closings_and_reopenings_count_in_their_period(world: World) -> None:
    dossier = world.opened()
    path = f"/v1/dossiers/{dossier['dossier_id']}"
    for version in (1, 3):
        world.client.post(
            f"{path}/close", json={"reason": "RELAIS"}, etag=f'"{version}"', **world.as_ass()
        )
        world.client.post(f"{path}/reopen", json={}, etag=f'"{version + 1}"', **world.as_ass())
    period = "from=2023-01-09&to=2023-01-09"

    assert _rows(world, "OPENED", period) == [{"mds": MDS, "count": 1}]
    assert _rows(world, "CLOSED", period) == [{"mds": MDS, "count": 2}]
    assert _rows(world, "REOPENED", period) == [{"mds": MDS, "count": 2}]
    assert _rows(world, "STOCK", period) == [{"mds": MDS, "count": 1}]
    assert _rows(world, "CLOSED", "from=2023-01-10&to=2023-01-31") == []


def test_interventions_count_by_type(world: World) -> None:
    dossier = world.opened()
    for code in ("ENFANCE.SIGNALEMENT.RAPPORT", "LOGEMENT.FSL.DEMANDE", "LOGEMENT.FSL.DEMANDE"):
        assert world.record(dossier, code).status == 201

    counted = _rows(world, "INTERVENTIONS", "from=2023-01-01&to=2023-01-31")

    assert [(row["champ"], row["nomenclature"], row["count"]) for row in counted] == [
        ("ENFANCE", "ENFANCE.SIGNALEMENT.RAPPORT", 1),
        ("LOGEMENT", "LOGEMENT.FSL.DEMANDE", 2),
    ]


def test_child_protection_before_the_judge_is_told_to_nobody(world: World) -> None:
    dossier = world.opened()
    world.record(dossier, "ENFANCE.SIGNALEMENT.RAPPORT")

    assert [fact.name for fact in published(world.runtime)] == ["dossier_opened"]


def test_ip_and_is_never_enter_a_dsu(world: World) -> None:
    dossier = world.opened()

    for code in ("ENFANCE.IP.EVALUATION", "AUTONOMIE.IS.EVALUATION", "FORMATION.AGENT.VEILLE"):
        assert world.record(dossier, code).json["type"].endswith("dossier-separe")


def test_the_nomenclature_is_that_of_the_day(world: World) -> None:
    dossier = world.opened()
    old, new = "INSERTION.RSA.CONTRAT", "INSERTION.RSA.CONTRAT_ENGAGEMENT"

    assert world.record(dossier, new).json["type"].endswith("code-inconnu")
    assert world.record(dossier, old, occurred_on="2022-12-31").status == 422
    assert world.record(dossier, old, occurred_on="2023-01-10").status == 422
    world.runtime.clock.set(datetime(2025, 3, 3, 9, tzinfo=UTC))  # type: ignore[attr-defined]
    assert world.record(dossier, old, occurred_on="2025-01-01").status == 422
    assert world.record(dossier, old, occurred_on="2024-12-31").status == 201
    recorded = world.record(dossier, new, occurred_on="2025-01-01").json
    assert recorded["nomenclature_version"] == "2025-exemple-1"
    listed = world.client.get("/v1/nomenclature?on=2023-05-01", role="secretaire").json
    assert listed["version"] == "2023"
    assert {t["champ"] for t in listed["types"]} >= {"LOGEMENT", "BUDGET", "ENFANCE"}


def test_an_intervention_concerns_members_only(world: World) -> None:
    answer = world.record(world.opened(), "LOGEMENT.FSL.DEMANDE", personne_ids=[str(new_id())])

    assert answer.json["errors"][0]["pointer"] == "/personne_ids/0"


def _rendezvous(
    world: World, fact: str, starts_at: str, dossier: dict[str, Any] | None, *personne_ids: UUID
) -> None:
    rendezvous_id = new_id()
    data: dict[str, Any] = {"rendezvous_id": str(rendezvous_id), "starts_at": starts_at}
    data["personne_ids"] = list(map(str, personne_ids))
    if dossier:
        data["dossier_id"] = dossier["dossier_id"]
        data["personne_ids"] = data["personne_ids"] or [dossier["personnes"][0]["personne_id"]]
    deliver(
        world.runtime,
        "rendezvous",
        f"{fact}.v1",
        aggregate=("rendezvous", rendezvous_id),
        version=1,
        data=data,
    )


def test_only_a_rendezvous_that_was_held_is_a_contact(world: World) -> None:
    dossier = world.opened()
    key = dossier["dossier_id"]
    _rendezvous(world, "rendezvous_honoured", "2023-01-15T23:30:00Z", dossier)
    _rendezvous(world, "rendezvous_honoured", "2023-01-10T09:00:00Z", dossier)
    _rendezvous(world, "rendezvous_missed", "2023-01-25T09:00:00Z", dossier)
    _rendezvous(world, "rendezvous_honoured", "2023-01-30T09:00:00Z", None)

    read = world.client.get(f"/v1/dossiers/{key}", **world.as_ass())
    lines = world.client.get(f"/v1/dossiers/{key}/timeline", **world.as_ass()).json["lines"]

    assert read.json["last_contact_on"] == "2023-01-16"
    assert read.etag == '"1"'
    assert [line["kind"] for line in lines] == [
        "RENDEZVOUS_HONOURED",
        "RENDEZVOUS_HONOURED",
        "RENDEZVOUS_MISSED",
    ]


@pytest.mark.parametrize("fact", ["rendezvous_honoured", "rendezvous_missed"])
def test_a_rendezvous_writes_in_no_dossier_but_that_of_its_personnes(
    world: World, fact: str, capsys: pytest.CaptureFixture[str]
) -> None:
    dossier = world.opened()
    path = f"/v1/dossiers/{dossier['dossier_id']}"

    _rendezvous(world, fact, "2023-01-10T09:00:00Z", dossier, new_id())

    assert world.client.get(path, **world.as_ass()).json["last_contact_on"] is None
    assert world.client.get(f"{path}/timeline", **world.as_ass()).json["lines"] == []
    assert "parked" not in inbox_states(world.runtime)
    assert "dossier_line_ignored" in capsys.readouterr().out


def test_a_decision_of_aid_writes_in_no_dossier_but_that_of_its_personnes(world: World) -> None:
    dossier = world.opened()
    _decided(world, dossier, new_id())
    path = f"/v1/dossiers/{dossier['dossier_id']}/timeline"

    assert world.client.get(path, **world.as_ass()).json["lines"] == []


def _decided(world: World, dossier: dict[str, Any], *personne_ids: UUID) -> None:
    demande_id = new_id()
    deliver(
        world.runtime,
        "aides",
        "demande_decided.v1",
        aggregate=("demande", demande_id),
        version=1,
        data={
            "demande_id": str(demande_id),
            "personne_ids": list(map(str, personne_ids)),
            "dossier_id": dossier["dossier_id"],
            "nature": "AM",
            "outcome": "GRANTED",
            "amount_cents": 15000,
            "decided_on": "2023-01-12",
        },
    )


def test_a_decision_of_aid_and_a_death_stand_in_the_timeline(world: World) -> None:
    personne_id = world.personne()
    dossier = world.opened(personne_id)
    _decided(world, dossier, new_id(), personne_id)
    world.tell_personne(personne_id, "personne_deceased", died_on="2023-01-14")
    path = f"/v1/dossiers/{dossier['dossier_id']}"

    decided, died = world.client.get(f"{path}/timeline", **world.as_ass()).json["lines"]
    read = world.client.get(path, **world.as_ass()).json

    assert (decided["code"], decided["amount_cents"]) == ("AM_GRANTED", 15000)
    assert died["subject_id"] == str(personne_id)
    assert read["personnes"] == [{"personne_id": str(personne_id), "deceased_on": "2023-01-14"}]
    assert read["status"] == "ACTIVE"


def test_facts_that_miss_what_was_agreed_are_parked(world: World) -> None:
    agent_id = new_id()
    deliver(
        world.runtime,
        "accueil",
        "agent_registered.v1",
        aggregate=("agent", agent_id),
        version=1,
        data={"agent_id": str(agent_id), "profession": "ASS"},
    )

    assert inbox_states(world.runtime)["parked"] == 1
