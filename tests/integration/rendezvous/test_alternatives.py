"""What a refusal proposes can be had: each alternative, sent back in the same call, succeeds.

Nothing changes between the refusal and the call but what is undone at once. The town is drawn by
chance from a seed: busy agents, rooms, vehicles, an absence, a closing, and motifs of which
another version, with other rules, comes into force in the middle of the week.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

from chassis.testing import Answer
from tests.integration.rendezvous.conftest import MDS, NINE, SITE, World, minutes

DAYS = ("2023-01-10", "2023-01-11", "2023-01-12", "2023-01-13")
#: Another version of every motif is in force from here on.
CHANGE, EVE = "2023-01-12", "2023-01-11"
CLERK: dict[str, Any] = {"role": "secretaire", "mds": [MDS], "subject": "secretariat"}
#: Refusals looked into, and tries to find them.
ENOUGH, TRIES = 4, 60


class Town:
    """Four agents and a week by chance."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.chance = world, Random(seed)
        self.agents = [world.agent("ASS"), world.agent("ASS"), world.agent("CESF")]
        self.agents.append(world.agent("ASS"))
        self._open()
        self.rooms = [world.room(f"Bureau {n}") for n in (1, 2)]
        self.vehicles = [world.vehicle(f"Clio {n}") for n in (1, 2)]
        assert world.zone("VALLEE", 30).status == 201
        self._motifs()
        away = {"agent_id": str(self.agents[0]), "day": DAYS[1], "from": "14:00", "to": "15:00"}
        world.post("/v1/absences", away, role="admin")
        closed = {"first_day": DAYS[2], "from": "09:00", "to": "10:00", "label": "Réunion"}
        world.post("/v1/fermetures", closed | {"site": SITE}, role="admin")
        for _ in range(10):
            place = self.place("SUIVI") | {"personne_ids": [str(world.personne())]}
            world.post("/v1/rendezvous", place, **CLERK)

    def _open(self) -> None:
        """Two hours a day each: what is proposed is of other days, and of other agents."""
        starts = [
            (agent, day, self.chance.randrange(9, 16)) for agent in self.agents for day in DAYS
        ]
        lines = [
            {
                "agent_id": str(agent),
                "site": SITE,
                "day": day,
                "from": f"{hour:02}:00",
                "to": f"{hour + 2:02}:00",
            }
            for agent, day, hour in starts
        ]
        assert self.world.post("/v1/openings", {"openings": lines}, role="admin").status == 201

    def _motifs(self) -> None:
        """Longer, in a room, for one profession or closed to people: from the change on."""
        common = {"bookable_by_personne": True, "buffer_after_minutes": 15}
        for code, before, after in (
            ("SUIVI", {}, {"duration_minutes": 90, "needs_room": True}),
            ("LIBRE", {}, {"bookable_by_personne": False}),
            ("BINOME", {"min_agents": 2}, {"min_agents": 2, "professions": ["CESF"]}),
            ("SEUL", {}, {"min_agents": 2}),
            ("VISITE", {"modality": "VAD", "needs_vehicle": True}, {"modality": "VAD"}),
        ):
            self.world.motif(code=code, **common | before, valid_to=EVE)
            self.world.motif(code=code, **common | after, valid_from=CHANGE)

    def moment(self) -> datetime:
        """A quarter of an hour between nine and half past seventeen, on a day of the week."""
        day = self.chance.randrange(len(DAYS))
        return NINE + timedelta(days=day) + minutes(15 * self.chance.randrange(35))

    def place(self, motif: str, agents: int = 1) -> dict[str, Any]:
        """A place by chance."""
        wanted = {
            "motif": motif,
            "site": SITE,
            "agent_ids": [str(one) for one in self.chance.sample(self.agents, agents)],
            "starts_at": self.moment().isoformat(),
        }
        if motif == "VISITE" and self.chance.random() < 0.5:
            wanted["zone"] = "VALLEE"
        if motif == "SUIVI" and self.chance.random() < 0.5:
            wanted["room_id"] = self.chance.choice(self.rooms)
        return wanted

    def booked(self, motif: str, personne: UUID, agents: int = 1) -> str:
        """A rendezvous of this person, wherever there was room, in an opening or not."""
        for _ in range(TRIES):
            beside = {"personne_ids": [str(personne)], "outside_opening": True}
            body = self.place(motif, agents) | beside
            answer = self.world.post("/v1/rendezvous", body, **CLERK)
            if answer.status == 201:
                return str(answer.json["rendezvous_id"])
        raise AssertionError("la semaine est pleine")


def offered(answer: Answer) -> list[dict[str, Any]]:
    """What a refusal for want of a place proposes; nothing for any other answer."""
    return list((answer.json or {}).get("alternatives", ())) if answer.status == 409 else []


def sent_back(body: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """The same call with the place of an alternative."""
    return body | {name: value for name, value in other.items() if name != "ends_at"}


@pytest.fixture(params=[1, 2])
def town(world, request) -> Town:
    return Town(world, request.param)


@pytest.mark.parametrize(
    ("motif", "agents"), [("SUIVI", 1), ("BINOME", 2), ("SEUL", 1), ("VISITE", 1), ("VISITE", 2)]
)
class TestAnAgent:
    def test_books(self, town, motif, agents):
        looked_into = 0
        for _ in range(TRIES):
            body = town.place(motif, agents) | {"personne_ids": [str(town.world.personne())]}
            others = offered(town.world.post("/v1/rendezvous", body, **CLERK))
            looked_into += bool(others)
            for one in others:
                taken = town.world.post("/v1/rendezvous", sent_back(body, one), **CLERK)
                assert taken.status == 201, (body, one, taken.json)
                town.world.act(taken.json["rendezvous_id"], "cancel", {"by": "AGENT"})
            if looked_into == ENOUGH:
                return
        pytest.fail("trop peu de refus")

    def test_holds(self, town, motif, agents):
        looked_into = 0
        for _ in range(TRIES):
            body = town.place(motif, agents)
            others = offered(town.world.post("/v1/holds", body, **CLERK))
            looked_into += bool(others)
            for one in others:
                kept = town.world.post("/v1/holds", sent_back(body, one), **CLERK)
                assert kept.status == 201, (body, one, kept.json)
                town.world.client.delete(f"/v1/holds/{kept.json['hold_id']}", **CLERK)
            if looked_into == ENOUGH:
                return
        pytest.fail("trop peu de refus")

    def test_moves(self, town, motif, agents):
        """The way there was longer when it was booked: it keeps it."""
        booked = town.booked(motif, town.world.personne(), agents)
        zone = town.world.client.get("/v1/zones", role="admin").json["zones"][0]
        nearer = {"label": "Vallée", "minutes": [{"site": SITE, "minutes": 5}]}
        path = f"/v1/zones/{zone['zone_id']}"
        town.world.client.request("PUT", path, json=nearer, role="admin", etag='"1"')

        check_moves(town, booked, CLERK, lambda one: one)


def check_moves(town: Town, booked: str, who: dict[str, Any], told: Any) -> None:
    """Each move refused for want of a place proposes moves that can be made."""
    path = f"/v1/rendezvous/{booked}"
    version, looked_into = town.world.client.get(path, **who).json["version"], 0
    for _ in range(TRIES):
        body = {"starts_at": town.moment().isoformat()}
        answer = town.world.act(booked, "move", body, **who, etag=f'"{version}"')
        others = offered(answer)
        looked_into += bool(others)
        for one in others:
            moved = town.world.act(
                booked, "move", sent_back(body, told(one)), **who, etag=f'"{version}"'
            )
            assert moved.status == 200, (body, one, moved.json)
            version = moved.json["version"]
        if answer.status == 200:
            version = answer.json["version"]
        if looked_into == ENOUGH:
            return
    pytest.fail("trop peu de refus")


class TestAPersonne:
    @pytest.mark.parametrize("motif", ["SUIVI", "LIBRE"])
    def test_books_and_holds(self, town, motif):
        personne = town.world.personne()
        own = {"role": "personne", "personne_id": personne}
        looked_into = 0
        for _ in range(TRIES):
            body = town.place(motif)
            booking = body | {"personne_ids": [str(personne)]}
            others = offered(town.world.post("/v1/rendezvous", booking, **own))
            looked_into += bool(others)
            for one in others:
                kept = town.world.post("/v1/holds", sent_back(body, one), **own)
                assert kept.status == 201, (body, one, kept.json)
                town.world.client.delete(f"/v1/holds/{kept.json['hold_id']}", **own)
                taken = town.world.post("/v1/rendezvous", sent_back(booking, one), **own)
                assert taken.status == 201, (body, one, taken.json)
                town.world.act(taken.json["rendezvous_id"], "cancel", {"by": "AGENT"})
            if looked_into == ENOUGH:
                return
        pytest.fail("trop peu de refus")

    @pytest.mark.parametrize(("motif", "agents"), [("SUIVI", 1), ("LIBRE", 1), ("VISITE", 1)])
    def test_moves_their_own_to_another_hour_alone(self, town, motif, agents):
        personne = town.world.personne()
        booked = town.booked(motif, personne, agents)
        own = {"role": "personne", "personne_id": personne, "subject": str(personne)}
        team = town.world.client.get(f"/v1/rendezvous/{booked}", **own).json["agent_ids"]

        def hour_alone(one: dict[str, Any]) -> dict[str, Any]:
            assert (one["agent_ids"], one["site"]) == (team, SITE)
            return {"starts_at": one["starts_at"]}

        check_moves(town, booked, own, hour_alone)


def test_a_person_who_moves_is_offered_no_other_agent(world):
    """Theirs has one more time only: fewer than three, and each can be had."""
    agent, colleague, personne = world.agent(), world.agent(), world.personne()
    world.open(colleague, *DAYS)
    lines = [
        {"agent_id": str(agent), "site": SITE, "day": day, "from": "09:00", "to": "09:45"}
        for day in DAYS[:2]
    ]
    world.post("/v1/openings", {"openings": lines}, role="admin")
    world.motif(code="LIBRE", bookable_by_personne=True)
    booked = world.book([agent], [personne], changes={"motif": "LIBRE"}).json["rendezvous_id"]
    own = {"role": "personne", "personne_id": personne}
    closed = {"starts_at": (NINE + minutes(120)).isoformat()}

    others = offered(world.act(booked, "move", closed, **own))

    found = {(one["starts_at"], *one["agent_ids"]) for one in others}
    tomorrow = NINE + timedelta(days=1)
    assert found == {(one.isoformat(), str(agent)) for one in (NINE, tomorrow)}
    later = {"starts_at": tomorrow.isoformat()}
    assert world.act(booked, "move", later, **own).status == 200


def test_a_place_that_was_kept_stands_in_the_way_of_what_is_taken_beside_it(world):
    """Booking from a hold names no place: another is booked while the hold still stands."""
    agent, second, personne = world.agent(), world.agent(), world.personne()
    world.open(agent, DAYS[0])
    world.open(second, DAYS[0])
    world.book([second], [personne])
    place = {name: value for name, value in world.booking([agent], []).items() if name != "x"}
    del place["personne_ids"]
    kept = world.post("/v1/holds", place, **CLERK).json["hold_id"]
    asked = {"hold_id": kept, "personne_ids": [str(personne)]}

    refused = world.post("/v1/rendezvous", asked, **CLERK)

    assert offered(refused)
    for one in offered(refused):
        body = sent_back(place | {"personne_ids": [str(personne)]}, one)
        taken = world.post("/v1/rendezvous", body, **CLERK)
        assert taken.status == 201, (one, taken.json)
        world.act(taken.json["rendezvous_id"], "cancel", {"by": "AGENT"})


class TestACollectiveOne:
    @pytest.fixture
    def sessions(self, world):
        """A full one tomorrow; others in two hours, on the same day, in a month."""
        agent = world.agent()
        rules = {"capacity": 2, "bookable_by_personne": True, "buffer_after_minutes": 0}
        rules |= {"min_notice_minutes": 600, "max_ahead_days": 20}
        world.motif(code="ATELIER", **rules, valid_to="2023-01-18")
        shut = {"bookable_by_personne": False, "bookable_by": ["responsable"]}
        world.motif(code="ATELIER", **rules | shut, valid_from="2023-01-19")
        moments = [
            NINE,
            NINE - timedelta(hours=22),
            NINE + timedelta(hours=2),
            NINE + timedelta(days=2),
            NINE + timedelta(days=10),
            NINE + timedelta(days=30),
        ]
        changes = {"motif": "ATELIER", "outside_opening": True, "outside_delay": True}
        made = [
            world.book(
                [agent],
                [],
                changes=changes | {"starts_at": one.isoformat()},
                role="responsable",
            ).json["rendezvous_id"]
            for one in moments
        ]
        for _ in range(2):
            assert self.join(world, made[0], world.personne(), **CLERK).status == 201
        return made

    def join(self, world, session, personne, **who):
        body = {"personne_id": str(personne)}
        return world.post(f"/v1/rendezvous/{session}/participants", body, **who)

    def test_a_person_is_offered_sessions_they_can_join(self, world, sessions):
        personne = world.personne()
        own = {"role": "personne", "personne_id": personne}

        others = offered(self.join(world, sessions[0], personne, **own))

        assert [one["rendezvous_id"] for one in others] == [sessions[2], sessions[3]]
        for one in others:
            assert self.join(world, one["rendezvous_id"], personne, **own).status == 201

    def test_an_agent_enrols_outside_delays_but_not_in_a_motif_closed_to_them(
        self, world, sessions
    ):
        personne = world.personne()

        others = offered(self.join(world, sessions[0], personne, **CLERK))

        soonest = {sessions[1], sessions[2], sessions[3]}
        assert {one["rendezvous_id"] for one in others} == soonest
        for one in others:
            assert self.join(world, one["rendezvous_id"], personne, **CLERK).status == 201

    def test_a_time_passed_over_is_not_offered(self, world, sessions):
        """What a responsable let overlap takes the person's time as any other does."""
        personne, head = world.personne(), {"role": "responsable", "mds": [MDS]}
        beside = {"outside_opening": True, "starts_at": (NINE + timedelta(hours=2)).isoformat()}
        world.book([world.agent()], [personne], changes=beside)
        beside["override_person_overlap"] = {"reason": "DANGER"}
        agent = world.agent()
        second = world.book([agent], [personne], changes=beside, **head)
        assert second.status == 201
        first = world.sql(
            "SELECT id FROM rendezvous WHERE personne_ids = ARRAY[:p] AND id <> :r",
            p=personne, r=UUID(second.json["rendezvous_id"]),
        )  # fmt: skip
        world.act(str(first), "cancel", {"by": "AGENT"})

        others = offered(self.join(world, sessions[0], personne, **CLERK))

        assert sessions[2] not in [one["rendezvous_id"] for one in others]
