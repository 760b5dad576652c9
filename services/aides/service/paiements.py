"""Routes of payments."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.errors import Conflict
from chassis.web.route import Call, route
from services import roles
from services.aides.domain.demande import ActionNotAllowed, DeciderCannotPay
from services.aides.domain.lecture import What
from services.aides.domain.paiement import (
    InstalmentNotPayable,
    Paiement,
    PaymentHeld,
    PaymentReferenceUsed,
)
from services.aides.persistence import UnitOfWork
from services.aides.schemas.paiements import PaiementIn, PaiementOut, PaiementsOut
from services.aides.service import allowed
from services.aides.usecases import paiements
from services.aides.usecases.access import visible

_TAG = "Demandes"


class PaiementRoutes:
    """What is paid, one instalment at a time."""

    @route(
        "POST",
        "/v1/demandes/{demande_id}/payments",
        allow=frozenset({roles.FINANCE}),
        body=PaiementIn,
        reply=PaiementOut,
        status=201,
        idempotent=True,
        tag=_TAG,
        summary="Enregistrer le paiement d’une échéance",
        problems=(
            ActionNotAllowed,
            DeciderCannotPay,
            InstalmentNotPayable,
            PaymentReferenceUsed,
            PaymentHeld,
            Conflict,
        ),
    )
    def pay(self, uow: UnitOfWork, call: Call, demande_id: UUID) -> Paiement:
        return paiements.pay(uow, demande_id, by=call.caller, **call.body)

    @route(
        "GET",
        "/v1/demandes/{demande_id}/payments",
        allow=allowed.READERS,
        reply=PaiementsOut,
        tag=_TAG,
        summary="Lire les paiements d’une demande",
    )
    def read_payments(self, uow: UnitOfWork, call: Call, demande_id: UUID) -> dict[str, Any]:
        seen = visible(uow, demande_id, What.READ_PAYMENTS, by=call.caller)
        return {
            "held": paiements.is_held(uow, seen),
            "paiements": uow.paiements.of(seen.id),
        }
