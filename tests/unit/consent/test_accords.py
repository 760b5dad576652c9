"""Contracts, consentements, oppositions and partages refuse what is incomplete, saying where."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from services.consent.accueil import majority_of
from services.consent.domain.bases import ATTESTED, Basis
from services.consent.domain.consentement import (
    ConsentementRefused,
    Form,
    Grantor,
    Opposition,
    OppositionLifted,
    OppositionRefused,
    Scope,
)
from services.consent.domain.elements import Category, fields_of, is_forbidden, is_sensitive
from services.consent.domain.partage import EndReason, PartageRefused
from services.consent.domain.partenaire import ContractRefused, check_contract
from tests.unit.consent.factories import (
    AGENT,
    NOW,
    PERSONNE,
    TODAY,
    TOPIC,
    consentement,
    contract,
    partage,
)


def _pointer(refusal) -> str:
    return refusal.value.errors[0]["pointer"]


@pytest.mark.parametrize(
    "topic",
    [
        "accueil.protection_changed.v1",
        "accueil.contact_safety_changed.v1",
        "dsu.information_preoccupante_received.v1",
        "dsu.ip_closed.v2",
        "consent.consent_granted.v1",
        "notifications.notification_sent.v1",
    ],
)
def test_no_contract_can_hold_what_is_in_no_feed(topic):
    assert is_forbidden(topic)
    with pytest.raises(ContractRefused) as refusal:
        check_contract(contract(topics={topic: frozenset({"personne_ids"})}))

    assert _pointer(refusal) == f"/contract/topics/{topic}"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"topics": {TOPIC: frozenset({"personne_ids"})}}, f"/contract/topics/{TOPIC}"),
        ({"topics": {TOPIC: frozenset()}}, f"/contract/topics/{TOPIC}"),
        ({"topics": {"dsu.unheard.v1": frozenset({"x"})}}, "/contract/topics/dsu.unheard.v1"),
        ({"categories": frozenset({Category.FINANCES})}, f"/contract/topics/{TOPIC}"),
        ({"ends_on": date(2022, 1, 1)}, "/contract/ends_on"),
    ],
)
def test_a_contract_is_refused_saying_where(changes, pointer):
    with pytest.raises(ContractRefused) as refusal:
        check_contract(contract(**changes))

    assert _pointer(refusal) == pointer


@pytest.mark.parametrize(
    ("data", "sensitive"),
    [
        ({"motif": "PREMIER-ACCUEIL"}, False),
        ({"motif": "VIOLENCES-CONJUGALES"}, True),
        ({"motif": "SUIVI", "discreet": True}, True),
        ({"motif": "SUIVI", "discreet": False}, False),
        ({}, False),
    ],
)
def test_codes_that_tell_of_violence_or_child_protection_are_seen(data, sensitive):
    assert is_sensitive(TOPIC, data) is sensitive


@pytest.mark.parametrize(
    ("clearance", "sensitive"),
    [
        ({}, True),
        ({"shareable": False}, True),
        ({"shareable": None}, True),
        ({"shareable": 1}, True),
        ({"shareable": True}, False),
    ],
)
def test_an_intervention_is_kept_back_unless_its_producer_cleared_it(clearance, sensitive):
    data = {"nomenclature": "LOGEMENT.DALO.DEMANDE"} | clearance

    assert is_sensitive("dsu.intervention_recorded.v1", data) is sensitive


def test_a_cleared_code_that_names_a_danger_is_kept_back_all_the_same():
    data = {"nomenclature": "ENFANCE.IP.EVALUATION", "shareable": True}

    assert is_sensitive("dsu.intervention_recorded.v1", data)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"categories": frozenset()}, "/categories"),
        ({"ends_on": date(2023, 1, 8)}, "/ends_on"),
        ({"ends_on": date(2024, 1, 11)}, "/ends_on"),
        ({"explained_on": TODAY + timedelta(days=1)}, "/explained_on"),
        ({"form": Form.ORAL_CONFIRMED}, "/confirmed_on"),
        ({"confirmed_on": TODAY + timedelta(days=1)}, "/confirmed_on"),
        ({"grantor": Grantor.PARENT, "minor": True}, "/mandate_reference"),
    ],
)
def test_an_incomplete_consentement_is_refused_saying_where(changes, pointer):
    with pytest.raises(ConsentementRefused) as refusal:
        consentement(**changes).check(TODAY)

    assert _pointer(refusal) == pointer


#: (minor, able) → who may agree. Code civil, 388-1-1, 459, 477, 494-6.
MAY_GRANT = {
    (True, True): {Grantor.PARENT, Grantor.TUTEUR},
    (True, False): {Grantor.PARENT, Grantor.TUTEUR},
    (False, True): {Grantor.PERSONNE, Grantor.CURATEUR},
    (False, False): {Grantor.TUTEUR, Grantor.MANDATAIRE},
}


@pytest.mark.parametrize("grantor", list(Grantor))
@pytest.mark.parametrize(("minor", "able"), list(MAY_GRANT))
def test_who_may_agree_depends_on_age_and_ability(grantor, minor, able):
    given = consentement(grantor=grantor, minor=minor, able=able, mandate_reference="x")

    assert given.is_able(minor=minor) is (grantor in MAY_GRANT[minor, able])
    assert not given.is_able(minor=not minor)
    if grantor in MAY_GRANT[minor, able]:
        given.check(TODAY)
    else:
        with pytest.raises(ConsentementRefused) as refusal:
            given.check(TODAY)
        assert _pointer(refusal) == "/grantor"


def test_a_consentement_is_withdrawn_once():
    given = consentement()

    first, second = given.withdraw(NOW), given.withdraw(NOW + timedelta(hours=1))

    assert (first, second, given.withdrawn_at) == (True, False, NOW)


@pytest.mark.parametrize(
    ("scope", "values", "pointer"),
    [
        (Scope.RECIPIENT, {}, "/partenaire"),
        (Scope.CATEGORY, {}, "/category"),
        (Scope.ELEMENT, {}, "/topic"),
        (Scope.ELEMENT, {"topic": TOPIC, "field": "amount_cents"}, "/field"),
    ],
)
def test_an_opposition_says_what_it_bears_on(scope, values, pointer):
    opposition = Opposition(
        id=AGENT, personne_id=PERSONNE, scope=scope, registered_at=NOW, **values
    )

    with pytest.raises(OppositionRefused) as refusal:
        opposition.check(fields_of)

    assert _pointer(refusal) == pointer


def test_an_opposition_is_lifted_once():
    opposition = Opposition(
        id=AGENT, personne_id=PERSONNE, scope=Scope.RECIPIENT, registered_at=NOW
    )
    opposition.lift(NOW)

    with pytest.raises(OppositionLifted):
        opposition.lift(NOW)


@pytest.mark.parametrize(
    ("basis", "changes", "pointer"),
    [
        (Basis.CONSENT, {"ends_on": date(2023, 3, 5)}, "/ends_on"),
        (Basis.CONSENT, {"ends_on": date(2024, 3, 7)}, "/ends_on"),
        (Basis.CONSENT, {"purpose": "AUTRE"}, "/purpose"),
        (Basis.CONSENT, {"attestations": frozenset()}, "/attestations"),
        (Basis.CONSENT, {"consentement_id": None}, "/consentement_id"),
        (Basis.CSP_L1110_4, {"consentement_id": None}, "/consentement_id"),
        (Basis.CASF_L121_6_2, {"coordinator_agent_id": None}, "/coordinator_agent_id"),
        (Basis.CONSENT, {"elements": {}}, "/elements"),
        (Basis.CONSENT, {"elements": {TOPIC: frozenset({"motif"})}}, f"/elements/{TOPIC}"),
        (Basis.CONSENT, {"elements": {TOPIC: frozenset()}}, f"/elements/{TOPIC}"),
    ],
)
def test_a_partage_that_could_let_nothing_through_is_refused(basis, changes, pointer):
    with pytest.raises(PartageRefused) as refusal:
        partage(basis, **changes).check(contract(), TODAY)

    assert _pointer(refusal) == pointer


def test_a_basis_outside_the_contract_is_refused():
    with pytest.raises(PartageRefused) as refusal:
        partage().check(contract(bases=frozenset()), TODAY)

    assert _pointer(refusal) == "/basis"


@pytest.mark.parametrize("basis", list(Basis))
def test_a_refused_partage_names_the_article_of_what_is_missing(basis):
    with pytest.raises(PartageRefused) as refusal:
        partage(basis, attestations=frozenset()).check(contract(), TODAY)

    assert all(need.article in refusal.value.detail for need in ATTESTED[basis])


@pytest.mark.parametrize(
    "changes",
    [
        {"personne_id": AGENT},
        {"partenaire": "cpam"},
        {"purpose": "AUTRE"},
        {"withdrawn_at": NOW},
        {"ends_on": date(2023, 3, 5)},
    ],
)
def test_a_partage_rests_on_a_consent_that_fits_and_holds(changes):
    with pytest.raises(PartageRefused):
        partage().check_consent(consentement(**changes), TODAY, minor=False)


def test_a_child_s_own_consent_grounds_no_partage():
    with pytest.raises(PartageRefused) as refusal:
        partage().check_consent(consentement(), TODAY, minor=True)

    assert _pointer(refusal) == "/consentement_id"


def test_a_partage_ends_once():
    signed = partage()

    assert signed.end(NOW, EndReason.ACT)
    assert not signed.end(NOW, EndReason.EXPIRED)
    assert signed.end_reason is EndReason.ACT


@pytest.mark.parametrize(
    ("born", "majority"),
    [(date(2008, 2, 29), date(2026, 3, 1)), (date(2010, 5, 4), date(2028, 5, 4))],
)
def test_majority_falls_on_the_eighteenth_birthday(born, majority):
    """Code civil, art. 414."""
    assert majority_of(born) == majority
