"""No personal field leaves a service; every fact has a reader, or a reason to have none yet."""

from __future__ import annotations

import dataclasses
import typing
from uuid import UUID

import pytest

from chassis.catalogue import load, service_names, subscriptions_of
from chassis.events import Fact
from services.consent.domain.elements import fields_of, is_forbidden
from tests.architecture.personal import personal_words

FACTS = [(name, fact) for name in service_names() for fact in load(name).facts]
#: A delivery to partners; it reads every fact, and passes on those of its catalogue alone.
DELIVERY = "consent"
_TRACE = "nobody reacts to it here: `trace` shows it, and a service to come may read it"
#: Facts nobody reads yet, and why they are told all the same.
UNREAD = {
    "accueil.orientation_overdue": _TRACE,
    "dsu.professional_associated": "keeps its dossier's numbers whole; consent asks dsu itself",
    "dsu.association_ended": "keeps its dossier's numbers whole; consent asks dsu itself",
    "aides.enveloppe_threshold_reached": _TRACE,
    "rendezvous.delai_exceeded": _TRACE,
    "rendezvous.renfort_assigned": _TRACE,
    "rendezvous.absence_recorded": _TRACE,
    "rendezvous.absence_cancelled": _TRACE,
    "consent.consent_granted": _TRACE,
    "consent.consent_withdrawn": _TRACE,
    "consent.opposition_registered": _TRACE,
    "consent.partage_signed": _TRACE,
    "consent.partage_ended": _TRACE,
    "notifications.notification_sent": _TRACE,
    "notifications.notification_delivered": _TRACE,
    "notifications.notification_failed": _TRACE,
    "notifications.notification_dropped": _TRACE,
}


def names_of(fact):
    """What travels: `name`, `aggregate` and the like belong to the class, not to its facts."""
    return {field.name for field in dataclasses.fields(fact)}


def personal_fields(fact):
    """Fields named like a person's data; a flag holds none, whatever it is called."""
    hints = typing.get_type_hints(fact)
    return {name for name in names_of(fact) if hints[name] is not bool and personal_words(name)}


def readers_of(service, fact):
    """The services with a handler for a fact, and the partners it may be shared with."""
    key = (service, fact.routing_key())
    services = {name for name in service_names() if key in subscriptions_of(name).routing_keys}
    topic = f"{service}.{fact.routing_key()}"
    return services | ({"partners"} if fields_of(topic) and not is_forbidden(topic) else set())


@pytest.mark.parametrize(("service", "fact"), FACTS, ids=lambda v: getattr(v, "name", v))
class TestEveryFact:
    def test_carries_no_personal_field(self, service, fact):
        assert personal_fields(fact) == set()

    def test_names_its_aggregate(self, service, fact):
        assert fact.key in names_of(fact)
        assert fact.aggregate
        assert fact.name == fact.name.lower()
        assert fact.version >= 1

    def test_about_people_says_who_and_where(self, service, fact):
        fields = names_of(fact)
        if "personne_id" in fields:
            assert "personne_ids" in fields
        if "personne_ids" in fields and service != DELIVERY:
            assert {"mds", "site"} <= fields

    def test_has_a_reader_or_a_reason_to_have_none(self, service, fact):
        assert bool(readers_of(service, fact)) != (f"{service}.{fact.name}" in UNREAD)


@pytest.mark.parametrize(
    "field",
    [
        *("family_name", "first_names", "given_name", "surname", "prenoms", "nom_de_naissance"),
        *("born_on", "birthdate", "date_de_naissance", "phone", "phone_number", "mobilephone"),
        *("email", "courriel", "contact", "adresse_postale", "street", "nir", "iban", "notes"),
        *("free_text", "label", "comment", "language", "nationality", "familyName"),
    ],
)
def test_a_personal_field_is_found_under_any_name(field):
    fact = dataclasses.make_dataclass("Told", [("personne_id", UUID), (field, str)])

    assert personal_fields(fact) == {field}


@pytest.mark.parametrize("field", ["nomenclature", "personne_ids", "amount_cents", "closed_on"])
def test_a_field_that_may_travel_is_let_be(field):
    assert personal_fields(dataclasses.make_dataclass("Told", [(field, str)])) == set()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Unheard(Fact):
    """A fact of an aggregate that many follow, and that none of them reads."""

    name = "personne_admired"
    version = 1
    aggregate = "personne"
    key = "personne_id"
    personne_id: UUID


def test_who_follows_an_aggregate_does_not_read_each_of_its_facts():
    assert subscriptions_of("dsu").follows("accueil", Unheard.aggregate)
    assert subscriptions_of(DELIVERY).follows("accueil", Unheard.aggregate)

    assert readers_of("accueil", Unheard) == set()


def test_every_reason_is_that_of_a_fact():
    assert set(UNREAD) <= {f"{service}.{fact.name}" for service, fact in FACTS}


@pytest.mark.parametrize("service", service_names())
def test_what_is_listened_to_exists(service):
    published = {(name, fact.routing_key()) for name, fact in FACTS}
    listened = {pair for pair in subscriptions_of(service).routing_keys if pair[1] != "*"}

    assert listened <= published


def test_a_service_does_not_listen_to_itself_but_for_delivery():
    for service in service_names():
        if service != DELIVERY:
            assert service not in subscriptions_of(service).sources
