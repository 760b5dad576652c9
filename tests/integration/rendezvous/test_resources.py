"""Rooms, vehicles and zones: refusals first, then what a booking, a hold and a move take."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from chassis.ids import new_id
from tests.integration.rendezvous.conftest import (
    BUFFERED_OVERLAPS,
    FAR_MDS,
    FAR_SITE,
    MDS,
    MISMATCHES,
    NINE,
    SITE,
    minutes,
)

DAY = "2023-01-10"
TEN = (NINE + timedelta(hours=1)).isoformat()


@pytest.fixture
def agents(world):
    made = [world.agent() for _ in range(3)]
    for agent in made:
        world.open(agent, DAY, "2023-01-11")
    return made


@pytest.fixture
def at_home(world):
    """A home visit of 45 minutes, 15 after, with zones at 20 and 60 minutes of the site."""
    world.motif(code="DOMICILE", modality="VAD")
    world.zone("VALLEE", 20)
    world.zone("PLATEAU", 60)
    return {"motif": "DOMICILE", "starts_at": TEN}


def taken(world, kind):
    """(minutes before, minutes after) the only rendezvous that one kind of resource is taken."""
    query = """
        SELECT extract(epoch FROM r.starts_at - lower(o.during))::int / 60
               || ',' || extract(epoch FROM upper(o.during) - r.ends_at)::int / 60
        FROM occupation o JOIN rendezvous r ON r.id = o.rendezvous_id WHERE o.kind = :kind
    """
    return tuple(map(int, world.sql(query, kind=kind).split(",")))


class TestWhatASiteHas:
    def test_is_told_by_those_who_set_it_up(self, world):
        body = {"site": SITE, "name": "Clio 1"}

        assert world.post("/v1/vehicles", body, role="travailleur_social").status == 403
        assert world.post("/v1/vehicles", body | {"site": "X"}, role="admin").status == 422
        assert world.post("/v1/vehicles", body, role="secretaire").status == 201
        again = world.post("/v1/vehicles", body, role="secretaire")
        assert (again.status, again.json["type"][-17:]) == (409, "vehicule-existant")

    def test_is_listed_by_kind_and_name(self, world):
        world.vehicle("Clio 2")
        world.room("Clio 2")
        world.room("Accueil")
        world.room("Ailleurs", site=FAR_SITE)
        path = f"/v1/resources?site={SITE}"

        assert world.client.get(path, role="personne").status == 403
        found = world.client.get(path, role="secretaire").json["resources"]
        assert [(one["kind"], one["name"]) for one in found] == [
            ("ROOM", "Accueil"),
            ("ROOM", "Clio 2"),
            ("VEHICLE", "Clio 2"),
        ]


class TestZones:
    def test_are_set_up_by_few_and_read_by_agents(self, world):
        body = {"code": "VALLEE", "label": "Vallée", "minutes": [{"site": SITE, "minutes": 20}]}
        twice = body | {"minutes": body["minutes"] * 2}
        elsewhere = body | {"minutes": [{"site": "X", "minutes": 20}]}

        assert world.post("/v1/zones", body, role="secretaire").status == 403
        assert world.post("/v1/zones", twice, role="admin").status == 422
        refused = world.post("/v1/zones", elsewhere, role="admin")
        assert refused.json["errors"][0]["pointer"] == "/minutes/0/site"
        assert world.post("/v1/zones", body, role="responsable").status == 201
        assert world.post("/v1/zones", body, role="admin").status == 409
        assert world.client.get("/v1/zones", role="personne").status == 403
        (found,) = world.client.get("/v1/zones", role="secretaire").json["zones"]
        assert found["minutes"] == [{"site": SITE, "minutes": 20}]

    def test_are_changed_whole_by_who_read_them_last(self, world):
        zone = world.zone("VALLEE", 20).json
        path = f"/v1/zones/{zone['zone_id']}"
        body = {"label": "Vallée basse", "minutes": [{"site": FAR_SITE, "minutes": 40}]}

        def put(where, **options):
            return world.client.put(where, json=body, **{"role": "admin", "etag": '"1"'} | options)

        assert put(path, role="secretaire").status == 403
        assert put(f"/v1/zones/{new_id()}").status == 404
        assert put(path, etag=None).status == 428
        changed = put(path)
        assert (changed.status, changed.etag) == (200, '"2"')
        assert changed.json["minutes"] == [{"site": FAR_SITE, "minutes": 40}]
        assert put(path).status == 412


class TestHomeVisits:
    @pytest.mark.parametrize("changes", [{"zone": "X"}, {"motif": "ACCOMPAGNEMENT"}])
    def test_an_unknown_zone_or_a_motif_held_elsewhere_is_refused(
        self, world, agents, at_home, changes
    ):
        wanted = at_home | {"zone": "VALLEE"} | changes

        answer = world.book(agents[:1], [world.personne()], changes=wanted)

        assert answer.status == 422
        assert answer.json["errors"][0]["pointer"] == "/zone"

    def test_take_the_way_there_and_back_of_the_agent_and_the_vehicle(self, world, agents, at_home):
        wanted = at_home | {"zone": "VALLEE", "vehicle_id": world.vehicle()}

        answer = world.book(agents[:1], [world.personne()], changes=wanted)

        assert (answer.json["zone"], answer.json["travel_minutes"]) == ("VALLEE", 20)
        assert taken(world, "agent") == taken(world, "vehicle") == (20, 35)
        assert taken(world, "personne") == (0, 0)

    def test_without_a_zone_count_the_farthest(self, world, agents, at_home):
        answer = world.book(agents[:1], [world.personne()], changes=at_home)

        assert (answer.json["zone"], answer.json["travel_minutes"]) == (None, 60)
        assert taken(world, "agent") == (60, 75)

    def test_keep_their_travel_when_the_table_changes(self, world, agents, at_home):
        wanted = at_home | {"zone": "VALLEE"}
        booked = world.book(agents[:1], [world.personne()], changes=wanted).json["rendezvous_id"]
        (zone,) = (
            one
            for one in world.client.get("/v1/zones", role="admin").json["zones"]
            if one["code"] == "VALLEE"
        )
        body = {"label": "Vallée", "minutes": [{"site": SITE, "minutes": 5}]}
        path = f"/v1/zones/{zone['zone_id']}"
        assert world.client.put(path, json=body, role="admin", etag='"1"').status == 200

        later = {"starts_at": (NINE + minutes(75)).isoformat()}
        moved = world.act(booked, "move", later)
        assert moved.json["travel_minutes"] == 20
        assert taken(world, "agent") == (20, 35)

        further = world.act(booked, "move", later | {"zone": "PLATEAU"}, etag='"2"')
        assert further.json["travel_minutes"] == 60
        back = world.act(booked, "move", later | {"zone": "VALLEE"}, etag='"3"')
        assert back.json["travel_minutes"] == 5
        assert world.sql(MISMATCHES) == 0

    def test_the_zone_is_hidden_with_the_rest(self, world, agents, at_home):
        personne = world.personne()
        wanted = at_home | {"zone": "VALLEE", "vehicle_id": world.vehicle()}
        world.book(agents[:1], [personne], changes=wanted)
        path = f"/v1/agents/{agents[0]}/agenda?from={DAY}&to={DAY}"

        def line():
            (found,) = world.client.get(path, role="secretaire", mds=[MDS]).json["rendezvous"]
            return found

        assert line()["zone"] == "VALLEE"
        world.protect(personne)
        assert line()["masked"] is True
        assert {"zone", "travel_minutes", "vehicle_id"}.isdisjoint(line())

    def test_a_slot_leaves_time_for_the_way(self, world, agents, at_home):
        world.book(agents[:1], [world.personne()], changes={"starts_at": NINE.isoformat()})
        path = f"/v1/creneaux?motif=DOMICILE&from={DAY}&to={DAY}&agent_id={agents[0]}"

        def starts(more):
            found = world.client.get(path + more, role="secretaire").json["creneaux"]
            return [one["starts_at"][11:16] for one in found]

        assert starts("&zone=VALLEE")[0] == "09:30"
        assert starts("")[0] == starts("&zone=PLATEAU")[0] == "10:00"
        assert world.client.get(f"{path}&zone=X", role="secretaire").status == 422
        for first in (starts("&zone=VALLEE")[0],):
            place = {"starts_at": f"{DAY}T{first}Z", "zone": "VALLEE", "motif": "DOMICILE"}
            assert world.book(agents[:1], [world.personne()], changes=place).status == 201


class TestRoomsAndVehicles:
    def test_of_another_site_or_kind_are_refused(self, world, agents):
        far, vehicle = world.room(site=FAR_SITE), world.vehicle()
        for changes in ({"room_id": far}, {"room_id": vehicle}, {"vehicle_id": far}):
            assert world.book(agents[:1], [world.personne()], changes=changes).status == 422

    def test_a_vehicle_holds_one_rendezvous_at_a_time(self, world, agents):
        wanted = {"vehicle_id": world.vehicle()}
        assert world.book(agents[:1], [world.personne()], changes=wanted).status == 201

        answer = world.book(agents[1:2], [world.personne()], changes=wanted)

        assert answer.status == 409
        assert answer.json["detail"].startswith("Le véhicule est pris")
        offered = answer.json["alternatives"]
        assert len(offered) >= 3
        assert {one["vehicle_id"] for one in offered} == {wanted["vehicle_id"]}

    def test_a_motif_that_needs_a_room_takes_the_first_free_one(self, world, agents):
        world.motif(code="EN-SALLE", needs_room=True)
        wanted = {"motif": "EN-SALLE"}
        none = world.book(agents[:1], [world.personne()], changes=wanted)
        assert (none.status, none.json["type"][-14:]) == (422, "salle-inconnue")
        second, first = world.room("Bureau 2"), world.room("Bureau 1")

        got = [world.book([one], [world.personne()], changes=wanted).json for one in agents]

        assert [one.get("room_id") for one in got] == [first, second, None]
        assert got[2]["detail"].startswith("Aucune salle du site")
        assert len(got[2]["alternatives"]) >= 3
        assert world.sql(MISMATCHES) == 0

    def test_a_hold_keeps_the_room_it_took(self, world, agents):
        world.motif(code="EN-SALLE", needs_room=True)
        rooms = [world.room("Bureau 1"), world.room("Bureau 2")]
        body = world.booking(agents[:1], [], motif="EN-SALLE")
        del body["personne_ids"]
        held = world.post("/v1/holds", body, role="secretaire", subject="lea").json
        other = world.book(agents[1:2], [world.personne()], changes={"motif": "EN-SALLE"}).json

        confirmed = {"hold_id": held["hold_id"], "personne_ids": [str(world.personne())]}
        answer = world.post("/v1/rendezvous", confirmed, role="secretaire", subject="lea")

        assert [held["room_id"], other["room_id"]] == rooms
        assert answer.json["room_id"] == held["room_id"]

    def test_a_move_keeps_its_room_or_takes_another_that_is_free(self, world, agents):
        world.motif(code="EN-SALLE", needs_room=True)
        first, second = world.room("Bureau 1"), world.room("Bureau 2")
        one, other = (
            world.book([agent], [world.personne()], changes={"motif": "EN-SALLE"} | place).json
            for agent, place in zip(agents, ({}, {"starts_at": TEN}), strict=False)
        )
        assert one["room_id"] == other["room_id"] == first

        moved = world.act(one["rendezvous_id"], "move", {"starts_at": TEN})
        assert moved.json["room_id"] == second
        away = world.act(one["rendezvous_id"], "move", {"starts_at": NINE.isoformat()}, etag='"2"')
        assert away.json["room_id"] == second

    def test_a_room_named_is_given_up_when_told_so(self, world, agents):
        room = {"room_id": world.room()}
        booked = world.book(agents[:1], [world.personne()], changes=room).json["rendezvous_id"]

        kept = world.act(booked, "move", {"starts_at": TEN})
        left = world.act(booked, "move", {"starts_at": TEN, "room_id": None}, etag='"2"')

        assert kept.json["room_id"] == room["room_id"]
        assert left.json["room_id"] is None

    def test_bookings_at_once_share_the_rooms_without_overlap(self, world, agents):
        world.motif(code="EN-SALLE", needs_room=True, needs_vehicle=True)
        for rank in range(2):
            world.room(f"Bureau {rank}")
            world.vehicle(f"Clio {rank}")
        wanted = {"motif": "EN-SALLE"}
        asked = [([agent], [world.personne()]) for agent in agents * 2]

        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(lambda one: world.book(*one, changes=wanted), asked))

        assert Counter(one.status for one in answers) == {201: 2, 409: 4}
        assert world.sql("SELECT count(DISTINCT room_id) FROM rendezvous") == 2
        assert world.sql("SELECT count(DISTINCT vehicle_id) FROM rendezvous") == 2
        assert world.sql(BUFFERED_OVERLAPS) == 0
        assert world.sql(MISMATCHES) == 0


def test_a_far_mds_has_its_own(world):
    world.vehicle("Clio 1")
    world.vehicle("Clio 1", site=FAR_SITE)

    assert FAR_MDS != MDS
    assert world.sql("SELECT count(*) FROM resource") == 2
