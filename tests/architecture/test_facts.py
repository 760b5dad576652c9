"""No personal field leaves a service; every fact has someone to tell."""

from __future__ import annotations

import dataclasses

import pytest

from chassis.catalogue import load, service_names, subscriptions_of

FACTS = [(name, fact) for name in service_names() for fact in load(name).facts]
PERSONAL = [
    "name",
    "nom",
    "prenom",
    "first",
    "last",
    "birth",
    "born",
    "phone",
    "telephone",
    "mobile",
    "email",
    "mail",
    "address",
    "adresse",
    "street",
    "rue",
    "nir",
    "ssn",
    "note",
    "comment",
    "text",
    "motive",
    "label",
    "nationality",
    "language",
    "iban",
]


def names_of(fact):
    """What travels: `name`, `aggregate` and the like belong to the class, not to its facts."""
    return {field.name for field in dataclasses.fields(fact)}


@pytest.mark.parametrize(("service", "fact"), FACTS, ids=lambda v: getattr(v, "name", v))
class TestEveryFact:
    def test_carries_no_personal_field(self, service, fact):
        for field in names_of(fact):
            words = field.split("_")
            assert not set(words) & set(PERSONAL), field

    def test_names_its_aggregate(self, service, fact):
        assert fact.key in names_of(fact)
        assert fact.aggregate
        assert fact.name == fact.name.lower()
        assert fact.version >= 1

    def test_about_people_says_who_and_where(self, service, fact):
        fields = names_of(fact)
        if "personne_id" in fields:
            assert "personne_ids" in fields
        if "personne_ids" in fields and service != "consent":
            assert {"mds", "site"} <= fields

    def test_has_a_consumer(self, service, fact):
        followers = [
            name
            for name in service_names()
            if subscriptions_of(name).follows(service, fact.aggregate)
        ]
        assert followers


@pytest.mark.parametrize("service", service_names())
def test_what_is_listened_to_exists(service):
    published = {(name, fact.routing_key()) for name, fact in FACTS}
    listened = {pair for pair in subscriptions_of(service).routing_keys if pair[1] != "*"}

    assert listened <= published


def test_a_service_does_not_listen_to_itself_but_for_delivery():
    for service in service_names():
        if service != "consent":
            assert service not in subscriptions_of(service).sources
