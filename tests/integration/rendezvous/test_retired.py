"""A room or a vehicle that no longer serves from a day on: what is booked stays, nothing new."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from chassis.ids import new_id
from services.rendezvous import transfer
from services.rendezvous.domain.transfer import Transferred
from tests.integration.again import sent_again
from tests.integration.rendezvous.conftest import FAR_MDS, FAR_SITE, MDS, NINE, SITE

DAY, NEXT = "2023-01-10", "2023-01-11"
LATER = NINE + timedelta(days=1)
HEAD = {"role": "responsable", "mds": [MDS]}


@pytest.fixture
def agent(world):
    made = world.agent()
    world.open(made, DAY, NEXT)
    return made


@pytest.fixture
def room(world):
    return world.room("Bureau 1")


def retire(world, resource, day=NEXT, **who):
    return world.client.post(
        f"/v1/resources/{resource}/retire", json={"retired_on": day}, **who or HEAD
    )


def book(world, agent, room, at=LATER, **changes):
    changes |= {"room_id": room, "starts_at": at.isoformat()}
    return world.book([agent], [world.personne()], changes=changes)


def slots(world, agent, day, query=""):
    path = f"/v1/creneaux?motif=ACCOMPAGNEMENT&from={day}&to={day}&agent_id={agent}"
    path += f"&site={SITE}&step=60"
    found = world.client.get(f"{path}{query}", role="secretaire").json["creneaux"]
    return {one.get("room_id") or one.get("vehicle_id") for one in found}


class TestRights:
    def test_it_is_for_those_who_set_up_the_site(self, world, room):
        for role in ("travailleur_social", "direction", "personne"):
            assert retire(world, room, role=role, mds=[MDS]).status == 403
        for who in (HEAD, {"role": "secretaire", "mds": [MDS]}, {"role": "admin"}):
            assert retire(world, room, **who).status == 200

    def test_one_of_another_mds_does_not_exist(self, world):
        far = world.room("Bureau 1", site=FAR_SITE)

        for unknown in (far, new_id()):
            refused = retire(world, unknown)
            assert (refused.status, refused.json["type"][-21:]) == (404, "ressource-introuvable")
        assert retire(world, far, role="responsable", mds=[FAR_MDS]).status == 200


class TestWhatIsBooked:
    def test_is_told_and_stays(self, world, agent, room):
        before = book(world, agent, room, NINE).json["rendezvous_id"]
        after = [
            book(world, agent, room, LATER + timedelta(hours=hour)).json["rendezvous_id"]
            for hour in (2, 1)
        ]
        gone = book(world, agent, room).json["rendezvous_id"]
        world.act(gone, "cancel", {"by": "AGENT"})

        answer = retire(world, room)

        assert answer.json["resource"]["retired_on"] == NEXT
        assert answer.json["affected_rendezvous_ids"] == [after[1], after[0]]
        for one in (before, *after):
            found = world.client.get(f"/v1/rendezvous/{one}", **HEAD).json
            assert (found["status"], found["room_id"]) == ("BOOKED", room)

    def test_is_told_of_a_vehicle_as_well(self, world, agent):
        vehicle = world.vehicle()
        changes = {"starts_at": LATER.isoformat(), "vehicle_id": vehicle}
        booked = world.book([agent], [world.personne()], changes=changes).json["rendezvous_id"]

        assert retire(world, vehicle).json["affected_rendezvous_ids"] == [booked]

    def test_changes_agents_and_keeps_its_room_but_takes_it_at_no_other_time(
        self, world, agent, room
    ):
        other = world.agent()
        world.open(other, NEXT)
        booked = book(world, agent, room).json["rendezvous_id"]
        retire(world, room)

        given = {"starts_at": LATER.isoformat(), "agent_ids": [str(other)]}
        kept = world.act(booked, "move", given)
        hour = {"starts_at": (LATER + timedelta(hours=1)).isoformat()}
        refused = world.act(booked, "move", hour, etag='"2"')
        without = world.act(booked, "move", hour | {"room_id": None}, etag='"2"')

        assert (kept.status, kept.json["room_id"]) == (200, room)
        assert refused.status == 409
        assert "ne sert plus" in refused.json["detail"]
        assert (without.status, without.json["room_id"]) == (200, None)


class TestWhatIsNew:
    def test_nothing_is_proposed_from_that_day_on(self, world, agent, room):
        retire(world, room)

        assert slots(world, agent, DAY, f"&room_id={room}") == {room}
        assert slots(world, agent, NEXT, f"&room_id={room}") == set()
        other = world.room("Bureau 2")
        assert slots(world, agent, NEXT, "&room=true") == {other}

    def test_nor_held_nor_booked(self, world, agent, room):
        retire(world, room)
        place = {"motif": "ACCOMPAGNEMENT", "site": SITE, "agent_ids": [str(agent)]}
        place |= {"starts_at": LATER.isoformat(), "room_id": room}

        assert world.post("/v1/holds", place, **HEAD).status == 409
        refused = book(world, agent, room)
        assert refused.json["type"].endswith("creneau-pris")
        assert {one["starts_at"][:10] for one in refused.json["alternatives"]} == {DAY}
        assert book(world, agent, room, NINE).status == 201

    def test_one_held_before_is_not_booked_after(self, world, agent, room):
        place = {"motif": "ACCOMPAGNEMENT", "site": SITE, "agent_ids": [str(agent)]}
        place |= {"starts_at": LATER.isoformat(), "room_id": room}
        kept = world.post("/v1/holds", place, **HEAD).json["hold_id"]
        retire(world, room)

        body = {"hold_id": kept, "personne_ids": [str(world.personne())]}

        assert world.post("/v1/rendezvous", body, **HEAD).status == 409

    def test_a_motif_that_needs_one_takes_another(self, world, agent, room):
        world.motif(code="ENSALLE", needs_room=True)
        retire(world, room)
        none_left = book(world, agent, None, motif="ENSALLE")
        other = world.room("Bureau 2")

        taken = book(world, agent, None, motif="ENSALLE")

        assert none_left.status == 409
        assert (taken.status, taken.json["room_id"]) == (201, other)

    def test_an_import_refuses_it(self, world, agent, room, tmp_path):
        retire(world, room)
        file = tmp_path / "reprise.csv"
        report = tmp_path / "refus.csv"
        file.write_text(
            "starts_at,status,motif,site,agent_ids,personne_ids,room_id\n"
            f"{LATER.isoformat()},BOOKED,ACCOMPAGNEMENT,{SITE},{agent},{world.personne()},{room}\n"
        )

        done = transfer.transfer_in(world.runtime, Transferred.RENDEZVOUS, file, report, apply=True)

        assert done.refused == 1
        assert "creneau-pris" in report.read_text()


class TestSaidAgain:
    def test_the_same_answer_and_another_day_moves_it(self, world, agent, room):
        assert sent_again(world.runtime, lambda: retire(world, room)) == 200
        retire(world, room, "2023-01-12")

        assert slots(world, agent, NEXT, f"&room_id={room}") == {room}

    def test_null_puts_it_back_in_service(self, world, agent, room):
        retire(world, room)
        back = retire(world, room, None)

        assert back.json == {
            "resource": {
                "resource_id": room,
                "kind": "ROOM",
                "site": SITE,
                "name": "Bureau 1",
                "retired_on": None,
            },
            "affected_rendezvous_ids": [],
        }
        assert book(world, agent, room).status == 201
        listed = world.client.get(f"/v1/resources?site={SITE}", **HEAD).json["resources"]
        assert [one["retired_on"] for one in listed] == [None]


def test_a_booking_under_way_is_told_or_refused(world, room):
    """Whatever comes first: never a rendezvous in the room that nobody was told of."""
    agents = [world.agent() for _ in range(8)]
    for one in agents:
        world.open(one, NEXT)
    people = [world.personne() for _ in agents]
    hours = [LATER + timedelta(hours=hour) for hour in (0, 1, 2, 5, 6, 7, 0, 1)]

    with ThreadPoolExecutor(max_workers=4) as pool:
        booked = [
            pool.submit(
                world.book,
                [one],
                [personne],
                changes={"room_id": room, "starts_at": hour.isoformat()},
            )
            for one, personne, hour in zip(agents, people, hours, strict=True)
        ]
        told = pool.submit(retire, world, room)
        taken = [one.result() for one in booked]

    stands = {one.json["rendezvous_id"] for one in taken if one.status == 201}
    assert {one.status for one in taken} <= {201, 409}
    assert set(told.result().json["affected_rendezvous_ids"]) == stands
