"""Payments: one instalment at a time, once, by someone who did not decide."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.caller import Caller
from chassis.errors import Conflict
from chassis.ids import new_id
from services.aides import events
from services.aides.domain.demande import Demande
from services.aides.domain.enveloppe import Movement
from services.aides.domain.lecture import What
from services.aides.domain.paiement import Instalment, Paiement, PaymentHeld, PaymentReferenceUsed
from services.aides.persistence import UnitOfWork
from services.aides.usecases import enveloppes
from services.aides.usecases.access import visible
from services.aides.usecases.demandes import about


def pay(uow: UnitOfWork, demande_id: UUID, *, by: Caller, **command: Any) -> Paiement:
    """Record the payment of one instalment.

    The same order sent again answers the payment already made. Held when the applicant or the
    payee has died: a person must look at it.
    """
    demande = visible(uow, demande_id, What.PAY, by=by, lock=True)
    demande.check_payer(by.agent_id)
    done = uow.paiements.by_reference(command["reference"])
    if done is not None:
        return _same_order(done, demande, command)
    today = uow.today
    instalment = demande.payable(command["instalment"], command["amount_cents"], on=today)
    if is_held(uow, demande):
        raise PaymentHeld(
            "Une personne concernée par ce paiement est décédée : rapprochez-vous de l’instructeur."
        )
    paiement = Paiement(
        id=new_id(),
        demande_id=demande.id,
        reference=command["reference"],
        instalment=instalment.number,
        amount_cents=instalment.amount_cents,
        paid_on=today,
        paid_by=by.subject,
    )
    _book(uow, demande, instalment, paiement)
    return paiement


def is_held(uow: UnitOfWork, demande: Demande) -> bool:
    """Whether the applicant or the person to pay has died."""
    payee = demande.payee.personne_id if demande.payee else None
    return uow.knowns.any_deceased((demande.demandeur_id, payee or demande.demandeur_id))


def _same_order(done: Paiement, demande: Demande, command: dict[str, Any]) -> Paiement:
    if done.is_the_same(
        demande_id=demande.id,
        instalment=command["instalment"],
        amount_cents=command["amount_cents"],
    ):
        return done
    raise PaymentReferenceUsed("Cette référence désigne déjà un autre paiement.")


def _book(uow: UnitOfWork, demande: Demande, instalment: Instalment, paiement: Paiement) -> None:
    if demande.enveloppe_id is None:
        raise Conflict("Cette aide n’est engagée sur aucune enveloppe.")
    demande.pay(instalment)
    uow.paiements.add(paiement)
    enveloppe = uow.enveloppes.get(demande.enveloppe_id, lock=True)
    enveloppe.pay(paiement.amount_cents)
    enveloppes.record(
        uow,
        enveloppe,
        Movement.PAY,
        paiement.amount_cents,
        by=paiement.paid_by,
        demande_id=demande.id,
        paiement_id=paiement.id,
        reference=paiement.reference,
    )
    uow.publish(
        events.AidePaid(
            **about(demande),
            paiement_id=paiement.id,
            amount_cents=paiement.amount_cents,
            paid_on=paiement.paid_on,
        )
    )
