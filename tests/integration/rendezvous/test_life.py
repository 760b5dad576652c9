"""Lateness, marks, a binôme, a person's time passed over, and the figures of it all."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from chassis.ids import new_id
from chassis.testing import published
from tests.integration.rendezvous.conftest import FAR_MDS, MDS, NINE, SITE, minutes

DAY = "2023-01-10"
URGENT = {"override_person_overlap": {"reason": "DANGER"}}
HEAD = {"role": "responsable", "mds": [MDS], "subject": "cheffe"}


@pytest.fixture
def agent(world):
    agent_id = world.agent()
    world.open(agent_id, DAY)
    return agent_id


@pytest.fixture
def other(world):
    agent_id = world.agent()
    world.open(agent_id, DAY)
    return agent_id


@pytest.fixture
def personne(world):
    return world.personne()


class TestOverride:
    @pytest.fixture(autouse=True)
    def _busy(self, world, agent, personne):
        assert world.book([agent], [personne], subject="secretariat").status == 201

    @pytest.mark.parametrize(
        "who",
        [
            {"role": "secretaire", "mds": [MDS]},
            {"role": "travailleur_social", "mds": [MDS]},
            {"role": "responsable", "mds": [FAR_MDS]},
            {"role": "responsable", "mds": [], "agent_id": new_id()},
        ],
    )
    def test_is_refused_to_anyone_else(self, world, other, personne, who):
        refused = world.book([other], [personne], changes=URGENT, **who)

        assert refused.status == 403
        assert refused.json["type"].endswith("derogation-refusee")

    def test_the_responsable_of_the_mds_passes_over_and_it_is_recorded(
        self, world, other, personne
    ):
        assert world.book([other], [personne], **HEAD).status == 409

        booked = world.book([other], [personne], changes=URGENT, **HEAD)

        assert booked.status == 201, booked.json
        assert booked.json["override_reason"] == "DANGER"
        assert booked.json["override_by"] == "cheffe"
        assert booked.json["override_at"].startswith("2023-01-09T08:00")
        assert world.sql("SELECT count(*) FROM occupation WHERE overridden") == 1

    def test_by_the_post_of_a_responsable_without_mds_in_the_token(self, world, other, personne):
        head = world.agent("RESPONSABLE")
        who = {"role": "responsable", "agent_id": head, "mds": []}

        assert world.book([other], [personne], changes=URGENT, **who).status == 201

    def test_never_an_agents_nor_a_rooms_time(self, world, agent, other, personne):
        room = world.post("/v1/rooms", {"site": SITE, "name": "1"}, role="admin").json["room_id"]
        world.book([world_open(world)], [world.personne()], changes={"room_id": room})

        taken = world.book([agent], [personne], changes=URGENT, **HEAD)
        no_room = world.book([other], [personne], changes=URGENT | {"room_id": room}, **HEAD)

        assert (taken.status, no_room.status) == (409, 409)
        assert taken.json["type"].endswith("creneau-pris")
        assert no_room.json["type"].endswith("creneau-pris")

    def test_what_was_passed_over_still_stands_in_the_next_ones_way(self, world, other, personne):
        world.book([other], [personne], changes=URGENT, **HEAD)
        third = world_open(world)

        assert world.book([third], [personne]).status == 409

    def test_of_no_use_it_leaves_no_trace(self, world, other):
        booked = world.book([other], [world.personne()], changes=URGENT, **HEAD).json

        assert booked["override_reason"] is None
        assert world.sql("SELECT count(*) FROM occupation WHERE overridden") == 0

    def test_a_move_asks_anew(self, world, other, personne):
        booked = world.book([other], [personne], changes=URGENT, **HEAD).json["rendezvous_id"]
        half = {"starts_at": (NINE + minutes(30)).isoformat()}

        assert world.act(booked, "move", half, **HEAD).status == 409
        assert world.act(booked, "move", half | URGENT, mds=[MDS]).status == 403
        moved = world.act(booked, "move", half | URGENT, **HEAD)
        assert (moved.status, moved.json["override_reason"]) == (200, "DANGER")
        free = {"starts_at": (NINE + minutes(60)).isoformat()}
        again = world.act(booked, "move", free, etag='"2"', **HEAD)
        assert again.json["override_reason"] is None
        assert world.sql("SELECT count(*) FROM occupation WHERE overridden") == 0

    @pytest.mark.parametrize("kind", ["agent", "room"])
    def test_the_database_lets_nobody_but_a_person_be_passed_over(self, world, kind):
        with (
            pytest.raises(sa.exc.IntegrityError, match="ck_occupation_overridden"),
            world.runtime.engine.begin() as connection,
        ):
            connection.execute(
                sa.text("UPDATE occupation SET overridden = true, kind = :kind"), {"kind": kind}
            )


def world_open(world):
    agent_id = world.agent()
    world.open(agent_id, DAY)
    return agent_id


class TestBinome:
    def test_is_neither_offered_nor_booked_with_one(self, world, agent, other, personne):
        world.motif(code="IP", min_agents=2)
        found = f"/v1/creneaux?motif=IP&from={DAY}&to={DAY}"
        hold = world.booking([agent], [], motif="IP")
        del hold["personne_ids"]

        refused = world.book([agent], [personne], changes={"motif": "IP"})

        assert refused.json["type"].endswith("binome-requis")
        assert world.post("/v1/holds", hold, role="secretaire").status == 409
        assert world.client.get(f"{found}&site={SITE}", role="secretaire").json["creneaux"] == []
        both = f"{found}&agent_id={agent}&agent_id={other}&together=true"
        assert world.client.get(both, role="secretaire").json["creneaux"]
        booked = world.book([agent, other], [personne], changes={"motif": "IP"}, subject="x")
        assert booked.status == 201
        alone = {"starts_at": NINE.isoformat(), "agent_ids": [str(agent)]}
        assert world.act(booked.json["rendezvous_id"], "move", alone).status == 409


RISK = {"aggression_risk": True, "origin": "TIERS"}


class TestMarks:
    @pytest.fixture
    def booked(self, world, agent, personne):
        return world.book([agent], [personne], changes=RISK).json["rendezvous_id"]

    def read(self, world, booked, **who):
        return world.client.get(f"/v1/rendezvous/{booked}", **who).json

    def test_a_person_reads_none_and_gives_none(self, world, agent, personne, booked):
        who = {"role": "personne", "personne_id": personne}
        world.motif(code="EN-LIGNE", bookable_by_personne=True)
        later = {"motif": "EN-LIGNE", "starts_at": (NINE + minutes(60)).isoformat()}
        body = world.booking([agent], [personne], **later)

        shown = self.read(world, booked, **who)

        kept_from_them = {"aggression_risk", "origin", "late_minutes", "override_by"}
        assert not kept_from_them & shown.keys()
        assert world.post("/v1/rendezvous", body | RISK, **who).status == 403
        own = world.post("/v1/rendezvous", body, **who)
        assert (own.status, kept_from_them & own.json.keys()) == (201, set())
        assert world.sql("SELECT origin FROM rendezvous WHERE motif = 'EN-LIGNE'") == "PERSONNE"

    def test_the_risk_is_for_who_holds_it_and_who_plans(self, world, agent, booked):
        colleague = {"role": "travailleur_social", "agent_id": new_id(), "mds": [MDS]}

        assert "aggression_risk" not in self.read(world, booked, **colleague)
        assert self.read(world, booked, **colleague)["origin"] == "TIERS"
        for who in (
            {"role": "travailleur_social", "agent_id": agent},
            {"role": "secretaire", "mds": [MDS]},
            HEAD,
        ):
            assert self.read(world, booked, **who)["aggression_risk"] is True

    def test_only_they_change_them(self, world, agent, booked):
        colleague = {"role": "travailleur_social", "agent_id": new_id(), "mds": [MDS]}

        refused = world.act(booked, "marks", {"aggression_risk": False}, **colleague)
        assert refused.json["type"].endswith("marques-reservees")
        assert world.act(booked, "marks", {}).status == 422
        changed = world.act(booked, "marks", {"aggression_risk": False})
        assert (changed.json["aggression_risk"], changed.json["origin"]) == (False, "TIERS")
        assert world.act(booked, "marks", {"origin": None}).status == 412
        assert [event.name for event in published(world.runtime)] == ["rendezvous_booked"]

    def test_they_may_be_set_once_it_is_over(self, world, booked):
        world.at(NINE)
        world.act(booked, "honour")

        assert world.act(booked, "marks", {"aggression_risk": True}, etag='"2"').status == 200


class TestLate:
    def test_is_recorded_then_honoured_or_missed(self, world, agent, personne):
        booked = world.book([agent], [personne]).json["rendezvous_id"]

        assert world.act(booked, "late", {"minutes": 15}).status == 409
        world.at(NINE)
        assert world.act(booked, "late", {"minutes": 0}).status == 422
        late = world.act(booked, "late", {"minutes": 15})
        assert (late.json["late_minutes"], late.json["status"]) == (15, "BOOKED")
        assert world.act(booked, "miss", {"excused": False}, etag='"2"').status == 200
        assert world.act(booked, "late", {"minutes": 20}, etag='"3"').status == 409


class TestStatistics:
    def ask(self, world, **who):
        """What is asked over January."""
        path = "/v1/statistics?from=2023-01-01&to=2023-01-31"
        return world.client.get(path, **{"role": "direction"} | who)

    def test_are_for_those_who_steer(self, world):
        for role in ("secretaire", "travailleur_social", "personne", "partenaire"):
            assert self.ask(world, role=role).status == 403

    def test_tell_what_became_of_them(self, world, agent):
        world.motif(code="SUIVI", late_after_minutes=10, duration_minutes=15)
        booked = [self.book(world, agent, n) for n in range(9)]
        world.at(NINE + timedelta(hours=9))
        world.act(booked[0], "late", {"minutes": 10})
        world.act(booked[1], "late", {"minutes": 11})
        for one in booked[:2]:
            world.act(one, "honour", etag='"2"')
        for one in booked[2:5]:
            world.act(one, "honour")
        world.act(booked[5], "miss", {"excused": True})
        world.act(booked[6], "miss", {"excused": False})
        world.act(booked[7], "cancel", {"by": "PERSONNE"})

        (row,) = self.ask(world).json["rows"]

        assert row == {
            "mds": MDS,
            "motif": "SUIVI",
            "profession": "ASS",
            "booked": 1,
            "held": 5,
            "missed_excused": 1,
            "missed_unexcused": 1,
            "cancelled_by_personne": 1,
            "cancelled_by_agent": 0,
            "cancelled_by_systeme": 0,
            "late": 1,
            "no_show_percent": 14,
            "delay_days_median": 1,
            "delay_days_p90": 1,
        }

    def test_the_delay_is_in_days_of_paris_from_the_booking(self, world, agent):
        """23:30 UTC is the next day in Paris; of five delays 1 to 5, the median is 3."""
        world.at(NINE.replace(day=9, hour=23, minute=30))
        for days in range(1, 6):
            place = {"starts_at": (NINE + timedelta(days=days)).isoformat()}
            one = world.book([agent], [world.personne()], changes=place | {"outside_opening": True})
            assert one.status == 201, one.json
        world.at(NINE + timedelta(days=6))
        with world.runtime.engine.begin() as connection:
            connection.execute(sa.text("UPDATE rendezvous SET status = 'HONOURED'"))

        (row,) = self.ask(world).json["rows"]

        assert (row["delay_days_median"], row["delay_days_p90"]) == (3, 5)

    def book(self, world, agent, rank):
        place = {"motif": "SUIVI", "starts_at": (NINE + minutes(30 * rank)).isoformat()}
        place["outside_opening"] = True
        answer = world.book([agent], [world.personne()], changes=place, subject="x")
        assert answer.status == 201, answer.json
        return answer.json["rendezvous_id"]
