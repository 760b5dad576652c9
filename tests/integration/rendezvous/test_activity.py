"""The figures, from the service's own tables."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.integration.rendezvous.conftest import FAR_MDS, FAR_SITE, MDS, NINE, minutes

YEAR_END = datetime(2023, 12, 31, 23, 30, tzinfo=UTC)


def activity(world, first, last, **who):
    path = f"/v1/activity?from={first}&to={last}"
    return world.client.get(path, **{"role": "direction"} | who)


def hold_one(world, agent, starts, *, honour=True, **changes):
    """Book and honour one rendezvous, outside openings."""
    place = {"starts_at": starts.isoformat(), "outside_opening": True, "outside_delay": True}
    answer = world.book([agent], [world.personne()], changes=place | changes, subject="x")
    assert answer.status == 201, answer.json
    world.at(max(starts, world.runtime.clock()))
    if honour:
        done = world.act(answer.json["rendezvous_id"], "honour", mds=[answer.json["mds"]])
        assert done.status == 200
    return answer.json["rendezvous_id"]


def test_figures_are_for_those_who_steer(world):
    for role in ("secretaire", "travailleur_social", "personne", "partenaire"):
        assert activity(world, "2023-01-01", "2023-12-31", role=role).status == 403
    assert activity(world, "2023-02-01", "2023-01-01").status == 422


def test_half_past_midnight_in_paris_belongs_to_the_new_year(world):
    world.at(YEAR_END.replace(hour=8))
    hold_one(world, world.agent(), YEAR_END)

    assert activity(world, "2023-01-01", "2023-12-31").json["rows"] == []
    (row,) = activity(world, "2024-01-01", "2024-01-01").json["rows"]
    assert (row["count"], row["status"]) == (1, "HONOURED")


def test_the_territory_is_where_it_is_held(world):
    volant = world.agent(volant=True)
    hold_one(world, volant, NINE, site=FAR_SITE)

    (row,) = activity(world, "2023-01-10", "2023-01-10").json["rows"]

    assert row["mds"] == FAR_MDS


def test_the_post_is_that_of_the_day_not_of_today(world):
    agent = world.agent("CESF", plateforme=True)
    world.motif(code="PREMIER", kind="PREMIER_ACCUEIL")
    world.agent("CESF", agent_id=agent, plateforme=False, effective_on="2023-01-11")
    hold_one(world, agent, NINE, motif="PREMIER")
    hold_one(world, agent, NINE.replace(day=11), motif="PREMIER")

    found = activity(world, "2023-01-01", "2023-01-31").json
    table = {(c["line"], c["mds"]): c["count"] for c in found["table"]}

    assert {(r["plateforme"], r["count"]) for r in found["rows"]} == {(True, 1), (False, 1)}
    assert table["ass.premier_accueil_presentiel", MDS] == 1
    assert table["cesf.premier_accueil_presentiel", MDS] == 1


def test_a_binome_counts_once_under_its_lead(world):
    lead, second = world.agent("CESF"), world.agent("ASS")
    place = {"starts_at": NINE.isoformat(), "outside_opening": True}
    booked = world.book([lead, second], [world.personne()], changes=place, subject="x").json
    world.at(NINE)
    world.act(booked["rendezvous_id"], "honour")

    (row,) = activity(world, "2023-01-10", "2023-01-10").json["rows"]

    assert (row["profession"], row["count"]) == ("CESF", 1)


def test_every_state_is_counted_and_only_the_honoured_published(world):
    agent = world.agent()
    hold_one(world, agent, NINE)
    booked = [hold_one(world, agent, NINE + minutes(60 * n), honour=False) for n in range(1, 4)]
    world.act(booked[0], "miss", {"excused": False})
    world.act(booked[1], "cancel", {})

    found = activity(world, "2023-01-10", "2023-01-10").json

    counts = {line["status"]: line["count"] for line in found["statuses"]}
    assert counts == {"HONOURED": 1, "MISSED": 1, "CANCELLED": 1, "BOOKED": 1}
    table = {c["line"]: c["count"] for c in found["table"] if c["mds"] == MDS}
    assert table["ass.accompagnement_presentiel"] == 1
    assert sum(table.values()) == 1
