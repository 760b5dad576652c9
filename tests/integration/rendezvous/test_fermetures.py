"""Closing days: nothing is offered nor booked in them, for whom they concern alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from chassis.ids import new_id
from tests.integration.again import sent_again
from tests.integration.rendezvous.conftest import FAR_MDS, FAR_SITE, MDS, NINE, SITE

DAY = "2023-01-10"
HEAD = {"role": "responsable", "mds": [MDS]}


@pytest.fixture
def agent(world):
    agent = world.agent()
    world.open(agent, DAY)
    return agent


def close(world, who=None, **changes):
    body = {"first_day": DAY, "label": "Travaux"} | changes
    return world.post("/v1/fermetures", body, **who or {"role": "admin"})


def starts(world, agent, day=DAY):
    query = f"motif=ACCOMPAGNEMENT&from={day}&to={day}&agent_id={agent}&step=60"
    found = world.client.get(f"/v1/creneaux?{query}", role="secretaire").json["creneaux"]
    return [one["starts_at"][11:16] for one in found]


EVERY_HOUR = ["08:00", "09:00", "10:00", "13:00", "14:00", "15:00"]


class TestRights:
    def test_a_responsable_closes_their_own_mds_alone(self, world):
        for beyond in ({}, {"mds": FAR_MDS}, {"site": FAR_SITE}):
            refused = close(world, HEAD, **beyond)
            assert refused.status == 403, beyond
            assert refused.json["type"].endswith("perimetre-refuse")
        for own in ({"mds": MDS}, {"site": SITE}):
            assert close(world, HEAD, **own).status == 201, own
        assert close(world, {"role": "secretaire", "mds": [MDS]}, mds=MDS).status == 403

    def test_one_of_another_mds_does_not_exist_for_them(self, world):
        far = close(world, mds=FAR_MDS).json["fermeture"]["fermeture_id"]

        for unknown in (far, new_id()):
            assert world.client.delete(f"/v1/fermetures/{unknown}", **HEAD).status == 404
        assert world.client.delete(f"/v1/fermetures/{far}", role="admin").status == 204
        assert world.client.delete(f"/v1/fermetures/{far}", role="admin").status == 404

    def test_holidays_for_everybody_are_the_admins(self, world):
        path = "/v1/fermetures/jours-feries"

        assert world.post(path, {"year": 2023}, **HEAD).status == 403
        assert world.post(path, {"year": 2023, "mds": MDS}, **HEAD).status == 200


class TestSearchAndBooking:
    def test_whole_days_offer_nothing_until_they_are_lifted(self, world, agent):
        made = close(world, mds=MDS).json["fermeture"]

        assert made["starts_at"] == "2023-01-09T23:00:00+00:00"
        assert starts(world, agent) == []
        refused = world.book([agent], [world.personne()])
        assert refused.status == 409
        assert refused.json["type"].endswith("ferme")
        assert refused.json["alternatives"] == []
        world.client.delete(f"/v1/fermetures/{made['fermeture_id']}", role="admin")
        assert starts(world, agent) == EVERY_HOUR
        assert world.book([agent], [world.personne()]).status == 201

    def test_hours_leave_the_rest_of_the_day_without_any_buffer(self, world, agent):
        close(world, site=SITE, **{"from": "10:00", "to": "15:00"})

        assert starts(world, agent) == ["08:00", "14:00", "15:00"]
        last = {"starts_at": "2023-01-10T09:15:00+01:00"}
        assert world.book([agent], [world.personne()], changes=last).status == 201

    def test_an_agent_may_book_in_it_and_says_so(self, world, agent):
        close(world)

        forced = world.book([agent], [world.personne()], changes={"outside_opening": True})

        assert forced.status == 201
        assert forced.json["outside_opening"]

    @pytest.mark.parametrize("elsewhere", [{"mds": FAR_MDS}, {"site": FAR_SITE}])
    def test_another_place_goes_on(self, world, agent, elsewhere):
        close(world, **elsewhere)

        assert starts(world, agent) == EVERY_HOUR

    def test_an_mds_without_any_known_site_closes_nobody_else(self, world, agent):
        close(world, mds="MDS-A-VENIR")

        assert starts(world, agent) == EVERY_HOUR

    def test_tells_the_rendezvous_that_stand_in_it(self, world, agent):
        booked = world.book([agent], [world.personne()]).json["rendezvous_id"]

        assert close(world, mds=FAR_MDS).json["affected_rendezvous_ids"] == []
        for place in ({}, {"mds": MDS}, {"site": SITE}):
            assert close(world, **place).json["affected_rendezvous_ids"] == [booked]

    def test_a_booking_at_the_same_time_is_refused_or_told(self, world, agent):
        for _ in range(5):
            with ThreadPoolExecutor(2) as pool:
                booking = pool.submit(world.book, [agent], [world.personne()])
                closed = pool.submit(close, world).result().json
            answer = booking.result()
            told = closed["affected_rendezvous_ids"]
            assert told == ([answer.json["rendezvous_id"]] if answer.status == 201 else [])
            for rendezvous_id in told:
                world.act(rendezvous_id, "cancel", {})
            path = f"/v1/fermetures/{closed['fermeture']['fermeture_id']}"
            world.client.delete(path, role="admin")


class TestDeclaring:
    @pytest.mark.parametrize(
        ("changes", "pointer"),
        [
            ({"last_day": "2023-01-09"}, "/last_day"),
            ({"mds": MDS, "site": SITE}, "/site"),
            ({"from": "10:00"}, "/from"),
            ({"from": "10:00", "to": "09:00"}, "/to"),
            ({"from": "09:00", "to": "10:00", "last_day": "2023-01-11"}, "/last_day"),
            ({"site": "NULLE-PART"}, "/site"),
            ({"first_day": "2023-03-26", "from": "02:30", "to": "04:00"}, "/from"),
            ({"label": " "}, "/label"),
        ],
    )
    def test_what_means_nothing_is_named(self, world, changes, pointer):
        answer = close(world, **changes)

        assert answer.status == 422
        assert pointer in [error["pointer"] for error in answer.json["errors"]]

    def test_the_agenda_and_the_list_tell_those_that_concern_them(self, world, agent):
        close(world, mds=MDS, label="Formation")
        close(world, mds=FAR_MDS)
        path = f"/v1/agents/{agent}/agenda?from={DAY}&to={DAY}"

        agenda = world.client.get(path, role="secretaire", mds=[MDS]).json
        listed = world.client.get(f"/v1/fermetures?from={DAY}&to={DAY}", role="secretaire").json

        assert [one["label"] for one in agenda["fermetures"]] == ["Formation"]
        assert len(listed["fermetures"]) == 2


class TestPublicHolidays:
    def load(self, world, **body):
        path = "/v1/fermetures/jours-feries"
        return world.client.post(path, json={"year": 2023} | body, role="admin")

    def test_are_loaded_once_whatever_is_said_again(self, world):
        assert sent_again(world.runtime, lambda: self.load(world)) == 200
        assert world.sql("SELECT count(*) FROM fermeture") == 11
        self.load(world, mds=MDS)
        assert world.sql("SELECT count(*) FROM fermeture") == 22

    def test_differ_by_territory(self, world):
        loaded = {
            region: {one["ferie_on"] for one in
                     self.load(world, region=region, mds=f"MDS-{place}").json["fermetures"]}
            for place, region in enumerate(("METROPOLE", "ALSACE_MOSELLE", "LA_REUNION"))
        }  # fmt: skip

        assert loaded["ALSACE_MOSELLE"] - loaded["METROPOLE"] == {"2023-04-07", "2023-12-26"}
        assert loaded["LA_REUNION"] - loaded["METROPOLE"] == {"2023-12-20"}

    def test_take_their_day_out_of_a_series_of_thirteen_months_and_no_other(self, world):
        agent = world.agent()
        world.motif(code="LOIN", max_ahead_days=400)
        body = {
            "agent_id": str(agent), "kind": "OPENING", "rule": "FREQ=WEEKLY;BYDAY=MO",
            "first_day": "2023-01-09", "from": "09:00", "to": "10:00", "site": SITE,
        }  # fmt: skip
        world.post("/v1/series", body, role="admin")
        self.load(world)
        found = []
        for first, last in (("2023-03-27", "2023-05-01"), ("2023-05-08", "2023-06-05")):
            query = f"motif=LOIN&from={first}&to={last}&agent_id={agent}&step=60"
            answer = world.client.get(f"/v1/creneaux?{query}", role="secretaire").json
            found += [one["starts_at"][5:16] for one in answer["creneaux"]]

        # Closed: Easter Monday, the 1st and the 8th of May, Whit Monday.
        assert found == [
            "03-27T07:00", "04-03T07:00", "04-17T07:00", "04-24T07:00",
            "05-15T07:00", "05-22T07:00", "06-05T07:00",
        ]  # fmt: skip
        assert world.sql("SELECT count(*) FROM opening") == 57

    def test_name_the_rendezvous_of_the_day(self, world, agent):
        world.open(agent, "2023-04-10")
        easter = {"starts_at": "2023-04-10T09:00:00+02:00", "outside_delay": True}
        booked = world.book([agent], [world.personne()], changes=easter).json["rendezvous_id"]
        assert NINE.isoformat()[:10] == DAY

        assert self.load(world).json["affected_rendezvous_ids"] == [booked]
