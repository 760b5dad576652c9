"""One fact waiting for one partner: decided for everyone it concerns, then cut to what may go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from chassis.errors import Unavailable
from services.consent.domain.bases import RULES_VERSION
from services.consent.domain.consentement import Consentement, Opposition
from services.consent.domain.decision import Decision, best, decide
from services.consent.domain.partage import Partage
from services.consent.domain.partenaire import Partenaire
from services.consent.domain.question import Question, Situation

#: From an identifier of ours to the one this partner knows.
Pseudonymise = Callable[[str], str]


class State(StrEnum):
    """What has become of a fact meant for a partner."""

    WAITING = "WAITING"
    DELIVERED = "DELIVERED"
    #: No longer allowed, and once in the partner's queue: whether it was taken is not known.
    UNCERTAIN = "UNCERTAIN"
    SUPPRESSED = "SUPPRESSED"


class StillLeaving(Unavailable):
    """A publisher was interrupted: what it sent may still be taken, for a few seconds."""

    code = "diffusion-interrompue"
    title = "Une diffusion interrompue se termine ; réessayez dans quelques secondes"


@dataclass(frozen=True, kw_only=True)
class Livraison:
    """One fact for one partner. `sequence`: its place in what the partner received."""

    id: UUID
    position: int
    partenaire: str
    topic: str
    aggregate_type: str
    aggregate_id: UUID
    personne_ids: tuple[UUID, ...]
    data: Mapping[str, Any]
    happened_at: datetime
    #: The Paris day of `happened_at`.
    happened_on: date
    #: Seen when it was recorded: the fact tells of violence, child protection, a discreet matter.
    is_sensitive: bool = False
    state: State = State.WAITING
    sequence: int | None = None
    #: It was in the partner's queue, and what became of it there is not known.
    may_be_out: bool = False

    @property
    def state_if_refused(self) -> State:
        """What becomes of it when it may not leave: nobody says that it never did without proof."""
        return State.UNCERTAIN if self.may_be_out else State.SUPPRESSED


@dataclass(frozen=True, kw_only=True)
class Record:
    """All that is known of the people of a batch, read after their locks were taken."""

    partages: Mapping[UUID, Sequence[Partage]]
    consentements: Mapping[UUID, Consentement]
    oppositions: Mapping[UUID, Sequence[Opposition]]
    situations: Mapping[UUID, Situation]

    def situation(self, personne_id: UUID) -> Situation:
        """What closes every feed for this person."""
        return self.situations.get(personne_id, Situation())


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The decision for a fact as a whole: everyone allowed, and the fields common to all."""

    livraison: Livraison
    allowed: bool
    reason: str
    fields: frozenset[str]
    rule: str
    explanation: str
    rule_version: str = RULES_VERSION


def judge(
    livraison: Livraison, partenaire: Partenaire, record: Record, *, now: datetime, today: date
) -> Outcome:
    """Decide one fact for one partner. Every person concerned must be allowed."""
    people = livraison.personne_ids
    if not people:
        return _nobody(livraison)
    minors = all(record.situation(p).is_minor(livraison.happened_on) for p in people)
    decisions = [
        decide_for(
            person,
            partenaire,
            record,
            template=Question(
                now=now,
                today=today,
                topic=livraison.topic,
                requested=frozenset(livraison.data),
                happened_at=livraison.happened_at,
                partenaire=partenaire,
                partage=None,
                minors_alone=minors,
                is_sensitive=livraison.is_sensitive,
            ),
        )
        for person in people
    ]
    return _together(livraison, decisions)


def decide_for(
    personne_id: UUID, partenaire: Partenaire, record: Record, *, template: Question
) -> Decision:
    """The best decision among the person's partages with this partner."""
    partages = [p for p in record.partages.get(personne_id, ()) if p.partenaire == partenaire.code]
    candidates: list[Partage | None] = [*partages] or [None]
    return best(decide(_about(personne_id, partage, record, template)) for partage in candidates)


def outgoing(outcome: Outcome, sequence: int, pseudonymise: Pseudonymise) -> dict[str, Any]:
    """The partner's own event (CloudEvents 1.0): allowed fields alone, every id a pseudonym."""
    livraison = outcome.livraison
    data = {
        name: _cover(name, livraison.data[name], pseudonymise) for name in sorted(outcome.fields)
    }
    data["personnes"] = [pseudonymise(str(p)) for p in livraison.personne_ids]
    return {
        "specversion": "1.0",
        "id": str(livraison.id),
        "source": "urn:departement:service:consent",
        "type": f"fr.departement.partage.{livraison.topic}",
        "time": livraison.happened_at.isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "aggregatetype": livraison.aggregate_type,
        "aggregateid": pseudonymise(str(livraison.aggregate_id)),
        "sequence": sequence,
        "data": data,
    }


def _about(
    personne_id: UUID, partage: Partage | None, record: Record, template: Question
) -> Question:
    consent = (
        record.consentements.get(partage.consentement_id)
        if partage and partage.consentement_id
        else None
    )
    return Question(
        now=template.now,
        today=template.today,
        topic=template.topic,
        requested=template.requested,
        happened_at=template.happened_at,
        partenaire=template.partenaire,
        partage=partage,
        consentement=consent,
        oppositions=record.oppositions.get(personne_id, ()),
        situation=record.situation(personne_id),
        minors_alone=template.minors_alone,
        is_sensitive=template.is_sensitive,
    )


def _together(livraison: Livraison, decisions: Sequence[Decision]) -> Outcome:
    refused = next((d for d in decisions if not d.allowed), None)
    fields = frozenset.intersection(*(d.fields for d in decisions))
    told = refused or decisions[0]
    if refused is None and not fields:
        return _outcome(
            livraison,
            "NO_FIELD",
            told.rule,
            "Refusé : aucun champ commun à toutes les personnes concernées.",
        )
    return Outcome(
        livraison=livraison,
        allowed=refused is None,
        reason=told.reason,
        fields=fields if refused is None else frozenset(),
        rule=told.rule,
        explanation=told.explanation,
    )


def _nobody(livraison: Livraison) -> Outcome:
    return _outcome(
        livraison, "NO_PERSON", "PARTAGE", "Refusé : aucune personne connue n’est concernée."
    )


def _outcome(livraison: Livraison, reason: str, rule: str, explanation: str) -> Outcome:
    return Outcome(
        livraison=livraison,
        allowed=False,
        reason=reason,
        fields=frozenset(),
        rule=rule,
        explanation=explanation,
    )


def _cover(name: str, value: Any, pseudonymise: Pseudonymise) -> Any:
    if name.endswith("_ids") and isinstance(value, Iterable):
        return [pseudonymise(str(item)) for item in value]
    return pseudonymise(str(value)) if name.endswith("_id") else value
