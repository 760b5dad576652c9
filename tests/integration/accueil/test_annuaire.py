"""MDS, sites, sectors and agents."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from chassis.ids import new_id
from chassis.testing import published

from .conftest import CENTRE, MDS, MONTAUBAN, NORD


class TestPlaces:
    @pytest.mark.parametrize("role", ["secretaire", "travailleur_social", "responsable", "dpo"])
    def test_only_the_admin_writes(self, office, role):
        assert office.post("/v1/mds", {"code": "X", "label": "x"}, role=role).status == 403
        assert office.put("/v1/communes", {}, role=role).status == 403
        assert office.post("/v1/agents", {}, role=role).status == 403

    def test_a_code_is_given_once(self, office):
        answer = office.post("/v1/mds", {"code": MDS, "label": "x"}, role="admin")

        assert (answer.status, answer.json["type"].split(":")[-1]) == (409, "code-deja-pris")

    def test_a_site_needs_its_mds(self, office):
        site = {"code": "S", "mds": "MDS-NULLE", "kind": "SITE", "label": "S"}

        answer = office.post("/v1/sites", site, role="admin")

        assert answer.json["errors"][0]["pointer"] == "/mds"

    def test_closing_a_site_is_told_renaming_it_is_not(self, office):
        before = len(published(office.runtime))
        path = f"/v1/sites/{CENTRE}"

        office.patch(path, {"label": "Centre"}, role="admin", etag='"1"')
        office.patch(path, {"open": False}, role="admin", etag='"2"')

        told = published(office.runtime)[before:]
        assert [(e.name, e.data["open"]) for e in told] == [("site_changed", False)]

    def test_a_new_load_replaces_the_communes_it_cites_from_its_day(self, office):
        load = {"effective_on": "2023-06-01", "sectors": [{"commune": MONTAUBAN, "site": NORD}]}

        report = office.put("/v1/communes", load, role="admin").json
        again = office.put("/v1/communes", load, role="admin").json

        assert (report["started"], report["ended"], report["unchanged"]) == (1, 1, 0)
        assert (again["started"], again["ended"], again["unchanged"]) == (0, 0, 1)
        for day, site in (("2023-05-31", CENTRE), ("2023-06-01", NORD)):
            read = office.get(f"/v1/communes/{MONTAUBAN}?on={day}").json
            assert read["sites"] == [site]

    @pytest.mark.parametrize("day", ["2020-01-01", "2022-12-31", "2023-01-08"])
    def test_where_people_belonged_before_today_is_not_rewritten(self, office, day):
        load = {"effective_on": day, "sectors": [{"commune": MONTAUBAN, "site": NORD}]}

        answer = office.put("/v1/communes", load, role="admin")

        assert answer.status == 409
        assert answer.json["type"].endswith("secteurs-retroactifs")
        assert answer.json["communes"] == [MONTAUBAN]
        read = office.get(f"/v1/communes/{MONTAUBAN}?on=2023-01-08").json
        assert read["sites"] == [CENTRE]

    def test_a_commune_without_sectors_may_start_in_the_past_and_be_sent_again(self, office):
        load = {"effective_on": "2020-01-01", "sectors": [{"commune": "82001", "site": NORD}]}

        first, again = (office.put("/v1/communes", load, role="admin").json for _ in range(2))

        assert (first["started"], again["unchanged"]) == (1, 1)

    def test_sectors_planned_for_later_are_not_forgotten_unsaid(self, office):
        later = {"effective_on": "2023-09-01", "sectors": [{"commune": MONTAUBAN, "site": NORD}]}
        sooner = later | {"effective_on": "2023-06-01"}
        assert office.put("/v1/communes", later, role="admin").status == 200

        answer = office.put("/v1/communes", sooner, role="admin")

        assert answer.status == 409
        assert answer.json["type"].endswith("secteurs-deja-prevus")
        assert answer.json["communes"] == [MONTAUBAN]
        for day, site in (("2023-08-31", CENTRE), ("2023-09-01", NORD)):
            read = office.get(f"/v1/communes/{MONTAUBAN}?on={day}").json
            assert read["sites"] == [site]

    def test_what_is_planned_is_replaced_at_its_own_date(self, office):
        both = [{"commune": MONTAUBAN, "site": site} for site in (CENTRE, NORD)]
        planned = {"effective_on": "2023-09-01", "sectors": both[1:]}
        assert office.put("/v1/communes", planned, role="admin").status == 200

        report = office.put("/v1/communes", planned | {"sectors": both[:1]}, role="admin").json

        assert (report["started"], report["ended"]) == (1, 1)
        read = office.get(f"/v1/communes/{MONTAUBAN}?on=2023-09-01").json
        assert read["sites"] == [CENTRE]

    def test_an_unknown_site_is_refused_by_its_rank(self, office):
        load = {"effective_on": "2023-06-01", "sectors": [{"commune": MONTAUBAN, "site": "X"}]}

        answer = office.put("/v1/communes", load, role="admin")

        assert answer.json["errors"][0]["pointer"] == "/sectors/0/site"


class TestForServices:
    def test_a_site_is_told_with_its_mds_to_services_alone(self, office):
        path = f"/internal/sites/{CENTRE}"

        assert office.client.get(path, role="service").json == {
            "site": CENTRE,
            "mds": MDS,
            "open": True,
        }
        assert office.client.get("/internal/sites/AILLEURS", role="service").status == 404
        assert office.get(path, role="admin").status == 403


class TestAgents:
    def test_an_ass_is_bound_by_profession_and_it_is_told_without_a_name(self, office):
        agent = office.agent(full_time_percent=80)

        fact = published(office.runtime)[-1]
        assert fact.data == {
            "agent_id": agent["agent_id"],
            "profession": "ASS",
            "secrecy_basis": "PROFESSION",
            "mds": MDS,
            "site": CENTRE,
            "plateforme": False,
            "volant": False,
            "full_time_percent": 80,
            "effective_on": "2023-01-02",
            "active": True,
        }

    def test_what_a_cesf_is_bound_by_is_said_never_presumed(self, office):
        assert office.agent(profession="CESF")["affectations"][0]["secrecy_basis"] == "NONE"
        wrong = {
            "family_name": "A",
            "first_names": "B",
            "profession": "CESF",
            "site": CENTRE,
            "effective_on": "2023-01-02",
            "secrecy_basis": "PROFESSION",
        }
        assert office.post("/v1/agents", wrong, role="admin").status == 422

    def test_a_dated_change_closes_the_one_before(self, office):
        agent = office.agent()
        path = f"/v1/agents/{agent['agent_id']}"

        changed = office.patch(
            path, {"effective_on": "2023-09-01", "site": NORD}, role="admin", etag='"1"'
        )

        periods = [(a["site"], a["starts_on"], a["ends_on"]) for a in changed.json["affectations"]]
        assert periods == [(CENTRE, "2023-01-02", "2023-08-31"), (NORD, "2023-09-01", None)]
        assert published(office.runtime)[-1].data["effective_on"] == "2023-09-01"
        now = office.client.get(f"/internal/agents/{agent['agent_id']}", role="service").json
        assert (now["site"], now["active"]) == (CENTRE, True)

    def test_a_change_before_the_last_one_is_refused(self, office):
        path = f"/v1/agents/{office.agent()['agent_id']}"

        answer = office.patch(
            path, {"effective_on": "2023-01-01", "site": NORD}, role="admin", etag='"1"'
        )

        assert answer.json["type"].endswith("affectation-anterieure")

    def test_the_database_refuses_two_primary_assignments_on_one_day(self, office):
        office.agent()
        columns = (
            "agent_id, profession, secrecy_basis, mds, site, plateforme, volant,"
            " full_time_percent, is_primary"
        )
        copy = sa.text(
            f"INSERT INTO affectation (affectation_id, starts_on, {columns})"
            f" SELECT '{new_id()}', '2023-03-01', {columns} FROM affectation"
        )

        refused = pytest.raises(IntegrityError, match="ex_affectation_primary")
        with refused, office.runtime.engine.begin() as connection:
            connection.execute(copy)

    def test_a_departure_ends_everything_and_is_told(self, office):
        agent = office.agent(secondary_sites=[NORD])
        path = f"/v1/agents/{agent['agent_id']}"

        gone = office.patch(
            path, {"effective_on": "2023-01-09", "active": False}, role="admin", etag='"1"'
        ).json

        assert {a["ends_on"] for a in gone["affectations"]} == {"2023-01-08"}
        fact = published(office.runtime)[-1]
        assert (fact.data["active"], fact.data["effective_on"]) == (False, "2023-01-09")
        now = office.client.get(f"/internal/agents/{agent['agent_id']}", role="service").json
        assert now == {"agent_id": agent["agent_id"], "active": False, "secondary_sites": []}

    def test_are_listed_by_mds_and_profession_page_after_page(self, office):
        ids = [office.agent()["agent_id"] for _ in range(3)]
        office.agent(profession="CESF")

        seen, cursor = [], ""
        while cursor is not None:
            page = office.get(f"/v1/agents?mds={MDS}&profession=ASS&limit=2{cursor}").json
            seen += [a["agent_id"] for a in page["agents"]]
            cursor = f"&cursor={page['next']}" if page["next"] else None

        assert seen == sorted(ids)

    def test_the_same_id_twice_is_refused(self, office):
        one = office.agent()
        values = {
            "family_name": "A",
            "first_names": "B",
            "profession": "CESF",
            "site": CENTRE,
            "effective_on": "2023-01-02",
            "agent_id": one["agent_id"],
        }

        assert office.post("/v1/agents", values, role="admin").status == 409
