"""The week of a whole MDS: who is in it, what each may see of it, in how many statements."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.integration.rendezvous.conftest import FAR_MDS, FAR_SITE, MDS, NINE, SITE, minutes

MONDAY, TUESDAY = "2023-01-09", "2023-01-10"
PATH = f"/v1/mds/{MDS}/week"


@pytest.fixture
def agent(world):
    made = world.agent()
    world.open(made, TUESDAY)
    return made


def week(world, query=f"from={MONDAY}", **who):
    answer = world.client.get(f"{PATH}?{query}", **{"role": "secretaire", "mds": [MDS]} | who)
    assert answer.status == 200, answer.json
    return {one["agent_id"]: one for one in answer.json["agents"]}


class TestWhoMayRead:
    @pytest.mark.parametrize("mds", [FAR_MDS, "MDS-INCONNUE"])
    def test_another_mds_than_ones_own_does_not_exist(self, world, agent, mds):
        path = f"/v1/mds/{MDS}/week?from={MONDAY}"

        answer = world.client.get(path, role="responsable", mds=[mds])

        assert answer.status == 404
        assert answer.json["type"].endswith("mds-introuvable")

    @pytest.mark.parametrize("role", ["personne", "direction", "partenaire", "admin", "service"])
    def test_it_is_for_agents(self, world, role):
        assert world.client.get(f"{PATH}?from={MONDAY}", role=role, mds=[MDS]).status == 403

    def test_without_a_claim_ones_post_says_the_mds(self, world, agent):
        path = f"{PATH}?from={MONDAY}"
        far = world.agent(mds=FAR_MDS, site=FAR_SITE)

        here = world.client.get(path, role="travailleur_social", agent_id=agent)
        away = world.client.get(path, role="travailleur_social", agent_id=far)

        assert (here.status, away.status) == (200, 404)


class TestWhoIsInIt:
    def test_agents_of_the_mds_busy_or_not_and_those_who_receive_there(self, world, agent):
        idle = world.agent()
        volant = world.agent(mds=FAR_MDS, site=FAR_SITE, volant=True)
        world.open(volant, TUESDAY)
        guest = world.agent(mds=FAR_MDS, site=FAR_SITE)
        world.book([guest], [world.personne()], changes={"outside_opening": True})
        world.agent(mds=FAR_MDS, site=FAR_SITE, volant=True)  # holds nothing here
        gone = world.agent(active=False)

        found = week(world)

        assert set(found) == {str(agent), str(idle), str(volant), str(guest)}
        assert str(gone) not in found
        assert found[str(volant)]["volant"]

    def test_who_arrives_or_leaves_in_the_week_is_in_it(self, world, agent):
        world.agent(agent_id=agent, effective_on="2023-01-12", mds=FAR_MDS, site=FAR_SITE)
        arriving = world.agent(effective_on="2023-01-15")

        assert {str(agent), str(arriving)} <= set(week(world))
        assert str(agent) not in week(world, "from=2023-01-16")

    def test_a_site_alone(self, world, agent):
        world.site("MONTAUBAN-SUD", MDS)
        other = world.agent(site="MONTAUBAN-SUD")
        world.open(other, TUESDAY, site="MONTAUBAN-SUD")
        world.open(other, "2023-01-11")

        here = week(world, f"from={MONDAY}&site={SITE}")
        south = week(world, f"from={MONDAY}&site=MONTAUBAN-SUD")

        assert set(here) == {str(agent), str(other)}
        assert set(south) == {str(other)}
        assert {o["site"] for one in here.values() for o in one["openings"]} == {SITE}


class TestWhatIsInIt:
    def test_rendezvous_openings_absences_and_blocked_work_time(self, world, agent):
        booked = world.book([agent], [world.personne()]).json["rendezvous_id"]
        away = {"agent_id": str(agent), "day": "2023-01-13", "from": "09:00", "to": "12:00"}
        world.post("/v1/absences", away | {"kind": "WORK"}, role="admin")
        world.post("/v1/absences", away | {"day": "2023-01-16"}, role="admin")

        mine = week(world)[str(agent)]

        assert [one["rendezvous_id"] for one in mine["rendezvous"]] == [booked]
        assert mine["rendezvous"][0]["masked"] is False
        assert [o["starts_at"][11:16] for o in mine["openings"]] == ["08:00", "13:00"]
        assert [a["kind"] for a in mine["absences"]] == ["WORK"]

    def test_a_cancelled_one_leaves_and_a_binome_stands_with_each(self, world, agent):
        second = world.agent()
        world.open(second, TUESDAY)
        both = world.book([agent, second], [world.personne()]).json["rendezvous_id"]
        later = {"starts_at": (NINE + minutes(60)).isoformat()}
        gone = world.book([agent], [world.personne()], changes=later).json["rendezvous_id"]
        world.act(gone, "cancel", {"by": "AGENT"})

        found = week(world)

        for one in (agent, second):
            assert [r["rendezvous_id"] for r in found[str(one)]["rendezvous"]] == [both]

    def test_a_discreet_one_and_one_of_a_protected_file_are_a_taken_time(self, world, agent):
        world.motif(code="DISCRET", discreet=True)
        world.book([agent], [world.personne()], changes={"motif": "DISCRET"})
        hidden = world.personne()
        later = {"starts_at": (NINE + minutes(60)).isoformat()}
        world.book([agent], [hidden], changes=later)
        world.protect(hidden)

        theirs = week(world)[str(agent)]["rendezvous"]
        own = week(world, role="travailleur_social", agent_id=agent)[str(agent)]["rendezvous"]

        assert [one["masked"] for one in theirs] == [True, True]
        assert not any("personne_ids" in one or "motif" in one for one in theirs)
        assert [one["masked"] for one in own] == [False, False]

    def test_of_a_guest_only_what_is_held_here(self, world, agent):
        world.motif(code="LOIN")
        volant = world.agent(mds=FAR_MDS, site=FAR_SITE, volant=True)
        guest = world.agent(mds=FAR_MDS, site=FAR_SITE)
        for one in (volant, guest):
            world.open(one, TUESDAY)
            world.open(one, "2023-01-11", site=FAR_SITE)
            elsewhere = {"site": FAR_SITE, "starts_at": "2023-01-11T08:00:00+00:00"}
            assert world.book([one], [world.personne()], changes=elsewhere).status == 201
            away = {"agent_id": str(one), "day": "2023-01-12", "from": "09:00", "to": "12:00"}
            assert world.post("/v1/absences", away, role="admin").status == 201

        found = week(world)

        for one in (volant, guest):
            assert {o["site"] for o in found[str(one)]["openings"]} == {SITE}
            assert found[str(one)]["rendezvous"] == []
        assert len(found[str(volant)]["absences"]) == 1
        assert found[str(guest)]["absences"] == []

    def test_seven_paris_days_across_the_clock_change(self, world, agent):
        """From Monday 20 March to Sunday 26 March 24:00 in Paris, 22:00 UTC."""
        for start, end in (("2023-03-26T21:30Z", "2023-03-26T22:00Z"),
                           ("2023-03-26T22:00Z", "2023-03-26T22:30Z"),
                           ("2023-03-19T22:30Z", "2023-03-19T23:00Z")):  # fmt: skip
            away = {"agent_id": str(agent), "starts_at": start, "ends_at": end}
            world.post("/v1/absences", away, role="admin")

        found = week(world, "from=2023-03-20")[str(agent)]["absences"]

        assert [one["starts_at"] for one in found] == ["2023-03-26T21:30:00+00:00"]


class TestClosings:
    """A closing is shown on every site it closes, and in the week of whoever is there."""

    def test_each_site_shows_those_that_close_it_and_no_others(self, world, agent):
        world.site("MONTAUBAN-SUD", MDS)
        world.site("ANNEXE", MDS, is_open=False)
        everybody = close(world, "Pont", first_day="2023-01-13")
        mds = close(world, "Réunion", mds=MDS, **{"from": "14:00", "to": "17:00"})
        south = close(world, "Travaux", site="MONTAUBAN-SUD")
        close(world, "Ailleurs", mds=FAR_MDS)
        close(world, "Plus tard", first_day="2023-01-16")

        assert closings(world) == {
            SITE: [mds, everybody],
            "MONTAUBAN-SUD": [south, mds, everybody],
        }
        assert closings(world, f"from={MONDAY}&site={SITE}") == {SITE: [mds, everybody]}
        assert closings(world, f"from={MONDAY}&site={FAR_SITE}") == {}

    def test_public_holidays_loaded_stand_with_their_day(self, world, agent):
        world.post("/v1/fermetures/jours-feries", {"year": 2023, "mds": MDS}, role="admin")

        answer = read(world, "from=2023-05-01")

        (here,) = answer.json["sites"]
        assert [(f["ferie_on"], f["label"]) for f in here["fermetures"]] == [
            ("2023-05-01", "Fête du Travail"),
        ]

    def test_an_agent_shows_those_of_wherever_they_are(self, world, agent):
        world.site("MONTAUBAN-SUD", MDS)
        south = world.agent(site="MONTAUBAN-SUD")
        guest = world.agent(mds=FAR_MDS, site=FAR_SITE)
        world.open(guest, TUESDAY)
        world.open(agent, "2023-01-11", site=FAR_SITE)
        here = close(world, "Travaux", site=SITE)
        there = close(world, "Marché", site="MONTAUBAN-SUD")
        far = close(world, "Ailleurs", site=FAR_SITE, first_day="2023-01-11")

        found = week(world)

        shown = {key: [f["label"] for f in one["fermetures"]] for key, one in found.items()}
        assert shown == {
            str(agent): [here, far],
            str(south): [there],
            str(guest): [here],
        }


def close(world, label, **changes):
    body = {"first_day": TUESDAY, "label": label} | changes
    assert world.post("/v1/fermetures", body, role="admin").status == 201
    return label


def read(world, query):
    answer = world.client.get(f"{PATH}?{query}", role="secretaire", mds=[MDS])
    assert answer.status == 200, answer.json
    return answer


def closings(world, query=f"from={MONDAY}"):
    sites = read(world, query).json["sites"]
    return {one["site"]: [f["label"] for f in one["fermetures"]] for one in sites}


def test_the_number_of_statements_does_not_grow_with_the_agents(world, agent):
    world.book([agent], [world.personne()])
    one = statements(world)
    for _ in range(6):
        other = world.agent()
        world.open(other, TUESDAY)
        world.book([other], [world.personne()])

    assert statements(world) == one == 2


def statements(world) -> int:
    seen = []

    def note(conn, cursor, statement, parameters, context, executemany):
        seen.append(statement)

    sa.event.listen(world.runtime.engine, "before_cursor_execute", note)
    try:
        week(world)
    finally:
        sa.event.remove(world.runtime.engine, "before_cursor_execute", note)
    return len(seen)


def test_an_unknown_site_shows_nobody(world, agent):
    assert week(world, f"from={MONDAY}&site=NULLE-PART") == {}
