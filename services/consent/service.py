"""The HTTP face of consent."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.errors import NotFound
from chassis.web.api import Api
from chassis.web.route import Call, route
from chassis.web.schemas import Period
from services import roles
from services.consent.domain.consentement import (
    Consentement,
    ConsentementRefused,
    Opposition,
    OppositionLifted,
    OppositionRefused,
)
from services.consent.domain.decision import Decision
from services.consent.domain.partage import NotOfTheFile, Partage, PartageRefused
from services.consent.domain.partenaire import ContractRefused, Partenaire, PartenaireExists
from services.consent.persistence import UnitOfWork
from services.consent.schemas import accords as a
from services.consent.schemas import activity as figures
from services.consent.schemas import decisions as d
from services.consent.schemas import partenaires as p
from services.consent.usecases import consentements, decisions, diffusion, partages, partenaires
from services.consent.usecases.access import NoAgent
from services.consent.usecases.diffusion import OtherPartner, PartenaireSuspended, Reading

_CONTRACTS = frozenset({roles.ADMIN, roles.DPO})
_PARTNERS = _CONTRACTS | roles.PROFESSIONNELS
_READERS = roles.PROFESSIONNELS | {roles.DPO}
_ANY_AGENT = roles.AGENTS | {roles.DPO}


class ConsentService(Api):
    """Partners, agreements, acts of sharing, decisions and feeds."""

    name = "consent"

    @route(
        "POST",
        "/v1/partenaires",
        allow=_CONTRACTS,
        body=p.PartenaireIn,
        reply=p.PartenaireOut,
        status=201,
        etag=True,
        idempotent=True,
        tag="Partenaires",
        summary="Lier un partenaire par un contrat",
        problems=(ContractRefused, PartenaireExists),
    )
    def register_partenaire(self, uow: UnitOfWork, call: Call) -> Partenaire:
        return partenaires.register(uow, by=call.caller, **call.body)

    @route(
        "GET",
        "/v1/partenaires",
        allow=_PARTNERS,
        reply=p.PartenairesOut,
        tag="Partenaires",
        summary="Lister les partenaires et leurs contrats",
    )
    def list_partenaires(self, uow: UnitOfWork, _call: Call) -> dict[str, Any]:
        return {"partenaires": uow.partenaires.all()}

    @route(
        "GET",
        "/v1/partenaires/{code}",
        allow=_PARTNERS,
        reply=p.PartenaireOut,
        etag=True,
        tag="Partenaires",
        summary="Lire un contrat",
    )
    def read_partenaire(self, uow: UnitOfWork, _call: Call, code: str) -> Partenaire:
        return uow.partenaires.get(code)

    @route(
        "PUT",
        "/v1/partenaires/{code}",
        allow=_CONTRACTS,
        body=p.PartenaireTerms,
        reply=p.PartenaireOut,
        etag=True,
        if_match=True,
        tag="Partenaires",
        summary="Changer les termes d’un contrat",
        problems=(ContractRefused,),
    )
    def change_partenaire(self, uow: UnitOfWork, call: Call, code: str) -> Partenaire:
        version = call.expected_version
        return partenaires.change(
            uow, by=call.caller, code=code, expected_version=version, **call.body
        )

    @route(
        "POST",
        "/v1/partenaires/{code}/suspend",
        allow=_CONTRACTS,
        reply=p.PartenaireOut,
        etag=True,
        tag="Partenaires",
        summary="Couper un partenaire, sur-le-champ",
    )
    def suspend_partenaire(self, uow: UnitOfWork, call: Call, code: str) -> Partenaire:
        return partenaires.suspend(uow, by=call.caller, code=code)

    @route(
        "POST",
        "/v1/partenaires/{code}/resume",
        allow=_CONTRACTS,
        reply=p.PartenaireOut,
        etag=True,
        tag="Partenaires",
        summary="Rouvrir un partenaire suspendu",
    )
    def resume_partenaire(self, uow: UnitOfWork, call: Call, code: str) -> Partenaire:
        return partenaires.resume(uow, by=call.caller, code=code)

    @route(
        "GET",
        "/v1/partenaires/{code}/facts",
        allow=frozenset({roles.PARTENAIRE}),
        query=p.FactsQuery,
        reply=p.FactsOut,
        tag="Partenaires",
        summary="Lire ses faits, décidés à cet instant",
        description="Réservé au partenaire lui-même. Une relecture est décidée à nouveau.",
        problems=(OtherPartner, PartenaireSuspended),
    )
    def read_facts(self, uow: UnitOfWork, call: Call, code: str) -> Reading:
        return diffusion.read_facts(uow, by=call.caller, code=code, **call.query)

    @route(
        "POST",
        "/v1/consentements",
        allow=roles.PROFESSIONNELS,
        body=a.ConsentementIn,
        reply=a.ConsentementOut,
        status=201,
        etag=True,
        idempotent=True,
        tag="Consentements",
        summary="Enregistrer un consentement recueilli",
        problems=(ConsentementRefused, NoAgent),
    )
    def grant(self, uow: UnitOfWork, call: Call) -> Consentement:
        return consentements.grant(uow, by=call.caller, **call.body)

    @route(
        "GET",
        "/v1/consentements/{consentement_id}",
        allow=_READERS,
        reply=a.ConsentementOut,
        etag=True,
        tag="Consentements",
        summary="Lire un consentement",
    )
    def read_consentement(self, uow: UnitOfWork, call: Call, consentement_id: UUID) -> Consentement:
        return consentements.read(uow, by=call.caller, consentement_id=consentement_id)

    @route(
        "POST",
        "/v1/consentements/{consentement_id}/withdraw",
        allow=_ANY_AGENT,
        reply=a.RetraitOut,
        etag=True,
        tag="Consentements",
        summary="Retirer un consentement, sur-le-champ",
        description="Sans condition de version ni de motif (RGPD, art. 7.3). Répétable.",
    )
    def withdraw(self, uow: UnitOfWork, _call: Call, consentement_id: UUID) -> Consentement:
        return consentements.withdraw(uow, consentement_id=consentement_id)

    @route(
        "POST",
        "/v1/oppositions",
        allow=_ANY_AGENT,
        body=a.OppositionIn,
        reply=a.OppositionOut,
        status=201,
        etag=True,
        idempotent=True,
        tag="Oppositions",
        summary="Enregistrer une opposition, effective sur-le-champ",
        problems=(OppositionRefused,),
    )
    def oppose(self, uow: UnitOfWork, call: Call) -> Opposition:
        return consentements.oppose(uow, by=call.caller, **call.body)

    @route(
        "POST",
        "/v1/oppositions/{opposition_id}/lift",
        allow=_READERS,
        reply=a.OppositionOut,
        etag=True,
        tag="Oppositions",
        summary="Lever une opposition",
        problems=(OppositionLifted,),
    )
    def lift(self, uow: UnitOfWork, call: Call, opposition_id: UUID) -> Opposition:
        return consentements.lift(uow, by=call.caller, opposition_id=opposition_id)

    @route(
        "POST",
        "/v1/partages",
        allow=roles.PROFESSIONNELS,
        body=a.PartageIn,
        reply=a.PartageOut,
        status=201,
        etag=True,
        idempotent=True,
        tag="Partages",
        summary="Signer un partage (professionnel du dossier)",
        problems=(PartageRefused, NotOfTheFile, NoAgent),
    )
    def sign(self, uow: UnitOfWork, call: Call) -> Partage:
        return partages.sign(uow, by=call.caller, **call.body)

    @route(
        "GET",
        "/v1/partages/{partage_id}",
        allow=_READERS,
        reply=a.PartageOut,
        etag=True,
        tag="Partages",
        summary="Lire un partage",
    )
    def read_partage(self, uow: UnitOfWork, call: Call, partage_id: UUID) -> Partage:
        return partages.read(uow, by=call.caller, partage_id=partage_id)

    @route(
        "POST",
        "/v1/partages/{partage_id}/end",
        allow=_READERS,
        reply=a.PartageOut,
        etag=True,
        tag="Partages",
        summary="Mettre fin à un partage, sur-le-champ",
    )
    def end(self, uow: UnitOfWork, call: Call, partage_id: UUID) -> Partage:
        return partages.end(uow, by=call.caller, partage_id=partage_id)

    @route(
        "GET",
        "/v1/personnes/{personne_id}/accords",
        allow=_READERS,
        reply=a.AccordsOut,
        tag="Consentements",
        summary="Lire tout ce qu’une personne accepte et refuse",
    )
    def read_accords(self, uow: UnitOfWork, call: Call, personne_id: UUID) -> dict[str, Any]:
        return consentements.of_personne(uow, by=call.caller, personne_id=personne_id)

    @route(
        "POST",
        "/v1/decisions",
        allow=_READERS,
        body=d.DecisionIn,
        reply=d.DecisionOut,
        tag="Décisions",
        summary="Expliquer ce qui sortirait, et pourquoi",
        problems=(NotFound,),
    )
    def explain(self, uow: UnitOfWork, call: Call) -> Decision:
        return decisions.explain(uow, by=call.caller, **call.body)

    @route(
        "GET",
        "/v1/activity",
        allow=roles.STATISTIQUES | {roles.DPO},
        query=Period,
        reply=figures.ActivityOut,
        tag="Activité",
        summary="Chiffres d’une période",
    )
    def activity(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        return call.query | {"rows": uow.activity.rows(**call.query)}
