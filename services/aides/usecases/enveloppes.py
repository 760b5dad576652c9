"""Envelopes: opened, drawn on, told when a threshold is passed. Every change is a ledger line."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.caller import Caller
from chassis.ids import new_id
from chassis.web.pages import Page, PageAsked
from services.aides import events
from services.aides.domain.demande import Demande
from services.aides.domain.enveloppe import EFFECT, Enveloppe, LedgerLine, Movement
from services.aides.persistence import UnitOfWork


def open_enveloppe(uow: UnitOfWork, *, by: Caller, **command: Any) -> Enveloppe:
    """A year's envelope for some natures. The database refuses a nature covered twice."""
    enveloppe = Enveloppe(
        id=new_id(),
        year=command["year"],
        natures=tuple(sorted(set(command["natures"]))),
        voted_cents=command["amount_cents"],
        thresholds=tuple(sorted(set(command["thresholds"]))),
    )
    uow.enveloppes.add(enveloppe)
    record(uow, enveloppe, Movement.OPEN, enveloppe.voted_cents, by=by.subject)
    return enveloppe


def read_ledger(uow: UnitOfWork, enveloppe_id: UUID, *, page: PageAsked) -> Page[LedgerLine]:
    """The ledger, oldest line first. Raises NotFound."""
    uow.enveloppes.get(enveloppe_id)
    after = page.after[0] if page.after else 0
    found = uow.enveloppes.ledger(enveloppe_id, after=after, limit=page.sought)
    return page.of(found, lambda line: (line.number,))


def reserve(
    uow: UnitOfWork, demande: Demande, enveloppe: Enveloppe, cents: int, *, by: str
) -> None:
    """Set money aside for a file the commission will see, when there is enough."""
    if cents and enveloppe.reserve(cents):
        demande.enveloppe_id, demande.reserved_cents = enveloppe.id, cents
        record(uow, enveloppe, Movement.RESERVE, cents, by=by, demande_id=demande.id)
        tell_thresholds(uow, enveloppe)


def release_reservation(uow: UnitOfWork, demande: Demande, *, by: str) -> None:
    """Give back what was set aside for this demande, if anything."""
    if not demande.reserved_cents or demande.enveloppe_id is None:
        return
    enveloppe = uow.enveloppes.get(demande.enveloppe_id, lock=True)
    enveloppe.release_reserved(demande.reserved_cents)
    record(
        uow,
        enveloppe,
        Movement.RELEASE,
        demande.reserved_cents,
        by=by,
        demande_id=demande.id,
    )
    demande.enveloppe_id, demande.reserved_cents = None, 0


def commit(uow: UnitOfWork, demande: Demande, enveloppe: Enveloppe, *, by: str) -> None:
    """Bind the amount granted. Raises EnveloppeExhausted."""
    enveloppe.commit(demande.granted_cents)
    demande.enveloppe_id = enveloppe.id
    record(uow, enveloppe, Movement.COMMIT, demande.granted_cents, by=by, demande_id=demande.id)
    tell_thresholds(uow, enveloppe)


def release_commitment(uow: UnitOfWork, demande: Demande, *, by: str) -> None:
    """Give back what was granted and will not be paid."""
    if demande.enveloppe_id is None or not demande.unpaid_cents:
        return
    enveloppe = uow.enveloppes.get(demande.enveloppe_id, lock=True)
    enveloppe.release_committed(demande.unpaid_cents)
    record(uow, enveloppe, Movement.RELEASE, demande.unpaid_cents, by=by, demande_id=demande.id)


def record(
    uow: UnitOfWork,
    enveloppe: Enveloppe,
    kind: Movement,
    cents: int,
    *,
    by: str,
    demande_id: UUID | None = None,
    paiement_id: UUID | None = None,
    reference: str | None = None,
) -> None:
    """Write the ledger line of a change just made."""
    uow.enveloppes.write(
        LedgerLine(
            enveloppe_id=enveloppe.id,
            kind=kind,
            amount_cents=cents,
            effect_cents=EFFECT[kind] * cents,
            on=uow.today,
            demande_id=demande_id,
            paiement_id=paiement_id,
            reference=reference,
            by=by,
        )
    )


def tell_thresholds(uow: UnitOfWork, enveloppe: Enveloppe) -> None:
    """Publish each threshold the first time it is passed."""
    uow.publish(
        *(
            events.EnveloppeThresholdReached(
                enveloppe_id=enveloppe.id,
                year=enveloppe.year,
                natures=enveloppe.natures,
                threshold_percent=threshold,
            )
            for threshold in enveloppe.newly_reached()
        )
    )
