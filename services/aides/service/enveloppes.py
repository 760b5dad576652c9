"""Routes of envelopes and of their ledger."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.web.pages import Page
from chassis.web.route import Call, route
from services import roles
from services.aides.domain.enveloppe import Enveloppe, NatureAlreadyCovered
from services.aides.persistence import UnitOfWork
from services.aides.schemas.enveloppes import (
    EnveloppeIn,
    EnveloppeOut,
    EnveloppesOut,
    EnveloppesQuery,
    LedgerLineOut,
)
from services.aides.service import allowed
from services.aides.usecases import enveloppes

_TAG = "Enveloppes"


class EnveloppeRoutes:
    """The money of a year, and every movement of it."""

    @route(
        "POST",
        "/v1/enveloppes",
        allow=allowed.BUDGET,
        body=EnveloppeIn,
        reply=EnveloppeOut,
        status=201,
        idempotent=True,
        tag=_TAG,
        summary="Ouvrir une enveloppe",
        problems=(NatureAlreadyCovered,),
    )
    def open_enveloppe(self, uow: UnitOfWork, call: Call) -> Enveloppe:
        return enveloppes.open_enveloppe(uow, by=call.caller, **call.body)

    @route(
        "GET",
        "/v1/enveloppes",
        allow=allowed.BUDGET | {roles.RESPONSABLE},
        query=EnveloppesQuery,
        reply=EnveloppesOut,
        tag=_TAG,
        summary="Lire les enveloppes d’un exercice",
    )
    def list_enveloppes(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        return {"enveloppes": uow.enveloppes.of_year(call.query["year"])}

    @route(
        "GET",
        "/v1/enveloppes/{enveloppe_id}",
        allow=allowed.BUDGET | {roles.RESPONSABLE},
        reply=EnveloppeOut,
        tag=_TAG,
        summary="Lire une enveloppe",
    )
    def read_enveloppe(self, uow: UnitOfWork, _: Call, enveloppe_id: UUID) -> Enveloppe:
        return uow.enveloppes.get(enveloppe_id)

    @route(
        "GET",
        "/v1/enveloppes/{enveloppe_id}/ledger",
        allow=allowed.BUDGET,
        reply=LedgerLineOut,
        many="lines",
        tag=_TAG,
        summary="Lire le grand livre d’une enveloppe",
    )
    def read_ledger(self, uow: UnitOfWork, call: Call, enveloppe_id: UUID) -> Page[Any]:
        return enveloppes.read_ledger(uow, enveloppe_id, page=call.page)
