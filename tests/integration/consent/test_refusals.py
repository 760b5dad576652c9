"""The deny path: who may not sign, see, read; what never reaches a partner."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from chassis.testing import START, deliver, published
from tests.integration.consent.scene import STRANGER, TOPIC, terms

BY_A_PARENT = {"grantor": "PARENT", "mandate_reference": "LIVRET-1", "able": False}


def test_consent_alone_lets_nothing_leave(scene):
    """Code pénal 226-13: agreed to by the person, signed by nobody."""
    personne = scene.person()
    scene.consent(personne)
    scene.facts(personne)

    answer = scene.read()

    assert answer.json == {"facts": [], "next": 0, "more": False}
    assert scene.rows("state", "reason", "data") == [("SUPPRESSED", "NO_PARTAGE", {})]


def test_only_a_professional_of_the_file_signs(scene):
    personne = scene.person()
    consent_id = scene.consent(personne).json["id"]

    refused = scene.sign(personne, consent_id, agent_id=STRANGER)

    assert refused.status == 403
    assert refused.json["type"].endswith("hors-du-dossier")


@pytest.mark.parametrize("away", ["dsu", "accueil"])
def test_signing_fails_closed_when_a_neighbour_is_away(scene, away):
    personne = scene.person()
    consent_id = scene.consent(personne).json["id"]
    scene.runtime.neighbours.down.add(away)

    assert scene.sign(personne, consent_id).status == 503


def test_signing_fails_closed_on_an_answer_it_cannot_read(scene):
    personne = scene.person()
    scene.runtime.neighbours.answers["dsu", "/internal/dossiers/of-personnes"] = {"autre": 1}

    assert scene.sign(personne, scene.consent(personne).json["id"]).status == 503


@pytest.mark.parametrize(
    ("situation", "why"),
    [({"protected": True}, "protégée"), ({"deceased": True}, "décédée")],
)
def test_no_partage_about_a_protected_or_deceased_person(scene, situation, why):
    personne = scene.person(**situation)

    refused = scene.sign(personne, scene.consent(personne).json["id"])

    assert refused.status == 422
    assert why in refused.json["detail"]


def test_a_partage_says_which_condition_of_the_law_is_missing(scene):
    personne = scene.person()

    refused = scene.sign(personne, None, basis="CASF_L121_6_2", attestations=["STRICTLY_NECESSARY"])

    assert refused.status == 422
    assert "CASF L121-6-2" in refused.json["detail"]
    assert refused.json["errors"][0]["pointer"] == "/attestations"


def test_a_consent_of_someone_else_is_no_ground(scene):
    consent_id = scene.consent(scene.person()).json["id"]

    refused = scene.sign(scene.person(), consent_id)

    assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, "/consentement_id")


def test_others_are_told_that_it_does_not_exist(scene):
    personne, consent_id = scene.shared()
    as_stranger = {"role": "responsable", "agent_id": STRANGER}

    accords = scene.client.get(f"/v1/personnes/{personne}/accords", **as_stranger)
    consent = scene.client.get(f"/v1/consentements/{consent_id}", **as_stranger)

    assert (accords.status, consent.status) == (404, 404)


@pytest.mark.parametrize("role", ["secretaire", "admin", "direction", "partenaire", "service"])
def test_rank_opens_nothing(scene, role):
    personne, _ = scene.shared()

    answer = scene.client.get(f"/v1/personnes/{personne}/accords", role=role, agent_id=STRANGER)

    assert answer.status == 403


def test_a_partner_reads_its_own_feed_only(scene):
    scene.partner("cpam")

    assert scene.read(code="cpam", own="caf").status == 403
    assert scene.client.get("/v1/partenaires/caf/facts", role="dpo").status == 403
    assert scene.client.get("/v1/partenaires/caf/facts", role="partenaire").status == 403


def test_a_suspended_partner_reads_nothing_and_nothing_is_lost(scene, after):
    personne, _ = scene.shared()
    scene.facts(personne)
    scene.client.post("/v1/partenaires/caf/suspend", role="dpo")

    scene.facts(personne)
    refused = scene.read()
    waiting = scene.rows("state")
    scene.client.post("/v1/partenaires/caf/resume", role="dpo")

    assert (refused.status, waiting) == (403, [("WAITING",)] * 2)
    assert len(scene.read().json["facts"]) == 2


def test_what_happened_while_a_partner_was_suspended_obeys_a_withdrawal(scene, after):
    personne, consent_id = scene.shared()
    scene.client.post("/v1/partenaires/caf/suspend", role="dpo")
    scene.facts(personne)
    scene.withdraw(consent_id)
    scene.client.post("/v1/partenaires/caf/resume", role="dpo")

    assert scene.read().json["facts"] == []
    assert scene.rows("state", "reason") == [("SUPPRESSED", "CONSENT_WITHDRAWN")]


def test_outside_the_period_of_its_contract_nothing_is_kept_for_a_partner(scene):
    personne, _ = scene.shared()
    scene.runtime.clock.set(START + timedelta(days=400))

    scene.facts(personne)

    assert scene.rows("state") == []


def test_a_contract_that_asks_for_the_forbidden_is_refused(scene):
    topics = {"accueil.protection_changed.v1": ["mds"]}

    refused = scene.partner("mdph", topics=topics)

    assert refused.status == 422
    assert "aucun flux" in refused.json["detail"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"discreet": True}, "SENSITIVE"),
        ({"motif": "VIOLENCES"}, "SENSITIVE"),
        ({"time": START - timedelta(minutes=1)}, "BEFORE_PARTAGE"),
    ],
)
def test_what_is_in_no_feed_is_kept_back_whoever_signed(scene, after, changes, reason):
    personne, _ = scene.shared()
    scene.facts(personne, **changes)

    assert scene.read().json["facts"] == []
    assert scene.rows("reason", "data") == [(reason, {})]


def test_a_sensitive_fact_is_never_even_copied(scene):
    personne, _ = scene.shared()

    scene.facts(personne, motif="VIOLENCES")

    assert scene.rows("state", "data") == [("WAITING", {})]


def test_a_child_does_not_consent_alone(scene):
    child = scene.person(born_on="2014-05-04")

    refused = scene.consent(child)

    assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, "/grantor")
    assert "388-1-1" in refused.json["detail"]


def test_a_person_who_cannot_consent_does_not(scene):
    refused = scene.consent(scene.person(), able=False)

    assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, "/grantor")


def test_nobody_consents_while_their_age_cannot_be_read(scene):
    personne = scene.person()
    scene.runtime.neighbours.down.add("accueil")

    assert scene.consent(personne).status == 503


def test_a_consent_of_the_person_grounds_nothing_once_they_are_known_as_a_child(scene):
    """Collected before accueil corrected the birth date."""
    personne = scene.person()
    consent_id = scene.consent(personne).json["id"]
    path = ("accueil", f"/internal/personnes/{personne}")
    scene.runtime.neighbours.answers[path] |= {"born_on": "2014-05-04"}

    refused = scene.sign(personne, consent_id)

    assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, "/consentement_id")


def test_what_a_parent_agreed_to_ends_with_the_majority(scene):
    """Eighteen on 20 January: the adult decides anew."""
    personne = scene.person(born_on="2005-01-20")
    consent_id = scene.consent(personne, **BY_A_PARENT).json["id"]
    assert scene.sign(personne, consent_id).status == 201
    scene.runtime.clock.set(START + timedelta(days=20))
    scene.facts(personne)

    assert scene.read().json["facts"] == []
    assert scene.rows("reason") == [("CONSENT_NOT_ABLE",)]


def test_a_minor_alone_is_kept_back(scene, after):
    minor = scene.person(born_on="2010-05-04")
    scene.sign(minor, scene.consent(minor, **BY_A_PARENT).json["id"])
    scene.facts(minor)

    scene.read()

    assert scene.rows("reason") == [("MINOR_ALONE",)]


@pytest.mark.parametrize(
    ("fact", "data", "reason"),
    [
        ("protection_changed.v1", {"protected": True}, "PROTECTED"),
        ("personne_deceased.v1", {"died_on": "2023-01-09"}, "DECEASED"),
    ],
)
def test_what_accueil_says_later_closes_the_feed(scene, after, fact, data, reason):
    personne, _ = scene.shared()
    scene.facts(personne)

    deliver(
        scene.runtime,
        "accueil",
        fact,
        aggregate=("personne", personne),
        version=1,
        data={"personne_id": personne, "personne_ids": [personne], **data},
    )
    answer = scene.read()

    assert answer.json["facts"] == []
    assert scene.rows("reason") == [(reason,)]


def test_no_fact_published_carries_more_than_codes(scene):
    _, consent_id = scene.shared()
    scene.withdraw(consent_id)

    told = [(event.name, set(event.data)) for event in published(scene.runtime)]

    assert [name for name, _ in told] == ["consent_granted", "partage_signed", "consent_withdrawn"]
    assert all("explained" not in keys and "reason" not in keys for _, keys in told)


def test_bad_input_says_which_field_and_why(scene):
    contract = terms(starts_on="hier", bases=["226-14"])
    body = {"code": "CAF", "name": "x", "contract": contract}

    answer = scene.client.post("/v1/partenaires", json=body, role="dpo", key=str(uuid4()))

    pointers = {error["pointer"] for error in answer.json["errors"]}
    assert answer.status == 422
    assert pointers == {"/code", "/contract/starts_on", "/contract/bases/0"}


def test_a_partner_code_is_taken_once(scene):
    body = {"code": "caf", "name": "Autre", "contract": terms(topics={TOPIC: ["site"]})}

    answer = scene.client.post("/v1/partenaires", json=body, role="dpo", key="autre-cle")

    assert answer.status == 409
