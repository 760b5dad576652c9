"""Free slots of teams, sectors, rooms; the next availability; what a refusal offers."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa

from chassis.ids import new_id
from services.rendezvous.usecases.slots import search
from tests.integration.rendezvous.conftest import FAR_MDS, FAR_SITE, MDS, MOTIF, NINE, SITE, minutes

DAY = "2023-01-10"


@pytest.fixture
def agent(world):
    agent_id = world.agent()
    world.open(agent_id, DAY)
    return agent_id


def ask(world, query, *, day=DAY, to=DAY, motif="ACCOMPAGNEMENT"):
    path = f"/v1/creneaux?motif={motif}&from={day}&to={to}&{query}"
    answer = world.client.get(path, role="secretaire", mds=[MDS])
    assert answer.status == 200, answer.json
    return answer.json["creneaux"]


def following(world, query, motif="ACCOMPAGNEMENT"):
    path = f"/v1/creneaux/next?motif={motif}&{query}"
    answer = world.client.get(path, role="secretaire", mds=[MDS])
    assert answer.status == 200, answer.json
    return answer.json


class TestQuestions:
    @pytest.mark.parametrize(
        "query",
        [
            f"site={SITE}&mds={MDS}",
            "mds=MDS-INCONNUE",
            f"site={SITE}&agents=5",
            f"site={SITE}&second_profession=ASS",
            "together=true&agents=2&agent_id=01980a3c-5a10-7c43-9c39-0a1b2c3d4e01",
            f"site={SITE}&zone=VALLEE",
            f"site={SITE}&vehicle_id=01980a3c-5a10-7c43-9c39-0a1b2c3d4e01",
            f"mds={MDS}&room_id=01980a3c-5a10-7c43-9c39-0a1b2c3d4e01",
        ],
    )
    def test_that_mean_nothing_are_refused(self, world, query):
        for path in (f"/v1/creneaux?from={DAY}&to={DAY}&", "/v1/creneaux/next?"):
            answer = world.client.get(f"{path}motif=ACCOMPAGNEMENT&{query}", role="secretaire")
            assert answer.status == 422, query

    def test_of_a_caller_who_may_not_book_are_refused(self, world):
        path = f"/v1/creneaux/next?motif=ACCOMPAGNEMENT&site={SITE}"

        assert world.client.get(path, role="finance").status == 403
        assert world.client.get(path, role="personne", personne_id=new_id()).status == 403


class TestASector:
    def test_is_all_the_open_sites_of_the_mds(self, world, agent):
        world.site("MONTAUBAN-EST", MDS)
        east, far = world.agent(site="MONTAUBAN-EST"), world.agent(mds=FAR_MDS, site=FAR_SITE)
        world.open(east, DAY, site="MONTAUBAN-EST")
        world.open(far, DAY, site=FAR_SITE)

        found = ask(world, f"mds={MDS}&limit=500")

        assert {(one["site"], *one["agent_ids"]) for one in found} == {
            (SITE, str(agent)),
            ("MONTAUBAN-EST", str(east)),
        }
        assert [(one["starts_at"], one["site"]) for one in found] == sorted(
            (one["starts_at"], one["site"]) for one in found
        )


class TestAnyTeam:
    def test_is_a_lead_the_motif_takes_and_a_second_of_the_profession(self, world, agent):
        educateur, cesf = world.agent("EDUCATEUR"), world.agent("CESF")
        for other in (educateur, cesf):
            world.open(other, DAY)
        query = f"site={SITE}&agents=2"

        by_any = ask(world, query)
        by_educateur = ask(world, f"{query}&second_profession=EDUCATEUR")
        by_nobody = ask(world, f"{query}&second_profession=PSYCHOLOGUE")

        assert len({one["starts_at"] for one in by_any}) == len(by_any) > 0
        assert all(one["agent_ids"][0] != str(educateur) for one in by_any)
        assert all(one["agent_ids"][1] == str(educateur) for one in by_educateur)
        assert by_nobody == []
        place = {"starts_at": by_educateur[0]["starts_at"]}
        team = by_educateur[0]["agent_ids"]
        assert world.book(team, [world.personne()], changes=place).status == 201

    def test_is_found_where_no_fixed_one_is(self, world):
        """Three agents, two free at a time, never the same two."""
        hours = [("09:00", "11:00"), ("10:00", "12:00"), ("11:00", "12:00")]
        team = [world.agent() for _ in hours]
        for agent_id, (start, end) in zip(team, hours, strict=True):
            line = {"agent_id": str(agent_id), "site": SITE, "day": DAY, "from": start, "to": end}
            world.post("/v1/openings", {"openings": [line]}, role="admin")

        found = ask(world, f"site={SITE}&agents=2&step=60")

        assert [(one["starts_at"][11:16], one["agent_ids"]) for one in found] == [
            ("09:00", [str(team[0]), str(team[1])]),
            ("10:00", [str(team[1]), str(team[2])]),
        ]


class TestResources:
    def test_one_that_is_free_comes_with_the_slot(self, world, agent):
        first, second = world.room("Bureau 1"), world.room("Bureau 2")
        other = world.agent()
        world.open(other, DAY)
        world.book([other], [world.personne()], changes={"room_id": first})
        query = f"agent_id={agent}&site={SITE}&room=true"

        found = {one["starts_at"][11:16]: one["room_id"] for one in ask(world, query)}

        assert (found["08:00"], found["09:00"]) == (second, first)
        named = ask(world, f"agent_id={agent}&site={SITE}&room_id={first}")
        assert named[0]["starts_at"][11:16] == "09:00"
        assert ask(world, f"agent_id={agent}&site={SITE}&vehicle=true") == []

    def test_a_motif_that_needs_one_is_only_offered_with_one(self, world, agent):
        world.motif(code="EN-SALLE", needs_room=True)

        assert ask(world, f"agent_id={agent}", motif="EN-SALLE") == []
        room = world.room()
        found = ask(world, f"agent_id={agent}", motif="EN-SALLE")
        assert {one["room_id"] for one in found} == {room}


class TestWhatChangesMeanwhile:
    def test_each_version_of_the_motif_is_that_of_its_days(self, world, agent):
        world.open(agent, "2023-01-12")
        (current,) = world.client.get("/v1/motifs", role="admin").json["motifs"]
        path = f"/v1/motifs/{current['motif_id']}/end"
        world.post(path, {"valid_to": "2023-01-11"}, role="admin", etag='"1"')
        world.post(
            "/v1/motifs",
            MOTIF | {"valid_from": "2023-01-12", "duration_minutes": 60},
            role="admin",
        )

        found = ask(world, f"agent_id={agent}&step=60", to="2023-01-12")

        lasting = {one["starts_at"][:10]: one["ends_at"][14:16] for one in found}
        assert lasting == {DAY: "45", "2023-01-12": "00"}

    def test_an_agent_who_leaves_is_offered_until_then(self, world, agent):
        world.open(agent, "2023-01-11", "2023-01-12")
        world.agent(agent_id=agent, effective_on="2023-01-12", active=False)

        found = ask(world, f"agent_id={agent}", to="2023-01-13")
        team = ask(world, f"agent_id={agent}&together=true", to="2023-01-13")

        assert {one["starts_at"][:10] for one in found} == {DAY, "2023-01-11"}
        assert team == found

    def test_a_site_that_closes_is_offered_no_more(self, world, agent):
        world.open(agent, "2023-01-11", site=FAR_SITE)
        query, far = f"agent_id={agent}&limit=500", f"site={FAR_SITE}"
        assert {one["site"] for one in ask(world, query, to="2023-01-11")} == {SITE, FAR_SITE}

        world.site(FAR_SITE, FAR_MDS, is_open=False)

        assert {one["site"] for one in ask(world, query, to="2023-01-11")} == {SITE}
        assert ask(world, far, to="2023-01-11") == []
        assert following(world, far)["creneau"] is None

    def test_the_slots_go_on_from_one_window_to_the_next(self, world, agent):
        days = [f"2023-01-{day}" for day in ("11", "12", "13", "16", "19", "23", "30")]
        world.open(agent, *days)
        wide = ask(world, f"site={SITE}&limit=500", to="2023-02-10")

        day_by_day = [ask(world, f"site={SITE}", day=day, to=day) for day in (DAY, *days)]

        assert wide == [one for found in day_by_day for one in found]

    @pytest.mark.parametrize("query", [f"site={SITE}", f"site={SITE}&agents=2", f"mds={MDS}"])
    @pytest.mark.parametrize("minutes_each", [10, 35, 120])
    def test_windows_of_any_length_find_the_same(self, world, monkeypatch, query, minutes_each):
        _crowd(world, agents=5, days=(DAY, "2023-01-11", "2023-01-14"))
        query = f"{query}&step=5&limit=500"
        whole = ask(world, query, to="2023-01-16")

        monkeypatch.setattr(search, "_FIRST_WINDOW", timedelta(minutes=minutes_each))
        monkeypatch.setattr(search, "_GROWTH", 1)

        assert len(whole) > 50
        assert ask(world, query, to="2023-01-16") == whole


def _crowd(world, *, agents, days):
    """Openings that touch or not, and rendezvous of every length, drawn once for all."""
    draw = random.Random(20230110)
    for length in (20, 75, 180):
        world.motif(code=f"LONG-{length}", duration_minutes=length)
    for _ in range(agents):
        agent_id = world.agent()
        for day in days:
            times = sorted({8 * 60, *draw.sample(range(8 * 60, 18 * 60, 5), 3), 18 * 60})
            parts = [part for part in pairwise(times) if draw.random() < 0.8]
            lines = [
                {
                    "agent_id": str(agent_id),
                    "site": SITE,
                    "day": day,
                    "from": f"{start // 60:02}:{start % 60:02}",
                    "to": f"{end // 60:02}:{end % 60:02}",
                }
                for start, end in parts
            ]
            if lines:
                world.post("/v1/openings", {"openings": lines}, role="admin")
            for length in (20, 75, 180):
                at = datetime.fromisoformat(f"{day}T07:00Z") + minutes(draw.randrange(0, 540, 5))
                changes = {"motif": f"LONG-{length}", "starts_at": at.isoformat()}
                changes |= {"outside_opening": True}
                world.book([agent_id], [world.personne()], changes=changes)


class TestNext:
    def test_is_the_first_within_six_months(self, world, agent):
        world.motif(code="LOIN", max_ahead_days=365)
        far = world.agent()
        world.open(far, "2023-06-20", "2023-06-21")

        soon = following(world, f"site={SITE}")
        later = following(world, f"agent_id={far}", "LOIN")
        never = following(world, f"agent_id={world.agent()}", "LOIN")

        assert soon["creneau"]["starts_at"] == NINE.isoformat()
        assert later["creneau"]["starts_at"] == "2023-06-20T07:00:00+00:00"
        assert never == {"creneau": None, "last_day": "2023-07-09"}
        assert following(world, f"agent_id={far}")["creneau"] is None, "too far for the motif"

    def test_of_any_two_is_found_from_a_day_on(self, world, agent):
        other = world.agent()
        world.open(agent, "2023-01-24")
        world.open(other, DAY, "2023-01-24")
        query = f"site={SITE}&agents=2"

        assert following(world, query)["creneau"]["starts_at"][:10] == DAY
        later = following(world, f"{query}&from=2023-01-11")["creneau"]
        assert later["starts_at"][:10] == "2023-01-24"

    def test_reads_no_further_than_the_first(self, world, agent):
        statements = []
        sa.event.listen(
            world.runtime.engine,
            "before_cursor_execute",
            lambda _c, _cur, statement, *_: statements.append(statement),
        )

        following(world, f"site={SITE}")

        assert len(statements) == 2, "the motif and one window"


class TestAlternatives:
    def refused(self, world, team, **changes):
        answer = world.book(team, [world.personne()], changes=changes)
        assert answer.status == 409, answer.json
        return answer.json["alternatives"]

    def test_of_a_team_that_meets_no_more_are_of_others_of_the_site(self, world, agent):
        second, third = world.agent(), world.agent()
        line = {"agent_id": str(second), "site": SITE, "day": DAY, "from": "09:00", "to": "10:00"}
        world.post("/v1/openings", {"openings": [line]}, role="admin")
        world.open(third, DAY)
        world.book([second], [world.personne()])

        offered = self.refused(world, [agent, second])

        assert len(offered) >= 3
        assert {tuple(one["agent_ids"]) for one in offered} == {
            tuple(sorted([str(agent), str(third)]))
        }
        for one in offered[:1]:
            place = {"starts_at": one["starts_at"]}
            assert world.book(one["agent_ids"], [world.personne()], changes=place).status == 201

    def test_of_a_room_that_is_taken_all_day_are_in_another(self, world, agent):
        taken, other = world.room("Bureau 1"), world.room("Bureau 2")
        for hour in range(0, 8):
            place = {"starts_at": (NINE + timedelta(hours=hour)).isoformat()}
            place |= {"room_id": taken, "outside_opening": True}
            assert world.book([world.agent()], [world.personne()], changes=place).status == 201

        offered = self.refused(world, [agent], room_id=taken)

        assert len(offered) >= 3
        assert {one["room_id"] for one in offered} == {other}

    def test_of_a_move_leave_out_its_own_place(self, world, agent):
        booked = world.book([agent], [world.personne()]).json["rendezvous_id"]
        later = {"starts_at": (NINE + timedelta(hours=1)).isoformat()}
        world.book([agent], [world.personne()], changes=later)

        offered = world.act(booked, "move", later).json["alternatives"]

        assert len(offered) >= 3
        assert NINE.isoformat() in {one["starts_at"] for one in offered}

    def test_come_from_weeks_later_when_nothing_is_nearer(self, world):
        agent = world.agent()
        world.open(agent, "2023-02-14")

        offered = self.refused(world, [agent])

        assert {one["starts_at"][:10] for one in offered} == {"2023-02-14"}
        assert len(offered) >= 3

    def test_are_nearest_first(self, world, agent):
        world.book(
            [agent], [world.personne()], changes={"starts_at": (NINE + minutes(60)).isoformat()}
        )

        offered = self.refused(world, [agent], starts_at=(NINE + minutes(75)).isoformat())

        gaps = [
            abs(int(one["starts_at"][11:13]) * 60 + int(one["starts_at"][14:16]) - 555)
            for one in offered
        ]
        assert gaps == sorted(gaps)
