"""Routes of partners and of their contracts."""

from __future__ import annotations

from typing import Any

from chassis.web.route import Call, route
from services import roles
from services.consent.domain.livraison import StillLeaving
from services.consent.domain.partenaire import (
    ContractRefused,
    Partenaire,
    PartenaireExists,
    PartenaireNotFound,
)
from services.consent.persistence import UnitOfWork
from services.consent.schemas.partenaires import (
    FactsOut,
    FactsQuery,
    PartenaireIn,
    PartenaireOut,
    PartenairePath,
    PartenairesOut,
    PartenaireTerms,
)
from services.consent.service import allowed
from services.consent.usecases import diffusion, partenaires
from services.consent.usecases.diffusion import OtherPartner, PartenaireSuspended, Reading

_TAG = "Partenaires"


class PartenaireRoutes:
    """Who may be given anything, and on which terms; and what they read."""

    @route(
        "POST",
        "/v1/partenaires",
        allow=allowed.CONTRACTS,
        body=PartenaireIn,
        reply=PartenaireOut,
        status=201,
        etag=True,
        idempotent=True,
        tag=_TAG,
        summary="Lier un partenaire par un contrat",
        problems=(ContractRefused, PartenaireExists),
    )
    def register_partenaire(self, uow: UnitOfWork, call: Call) -> Partenaire:
        return partenaires.register(uow, by=call.caller, **call.body)

    @route(
        "GET",
        "/v1/partenaires",
        allow=allowed.PARTNERS,
        reply=PartenairesOut,
        tag=_TAG,
        summary="Lister les partenaires et leurs contrats",
    )
    def list_partenaires(self, uow: UnitOfWork, _call: Call) -> dict[str, Any]:
        return {"partenaires": uow.partenaires.all()}

    @route(
        "GET",
        "/v1/partenaires/{code}",
        texts=PartenairePath,
        allow=allowed.PARTNERS,
        reply=PartenaireOut,
        etag=True,
        tag=_TAG,
        summary="Lire un contrat",
        problems=(PartenaireNotFound,),
    )
    def read_partenaire(self, uow: UnitOfWork, _call: Call, code: str) -> Partenaire:
        return uow.partenaires.get(code)

    @route(
        "PUT",
        "/v1/partenaires/{code}",
        texts=PartenairePath,
        allow=allowed.CONTRACTS,
        body=PartenaireTerms,
        reply=PartenaireOut,
        etag=True,
        if_match=True,
        tag=_TAG,
        summary="Changer les termes d’un contrat",
        problems=(
            ContractRefused,
            PartenaireNotFound,
            StillLeaving,
        ),
    )
    def change_partenaire(self, uow: UnitOfWork, call: Call, code: str) -> Partenaire:
        version = call.expected_version
        return partenaires.change(
            uow, by=call.caller, code=code, expected_version=version, **call.body
        )

    @route(
        "POST",
        "/v1/partenaires/{code}/suspend",
        texts=PartenairePath,
        allow=allowed.CONTRACTS,
        reply=PartenaireOut,
        etag=True,
        tag=_TAG,
        summary="Couper un partenaire, sur-le-champ",
        problems=(
            PartenaireNotFound,
            StillLeaving,
        ),
    )
    def suspend_partenaire(self, uow: UnitOfWork, call: Call, code: str) -> Partenaire:
        return partenaires.suspend(uow, by=call.caller, code=code)

    @route(
        "POST",
        "/v1/partenaires/{code}/resume",
        texts=PartenairePath,
        allow=allowed.CONTRACTS,
        reply=PartenaireOut,
        etag=True,
        tag=_TAG,
        summary="Rouvrir un partenaire suspendu",
        problems=(
            PartenaireNotFound,
            StillLeaving,
        ),
    )
    def resume_partenaire(self, uow: UnitOfWork, call: Call, code: str) -> Partenaire:
        return partenaires.resume(uow, by=call.caller, code=code)

    @route(
        "GET",
        "/v1/partenaires/{code}/facts",
        texts=PartenairePath,
        allow=frozenset({roles.PARTENAIRE}),
        query=FactsQuery,
        reply=FactsOut,
        tag=_TAG,
        summary="Lire ses faits, décidés à cet instant",
        description="Réservé au partenaire lui-même. Une relecture est décidée à nouveau.",
        problems=(
            OtherPartner,
            PartenaireSuspended,
            PartenaireNotFound,
            StillLeaving,
        ),
    )
    def read_facts(self, uow: UnitOfWork, call: Call, code: str) -> Reading:
        return diffusion.read_facts(uow, by=call.caller, code=code, **call.query)
