"""What leaves when everything holds, what a withdrawal does, what the figures say."""

from __future__ import annotations

from datetime import UTC, datetime
from time import perf_counter
from uuid import uuid4

import pytest
import sqlalchemy as sa

from chassis.testing import published, run_due
from tests.integration.consent.scene import REFERENT, STRANGER, TOPIC, terms


def test_a_signed_partage_lets_the_named_fields_leave_under_pseudonyms(scene, after):
    personne, _ = scene.shared()
    (rendezvous,) = scene.facts(personne)

    answer = scene.read()

    (fact,) = answer.json["facts"]
    assert fact["type"] == f"fr.departement.partage.{TOPIC}"
    assert fact["data"].keys() == {"personnes", "starts_at", "site", "rendezvous_id"}
    assert str(personne) not in answer.body.decode()
    assert str(rendezvous) not in answer.body.decode()
    assert scene.rows("state", "reason", "rule", "rule_version", "contract_version") == [
        ("DELIVERED", "ALLOWED", "PARTAGE_CONSENT", "2026-02", 1)
    ]


def test_a_partner_knows_a_person_by_one_pseudonym_another_by_another(scene, after):
    scene.partner("cpam")
    personne, _ = scene.shared()
    scene.sign(personne, scene.consent(personne, "cpam").json["id"], "cpam")
    scene.facts(personne, count=2)

    caf = scene.read().json["facts"]
    cpam = scene.read(code="cpam", own="cpam").json["facts"]

    assert len({tuple(fact["data"]["personnes"]) for fact in caf}) == 1
    assert caf[0]["data"]["personnes"] != cpam[0]["data"]["personnes"]
    assert caf[0]["aggregateid"] != cpam[0]["aggregateid"]


def test_a_withdrawal_bites_on_what_waits_and_on_what_is_read_again(scene, after):
    personne, consent_id = scene.shared()
    scene.facts(personne, count=3)
    first = scene.read(limit=1).json

    withdrawn = scene.withdraw(consent_id)
    rest, replay = scene.read(after=first["next"]).json, scene.read(after=0).json

    assert withdrawn.status == 200
    assert len(first["facts"]) == 1
    assert (rest["facts"], replay["facts"]) == ([], [])
    assert sorted(scene.rows("state", "reason")) == [
        ("DELIVERED", "ALLOWED"),
        ("SUPPRESSED", "CONSENT_WITHDRAWN"),
        ("SUPPRESSED", "CONSENT_WITHDRAWN"),
    ]


def test_withdrawing_twice_tells_the_world_once(scene):
    _, consent_id = scene.shared()

    first, second = scene.withdraw(consent_id), scene.withdraw(consent_id)

    assert first.json == second.json
    assert [e.name for e in published(scene.runtime)].count("consent_withdrawn") == 1


def test_an_opposition_to_one_field_takes_it_out_at_once(scene, after):
    personne, _ = scene.shared()
    scene.facts(personne)
    body = {"personne_id": str(personne), "scope": "ELEMENT", "topic": TOPIC, "field": "site"}
    opposed = scene.client.post(
        "/v1/oppositions", json=body, role="secretaire", agent_id=STRANGER, key="opposition-1"
    )

    (fact,) = scene.read().json["facts"]

    assert opposed.status == 201
    assert "site" not in fact["data"]
    assert published(scene.runtime)[-1].name == "opposition_registered"


def test_an_opposition_to_the_recipient_closes_then_lifted_opens(scene, after):
    personne, _ = scene.shared()
    body = {"personne_id": str(personne), "scope": "RECIPIENT", "partenaire": "caf"}
    opposition = scene.client.post(
        "/v1/oppositions", json=body, role="dpo", key="opposition-2"
    ).json["id"]
    scene.facts(personne)
    closed = scene.read().json

    scene.client.post(
        f"/v1/oppositions/{opposition}/lift", role="travailleur_social", agent_id=REFERENT
    )
    scene.facts(personne)

    assert closed["facts"] == []
    assert len(scene.read(after=closed["next"]).json["facts"]) == 1


def test_the_partner_goes_on_from_its_cursor_and_may_read_again(scene, after):
    personne, _ = scene.shared()
    scene.facts(personne, count=5)

    first = scene.read(limit=2).json
    second = scene.read(after=first["next"], limit=10).json
    again = scene.read(after=0, limit=10).json

    assert [len(first["facts"]), len(second["facts"])] == [2, 3]
    assert (first["more"], second["more"]) == (True, False)
    assert again["facts"] == first["facts"] + second["facts"]
    assert [f["sequence"] for f in again["facts"]] == [1, 2, 3, 4, 5]


def test_a_partage_ends_at_its_term_and_says_so(scene):
    scene.shared()
    scene.runtime.clock.set(datetime(2023, 6, 30, 21, 59, tzinfo=UTC))
    early = run_due(scene.runtime)

    scene.runtime.clock.set(datetime(2023, 6, 30, 22, 0, tzinfo=UTC))
    done = run_due(scene.runtime)

    assert (early, done) == (0, 1)
    ended = published(scene.runtime)[-1]
    assert (ended.name, ended.data["ended_on"]) == ("partage_ended", "2023-07-01")


def test_a_professional_ends_a_partage_and_nothing_more_leaves(scene, after):
    personne = scene.person()
    partage = scene.sign(personne, scene.consent(personne).json["id"]).json["id"]
    as_referent = {"role": "travailleur_social", "agent_id": REFERENT}
    scene.facts(personne)

    ended = scene.client.post(f"/v1/partages/{partage}/end", **as_referent)
    twice = scene.client.post(f"/v1/partages/{partage}/end", **as_referent)
    scene.read()

    assert (ended.json["end_reason"], twice.json) == ("ACT", ended.json)
    assert scene.rows("reason") == [("PARTAGE_ENDED",)]
    scene.runtime.clock.set(datetime(2023, 7, 2, tzinfo=UTC))
    assert run_due(scene.runtime) == 0


def test_a_decision_is_explained_condition_by_condition_and_kept(scene, after):
    personne, consent_id = scene.shared()
    ask = {"personne_id": str(personne), "partenaire": "caf", "topic": TOPIC}
    as_referent = {"role": "travailleur_social", "agent_id": REFERENT}

    allowed = scene.client.post("/v1/decisions", json=ask, **as_referent)
    scene.withdraw(consent_id)
    refused = scene.client.post("/v1/decisions", json=ask, role="dpo")
    hidden = scene.client.post(
        "/v1/decisions", json=ask, role="travailleur_social", agent_id=STRANGER
    )

    assert allowed.json["allowed"] is True
    assert set(allowed.json["fields"]) == {"starts_at", "site", "rendezvous_id"}
    assert refused.json["reason"] == "CONSENT_WITHDRAWN"
    assert "RGPD art. 7.3" in refused.json["explanation"]
    assert hidden.status == 404
    with scene.runtime.engine.connect() as connection:
        kept = connection.execute(sa.text("SELECT allowed, asked_by FROM decision_journal"))
        assert sorted(kept.all()) == [(False, "dpo"), (True, str(REFERENT))]


def test_a_decision_is_explained_for_the_fields_asked_alone(scene):
    personne, _ = scene.shared()
    ask = {"personne_id": str(personne), "partenaire": "caf", "topic": TOPIC}

    told = scene.client.post("/v1/decisions", json=ask | {"fields": ["site"]}, role="dpo")

    assert told.json["fields"] == ["site"]


def test_contracts_change_under_their_version_and_every_version_is_kept(scene):
    body = {"name": "Caisse", "contract": terms(topics={TOPIC: ["site"]})}

    stale = scene.client.put("/v1/partenaires/caf", json=body, role="dpo", etag='"9"')
    changed = scene.client.put("/v1/partenaires/caf", json=body, role="dpo", etag='"1"')

    assert (stale.status, changed.status, changed.etag) == (412, 200, '"2"')
    with scene.runtime.engine.connect() as connection:
        kept = connection.execute(sa.text("SELECT version, set_by FROM contrat_journal"))
        assert sorted(kept.all()) == [(1, "dpo"), (2, "dpo")]


def test_the_journals_cannot_be_rewritten(scene):
    with scene.runtime.engine.begin() as connection, pytest.raises(sa.exc.ProgrammingError):
        connection.execute(sa.text("UPDATE contrat_journal SET set_by = 'x'"))


def test_accords_show_what_was_agreed_to_the_professional_of_the_file(scene):
    personne, consent_id = scene.shared()

    answer = scene.client.get(
        f"/v1/personnes/{personne}/accords", role="travailleur_social", agent_id=REFERENT
    )

    (partage,) = answer.json["partages"]
    assert answer.json["consentements"][0]["id"] == consent_id
    assert answer.json["consentements"][0]["explained"].startswith("À quoi sert")
    assert partage["signer"]["role"] == "REFERENT"
    assert partage["elements"] == {TOPIC: ["rendezvous_id", "site", "starts_at"]}


def test_what_was_explained_is_encrypted_at_rest(scene):
    scene.consent(scene.person())

    with scene.runtime.engine.connect() as connection:
        (explained,) = connection.execute(sa.text("SELECT explained FROM consentement")).scalars()

    assert b"quoi sert" not in bytes(explained)


def test_activity_counts_what_left_and_what_was_kept_back_and_why(scene, after):
    personne, consent_id = scene.shared()
    scene.facts(personne, count=2)
    scene.facts(scene.person())
    scene.read()
    scene.withdraw(consent_id)

    answer = scene.client.get("/v1/activity?from=2023-01-09&to=2023-01-09", role="direction")

    rows = {(r["measure"], r["partenaire"], r["reason"]): r["count"] for r in answer.json["rows"]}
    assert rows == {
        ("CONSENT_GRANTED", "caf", None): 1,
        ("CONSENT_WITHDRAWN", "caf", None): 1,
        ("PARTAGE_SIGNED", "caf", "CONSENT"): 1,
        ("DELIVERED", "caf", None): 2,
        ("SUPPRESSED", "caf", "NO_PARTAGE"): 1,
    }


def test_a_fact_in_no_contract_costs_well_under_a_millisecond(scene):
    from chassis.events import Correlation, Event  # noqa: PLC0415 - used here alone
    from chassis.testing import START  # noqa: PLC0415

    event = Event(
        id=uuid4(),
        source="accueil",
        name="visite_opened",
        version=1,
        aggregate_type="visite",
        aggregate_id=uuid4(),
        aggregate_version=1,
        time=START,
        correlation=Correlation(correlation_id=uuid4()),
        data={"visite_id": str(uuid4()), "personne_ids": [], "channel": "SUR_PLACE"},
    )
    subscriptions = scene.runtime.service.subscriptions

    with scene.runtime.unit_of_work() as uow:
        subscriptions.apply(uow, event)
        started = perf_counter()
        for _ in range(1000):
            subscriptions.apply(uow, event)
        each = (perf_counter() - started) / 1000

    assert each < 0.0002
