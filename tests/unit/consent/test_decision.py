"""Deny by default: each condition, taken away alone, closes the feed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.consent.domain.bases import (
    ATTESTED,
    BASIS_CATEGORIES,
    Basis,
    FileRole,
    Mission,
    categories_of_signer,
)
from services.consent.domain.consentement import Form, Grantor, Opposition, Scope
from services.consent.domain.decision import best, decide
from services.consent.domain.elements import CATALOGUE, Category, fields_of
from services.consent.domain.partage import Signer
from services.consent.domain.question import Situation
from tests.unit.consent.factories import (
    AGENT,
    FIELDS,
    NOW,
    PERSONNE,
    TODAY,
    TOPIC,
    consentement,
    contract,
    partage,
    partenaire,
    question,
)


def _opposition(scope: Scope, **values) -> Opposition:
    return Opposition(id=uuid4(), personne_id=PERSONNE, scope=scope, registered_at=NOW, **values)


def _contract(**changes):
    return {"partenaire": partenaire(contract=contract(**changes))}


#: Agreed to by a parent, for someone who has come of age since.
FOR_A_CHILD = consentement(grantor=Grantor.PARENT, mandate_reference="x", able=False, minor=True)
ASSOCIATED_CESF = Signer(AGENT, FileRole.ASSOCIATED, "BUDGET", "CESF")

#: (basis, what is taken away, the reason told)
BROKEN = [
    (Basis.CONSENT, {"partage": None}, "NO_PARTAGE"),
    (Basis.CONSENT, {"partenaire": None}, "NO_CONTRACT"),
    (Basis.CONSENT, {"partenaire": partenaire(suspended_at=NOW)}, "NO_CONTRACT"),
    (Basis.CONSENT, _contract(ends_on=date(2023, 3, 5)), "NO_CONTRACT"),
    (Basis.CONSENT, _contract(starts_on=date(2023, 3, 7)), "NO_CONTRACT"),
    (Basis.CONSENT, _contract(topics={}), "NOT_IN_CONTRACT"),
    (Basis.CONSENT, _contract(bases=frozenset()), "BASIS_NOT_IN_CONTRACT"),
    (Basis.CONSENT, _contract(purposes=frozenset()), "PURPOSE_NOT_IN_CONTRACT"),
    (Basis.CONSENT, _contract(categories=frozenset()), "NOT_IN_CONTRACT"),
    (Basis.CONSENT, {"topic": "accueil.protection_changed.v1"}, "FORBIDDEN_FACT"),
    (Basis.CONSENT, {"topic": "dsu.information_preoccupante_opened.v1"}, "FORBIDDEN_FACT"),
    (Basis.CONSENT, {"topic": "dsu.never_heard_of.v1"}, "FORBIDDEN_FACT"),
    (Basis.CONSENT, {"is_sensitive": True}, "SENSITIVE"),
    (Basis.CONSENT, {"minors_alone": True}, "MINOR_ALONE"),
    (Basis.CONSENT, {"situation": Situation(is_protected=True)}, "PROTECTED"),
    (Basis.CONSENT, {"situation": Situation(is_deceased=True)}, "DECEASED"),
    (Basis.CONSENT, {"oppositions": [_opposition(Scope.RECIPIENT, partenaire="caf")]}, "OPPOSED"),
    (Basis.CONSENT, {"oppositions": [_opposition(Scope.RECIPIENT)]}, "OPPOSED"),
    (Basis.CONSENT, {"partage": partage(partenaire="cpam")}, "OTHER_RECIPIENT"),
    (Basis.CONSENT, {"partage": partage(ended_at=NOW)}, "PARTAGE_ENDED"),
    (Basis.CONSENT, {"partage": partage(ends_on=date(2023, 3, 5))}, "PARTAGE_ENDED"),
    (Basis.CONSENT, {"happened_at": datetime(2023, 1, 10, 8, 59, tzinfo=UTC)}, "BEFORE_PARTAGE"),
    (Basis.CONSENT, {"partage": partage(signed_at=NOW + timedelta(hours=1))}, "BEFORE_PARTAGE"),
    (Basis.CONSENT, {"partage": partage(elements={})}, "NOT_SIGNED_FOR"),
    (Basis.CONSENT, {"partage": partage(elements={TOPIC: frozenset({"motif"})})}, "NO_FIELD"),
    (Basis.CONSENT, {"requested": frozenset()}, "NO_FIELD"),
    (Basis.CONSENT, {"consentement": None}, "NO_CONSENT"),
    (Basis.CONSENT, {"consentement": consentement(id=uuid4())}, "NO_CONSENT"),
    (Basis.CONSENT, {"consentement": consentement(personne_id=uuid4())}, "NO_CONSENT"),
    (Basis.CONSENT, {"consentement": consentement(explained=" ")}, "CONSENT_NOT_INFORMED"),
    (Basis.CONSENT, {"consentement": consentement(grantor=Grantor.TUTEUR)}, "CONSENT_NOT_ABLE"),
    (Basis.CONSENT, {"consentement": consentement(able=False)}, "CONSENT_NOT_ABLE"),
    (Basis.CONSENT, {"situation": Situation(minor_until=date(2030, 1, 1))}, "CONSENT_NOT_ABLE"),
    (Basis.CONSENT, {"consentement": FOR_A_CHILD}, "CONSENT_NOT_ABLE"),
    (Basis.CONSENT, {"consentement": consentement(partenaire="cpam")}, "CONSENT_OTHER_RECIPIENT"),
    (Basis.CONSENT, {"consentement": consentement(purpose="AUTRE")}, "CONSENT_OTHER_PURPOSE"),
    (Basis.CONSENT, {"consentement": consentement(categories=frozenset())}, "CONSENT_NO_CATEGORY"),
    (
        Basis.CONSENT,
        {"consentement": consentement(ends_on=date(2023, 3, 5))},
        "CONSENT_OUT_OF_PERIOD",
    ),
    (
        Basis.CONSENT,
        {"consentement": consentement(starts_on=date(2023, 3, 7))},
        "CONSENT_OUT_OF_PERIOD",
    ),
    (Basis.CONSENT, {"consentement": consentement(form=Form.ORAL_CONFIRMED)}, "CONSENT_NO_FORM"),
    (Basis.CONSENT, {"consentement": consentement(proof_reference="")}, "CONSENT_NO_FORM"),
    (Basis.CONSENT, {"consentement": consentement(withdrawn_at=NOW)}, "CONSENT_WITHDRAWN"),
    (
        Basis.CASF_L121_6_2,
        {"partage": partage(Basis.CASF_L121_6_2, coordinator_agent_id=None)},
        "NO_COORDINATOR",
    ),
    (Basis.CASF_L121_6_2, _contract(missions=frozenset({Mission.CARE})), "RECIPIENT_NOT_SOCIAL"),
    (Basis.CASF_L226_2_2, _contract(bound_by_secrecy=False), "RECIPIENT_NOT_BOUND"),
    (
        Basis.CASF_L226_2_2,
        _contract(missions=frozenset({Mission.CARE})),
        "RECIPIENT_NOT_CHILD_PROTECTION",
    ),
    (
        Basis.CSP_L1110_4,
        {"partage": partage(Basis.CSP_L1110_4, signer=ASSOCIATED_CESF)},
        "SIGNER_NOT_LISTED",
    ),
    (
        Basis.CSP_L1110_4,
        _contract(missions=frozenset({Mission.SOCIAL_ACTION})),
        "RECIPIENT_NOT_IN_CARE",
    ),
    (Basis.CSP_L1110_4, {"consentement": None}, "NO_CONSENT"),
]


@pytest.mark.parametrize(("basis", "taken_away", "reason"), BROKEN)
def test_one_condition_taken_away_denies(basis, taken_away, reason):
    decision = decide(question(basis, **taken_away))

    assert not decision.allowed
    assert decision.reason == reason
    assert decision.fields == frozenset()
    assert decision.explanation.startswith("Refusé : il faut que")


@pytest.mark.parametrize("basis", list(Basis))
def test_each_attestation_is_needed(basis):
    for need in ATTESTED[basis]:
        signed = partage(basis)
        signed.attestations = signed.attestations - {need.code}

        decision = decide(question(basis, partage=signed))

        assert decision.reason == f"{basis}:{need.code}"


def test_consent_alone_lifts_no_secrecy():
    """Code pénal 226-13: a valid consent, no signed partage."""
    decision = decide(question(partage=None))

    assert not decision.allowed
    assert "226-13" in decision.explanation


@pytest.mark.parametrize("basis", list(Basis))
def test_when_everything_holds_the_fields_leave(basis):
    decision = decide(question(basis))

    assert decision.allowed, decision.explanation
    assert decision.fields == FIELDS
    assert decision.rule == f"PARTAGE_{basis}"
    assert all(condition.holds for condition in decision.conditions)


@pytest.mark.parametrize("basis", [Basis.CASF_L121_6_2, Basis.CASF_L226_2_2])
def test_a_legal_basis_does_not_rest_on_consent(basis):
    assert decide(question(basis, consentement=None)).allowed


def test_within_one_care_team_the_person_is_informed_and_need_not_consent():
    """CSP L1110-4 III: consent is needed outside the team only."""
    signed = partage(Basis.CSP_L1110_4, same_team=True, consentement_id=None)

    assert decide(question(Basis.CSP_L1110_4, partage=signed, consentement=None)).allowed


def test_an_oral_agreement_counts_once_confirmed():
    confirmed = consentement(form=Form.ORAL_CONFIRMED, confirmed_on=TODAY)

    assert decide(question(consentement=confirmed)).allowed


def test_a_representative_counts_with_a_mandate():
    mandate = {"grantor": Grantor.TUTEUR, "mandate_reference": "Jugement 00/0000"}
    represented = consentement(able=False, **mandate)

    assert decide(question(consentement=represented)).allowed


def test_a_parent_counts_until_the_majority():
    child = Situation(minor_until=TODAY + timedelta(days=1))

    assert decide(question(consentement=FOR_A_CHILD, situation=child)).allowed


@pytest.mark.parametrize(
    ("opposition", "left"),
    [
        (_opposition(Scope.CATEGORY, category=Category.HOME), FIELDS - {"site"}),
        (_opposition(Scope.ELEMENT, field="site"), FIELDS - {"site"}),
        (_opposition(Scope.ELEMENT, topic=TOPIC, field="starts_at"), FIELDS - {"starts_at"}),
        (_opposition(Scope.ELEMENT, topic=TOPIC), frozenset()),
        (_opposition(Scope.ELEMENT, topic="aides.aide_paid.v1"), FIELDS),
        (_opposition(Scope.ELEMENT, field="site", partenaire="cpam"), FIELDS),
        (_opposition(Scope.RECIPIENT, partenaire="cpam"), FIELDS),
        (_opposition(Scope.RECIPIENT, lifted_at=NOW), FIELDS),
    ],
)
def test_an_opposition_takes_out_what_it_bears_on_and_nothing_else(opposition, left):
    decision = decide(question(oppositions=[opposition]))

    assert decision.fields == left
    assert decision.allowed is bool(left)


def test_an_associated_professional_signs_within_their_mission():
    """The CESF associated for the budget shares no category her mission does not need."""
    topic = "aides.aide_paid.v1"
    terms = {"partage": partage(elements={topic: frozenset({"amount_cents"})}), "topic": topic}
    of_care = replace(question(requested=frozenset({"amount_cents"})), **terms)
    of_care.partage.signer = Signer(AGENT, FileRole.ASSOCIATED, "CARE", "INFIRMIER")

    refused = decide(of_care)
    of_care.partage.signer = ASSOCIATED_CESF
    allowed = decide(of_care)

    assert refused.reason == "NO_FIELD"
    assert allowed.fields == {"amount_cents"}


def test_of_several_partages_the_widest_is_told():
    denied = decide(question(partage=partage(ended_at=NOW)))
    narrow = decide(question(requested=frozenset({"site"})))
    wide = decide(question())

    assert best([denied, narrow, wide]) is wide


_subsets = st.sets(st.sampled_from(sorted(fields_of(TOPIC)))).map(frozenset)
_categories = st.sets(st.sampled_from(list(Category))).map(frozenset)
_signers = st.sampled_from(
    [(FileRole.REFERENT, None), (FileRole.ASSOCIATED, "BUDGET"), (FileRole.ASSOCIATED, "INCONNUE")]
)
_refusals = st.lists(
    st.one_of(
        st.builds(lambda c: _opposition(Scope.CATEGORY, category=c), st.sampled_from(Category)),
        st.builds(
            lambda f: _opposition(Scope.ELEMENT, field=f), st.sampled_from(sorted(fields_of(TOPIC)))
        ),
    ),
    max_size=2,
)


@given(
    basis=st.sampled_from(list(Basis)),
    requested=_subsets,
    signed=_subsets,
    covered=_subsets,
    agreed=_categories,
    contracted=_categories,
    signer=_signers,
    oppositions=_refusals,
)
def test_effective_fields_are_within_every_set(  # noqa: PLR0917 - drawn by Hypothesis
    basis, requested, signed, covered, agreed, contracted, signer, oppositions
):
    role, mission = signer
    asked = question(
        basis,
        requested=requested,
        partage=partage(
            basis, elements={TOPIC: signed}, signer=Signer(AGENT, role, mission, "ASS")
        ),
        consentement=consentement(categories=agreed),
        oppositions=oppositions,
        **_contract(topics={TOPIC: covered}, categories=contracted),
    )

    fields = decide(asked).fields

    categories = {fields_of(TOPIC)[name] for name in fields}
    assert fields <= requested & signed & covered
    assert categories <= contracted & BASIS_CATEGORIES[basis]
    assert categories <= categories_of_signer(role, mission)
    if basis in (Basis.CONSENT, Basis.CSP_L1110_4):
        assert categories <= agreed
    for opposition in oppositions:
        assert opposition.category not in categories
        assert opposition.field not in fields


@given(
    basis=st.sampled_from(list(Basis)),
    broken=st.sampled_from(BROKEN),
    requested=_subsets,
    oppositions=_refusals,
)
def test_whatever_else_holds_a_missing_condition_denies(basis, broken, requested, oppositions):
    own, taken_away, _ = broken
    values = {"requested": requested, "oppositions": oppositions} | taken_away

    assert not decide(question(own, **values)).allowed
    assert decide(question(basis, requested=frozenset())).allowed is False


@pytest.mark.parametrize("topic", sorted(CATALOGUE))
def test_no_fact_of_the_catalogue_names_people_or_agents(topic):
    assert not {name for name in fields_of(topic) if "personne" in name or "agent" in name}
