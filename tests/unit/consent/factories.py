"""Questions for which everything holds: a test breaks one thing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

# The suite maps these classes in other tests: an instance made before that could not be used.
import services.consent.persistence  # noqa: F401
from services.consent.domain.bases import ATTESTED, Basis, FileRole, Mission
from services.consent.domain.consentement import Consentement, Form, Grantor
from services.consent.domain.elements import Category
from services.consent.domain.partage import Partage, Signer
from services.consent.domain.partenaire import Channel, Contract, Partenaire
from services.consent.domain.question import Question

NOW = datetime(2023, 3, 6, 9, 0, tzinfo=UTC)
TODAY = date(2023, 3, 6)
TOPIC = "rendezvous.rendezvous_booked.v1"
FIELDS = frozenset({"starts_at", "site", "rendezvous_id"})
PERSONNE = UUID("01860a3c-5a10-7c43-9c39-000000000001")
CONSENT = UUID("01860a3c-5a10-7c43-9c39-000000000002")
AGENT = UUID("01860a3c-5a10-7c43-9c39-000000000003")


def contract(**changes) -> Contract:
    terms = {
        "purposes": frozenset({"ACCES_AUX_DROITS"}),
        "bases": frozenset(Basis),
        "topics": {TOPIC: FIELDS, "aides.aide_paid.v1": frozenset({"amount_cents"})},
        "categories": frozenset(Category),
        "starts_on": date(2023, 1, 1),
        "ends_on": date(2023, 12, 31),
        "bound_by_secrecy": True,
        "missions": frozenset(Mission),
    }
    return Contract(**(terms | changes))


def partenaire(**changes) -> Partenaire:
    values = {
        "code": "caf",
        "name": "Caisse fictive",
        "channel": Channel.HTTP,
        "contract": contract(),
        "created_at": NOW,
    }
    return Partenaire(**(values | changes))


def consentement(**changes) -> Consentement:
    values = {
        "id": CONSENT,
        "personne_id": PERSONNE,
        "partenaire": "caf",
        "purpose": "ACCES_AUX_DROITS",
        "categories": frozenset(Category),
        "starts_on": date(2023, 1, 9),
        "ends_on": date(2023, 6, 30),
        "form": Form.WRITTEN,
        "grantor": Grantor.PERSONNE,
        "able": True,
        "minor": False,
        "explained": "À quoi sert le partage.",
        "explained_language": "fr",
        "explained_on": date(2023, 1, 9),
        "proof_reference": "COFFRE-1",
        "recorded_by": AGENT,
        "granted_at": datetime(2023, 1, 9, 9, 0, tzinfo=UTC),
    }
    return Consentement(**(values | changes))


def partage(basis: Basis = Basis.CONSENT, **changes) -> Partage:
    values = {
        "id": UUID("01860a3c-5a10-7c43-9c39-000000000004"),
        "personne_id": PERSONNE,
        "dossier_id": UUID("01860a3c-5a10-7c43-9c39-000000000005"),
        "partenaire": "caf",
        "purpose": "ACCES_AUX_DROITS",
        "basis": basis,
        "elements": {TOPIC: FIELDS},
        "attestations": frozenset(need.code for need in ATTESTED[basis]),
        "coordinator_agent_id": AGENT,
        "consentement_id": CONSENT,
        "signer": Signer(AGENT, FileRole.REFERENT, None, "ASS"),
        "signed_at": datetime(2023, 1, 10, 9, 0, tzinfo=UTC),
        "ends_on": date(2023, 6, 30),
    }
    return Partage(**(values | changes))


def question(basis: Basis = Basis.CONSENT, **changes) -> Question:
    base = Question(
        now=NOW,
        today=TODAY,
        topic=TOPIC,
        requested=FIELDS,
        happened_at=NOW,
        partenaire=partenaire(),
        partage=partage(basis),
        consentement=consentement(),
    )
    return replace(base, **changes)
