"""Registering, finding and changing personnes, over the real database."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa

from chassis.ids import new_id
from chassis.testing import published

from .conftest import CAMILLE, CENTRE, MONTAUBAN, NORD

CLOSE = CAMILLE | {"family_name": "Dupond", "first_names": "Kamille"}


class TestWhoMayDoWhat:
    @pytest.mark.parametrize("role", ["personne", "partenaire", "finance", "direction", "service"])
    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("POST", "/v1/personnes"),
            ("POST", "/v1/personnes/search"),
            ("POST", "/v1/visites"),
            ("POST", "/v1/orientations"),
            ("POST", "/v1/agents"),
        ],
    )
    def test_others_than_agents_are_refused(self, office, role, method, path):
        answer = office.client.request(method, path, json={}, role=role, key="cle-de-test")

        assert answer.status == 403

    def test_an_agent_reaches_no_internal_route(self, office, stranger):
        assert office.get(f"/internal/personnes/{stranger}").status == 403
        assert office.post("/internal/contacts", {"personne_ids": [str(stranger)]}).status == 403

    def test_the_dpo_reads_and_never_writes(self, office):
        one = office.register()
        path = f"/v1/personnes/{one['personne_id']}"

        assert office.get(path, role="dpo").status == 200
        assert office.patch(path, {"language": "es"}, role="dpo", etag='"1"').status == 403


class TestRegister:
    def test_a_commune_gives_the_site_and_one_fact_without_any_name(self, office):
        one = office.register()

        assert (one["mds"], one["site"], one["placement"]) == ("MDS-MONTAUBAN", CENTRE, "SECTOR")
        (fact,) = [e for e in published(office.runtime) if e.name == "personne_registered"]
        assert fact.data["personne_ids"] == [one["personne_id"]]
        assert b"upont" not in fact.to_bytes()

    def test_nothing_that_identifies_stands_in_clear(self, office):
        office.register(contacts=[{"channel": "EMAIL", "value": "camille@exemple.fr"}])

        with office.runtime.engine.connect() as connection:
            for table in ("personne", "personne_index", "contact_point", "idempotency", "outbox"):
                rows = connection.execute(sa.text(f"SELECT t::text FROM {table} t")).scalars()
                stored = " ".join(rows).lower()
                for secret in ("dupont", "camille", "1984-05-17", "exemple"):
                    assert secret not in stored
                    assert secret.encode().hex() not in stored

    def test_neither_address_nor_site_is_refused_by_its_field(self, office):
        answer = office.post("/v1/personnes", {"family_name": "A", "first_names": "B"})

        assert answer.status == 422
        assert answer.json["errors"][0]["pointer"] == "/receiving_site"

    def test_without_an_address_one_belongs_to_the_receiving_site(self, office):
        one = office.register(commune=None, address=None, receiving_site=NORD)

        assert (one["site"], one["placement"], one["housing"]) == (NORD, "RECEIVING_SITE", "NONE")

    def test_a_domiciliation_is_placed_like_an_address(self, office):
        one = office.register(housing="DOMICILIATION", address=None)

        assert (one["site"], one["housing"]) == (CENTRE, "DOMICILIATION")

    def test_a_commune_without_a_site_is_reported_never_guessed(self, office):
        body = CAMILLE | {"commune": "82001"}

        assert office.post("/v1/personnes", body).json["type"].endswith("secteur-inconnu")
        assert office.register(commune="82001", receiving_site=NORD)["placement"] == "NO_SECTOR"

    def test_a_commune_of_two_sites_asks_which(self, office):
        both = [{"commune": MONTAUBAN, "site": s} for s in (CENTRE, NORD)]
        report = office.put(
            "/v1/communes", {"effective_on": "2023-01-09", "sectors": both}, role="admin"
        ).json
        assert report["overlaps"] == [{"commune": MONTAUBAN, "street": "", "sites": [CENTRE, NORD]}]

        refused = office.post("/v1/personnes", CAMILLE)
        chosen = office.register(receiving_site=NORD)

        assert refused.json["type"].endswith("secteur-ambigu")
        assert refused.json["sites"] == [CENTRE, NORD]
        assert (chosen["site"], chosen["placement"]) == (NORD, "CHOSEN_AMONG_SEVERAL")

    def test_a_street_wins_over_its_commune(self, office):
        sectors = [
            {"commune": MONTAUBAN, "site": CENTRE},
            {"commune": MONTAUBAN, "site": NORD, "street": "Rue de l’Exemple"},
        ]
        office.put("/v1/communes", {"effective_on": "2023-01-09", "sectors": sectors}, role="admin")

        assert office.register()["site"] == NORD

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"born_on": "2090-01-01"}, "date-impossible"),
            ({"nationality_group": "UE"}, "nationalite-sans-finalite"),
            ({"circumstance": "ACCOUCHEMENT_SECRET"}, "accouchement-secret"),
            ({"contacts": [{"channel": "SMS", "value": "12"}]}, "contact-invalide"),
            ({"contacts": [{"channel": "SMS", "value": "05 63 91 82 00"}]}, "contact-invalide"),
        ],
    )
    def test_what_cannot_be_is_refused_in_french(self, office, change, code):
        answer = office.post("/v1/personnes", CAMILLE | change)

        assert answer.status == 422
        assert answer.json["type"].endswith(code)

    def test_the_second_click_registers_once(self, office):
        first = office.post("/v1/personnes", CAMILLE, key="meme-cle-deux-fois")
        second = office.post("/v1/personnes", CAMILLE, key="meme-cle-deux-fois")

        assert first.json == second.json
        assert office.facts() == ["personne_registered"]


class TestDuplicates:
    def test_close_names_and_the_same_birth_date_are_shown_with_their_reason(self, office):
        one = office.register()

        answer = office.post("/v1/personnes", CLOSE)

        assert answer.status == 409
        (candidate,) = answer.json["candidates"]
        assert candidate["personne"]["personne_id"] == one["personne_id"]
        assert candidate["reasons"] == ["SAME_BIRTH_DATE_AND_CLOSE_NAMES"]

    def test_names_typed_in_each_others_place_are_found(self, office):
        office.register()

        swapped = CAMILLE | {"family_name": "Camille", "first_names": "Dupont"}

        assert office.post("/v1/personnes", swapped).status == 409

    def test_a_phone_or_an_address_in_common_is_a_reason(self, office):
        contacts = [
            {"channel": "SMS", "value": "0639980001"},
            {"channel": "EMAIL", "value": "Camille@exemple.fr"},
        ]
        office.register(contacts=contacts)
        other = {
            "family_name": "Martin",
            "first_names": "Lou",
            "commune": MONTAUBAN,
            "contacts": [
                {"channel": "SMS", "value": "+33 6 39 98 00 01"},
                {"channel": "EMAIL", "value": "camille@exemple.fr"},
            ],
        }

        answer = office.post("/v1/personnes", other)

        assert answer.json["candidates"][0]["reasons"] == ["SAME_PHONE", "SAME_EMAIL"]

    def test_another_birth_date_is_another_person(self, office):
        office.register()

        assert office.post("/v1/personnes", CLOSE | {"born_on": "1990-01-01"}).status == 201

    def test_confirming_distinct_registers(self, office):
        office.register()

        assert office.post("/v1/personnes", CLOSE | {"confirm_distinct": True}).status == 201

    def test_a_protected_file_only_says_to_ask_the_responsable(self, office):
        one = office.register()
        office.protect(one["personne_id"])

        for body in (CLOSE, CLOSE | {"confirm_distinct": True}):
            answer = office.post("/v1/personnes", body)
            assert answer.status == 409
            assert answer.json["type"].endswith("contactez-le-responsable")
            assert "candidates" not in answer.json
        hint = office.post("/v1/personnes/duplicates", _identity(CLOSE)).json
        assert hint == {"candidates": [], "contact_responsable": True}

    def test_the_responsable_sees_it(self, office):
        one = office.register()
        office.protect(one["personne_id"])

        answer = office.post("/v1/personnes", CLOSE, role="responsable")

        assert answer.json["candidates"][0]["personne"]["personne_id"] == one["personne_id"]

    def test_an_accouchement_secret_is_never_matched(self, office):
        secret = {
            "family_name": "Dupont",
            "first_names": "Camille",
            "circumstance": "ACCOUCHEMENT_SECRET",
            "receiving_site": CENTRE,
        }
        office.post("/v1/personnes", secret)

        assert office.post("/v1/personnes", CAMILLE).status == 201
        assert len(office.post("/v1/personnes/search", {"name": "Dupont"}).json["personnes"]) == 1

    def test_two_agents_at_once_register_one_person(self, office):
        answers = []

        def register(key: str) -> None:
            answers.append(office.post("/v1/personnes", CAMILLE, key=key).status)

        threads = [threading.Thread(target=register, args=(f"fil-{n}-abcdef",)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(answers) == [201, 409, 409, 409]


class TestSearch:
    @pytest.mark.parametrize(
        "criteria",
        [
            {"name": "dupont"},
            {"name": "DUPOND kamille"},
            {"name": "cam dup"},
            {"born_on": "1984-05-17"},
            {"phone": "06 39 98 00 01"},
            {"name": "dupont", "born_on": "1984-05-17"},
        ],
    )
    def test_finds_by_sound_beginning_birth_or_phone(self, office, criteria):
        one = office.register(contacts=[{"channel": "SMS", "value": "0639980001"}])

        found = office.post("/v1/personnes/search", criteria).json["personnes"]

        assert [p["personne_id"] for p in found] == [one["personne_id"]]

    @pytest.mark.parametrize("criteria", [{}, {"name": "123"}, {"name": "  "}, {"nom": "x"}])
    def test_nothing_to_search_is_refused(self, office, criteria):
        assert office.post("/v1/personnes/search", criteria).status == 422

    def test_every_criterion_must_fit(self, office):
        office.register()

        criteria = {"name": "dupont", "born_on": "1990-01-01"}

        assert office.post("/v1/personnes/search", criteria).json["personnes"] == []

    def test_a_hidden_file_leaves_the_same_answer_as_none(self, office):
        one = office.register()
        nothing = office.post("/v1/personnes/search", {"name": "martin"}).json
        office.protect(one["personne_id"])

        hidden = office.post("/v1/personnes/search", {"name": "dupont"}).json

        assert hidden == nothing


class TestChange:
    @pytest.mark.parametrize("role", ["secretaire", "travailleur_social", "responsable"])
    def test_nobody_lifts_the_secret_of_an_accouchement(self, office, role):
        path = f"/v1/personnes/{office.register_secret()['personne_id']}"

        for circumstance in ("ORDINARY", "MINOR_ALONE"):
            answer = office.patch(path, {"circumstance": circumstance}, role=role, etag='"1"')

            assert answer.status == 409
            assert answer.json["type"].endswith("accouchement-secret-definitif")
        assert office.post("/v1/personnes/search", {"name": "Pseudonyme"}).json["personnes"] == []

    def test_a_file_already_known_does_not_become_one_of_accouchement_secret(self, office):
        one = office.post(
            "/v1/personnes",
            {"family_name": "Dupont", "first_names": "Camille", "receiving_site": CENTRE},
        ).json

        answer = office.patch(
            f"/v1/personnes/{one['personne_id']}",
            {"circumstance": "ACCOUCHEMENT_SECRET"},
            etag='"1"',
        )

        assert answer.json["type"].endswith("accouchement-secret-definitif")

    def test_without_if_match_is_refused(self, office):
        one = office.register()

        assert office.patch(f"/v1/personnes/{one['personne_id']}", {"language": "es"}).status == 428

    def test_an_older_reading_is_refused(self, office):
        path = f"/v1/personnes/{office.register()['personne_id']}"
        office.patch(path, {"language": "es"}, etag='"1"')

        assert office.patch(path, {"language": "ar"}, etag='"1"').status == 412

    def test_a_move_finds_the_new_site_and_names_the_parts_changed(self, office):
        path = f"/v1/personnes/{office.register()['personne_id']}"

        moved = office.patch(path, {"commune": "82001", "receiving_site": NORD}, etag='"1"')

        assert (moved.json["site"], moved.etag) == (NORD, '"2"')
        fact = published(office.runtime)[-1]
        assert fact.data["changed"] == ["ADDRESS", "PLACEMENT"]

    def test_a_change_of_name_is_found_under_the_new_one_only(self, office):
        path = f"/v1/personnes/{office.register()['personne_id']}"

        office.patch(path, {"family_name": "Martin"}, etag='"1"')

        assert office.post("/v1/personnes/search", {"name": "martin"}).json["personnes"]
        assert not office.post("/v1/personnes/search", {"name": "dupont"}).json["personnes"]

    def test_changing_nothing_tells_nothing(self, office):
        path = f"/v1/personnes/{office.register()['personne_id']}"

        assert office.patch(path, {"family_name": "Dupont"}, etag='"1"').etag == '"1"'
        assert office.facts() == ["personne_registered"]

    def test_discernment_is_noted_by_a_social_worker_of_a_minor_alone(self, office):
        one = office.register(circumstance="MINOR_ALONE", born_on="2008-01-01")
        path = f"/v1/personnes/{one['personne_id']}"
        noted = {"discernment_noted": True}
        worker = new_id()

        assert office.patch(path, noted, etag='"1"').status == 403
        answer = office.patch(path, noted, etag='"1"', role="travailleur_social", agent_id=worker)
        assert answer.json["discernment_noted_by"] == str(worker)


def _identity(values: dict[str, object]) -> dict[str, object]:
    return {n: values[n] for n in ("family_name", "first_names", "born_on")}
