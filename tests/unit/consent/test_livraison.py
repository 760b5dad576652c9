"""A fact about several people leaves only if each allows it, and shows what all allow."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

from services.consent.domain.consentement import Grantor, Opposition, Scope
from services.consent.domain.livraison import Livraison, Record, judge, outgoing
from services.consent.domain.question import Situation
from tests.unit.consent.factories import (
    CONSENT,
    NOW,
    PERSONNE,
    TODAY,
    TOPIC,
    consentement,
    partage,
    partenaire,
)

OTHER = UUID("01860a3c-5a10-7c43-9c39-0000000000aa")
OTHER_CONSENT = UUID("01860a3c-5a10-7c43-9c39-0000000000bb")


def _livraison(*people, **changes) -> Livraison:
    values = {
        "id": uuid4(),
        "position": 1,
        "partenaire": "caf",
        "topic": TOPIC,
        "aggregate_type": "rendezvous",
        "aggregate_id": uuid4(),
        "personne_ids": people,
        "data": {"starts_at": "2023-03-09T09:00:00Z", "site": "S1", "rendezvous_id": str(uuid4())},
        "happened_at": NOW,
        "happened_on": TODAY,
    }
    return Livraison(**(values | changes))


def _record(**changes) -> Record:
    values = {
        "partages": {
            PERSONNE: [partage()],
            OTHER: [partage(personne_id=OTHER, consentement_id=OTHER_CONSENT)],
        },
        "consentements": {
            CONSENT: consentement(),
            OTHER_CONSENT: consentement(id=OTHER_CONSENT, personne_id=OTHER),
        },
        "oppositions": {},
        "situations": {},
    }
    return Record(**(values | changes))


def _judge(livraison, record):
    return judge(livraison, partenaire(), record, now=NOW, today=TODAY)


def test_a_fact_about_nobody_known_never_leaves():
    assert _judge(_livraison(), _record()).reason == "NO_PERSON"


def test_one_person_who_does_not_allow_suppresses_the_fact_for_all():
    record = _record(partages={PERSONNE: [partage()]})

    outcome = _judge(_livraison(PERSONNE, OTHER), record)

    assert (outcome.allowed, outcome.reason) == (False, "NO_PARTAGE")


def test_the_fields_are_those_everyone_allows():
    refusal = Opposition(
        id=uuid4(), personne_id=OTHER, scope=Scope.ELEMENT, field="site", registered_at=NOW
    )

    outcome = _judge(_livraison(PERSONNE, OTHER), _record(oppositions={OTHER: [refusal]}))

    assert outcome.fields == {"starts_at", "rendezvous_id"}


def test_without_a_field_common_to_all_nothing_leaves():
    record = _record(
        partages={
            PERSONNE: [partage(elements={TOPIC: frozenset({"site"})})],
            OTHER: [
                partage(
                    personne_id=OTHER,
                    consentement_id=OTHER_CONSENT,
                    elements={TOPIC: frozenset({"starts_at"})},
                )
            ],
        }
    )

    outcome = _judge(_livraison(PERSONNE, OTHER), record)

    assert (outcome.allowed, outcome.reason) == (False, "NO_FIELD")


def test_a_minor_alone_is_in_no_feed_but_a_family_is():
    minor = Situation(minor_until=date(2030, 1, 1))
    by_a_parent = consentement(
        id=OTHER_CONSENT,
        personne_id=OTHER,
        grantor=Grantor.PARENT,
        mandate_reference="x",
        able=False,
        minor=True,
    )
    consents = {CONSENT: consentement(), OTHER_CONSENT: by_a_parent}
    record = _record(situations={OTHER: minor}, consentements=consents)

    alone = _judge(_livraison(OTHER), record)
    with_parent = _judge(_livraison(PERSONNE, OTHER), record)

    assert alone.reason == "MINOR_ALONE"
    assert with_parent.allowed


def test_a_minor_is_one_until_the_day_of_majority():
    record = _record(situations={PERSONNE: Situation(minor_until=TODAY)})

    assert _judge(_livraison(PERSONNE), record).allowed


def test_the_partner_reads_pseudonyms_and_allowed_fields_only():
    livraison = _livraison(PERSONNE)
    outcome = _judge(livraison, _record())

    event = outgoing(outcome, 7, lambda identifier: f"p-{identifier[-4:]}")

    assert str(PERSONNE) not in str(event)
    assert event["data"]["personnes"] == [f"p-{str(PERSONNE)[-4:]}"]
    assert event["data"]["rendezvous_id"].startswith("p-")
    assert event["aggregateid"].startswith("p-")
    assert event["data"].keys() == {"personnes", "starts_at", "site", "rendezvous_id"}
    assert event["sequence"] == 7
