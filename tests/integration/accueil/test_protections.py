"""Protected files, closed files, death and no contact."""

from __future__ import annotations

import pytest

from chassis.ids import new_id
from chassis.testing import published

from .conftest import CENTRE


@pytest.fixture
def one(office):
    return office.register()


@pytest.fixture
def path(one):
    return f"/v1/personnes/{one['personne_id']}"


class TestProtectedFile:
    def test_is_not_found_by_an_agent_in_any_way(self, office, one, path):
        office.protect(one["personne_id"])

        assert office.get(path).status == 404
        assert office.patch(path, {"language": "es"}, etag='"2"').status == 404
        assert office.get(f"{path}/contacts").status == 404
        assert office.put(f"{path}/contacts", {"contacts": []}, etag='"2"').status == 404
        assert office.post(f"{path}/death", {"died_on": "2023-01-01"}).status == 404
        assert office.post(f"{path}/no-contact", {"no_contact": True}).status == 404
        assert office.post(f"{path}/protection", {"protected": False}).status == 404
        visite = {"site": CENTRE, "channel": "SUR_PLACE", "personne_id": one["personne_id"]}
        assert office.post("/v1/visites", visite).status == 404

    def test_is_told_without_its_ground(self, office, one):
        office.protect(one["personne_id"])

        fact = published(office.runtime)[-1]
        assert (fact.name, fact.data["protected"]) == ("protection_changed", True)
        assert b"VICTIM" not in fact.to_bytes()

    def test_opens_for_the_agents_the_responsable_names(self, office, one, path):
        agent = office.agent()["agent_id"]

        office.protect(one["personne_id"], opened_to=[agent])

        assert office.get(path, agent_id=agent).status == 200
        found = office.post("/v1/personnes/search", {"name": "dupont"}, agent_id=agent).json
        assert len(found["personnes"]) == 1

    def test_whoever_protects_keeps_the_file(self, office, path):
        body = {"protected": True, "ground": "VICTIM"}

        assert office.post(f"{path}/protection", body).status == 200
        assert office.get(path).status == 200
        assert office.get(path, agent_id=new_id()).status == 404

    def test_only_a_responsable_lifts_it_or_grants_access(self, office, path):
        office.post(f"{path}/protection", {"protected": True, "ground": "VICTIM"})

        lifted = office.post(f"{path}/protection", {"protected": False})
        granted = office.post(f"{path}/protection", {"protected": True, "opened_to": []})

        assert (lifted.status, granted.status) == (403, 403)
        as_responsable = {"role": "responsable"}
        office.post(f"{path}/protection", {"protected": False}, **as_responsable)
        assert office.get(path, agent_id=new_id()).status == 200

    def test_needs_a_ground_and_known_agents(self, office, path, stranger):
        no_ground = office.post(f"{path}/protection", {"protected": True})
        unknown = {"protected": True, "ground": "AGENT", "closed_to": [str(stranger)]}

        assert no_ground.json["errors"][0]["pointer"] == "/ground"
        assert office.post(f"{path}/protection", unknown, role="responsable").status == 422

    def test_is_told_with_the_agents_it_is_open_and_closed_to(self, office, one):
        opened, closed = office.agent()["agent_id"], office.agent()["agent_id"]

        office.protect(one["personne_id"], opened_to=[opened], closed_to=[closed])
        office.protect(one["personne_id"], opened_to=[], closed_to=[opened, closed])

        first, second = (e.data for e in published(office.runtime) if "protected" in e.data)
        assert (first["opened_agent_ids"], first["closed_agent_ids"]) == ([opened], [closed])
        assert (second["opened_agent_ids"], second["closed_agent_ids"]) == (
            [],
            sorted([opened, closed]),
        )

    def test_says_to_the_other_services_whom_it_is_closed_to(self, office, one):
        path = f"/internal/personnes/{one['personne_id']}"
        before = office.get(path, role="service").json
        opened, closed = office.agent()["agent_id"], office.agent()["agent_id"]

        office.protect(one["personne_id"], opened_to=[opened], closed_to=[closed])

        after = office.get(path, role="service").json
        assert (before["opened_agent_ids"], before["closed_agent_ids"]) == ([], [])
        assert (after["opened_agent_ids"], after["closed_agent_ids"]) == ([opened], [closed])

    def test_protecting_twice_is_told_once(self, office, one):
        office.protect(one["personne_id"])
        office.protect(one["personne_id"])

        assert office.facts().count("protection_changed") == 1


class TestOwnOrRelativesFile:
    @pytest.mark.parametrize("role", ["travailleur_social", "responsable", "dpo"])
    def test_is_never_opened_whatever_the_rank(self, office, one, path, role):
        agent = office.agent()["agent_id"]
        office.protect(one["personne_id"], ground="RELATIVE_OF_AGENT", closed_to=[agent])

        assert office.get(path, role=role, agent_id=agent).status == 404
        found = office.post("/v1/personnes/search", {"name": "dupont"}, role=role, agent_id=agent)
        assert found.json["personnes"] == [] if found.status == 200 else found.status == 403

    def test_stays_closed_when_the_protection_is_lifted(self, office, one, path):
        agent = office.agent()["agent_id"]
        office.protect(one["personne_id"], ground="AGENT", closed_to=[agent])
        office.post(f"{path}/protection", {"protected": False}, role="responsable")

        assert office.get(path, agent_id=agent).status == 404
        assert office.get(path, agent_id=new_id()).status == 200

    def test_is_closed_to_a_caller_without_an_agent_id(self, office, one, path):
        agent = office.agent()["agent_id"]
        office.protect(one["personne_id"], ground="AGENT", closed_to=[agent])

        assert office.get(path, role="responsable", agent_id=None).status == 404

    def test_one_of_them_asks_another_responsable_on_a_duplicate(self, office, one):
        agent = office.agent()["agent_id"]
        office.protect(one["personne_id"], ground="AGENT", closed_to=[agent])
        twin = {n: one[n] for n in ("family_name", "first_names", "born_on", "commune")}

        answer = office.post("/v1/personnes", twin, role="responsable", agent_id=agent)

        assert answer.json["type"].endswith("contactez-le-responsable")


class TestDeath:
    def test_is_told_once(self, office, path):
        first = office.post(f"{path}/death", {"died_on": "2023-01-05"})
        second = office.post(f"{path}/death", {"died_on": "2023-01-05"})

        assert (first.status, second.status) == (200, 200)
        assert office.facts().count("personne_deceased") == 1

    @pytest.mark.parametrize(
        ("died_on", "status"), [("2023-01-10", 422), ("1984-05-16", 422), ("2023-01-09", 200)]
    )
    def test_cannot_be_to_come_nor_before_birth(self, office, path, died_on, status):
        assert office.post(f"{path}/death", {"died_on": died_on}).status == status

    def test_another_date_is_refused(self, office, path):
        office.post(f"{path}/death", {"died_on": "2023-01-05"})

        assert office.post(f"{path}/death", {"died_on": "2023-01-06"}).status == 409


class TestNoContact:
    def test_is_told_when_it_changes_only(self, office, path):
        for flag in (True, True, False):
            assert office.post(f"{path}/no-contact", {"no_contact": flag}).status == 200

        told = [
            e.data["no_contact"]
            for e in published(office.runtime)
            if e.name == "contact_safety_changed"
        ]
        assert told == [True, False]
