"""Motifs, openings, absences, free slots."""

from __future__ import annotations

from uuid import UUID

import pytest

from chassis.ids import new_id
from tests.integration.rendezvous.conftest import FAR_MDS, FAR_SITE, MDS, MOTIF, NINE, SITE

DAY = "2023-01-10"


@pytest.fixture
def agent(world):
    return world.agent()


def slots(world, query, **who):
    answer = world.client.get(
        f"/v1/creneaux?motif=ACCOMPAGNEMENT&from={DAY}&to={DAY}&{query}",
        **{"role": "secretaire", "mds": [MDS]} | who,
    )
    assert answer.status == 200, answer.json
    return answer.json["creneaux"]


class TestMotifs:
    def test_two_versions_never_meet(self, world):
        assert world.post("/v1/motifs", MOTIF, role="secretaire").status == 403
        answer = world.post("/v1/motifs", MOTIF | {"valid_from": "2024-01-01"}, role="admin")

        assert answer.status == 409
        assert answer.json["type"].endswith("motif-chevauchant")

    def test_a_new_version_follows_one_that_ended(self, world):
        (current,) = world.client.get("/v1/motifs", role="admin").json["motifs"]
        path = f"/v1/motifs/{current['motif_id']}/end"
        last_day = {"valid_to": "2023-12-31"}

        assert world.post(path, {"valid_to": "2022-01-01"}, role="admin", etag='"1"').status == 422
        assert world.post(path, last_day, role="admin", etag='"1"').status == 200
        world.motif(valid_from="2024-01-01", duration_minutes=60)
        found = world.client.get("/v1/motifs?on=2024-01-01", role="admin").json["motifs"]
        assert [m["duration_minutes"] for m in found] == [60]

    def test_an_unknown_field_and_a_bad_span_are_refused(self, world):
        backwards = world.post("/v1/motifs", MOTIF | {"valid_to": "2022-01-01"}, role="admin")
        unknown = world.post("/v1/motifs", MOTIF | {"duree": 3}, role="admin")

        assert [e["pointer"] for e in backwards.json["errors"]] == ["/valid_to"]
        assert [e["detail"] for e in unknown.json["errors"]] == ["Champ inconnu."]


class TestOpenings:
    @pytest.mark.parametrize(
        ("times", "pointer"),
        [
            ({"day": "2023-03-26", "from": "02:30", "to": "04:00"}, "/openings/0/from"),
            ({"day": "2023-10-29", "from": "01:00", "to": "02:30"}, "/openings/0/to"),
            ({"day": "2023-01-10", "from": "10:00", "to": "09:00"}, "/openings/0/to"),
            ({"day": "2023-01-10", "from": "09:00Z", "to": "10:00"}, "/openings/0/from"),
            ({"day": "2023-01-10"}, "/openings/0"),
            (
                {"starts_at": "2023-01-10T09:00:00", "ends_at": "2023-01-10T10:00:00Z"},
                "/openings/0/starts_at",
            ),
        ],
    )
    def test_a_time_that_means_nothing_is_named(self, world, agent, times, pointer):
        line = {"agent_id": str(agent), "site": SITE} | times

        answer = world.post("/v1/openings", {"openings": [line]}, role="admin")

        assert answer.status == 422
        assert pointer in [e["pointer"] for e in answer.json["errors"]]

    def test_all_or_none(self, world, agent):
        answer = world.post(
            "/v1/openings",
            {
                "openings": [
                    {
                        "agent_id": str(agent),
                        "site": SITE,
                        "day": DAY,
                        "from": "09:00",
                        "to": "10:00",
                    },
                    {
                        "agent_id": str(agent),
                        "site": "NULLE-PART",
                        "day": DAY,
                        "from": "10:00",
                        "to": "11:00",
                    },
                ]
            },
            role="admin",
        )

        assert answer.json["errors"][0]["pointer"] == "/openings/1/site"
        assert world.sql("SELECT count(*) FROM opening") == 0

    def test_nobody_is_open_on_two_sites_at_once(self, world, agent):
        assert world.open(agent, DAY).status == 201

        answer = world.open(agent, DAY, site=FAR_SITE)

        assert answer.status == 409
        assert answer.json["type"].endswith("ouverture-chevauchante")

    def test_a_secretary_of_another_mds_is_refused_as_for_an_unknown_agent(self, world, agent):
        line = {"agent_id": str(agent), "site": SITE, "day": DAY, "from": "09:00", "to": "10:00"}
        body = {"openings": [line]}

        far = world.post("/v1/openings", body, role="secretaire", mds=[FAR_MDS])
        unknown = world.post(
            "/v1/openings", {"openings": [line | {"agent_id": str(new_id())}]}, role="admin"
        )

        assert far.status == unknown.status == 422
        assert far.json["type"] == unknown.json["type"]
        assert world.post("/v1/openings", body, role="secretaire", mds=[MDS]).status == 201

    def test_deleting_one_tells_the_rendezvous_left_in_it(self, world, agent):
        opening = world.open(agent, DAY).json["openings"][0]["opening_id"]
        booked = world.book([agent], [world.personne()]).json["rendezvous_id"]
        path = f"/v1/openings/{opening}"

        assert world.client.delete(path, role="secretaire", mds=[FAR_MDS]).status == 404
        answer = world.client.delete(path, role="secretaire", mds=[MDS])
        assert answer.json == {"affected_rendezvous_ids": [booked]}

    def test_an_absence_tells_the_rendezvous_it_falls_on_and_can_be_lifted(self, world, agent):
        world.open(agent, DAY)
        booked = world.book([agent], [world.personne()]).json["rendezvous_id"]
        away = {
            "agent_id": str(agent),
            "starts_at": "2023-01-10T00:00Z",
            "ends_at": "2023-01-11T00:00Z",
        }

        made = world.post("/v1/absences", away, role="travailleur_social", agent_id=agent)

        assert made.status == 201
        assert made.json["affected_rendezvous_ids"] == [booked]
        assert slots(world, f"agent_id={agent}") == []
        path = f"/v1/absences/{made.json['absence']['absence_id']}"
        assert world.client.delete(path, role="travailleur_social", agent_id=new_id()).status == 404
        assert world.client.delete(path, role="travailleur_social", agent_id=agent).status == 204
        assert slots(world, f"agent_id={agent}") != []


class TestCreneaux:
    def test_of_an_agent_leave_out_what_is_taken(self, world, agent):
        world.open(agent, DAY)
        before = [s["starts_at"] for s in slots(world, f"agent_id={agent}")]
        world.book([agent], [world.personne()])

        after = [s["starts_at"] for s in slots(world, f"agent_id={agent}")]

        assert before[0] == "2023-01-10T08:00:00+00:00"
        assert after[0] == "2023-01-10T09:00:00+00:00"
        assert set(after) < set(before)

    def test_of_a_site_are_those_of_its_agents_of_the_profession(self, world, agent):
        cesf, far = world.agent("CESF"), world.agent()
        world.open(agent, DAY)
        world.open(cesf, DAY)
        world.open(far, DAY, site=FAR_SITE)
        psychologue = world.agent("PSYCHOLOGUE")
        world.open(psychologue, DAY)

        everyone = {s["agent_ids"][0] for s in slots(world, f"site={SITE}&limit=500")}
        cesfs = {s["agent_ids"][0] for s in slots(world, f"site={SITE}&profession=CESF")}

        assert everyone == {str(agent), str(cesf)}
        assert cesfs == {str(cesf)}

    def test_of_a_binome_are_the_common_ones(self, world, agent):
        second = world.agent("EDUCATEUR")
        world.open(agent, DAY)
        line = {"agent_id": str(second), "site": SITE, "day": DAY, "from": "10:00", "to": "11:00"}
        world.post("/v1/openings", {"openings": [line]}, role="admin")

        common = slots(world, f"agent_id={agent}&agent_id={second}&together=true")

        assert [s["starts_at"][11:16] for s in common] == ["09:00", "09:15"]
        assert common[0]["agent_ids"] == [str(agent), str(second)]
        for one in common[:1]:
            place = {"starts_at": one["starts_at"]}
            assert world.book([agent, second], [world.personne()], changes=place).status == 201

    def test_an_opening_for_other_motifs_offers_nothing(self, world, agent):
        world.open(agent, DAY, motifs=["AUTRE-MOTIF"])

        assert slots(world, f"agent_id={agent}") == []
        assert world.book([agent], [world.personne()]).status == 409

    def test_a_hold_hides_a_slot_until_its_time_has_run_out(self, world, agent):
        world.open(agent, DAY)
        body = world.booking([agent], [])
        del body["personne_ids"]
        world.post("/v1/holds", body, role="secretaire")

        assert slots(world, f"agent_id={agent}")[0]["starts_at"] != NINE.isoformat()
        world.at(world.runtime.clock().replace(minute=5))
        assert slots(world, f"agent_id={agent}")[0]["starts_at"] == NINE.isoformat()

    def test_a_person_sees_those_they_can_book(self, world, agent):
        world.open(agent, DAY)
        path = f"/v1/creneaux?motif=ACCOMPAGNEMENT&from={DAY}&to={DAY}&site={SITE}"

        assert world.client.get(path, role="personne", personne_id=new_id()).status == 403
        assert world.client.get("/v1/motifs", role="personne").json == {"motifs": []}

    @pytest.mark.parametrize(
        "query",
        ["", "together=true&site=X-1", "site=X-1&step=7", f"site={SITE}&room_id={UUID(int=1)}"],
    )
    def test_a_question_that_means_nothing_is_refused(self, world, query):
        path = f"/v1/creneaux?motif=ACCOMPAGNEMENT&from={DAY}&to={DAY}&{query}"

        assert world.client.get(path, role="secretaire").status == 422

    def test_clock_change_days_have_all_their_slots(self, world, agent):
        world.open(agent, "2023-03-24", "2023-03-27")
        world.motif(code="LOIN", max_ahead_days=365)
        path = f"/v1/creneaux?motif=LOIN&from=2023-03-24&to=2023-03-27&agent_id={agent}&step=60"

        found = world.client.get(path, role="secretaire").json["creneaux"]

        assert [s["starts_at"][5:16] for s in found] == [
            "03-24T08:00", "03-24T09:00", "03-24T10:00",
            "03-24T13:00", "03-24T14:00", "03-24T15:00",
            "03-27T07:00", "03-27T08:00", "03-27T09:00",
            "03-27T12:00", "03-27T13:00", "03-27T14:00",
        ]  # fmt: skip
