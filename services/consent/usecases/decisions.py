"""Explain: what would be decided now, with every condition, for a professional or the DPO."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from chassis.caller import Caller
from services.consent.domain.decision import Decision
from services.consent.domain.elements import fields_of
from services.consent.domain.livraison import decide_for
from services.consent.domain.partenaire import PartenaireNotFound
from services.consent.domain.question import Question
from services.consent.persistence import UnitOfWork
from services.consent.usecases.access import check_may_read


def explain(
    uow: UnitOfWork,
    *,
    by: Caller,
    personne_id: UUID,
    partenaire: str,
    topic: str,
    fields: Collection[str] | None = None,
    happened_at: datetime | None = None,
) -> Decision:
    """The decision for a fact about this person alone, kept with who asked."""
    check_may_read(uow, by, personne_id)
    recipient = uow.partenaires.find(partenaire)
    if recipient is None:
        raise PartenaireNotFound()
    record = uow.personnes.record_of([personne_id])
    question = Question(
        now=uow.now,
        today=uow.today,
        topic=topic,
        requested=frozenset(fields_of(topic) if fields is None else fields),
        happened_at=happened_at,
        partenaire=recipient,
        partage=None,
        minors_alone=record.situation(personne_id).is_minor(uow.today),
    )
    decision = decide_for(personne_id, recipient, record, template=question)
    _keep(uow, decision, by=by, personne_id=personne_id, partenaire=partenaire, topic=topic)
    return decision


def _keep(
    uow: UnitOfWork,
    decision: Decision,
    *,
    by: Caller,
    personne_id: UUID,
    partenaire: str,
    topic: str,
) -> None:
    uow.journaux.decision(
        personne_id=personne_id,
        partenaire=partenaire,
        topic=topic,
        asked_by=by.subject,
        allowed=decision.allowed,
        reason=decision.reason,
        fields=decision.fields,
        conditions=[asdict(condition) for condition in decision.conditions],
        rule=decision.rule,
        rule_version=decision.rule_version,
        decided_at=uow.now,
    )
